"""Local saves and deletes touch a mapping and wake its connections (B3): one statement, and one
more for the waking.

Whatever breaks here breaks no save of the host's: it is logged, tried once more after the commit,
and what is missed all the same is found by the nightly sweep.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping, SyncRun, bulk
from quicksync.sync.pairs import belongs, kin, state
from quicksync.sync.worker.harmless import Harmless
from quicksync.sync.worker.wakes import wake

# Which connections want which kinds, remembered for so many seconds. What a process saves in
# between, after another process switched a category on, is found by that category's own scan.
REMEMBERED = 5.0
_wanted: dict[str, tuple[float, tuple[Connection, ...]]] = {}


def connect() -> None:
    """Watch the models of every registered adapter, those that share its rows, and those of its
    lines.
    """
    for adapter in registry.all():
        for listener in kin.listeners(adapter):
            _listen(adapter, listener)
    for model in (Connection, Category):
        for signal in (post_save, post_delete):
            signal.connect(
                forget, sender=model, dispatch_uid=f"quicksync:forget:{model.__name__}:{id(signal)}"
            )


def touch(adapter: Adapter, keys: Iterable[str], *, obj: Any = None, gone: bool = False) -> None:
    """Mark the mappings of these objects in the caller's transaction and wake their connections
    after it.

    Objects that have no mapping yet get one, unless they are `gone`: on the connections that they
    belong to, and no other hears of them. `obj` is the one object that the key is of, when the
    caller has it.
    """
    wanted = list(keys)
    if not wanted or _remembered(adapter.kind) == ():
        return
    # A savepoint: what fails in it leaves the host's transaction as it was.
    with _noticed(adapter, wanted) as marking, transaction.atomic():
        _wake_after(_mark(adapter, wanted, obj, gone=gone))
    if marking.failed:
        transaction.on_commit(
            functools.partial(_once_more, adapter, wanted, gone=gone), robust=True
        )


def forget(**kwargs: Any) -> None:
    """Ask the tables again which connections want which kinds."""
    _wanted.clear()


# --- Touching -------------------------------------------------------------------------------------


def _mark(adapter: Adapter, keys: Sequence[str], obj: Any, *, gone: bool) -> set[int]:
    """The connections that are to be woken."""
    connections = _connections(adapter.kind)
    if not connections:
        return set()
    told = _mark_gone(adapter, keys) if gone else _touch_or_add(adapter, keys, obj, connections)
    return {one.pk for one in connections if one.live and one.pk in told}


def _mark_gone(adapter: Adapter, keys: Sequence[str]) -> set[int]:
    known = EntityMapping.objects.filter(
        kind=adapter.kind, model_label=adapter.label_lower, object_key__in=keys
    )
    return state.touched(known, "connection")


def _touch_or_add(
    adapter: Adapter, keys: Sequence[str], obj: Any, connections: Sequence[Connection]
) -> set[int]:
    told: set[int] = set()
    now = timezone.now()
    for key in keys:
        row = state.born(
            now, kind=adapter.kind, model_label=adapter.label_lower, object_key=key, origin="here"
        )
        for owners in belongs.owners(adapter, key, obj, connections):
            told.update(
                bulk.add_found(
                    owners, row, "connection", fields=state.TOUCHED,
                    unique=["connection", "kind", "model_label", "object_key"],
                )
            )  # fmt: skip
    return told


def _noticed(adapter: Adapter, keys: Sequence[str]) -> Harmless:
    return Harmless(
        "watch_failed",
        "a change was not noticed",
        model=adapter.label_lower,
        kind=adapter.kind,
        keys=list(keys[:20]),
    )


def _once_more(adapter: Adapter, keys: Sequence[str], *, gone: bool) -> None:
    """Out of the host's transaction: what stood in the way there, such as a lock, may be gone."""
    forget()
    with _noticed(adapter, keys), transaction.atomic():
        _wake_after(_mark(adapter, keys, None, gone=gone))


def _connections(kind: str) -> tuple[Connection, ...]:
    """Those whose category of this kind is on."""
    if (known := _remembered(kind)) is not None:
        return known
    rows = Connection.objects.filter(categories__kind=kind, categories__enabled=True).exclude(
        status__in=(Connection.Status.NEW, Connection.Status.DISCONNECTED)
    )
    found = tuple(rows.defer("facts"))
    _wanted[kind] = time.monotonic(), found
    return found


def _remembered(kind: str) -> tuple[Connection, ...] | None:
    """The same without asking the tables; None when that is too long ago."""
    known = _wanted.get(kind)
    return known[1] if known and time.monotonic() - known[0] < REMEMBERED else None


# --- Waking ---------------------------------------------------------------------------------------


class _Woken(set[int]):
    """The connections that one of the host's transactions has woken, however often it saved."""


def _wake_after(connection_ids: set[int]) -> None:
    if not connection_ids:
        return
    database = transaction.get_connection()
    woken: _Woken | None = getattr(database, "quicksync_woken", None)
    if woken is None:
        woken = database.quicksync_woken = _Woken()
    transaction.on_commit(functools.partial(_wake_rest, woken, connection_ids), robust=True)


def _wake_rest(woken: _Woken, connection_ids: set[int]) -> None:
    # What is saved from here on is another transaction's.
    transaction.get_connection().quicksync_woken = None
    rest = connection_ids - woken
    woken |= connection_ids
    if rest:
        _wake(rest)


def _wake(connection_ids: set[int]) -> None:
    """Whoever is not woken here, whatever broke, has its turn at the next dispatch or interval."""
    with Harmless("wake_failed", "nobody was woken", ids=sorted(connection_ids)):
        wake(connection_ids, SyncRun.Trigger.LIVE)


# --- Listening ------------------------------------------------------------------------------------


def _listen(adapter: Adapter, listener: kin.Listener) -> None:
    def changed(
        sender: type[models.Model], instance: Any, signal: Any, raw: bool = False, **kwargs: Any
    ) -> None:
        if raw:
            return
        gone = signal is post_delete
        with _noticed(adapter, ()):
            touch(
                adapter,
                listener.keys(instance),
                obj=None if gone else listener.obj(instance),
                gone=gone,
            )

    for signal in listener.signals:
        label = listener.model._meta.label
        uid = f"quicksync:{label}:{adapter.label_lower}:{adapter.kind}:{id(signal)}"
        signal.connect(changed, sender=listener.model, weak=False, dispatch_uid=uid)
