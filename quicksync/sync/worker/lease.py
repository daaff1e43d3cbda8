"""The lease of a run: one worker has it at a time, shows signs of life, and loses it when it does
not (A14).

Every move is one conditional UPDATE that must hit one row, so that it holds on SQLite, where row
locks do nothing. Its conditions are on the row's own columns: only those does PostgreSQL look at
again after it has waited for the row.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from quicksync.conf import settings
from quicksync.exceptions import QuicksyncError
from quicksync.models import Connection, SyncRun
from quicksync.sync.worker import clock, run_state


class LeaseLost(QuicksyncError):
    """Another worker took the run over, or a person cancelled it: this one stops and writes nothing
    more.
    """


def new_holder() -> str:
    """A name for this worker: host, process and chance."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def take(run_id: int, holder: str, *, but: Sequence[str] = (), **also: Any) -> SyncRun | None:
    """The run, leased to `holder`, read with what is `also` asked; None when somebody else has it,
    it has ended, or is of one of these editions.
    """
    now = clock.now()
    free = Q(lease_until=None) | over("lease_until", now) | Q(lease_holder=holder)
    if but:
        # Not through a join: Django would put all conditions together into a subquery, which is not
        # looked at again.
        free &= Q(connection__in=Connection.objects.exclude(edition__in=but))
    taken = SyncRun.objects.filter(free, pk=run_id, state__in=SyncRun.ACTIVE).update(
        lease_holder=holder, lease_until=_until(now), heartbeat_at=now, resume_at=None
    )
    return read(run_id, **also) if taken else None


def read(run_id: int, **also: Any) -> SyncRun:
    """A run that is leased, with its connection as it stands now: whoever had the connection before
    may have changed it until this run came into being.

    `also` is asked in the same statement, under these names.
    """
    return _with_connection(SyncRun.objects.all()).annotate(**also).get(pk=run_id)


def held(holder: str, connection_ids: Sequence[int], **also: Any) -> list[SyncRun]:
    """The runs of these connections that are `holder`'s, each as `read` has it."""
    mine = SyncRun.objects.filter(
        connection__in=connection_ids, state__in=SyncRun.ACTIVE, lease_holder=holder
    )
    return list(_with_connection(mine).annotate(**also).order_by("id"))


def _with_connection(runs: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
    """And all that a worker needs of it; of the access only what a request carries."""
    rows = runs.select_related("connection__clock", "connection__access")
    return rows.defer(
        "connection__access__refresh_token", "connection__access__previous_refresh_token"
    )


def born(holder: str) -> dict[str, Any]:
    """What a run begins with that is `holder`'s from its first moment: nobody has to take it."""
    now = clock.now()
    return {"lease_holder": holder, "lease_until": _until(now), "heartbeat_at": now}


def over(field: str, now: dt.datetime) -> Q:
    """Leases that have ended, and those that a clock gave which was far ahead, or has been set back
    since.
    """
    return Q(**{f"{field}__lt": now}) | Q(**{f"{field}__gt": _until(now) + clock.WRONG})


def keep(run: SyncRun, *, to: str = "", **values: Any) -> None:
    """A sign of life that also saves `values`, and moves the run `to` a state.

    Raises LeaseLost when the run is no longer ours.
    """
    now = clock.now()
    _update(run, to, {"heartbeat_at": now, "lease_until": _until(now)} | values)


def later(run: SyncRun, **values: Any) -> None:
    """What the run's next sign of life, or its end, saves as well. Until then, who takes the run
    over finds it as it was: only for what that one would find out again.
    """
    run.unsaved = {**run.unsaved, **values}
    for name, value in values.items():
        setattr(run, name, value)


def release(run: SyncRun, *, to: str = "", **values: Any) -> None:
    """Give the run back for its next slice, or move it `to` where no worker has it."""
    free = {"lease_until": None, "lease_holder": "", "heartbeat_at": clock.now()}
    _update(run, to, values | free)


def _update(run: SyncRun, to: str, values: dict[str, Any]) -> None:
    values = {**run.unsaved, **values, "calls": run.calls, "metered": run.metered}
    if to:
        values |= run_state.columns(to)
    mine = SyncRun.objects.filter(
        pk=run.pk, lease_holder=run.lease_holder, state__in=SyncRun.ACTIVE
    )
    if to:
        mine = mine.filter(state__in=run_state.sources(to))
    if mine.update(**values) != 1:
        raise LeaseLost("Another worker has taken over this run, or it was cancelled.")
    run.unsaved = {}
    for name, value in values.items():
        setattr(run, name, value)


def _until(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=settings.lease_seconds)
