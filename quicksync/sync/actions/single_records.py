"""Single records, from their own page or list: send to QuickBooks, get from it, and where they
stand (B8-B10, I16).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from quicksync.exceptions import NotAllowed
from quicksync.local.messages import Seen
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Connection, EntityMapping, SyncRun
from quicksync.models.run_values import Scope
from quicksync.sync.pairs import belongs, halves
from quicksync.sync.pairs import state as moves
from quicksync.sync.runs import starting


def send(
    model_label: str, keys: Sequence[str], *, user: Any, direction: str, resend: bool = False
) -> list[SyncRun]:
    """Send these objects to QuickBooks ("push") or get them from it ("pull"), past direction, start
    date and bookmark.

    One run for each connected company that the objects belong to. Raises NotAllowed when there is
    none.
    """
    adapters = [adapter for adapter in registry.all() if adapter.label_lower == model_label.lower()]
    if not adapters:
        raise NotAllowed(_("These records cannot be synced: no adapter is registered for them."))
    wanted: dict[Connection, list[EntityMapping]] = {}
    for connection in Connection.objects.filter(status=Connection.Status.CONNECTED):
        wanted[connection] = [
            m for adapter in adapters for m in _mappings(connection, adapter, keys)
        ]
    if not any(wanted.values()):
        wanted = _left_behind(model_label, keys)
    runs = [
        _start(one, rows, user, direction, resend=resend) for one, rows in wanted.items() if rows
    ]
    if not runs:
        raise NotAllowed(_("These records do not belong to a connected QuickBooks company."))
    return runs


def state(model_label: str, key: str) -> list[EntityMapping]:
    """The mappings of one object, one for each connection that it belongs to and for each of its
    kinds.
    """
    return states(model_label, [str(key)]).get(str(key), [])


def states(model_label: str, keys: Sequence[str]) -> dict[str, list[EntityMapping]]:
    """Object key -> its mappings, one for each connection that it belongs to; without what both
    sides agreed on.
    """
    rows = EntityMapping.objects.filter(model_label=model_label.lower(), object_key__in=list(keys))
    rows = rows.select_related("connection").defer(
        "agreed_here", "agreed_there", "line_ids", "choice"
    )
    by_kind: dict[str, list[EntityMapping]] = defaultdict(list)
    for mapping in rows.order_by("connection_id", "id"):
        by_kind[mapping.kind].append(mapping)
    found: dict[str, list[EntityMapping]] = defaultdict(list)
    for kind, mappings in by_kind.items():
        adapter = registry.for_label(model_label, kind)
        shown = belongs.shown(adapter, mappings) if adapter is not None else {}
        for key, own in shown.items():
            found[key] += own
    return found


def _start(
    connection: Connection,
    mappings: list[EntityMapping],
    user: Any,
    direction: str,
    *,
    resend: bool,
) -> SyncRun:
    read: dict[str, tuple[str, ...]] = {}
    if direction == "pull":
        known = [m for m in mappings if m.remote_id is not None]
        if not known:
            raise NotAllowed(
                _("These records are not in QuickBooks yet, so there is nothing to get.")
            )
        read = {
            type_: tuple(str(m.remote_id) for m in known if m.remote_type == type_)
            for type_ in {m.remote_type for m in known}
        }
    only = tuple(m.pk for m in mappings)
    scope = Scope(mappings=only, forced=direction, resend=resend, read=read)
    return starting.ask(connection, trigger=SyncRun.Trigger.OBJECT, user=user, scope=scope)


def _mappings(connection: Connection, adapter: Adapter, keys: Sequence[str]) -> list[EntityMapping]:
    """The objects' mappings on this connection, made where they are missing, touched."""
    found = adapter.find(connection, list(keys))
    halves.add_halves(
        connection, adapter, [Seen(one.key, one.modified, one.label) for one in found.values()]
    )
    rows = EntityMapping.objects.filter(
        connection=connection,
        kind=adapter.kind,
        model_label=adapter.label_lower,
        object_key__in=list(found),
    )
    moves.touch(rows)
    return list(rows)


def _left_behind(model_label: str, keys: Sequence[str]) -> dict[Connection, list[EntityMapping]]:
    """The pairs of objects that belong to no company now: archived, say, yet in QuickBooks."""
    found: dict[Connection, list[EntityMapping]] = defaultdict(list)
    for rows in states(model_label, keys).values():
        for mapping in rows:
            if mapping.is_pair and mapping.connection.is_live:
                found[mapping.connection].append(mapping)
    pairs = [mapping.pk for rows in found.values() for mapping in rows]
    moves.touch_keys(pairs)
    return found
