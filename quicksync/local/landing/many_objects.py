"""Many objects and rows in a few statements, for adapters that opt in: no save(), no signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, router

from quicksync.local.bound_rows import BoundRows, RowPlan
from quicksync.local.landing import column_checks, inserts, triggers
from quicksync.local.landing.job import Job
from quicksync.local.protocol import Adapter


def check(obj: Any, plans: Iterable[RowPlan]) -> None:
    """What full_clean() checks without asking the database; unique values and keys it checks itself
    when saving.
    """
    column_checks.check(obj)
    for plan in plans:
        for row in plan.unsaved:
            column_checks.check(row)


def save(jobs: Sequence[Job], adapter: Adapter) -> None:
    """Save checked jobs. Raises IntegrityError or DataError when the database refuses one."""
    model = adapter.model
    known = [_create(model, [job.obj for job in jobs if job.created])]
    _update(model, [job.obj for job in jobs if not job.created])
    for name, rows in adapter.table.rows.items():
        plans = [job.plans[name] for job in jobs if name in job.plans]
        known.append(_save_rows(rows, plans))
    for job in jobs:
        job.as_saved = job.created and all(known) and not adapter.overrides("finish")
        adapter.finish(job.obj, created=job.created)


def _save_rows(rows: BoundRows, plans: Sequence[RowPlan]) -> bool:
    """Whether new rows hold what the database would give back."""
    model = rows.model
    gone = [row.pk for plan in plans for row in plan.gone]
    if gone:
        model._base_manager.filter(pk__in=gone).delete()
    rows.step_aside(plans, router.db_for_write(model))
    unsaved = [row for plan in plans for row in plan.unsaved]
    made = [row for row in unsaved if row._state.adding]
    present = [row for row in unsaved if not row._state.adding]
    known = _create(model, made)
    _update(model, present)
    return known


def _create(model: type[models.Model], objects: Sequence[models.Model]) -> bool:
    """Whether these hold what the database would give back."""
    exact = inserts.create(objects)
    return exact and not triggers.acts(router.db_for_write(model), model._meta.db_table)


def _update(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Write present objects whole, as an upsert by primary key: many times faster than
    bulk_update's CASE lists.
    """
    if not objects:
        return
    columns = [
        column.name
        for column in model._meta.local_concrete_fields
        if not (column.primary_key or column.generated or getattr(column, "auto_now_add", False))
    ]
    key = model._meta.pk.name
    model._base_manager.bulk_create(
        objects, update_conflicts=True, unique_fields=[key], update_fields=columns
    )
