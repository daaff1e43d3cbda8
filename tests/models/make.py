"""Rows for the tests of constraints and moves."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun


def connection(realm: str = "1", **fields: Any) -> Connection:
    """A connected company that keeps its customers in step."""
    made = Connection.objects.create(
        name=f"Company {realm}", realm_id=realm, status="connected", **fields
    )
    Category.objects.create(
        connection=made, kind="customer", enabled=True, approved_at=timezone.now()
    )
    return made


def run(of: Connection, **fields: Any) -> SyncRun:
    """A run of it."""
    return SyncRun.objects.create(connection=of, **fields)


def half(of: Connection, key: str | None = "1", **fields: Any) -> EntityMapping:
    """The mapping of a client that so far is here only."""
    values = {"kind": "customer", "model_label": "books.client", "object_key": key} | fields
    return EntityMapping.objects.create(connection=of, **values)


def operation(of: SyncRun, mapping: EntityMapping, **fields: Any) -> Operation:
    """A change that is owed."""
    values = {"kind": mapping.kind, "direction": "push", "action": "create"} | fields
    return Operation.objects.create(connection=of.connection, run=of, mapping=mapping, **values)
