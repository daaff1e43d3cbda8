"""Pairs of which one half is known so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from quicksync.local.messages import Seen
from quicksync.local.protocol import Adapter
from quicksync.models import Connection, EntityMapping, RemoteRecord
from quicksync.quickbooks.messages import Remote
from quicksync.records import KINDS
from quicksync.sync.pairs import state


def half_there(
    connection: Connection, remote: Remote | RemoteRecord, now: dt.datetime
) -> EntityMapping:
    """The mapping of a record that so far exists only in QuickBooks."""
    return state.born(
        now,
        connection=connection,
        kind=remote.kind,
        remote_type=remote.type,
        remote_id=remote.id if isinstance(remote, Remote) else remote.remote_id,
        label=(remote.name or KINDS[remote.kind].singular.capitalize())[:300],
        origin="there",
    )


def add_there(connection: Connection, remotes: Sequence[Remote], now: dt.datetime) -> None:
    """The same for many that nobody has a mapping of."""
    same = {"connection_id": connection.pk, "origin": "there"}
    rows = [
        (
            *(remote.kind, remote.type, remote.id),
            (remote.name or KINDS[remote.kind].singular.capitalize())[:300],
        )
        for remote in remotes
    ]
    state.born_many(now, same, ("kind", "remote_type", "remote_id", "label"), rows)


def add_halves(connection: Connection, adapter: Adapter, chunk: list[Seen]) -> None:
    """Mappings for host objects that have none; the others stay as they are."""
    same = {"connection_id": connection.pk, "kind": adapter.kind, "origin": "here"}
    rows = [(adapter.label_lower, one.key, one.label[:300]) for one in chunk]
    fields = ("model_label", "object_key", "label")
    state.born_many(timezone.now(), same, fields, rows, known=True)
