"""Landing records in the host's tables: one savepoint each through the model's save(), or many at
once in bulk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DataError, IntegrityError, connections, models, router, transaction

from quicksync.exceptions import BadValue
from quicksync.local.bound_rows import BoundRows, RowPlan
from quicksync.local.landing import filling, many_objects, read_back, refusals
from quicksync.local.landing.job import Job
from quicksync.local.messages import Write, Written
from quicksync.local.protocol import Adapter
from quicksync.records import Ref


def write(adapter: Adapter, connection: Any, writes: Sequence[Write]) -> list[Written]:
    """All writes, each answered in its place. One transaction around them; the database's own
    troubles end it.
    """
    using = router.db_for_write(adapter.model)
    with transaction.atomic(using=using):
        refs = (ref for one in writes for _, ref in one.record.refs())
        known = filling.resolve(connection, refs)
        jobs = _many(adapter, connection, writes, known, using) or [
            _single(adapter, connection, one, known, using) for one in writes
        ]
        return read_back.answers(adapter, connection, jobs)


def _single(
    adapter: Adapter, connection: Any, one: Write, known: dict[Ref, Any], using: str
) -> Job:
    """One write through full_clean() and save(), in a savepoint of its own."""
    job = Job(one)
    try:
        with transaction.atomic(using=using):
            _begin(job, adapter, connection, _present(adapter, connection, [one], known))
            filling.fill(job, adapter, known)
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
    present = _present(adapter, connection, writes, known)
    jobs, same = [Job(one) for one in writes], filling.idle(adapter)
    for job in jobs:
        try:
            _begin(job, adapter, connection, present)
            filling.fill(job, adapter, known, same)
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


def _present(
    adapter: Adapter, connection: Any, writes: Sequence[Write], known: Mapping[Ref, Any]
) -> dict[str, Any]:
    keys = [one.key for one in writes if one.key is not None]
    if not keys:
        return {}
    found = adapter.objects(adapter.queryset(connection), keys, lock=True)
    filling.give_parents(found.values(), known)
    return found


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
