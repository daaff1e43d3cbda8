"""Rows for the tests of constraints and moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from quicksync.models import (
    Category,
    Connection,
    ConnectionAccess,
    ConnectionClock,
    EntityMapping,
    Operation,
    SyncRun,
)
from quicksync.sync.pairs import ground


def connection(realm: str = "1", **fields: Any) -> Connection:
    """A connected company that keeps its customers in step."""
    made = bare(name=f"Company {realm}", realm_id=realm, status="connected", **fields)
    Category.objects.create(
        connection=made, kind="customer", enabled=True, approved_at=timezone.now()
    )
    return made


def run(of: Connection, **fields: Any) -> SyncRun:
    """A run of a connection; the model's defaults unless `fields` say otherwise."""
    return SyncRun.objects.create(connection=of, **fields)


def half(of: Connection, key: str | None = "1", **fields: Any) -> EntityMapping:
    """The mapping of a client that so far is here only."""
    values = {"kind": "customer", "model_label": "books.client", "object_key": key} | fields
    return EntityMapping.objects.create(connection=of, **values)


def operation(of: SyncRun, mapping: EntityMapping, **fields: Any) -> Operation:
    """A change that is owed."""
    values = {"kind": mapping.kind, "direction": "push", "action": "create"} | fields
    return Operation.objects.create(connection=of.connection, run=of, mapping=mapping, **values)


def bare(**fields: Any) -> Connection:
    """A connection with these fields, in whichever of its rows they stand."""
    own = {name: value for name, value in fields.items() if name in _names(Connection)}
    made = Connection.objects.create(**own)
    put(made, **{name: value for name, value in fields.items() if name not in own})
    return made


def put(of: Connection | None = None, **fields: Any) -> None:
    """Change these fields of a connection, or of all, in whichever of its rows they stand."""
    for model in (Connection, ConnectionAccess, ConnectionClock):
        mine = {name: fields.pop(name) for name in list(fields) if name in _names(model)}
        rows: Any = model.objects.all() if of is None else model.objects.filter(pk=of.pk)
        if mine:
            rows.update(**mine)
    assert not fields, f"No row of a connection has {sorted(fields)}."
    if of is not None:
        of.refresh_from_db()


def _names(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def standing(operations: Iterable[Operation]) -> set[int]:
    """The keys of those of these operations whose pairs are as planned, at this moment."""
    keys = [one.pk for one in operations]
    return set(Operation.objects.filter(ground.stands(), pk__in=keys).values_list("pk", flat=True))
