"""Local saves and deletes touch a mapping and wake its connections (B3): one statement, and one more for the waking."""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from quicksync.local.adapter import ModelAdapter
from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping
from quicksync.sync import queue

# Which connections want which kinds, remembered for so many seconds. What a process saves in between, after another
# process switched a category on, is found by that category's own scan.
REMEMBERED = 5.0
# So long one wake stands for all that follow it; its task may have been lost, or may have met a run that ended since.
ONE_WAKE = dt.timedelta(seconds=15)
_wanted: dict[str, tuple[float, tuple[tuple[int, bool], ...]]] = {}


def connect() -> None:
    """Watch the models of every registered adapter, their lines included."""
    for adapter in registry.all():
        keys = functools.partial(_own_key, adapter)
        _listen(adapter.model, adapter, keys)
        for related in adapter.related_models():
            _listen(related.model, adapter, related.keys)
    for model in (Connection, Category):
        for signal in (post_save, post_delete):
            signal.connect(forget, sender=model, dispatch_uid=f"quicksync:forget:{model.__name__}:{id(signal)}")


def touch(adapter: ModelAdapter, keys: Iterable[str], *, gone: bool = False) -> None:
    """Mark the mappings of these objects in the caller's transaction and wake their connections after it.

    Objects that have no mapping yet get one, unless they are `gone`; a connection takes only those that its adapter
    gives it.
    """
    wanted = list(keys)
    connections = wanted and _connections(adapter.kind)
    if not connections:
        return
    if gone:
        mine = EntityMapping.objects.filter(kind=adapter.kind, model_label=adapter.label_lower, object_key__in=wanted)
        mine.update(touched_at=timezone.now())
    else:
        _touch_or_add(adapter, wanted, [pk for pk, _ in connections])
    live = [pk for pk, is_live in connections if is_live]
    if live:
        transaction.on_commit(functools.partial(wake, live))


def wake(connection_ids: Iterable[int]) -> None:
    """Have these connections run now; many wakes before the run starts are one."""
    now = timezone.now()
    for pk in connection_ids:
        sleeping = Connection.objects.filter(Connection.scheduled(), pk=pk)
        if sleeping.exclude(next_sync_at__range=(now - ONE_WAKE, now)).update(next_sync_at=now):
            queue.enqueue("cycle", pk)


def _touch_or_add(adapter: ModelAdapter, keys: list[str], connection_ids: list[int]) -> None:
    now = timezone.now()
    EntityMapping.objects.bulk_create(
        [
            EntityMapping(
                connection_id=pk, kind=adapter.kind, model_label=adapter.label_lower, object_key=key, origin="here",
                touched_at=now,
            )
            for pk in connection_ids
            for key in keys
        ],
        update_conflicts=True,
        unique_fields=["connection", "kind", "model_label", "object_key"],
        update_fields=["touched_at"],
    )  # fmt: skip


def _connections(kind: str) -> tuple[tuple[int, bool], ...]:
    """(connection, live) of those whose category of this kind is on."""
    known = _wanted.get(kind)
    if known and time.monotonic() - known[0] < REMEMBERED:
        return known[1]
    rows = Category.objects.filter(kind=kind, enabled=True).exclude(
        connection__status__in=(Connection.Status.NEW, Connection.Status.DISCONNECTED)
    )
    found = tuple(rows.values_list("connection_id", "connection__live"))
    _wanted[kind] = time.monotonic(), found
    return found


def forget(**kwargs: Any) -> None:
    """Ask the tables again which connections want which kinds."""
    _wanted.clear()


def _own_key(adapter: ModelAdapter, instance: Any) -> tuple[str, ...]:
    return (adapter.key_of(instance),)


def _listen(model: type[models.Model], adapter: ModelAdapter, keys: Callable[[Any], Iterable[str]]) -> None:
    def changed(sender: type[models.Model], instance: Any, signal: Any, raw: bool = False, **kwargs: Any) -> None:
        if not raw:
            touch(adapter, keys(instance), gone=signal is post_delete)

    for signal in (post_save, post_delete):
        uid = f"quicksync:{model._meta.label}:{adapter.label_lower}:{adapter.kind}:{id(signal)}"
        signal.connect(changed, sender=model, weak=False, dispatch_uid=uid)
