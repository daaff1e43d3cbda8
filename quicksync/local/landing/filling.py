"""Setting what a record says on a host object, before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from quicksync.local import fresh
from quicksync.local.landing import refusals
from quicksync.local.landing.job import Job
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.records import Ref

# No value of a record's field.
_NOTHING = object()


def resolve(connection: Any, refs: Iterable[Ref]) -> dict[Ref, Any]:
    """The host objects that references name, in one query for each model; those that are not here
    are left out.
    """
    wanted: dict[Adapter, dict[str, Ref]] = {}
    for ref in dict.fromkeys(refs):
        target, key = registry.split(ref)
        if target is not None:
            wanted.setdefault(target, {})[key] = ref
    return {
        keys[key]: obj
        for target, keys in wanted.items()
        for key, obj in target.objects(target.queryset(connection), list(keys), rows=False).items()
        if key in keys
    }


def give_parents(objects: Iterable[models.Model], known: Mapping[Ref, Any]) -> None:
    """Have objects from the database hold those of their parents that are `known`: a host's clean()
    or save() would ask for each of them again.
    """
    parents = {(type(one), one.pk): one for one in known.values()}
    for obj in objects:
        for column in obj._meta.concrete_fields:
            if not isinstance(column, models.ForeignKey) or column.remote_field.parent_link:
                continue
            parent = parents.get((column.related_model, vars(obj).get(column.attname)))
            if parent is not None and column.target_field.primary_key:
                column.set_cached_value(obj, parent)


def idle(adapter: Adapter) -> dict[str, Any]:
    """The values of record fields that a new object shows by itself: to set them changes nothing,
    and most of a record's fields say nothing.
    """
    if adapter.overrides("new"):
        return {}
    table, found = adapter.table, {}
    blank, obj = table.record(), fresh.new(adapter.model)
    for name, bound in table.fields.items():
        if bound.put is None or not bound.only_sets:
            continue
        value, before = getattr(blank, name), dict(vars(obj))
        try:
            bound.put(obj, value, {})
        except refusals.of(adapter):
            obj = fresh.new(adapter.model)
            continue
        if _same(before, vars(obj)):
            found[name] = value
        else:
            obj = fresh.new(adapter.model)
    return found


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return before.keys() == after.keys() and all(
        type(value) is type(after[name]) and value == after[name] for name, value in before.items()
    )


def fill(
    job: Job, adapter: Adapter, known: dict[Ref, Any], same: Mapping[str, Any] | None = None
) -> None:
    """Set the written fields on the object and plan its rows; nothing is saved yet.

    Of a new object, what is the `same` as it has already is not set.
    """
    record, table = job.write.record, adapter.table
    names = job.write.fields & table.writable
    known_already = (same or {}) if job.created else {}
    for name, bound in table.fields.items():
        if name in names and bound.put is not None:
            value = getattr(record, name)
            usual = known_already.get(name, _NOTHING)
            if not (value is usual or (type(value) is type(usual) and value == usual)):
                bound.put(job.obj, value, known)
    rows: list[models.Model] = []
    for name, bound_rows in table.rows.items():
        current = bound_rows.rows_of(job.obj)
        if name in names:
            wanted = getattr(record, name)
            plan = bound_rows.plan(job.obj, current, wanted, known, table.currency(job.obj))
            job.plans[name] = plan
            current = plan.rows
        rows.extend(current)
    adapter.prepare(job.obj, rows, record)
