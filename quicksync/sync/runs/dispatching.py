"""What time brings: due runs, abandoned runs, records that signals missed, and journals that have
grown old.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from quicksync.conf import settings
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Connection, ConnectionClock, SyncRun
from quicksync.quickbooks import loading
from quicksync.sync.access import quota
from quicksync.sync.plan import first_run
from quicksync.sync.runs import pausing, starting, waitlist
from quicksync.sync.worker import clock, lease, queue, wakes

log = logging.getLogger("quicksync.dispatch")
BULK = 500
# A task that has not begun for so long is enqueued once more: it was lost, or the workers are that
# far behind, and then the second finds nothing to do.
LOST = dt.timedelta(minutes=5)


def dispatch() -> int:
    """Claim the connections that are due, a task each; resume the runs whose time has come. Returns
    how many.
    """
    now = clock.now()
    longer = quota.of_site(now).longer
    number = 0
    while claimed := _claim(now, longer):
        number += claimed
    return number + _resume(now)


def _claim(now: dt.datetime, longer: int) -> int:
    """Some of the connections that are due, for this dispatch alone however many are at it. Returns
    how many.

    `longer` stretches their intervals while metered reads are short.
    """
    # By another dispatcher's later look at the clock it may have been woken a moment from now.
    waits = Q(woken_at__range=(now - LOST, now + LOST))
    due = ConnectionClock.objects.filter(
        ConnectionClock.scheduled(),
        Q(next_sync_at=None) | Q(next_sync_at__lte=now) | Q(woken_at__isnull=False),
    ).exclude(waits)
    # Reads are metered: a company of which nothing is kept in step, or nothing yet, is left alone.
    due = due.filter(first_run.something_approved())
    with transaction.atomic():
        # Only the clocks are locked: whoever saves a connection meanwhile does not lose its turn.
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_sync_at")
        rows = rows.select_related("connection").only("connection__interval_minutes")
        claimed = [(row.pk, row.connection.interval_minutes) for row in rows[:BULK]]
        for minutes in {minutes for _, minutes in claimed}:
            ids = [pk for pk, own in claimed if own == minutes]
            after = quota.stretched(dt.timedelta(minutes=max(1, minutes)), longer)
            ConnectionClock.objects.filter(pk__in=ids).update(
                next_sync_at=now + after, woken_at=now
            )
        wakes.call([pk for pk, _ in claimed])
    return len(claimed)


def _resume(now: dt.datetime) -> int:
    """Runs that wait for a time, and runs whose worker shows no life any more."""
    waiting = Q(lease_until=None, heartbeat_at__lt=now - dt.timedelta(seconds=30)) & (
        Q(resume_at=None) | Q(resume_at__lte=now)
    )
    unborn = Q(lease_until=None, heartbeat_at=None, started_at__lt=now - dt.timedelta(seconds=30))
    dead = lease.over("lease_until", now)
    runs = SyncRun.objects.filter(waiting | unborn | dead, state__in=SyncRun.ACTIVE).values_list(
        "pk", flat=True
    )
    found = list(runs[:BULK])
    for pk in found:
        queue.enqueue("work", pk)
    waitlist.advance_all()
    return len(found)


def cycle_of(connection_id: int, *, holder: str = "") -> SyncRun | None:
    """Start the cycle of one connection, unless a run is at work or nobody wants one any more.

    A `holder` has the run's lease from its beginning, and works on it without a task.
    """
    rows = Connection.objects.select_related("clock").annotate(waits=first_run.nothing_approved())
    connection = rows.filter(pk=connection_id).first()
    if (
        connection is None
        or not connection.is_scheduled
        or connection.edition not in loading.direct()
    ):
        return None
    if connection.waits or not _begin(connection):
        return None
    failures = connection.clock.failures
    if failures >= settings.pause_after:
        pausing.pause(
            connection, why=f"Paused automatically after {failures} failed runs: see History."
        )
        return None
    by = connection.clock.woken_by or SyncRun.Trigger.AUTOMATIC
    try:
        return starting.start(connection, trigger=by, holder=holder)
    except Busy:
        # The run that follows the one at work is begun for the same.
        ConnectionClock.objects.filter(pk=connection_id, woken_by="").update(woken_by=by)
    except NotAllowed:
        pass
    return None


def _begin(connection: Connection) -> bool:
    """Take the wake, or the time that has come; of several tasks for one wake the first has it."""
    now, told = timezone.now(), connection.clock
    due = told.next_sync_at is None or told.next_sync_at <= now
    if not due and told.woken_at is None:
        return False
    as_read = {"next_sync_at": told.next_sync_at, "woken_at": told.woken_at}
    after = quota.stretched(connection.interval, quota.of_site(now).longer) if due else None
    upcoming = now + after if after else told.next_sync_at
    mine = ConnectionClock.objects.filter(pk=connection.pk, **as_read)
    return mine.update(next_sync_at=upcoming, woken_at=None, woken_by="") == 1
