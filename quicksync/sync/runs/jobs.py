"""What a worker can do now, read from the tables: for `quicksync_work`, which has no queue.

A company that was woken waits by `ConnectionClock.woken_at`, a run by its lease that nobody has.
Both are only hints, as a task is: of several workers who see the same, the wake is one's by
`dispatching.cycle_of`, and the run by its lease.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from quicksync.models import ConnectionClock, SyncRun
from quicksync.quickbooks import loading
from quicksync.sync.monitor import reconciling
from quicksync.sync.plan import first_run
from quicksync.sync.worker import clock, lease, wakes

# What woke those that are due by the clock.
DUE = ("", SyncRun.Trigger.AUTOMATIC)


class Job(NamedTuple):
    """A function of `quicksync.tasks` with its arguments, and since when it waits."""

    since: dt.datetime
    task: str
    ids: tuple[int, ...]


def waiting(most: int) -> list[Job]:
    """The jobs that have waited longest, in their order."""
    return sorted([*_woken(most), *_free(most), *_asked(most)])[:most]


def _woken(most: int) -> list[Job]:
    """Companies that were woken, but for those whose run is at work: its end looks after them."""
    at_work = SyncRun.objects.filter(connection=OuterRef("pk"), state__in=SyncRun.ACTIVE)
    rows = ConnectionClock.objects.filter(
        ConnectionClock.scheduled(),
        first_run.something_approved(),
        ~Exists(at_work),
        woken_at__isnull=False,
        connection__edition__in=loading.direct(),
    )
    found = list(rows.order_by("woken_at").values_list("woken_at", "woken_by", "pk")[:most])
    # Of those that somebody has woken, each has something to do; of those that are due, few.
    sure = [Job(since, "cycle", (pk,)) for since, by, pk in found if since and by not in DUE]
    due = {pk: since for since, by, pk in found if since and by in DUE}
    return sure + [
        Job(due[ids[0]], "cycles" if len(ids) > 1 else "cycle", tuple(ids))
        for ids in wakes.bundles(due)
    ]


def _free(most: int) -> list[Job]:
    """Runs that nobody works on, and whose time has come."""
    now = clock.now()
    free = Q(lease_until=None) & (Q(resume_at=None) | Q(resume_at__lte=now))
    rows = SyncRun.objects.filter(
        free | lease.over("lease_until", now), state__in=SyncRun.ACTIVE
    ).exclude(connection__edition__in=loading.polled())
    since = Coalesce("resume_at", "heartbeat_at", "started_at")
    found = rows.order_by(since).values_list(since, "pk")[:most]
    return [Job(at, "work", (pk,)) for at, pk in found]


def _asked(most: int) -> list[Job]:
    """Comparisons that nobody works on."""
    since = Coalesce("heartbeat_at", "asked_at")
    found = reconciling.waiting(clock.now()).values_list(since, "pk")[:most]
    return [Job(at, reconciling.TASK, (pk,)) for at, pk in found]
