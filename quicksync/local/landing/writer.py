"""Landing records in the host's tables: one savepoint each through the model's save(), or many at
once in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DataError, IntegrityError, connections, models, router, transaction

from quicksync.exceptions import BadValue
from quicksync.local.bound_rows import BoundRows, RowPlan
from quicksync.local.landing import many_objects, refusals
from quicksync.local.landing.job import Job
from quicksync.local.messages import Write, Written
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.records import Record, Ref


def write(adapter: Adapter, connection: Any, writes: Sequence[Write]) -> list[Written]:
    """All writes, each answered in its place. One transaction around them; the database's own
    troubles end it.
    """
    using = router.db_for_write(adapter.model)
    with transaction.atomic(using=using):
        known = resolve(connection, (ref for one in writes for _, ref in one.record.refs()))
        jobs = _many(adapter, connection, writes, known, using) or [
            _single(adapter, connection, one, known, using) for one in writes
        ]
        saved = {adapter.key_of(job.obj): job for job in jobs if not job.error}
        present = adapter.objects(adapter.queryset(connection), list(saved))
        return [_answer(adapter, job, present) for job in jobs]


def _answer(adapter: Adapter, job: Job, present: dict[str, Any]) -> Written:
    if job.error:
        return Written(job.write.op, job.write.key or "", error=job.error)
    key = adapter.key_of(job.obj)
    # The host may scope its objects so that the new one is not among the connection's.
    obj = present.get(key, job.obj)
    if not job.created:
        _only_ours(adapter, job, obj)
    after = adapter.found(obj)
    record, before = after.record, job.write.before
    if before is not None:
        ours = job.write.fields | record.computed
        record = before.replace(
            **{name: getattr(record, name) for name in ours if name in record.__struct_fields__}
        )
    return Written(job.write.op, key, record, after.label, line_ids=_line_ids(job, record))


def _only_ours(adapter: Adapter, job: Job, obj: Any) -> None:
    """A row that somebody has put beside ours at this moment is not what was written."""
    for name, plan in job.plans.items():
        rows, mine = adapter.table.rows[name], {row.pk for row in plan.rows}
        obj._prefetched_objects_cache = getattr(obj, "_prefetched_objects_cache", {})
        obj._prefetched_objects_cache[rows.accessor] = [
            row for row in rows.rows_of(obj) if row.pk in mine
        ]


def _line_ids(job: Job, saved: Record) -> tuple[str, ...]:
    """The saved lines' keys in the order of those given: their rows', or what a host's own
    functions number them.
    """
    if "lines" in job.plans or "lines" not in job.write.fields:
        return job.line_ids
    ids = tuple(line.id for line in getattr(saved, "lines", ()))
    return ids if all(ids) and len(ids) == len(getattr(job.write.record, "lines", ())) else ()


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


def _single(
    adapter: Adapter, connection: Any, one: Write, known: dict[Ref, Any], using: str
) -> Job:
    """One write through full_clean() and save(), in a savepoint of its own."""
    job = Job(one)
    try:
        with transaction.atomic(using=using):
            _begin(job, adapter, connection, _present(adapter, connection, [one]))
            fill(job, adapter, known)
            job.obj.full_clean()
            job.obj.save()
            for name, plan in job.plans.items():
                _save_rows(plan, adapter.table.rows[name], job.obj, using)
            adapter.finish(job.obj, created=job.created)
    except refusals.of(adapter) as error:
        job.refuse(error)
    return job


def _save_rows(plan: RowPlan, rows: BoundRows, obj: models.Model, using: str) -> None:
    for row in plan.gone:
        row.delete()
    rows.step_aside([plan], using)
    for row in plan.unsaved:
        setattr(row, rows.parent.name, obj)  # again: only now a new parent has its key
        row.full_clean()
        row.save()


def _many(
    adapter: Adapter, connection: Any, writes: Sequence[Write], known: dict[Ref, Any], using: str
) -> list[Job] | None:
    """All writes in bulk; None when the adapter does not want it, or when the database refused one
    of them.
    """
    keys = [one.key for one in writes if one.key is not None]
    if not adapter.bulk or not _can_bulk(using) or len(keys) != len(set(keys)):
        return None
    present = _present(adapter, connection, writes)
    jobs = [Job(one) for one in writes]
    for job in jobs:
        try:
            _begin(job, adapter, connection, present)
            fill(job, adapter, known)
            many_objects.check(job.obj, job.plans.values())
        except refusals.of(adapter) as error:
            job.refuse(error)
    try:
        with transaction.atomic(using=using):
            many_objects.save([job for job in jobs if not job.error], adapter)
    except (IntegrityError, DataError):
        return None
    return jobs


def _can_bulk(using: str) -> bool:
    features = connections[using].features
    return (
        features.can_return_rows_from_bulk_insert and features.supports_update_conflicts_with_target
    )


def _present(adapter: Adapter, connection: Any, writes: Sequence[Write]) -> dict[str, Any]:
    keys = [one.key for one in writes if one.key is not None]
    return adapter.objects(adapter.queryset(connection), keys, lock=True) if keys else {}


def _begin(job: Job, adapter: Adapter, connection: Any, present: dict[str, Any]) -> None:
    """The object that the write is about."""
    key = job.write.key
    if key is None:
        job.obj, job.created = adapter.new(connection, job.write.record), True
    elif key in present:
        job.obj = present[key]
    else:
        raise BadValue(
            f"{str(adapter.model._meta.verbose_name).capitalize()} {key} no longer exists here."
        )


def fill(job: Job, adapter: Adapter, known: dict[Ref, Any]) -> None:
    """Set the written fields on the object and plan its rows; nothing is saved yet."""
    record, table = job.write.record, adapter.table
    names = job.write.fields & table.writable
    for name, bound in table.fields.items():
        if name in names and bound.put is not None:
            bound.put(job.obj, getattr(record, name), known)
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
