"""What stands in the host's tables after a write, as a record.

What was saved is read anew, since a host's save(), its querysets and its database may all have a
say in it. Where none of them can, it is known without asking.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import cached_property

from quicksync.local.landing.job import Job
from quicksync.local.messages import Written
from quicksync.local.protocol import Adapter
from quicksync.records import Record


def answers(adapter: Adapter, connection: Any, jobs: Sequence[Job]) -> list[Written]:
    """One for each job, in their order."""
    known = {adapter.key_of(job.obj): job for job in jobs if job.as_saved and not job.error}
    others = [adapter.key_of(job.obj) for job in jobs if not (job.as_saved or job.error)]
    objects = adapter.queryset(connection)
    present = adapter.objects(objects, others) if others else {}
    if known and (adapter.overrides("queryset") or not _reads_plainly(adapter.model)):
        present |= adapter.objects(objects, list(known), rows=False)
    elif known:
        present |= {key: job.obj for key, job in known.items()}
    return [_answer(adapter, job, present) for job in jobs]


@cache
def _reads_plainly(model: type[models.Model]) -> bool:
    """Whether an object that was saved is as one that is read: nothing is added by a manager, and
    nothing kept from the time before.
    """
    kept = (cached_property, functools.cached_property)
    usual = type(model._default_manager) is models.Manager
    return usual and not any(
        isinstance(one, kept) for owner in model.__mro__ for one in vars(owner).values()
    )


def _answer(adapter: Adapter, job: Job, present: dict[str, Any]) -> Written:
    if job.error:
        return Written(job.write.op, job.write.key or "", error=job.error)
    key = adapter.key_of(job.obj)
    # The host may scope its objects so that the new one is not among the connection's.
    obj = present.get(key, job.obj)
    if job.as_saved:
        _as_saved(adapter, job, obj)
    elif not job.created:
        _only_ours(adapter, job, obj)
    after = adapter.found(obj)
    record, before = after.record, job.write.before
    if before is not None:
        ours = job.write.fields | record.computed
        record = before.replace(
            **{name: getattr(record, name) for name in ours if name in record.__struct_fields__}
        )
    return Written(job.write.op, key, record, after.label, line_ids=_line_ids(job, record))


def _as_saved(adapter: Adapter, job: Job, obj: Any) -> None:
    """A new object has the rows that were saved with it."""
    obj._prefetched_objects_cache = {
        rows.accessor: job.plans[name].rows if name in job.plans else []
        for name, rows in adapter.table.rows.items()
    }


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
