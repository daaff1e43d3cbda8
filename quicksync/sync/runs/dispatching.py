"""What time brings: due runs, abandoned runs, records that signals missed, and journals that have
grown old.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from quicksync.conf import settings
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Connection, ConnectionClock, SyncRun, bulk
from quicksync.quickbooks import loading
from quicksync.sync.access import quota
from quicksync.sync.monitor import reconciling
from quicksync.sync.plan import first_run
from quicksync.sync.runs import pausing, starting, turns, waitlist
from quicksync.sync.worker import clock, lease, queue, wakes

log = logging.getLogger("quicksync.dispatch")
BULK = 500
# A task that has not begun for so long is enqueued once more: it was lost, or the workers are that
# far behind, and then the second finds nothing to do.
LOST = dt.timedelta(minutes=5)


def dispatch() -> int:
    """Claim the connections that are due, a task for each bundle; resume the runs whose time has
    come, and comparisons that were left. Returns how many.
    """
    now = clock.now()
    longer = quota.of_site(now).longer
    number = 0
    while claimed := _claim(now, longer):
        number += claimed
    return number + _resume(now) + reconciling.resume(now)


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
        rows = due.select_for_update(skip_locked=True, of=("self",), no_key=True).order_by(
            "next_sync_at"
        )
        rows = rows.select_related("connection").only(
            "next_sync_at", "connection__interval_minutes"
        )
        claimed: dict[dt.datetime, list[int]] = defaultdict(list)
        for row in rows[:BULK]:
            interval = quota.stretched(row.connection.interval, longer)
            turn = turns.following(row.pk, row.next_sync_at, interval, now=now)
            claimed[turn].append(row.pk)
        for turn, ids in claimed.items():
            ConnectionClock.objects.filter(pk__in=ids).update(next_sync_at=turn, woken_at=now)
        together = [pk for turn in sorted(claimed) for pk in claimed[turn]]
        wakes.call_together(together)
    return len(together)


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
    for connection in _ready([connection_id]):
        if _begin(connection) and not _pauses(connection):
            return _started(connection, holder)
    return None


def cycles_of(connection_ids: Sequence[int], *, holder: str, **also: Any) -> list[SyncRun]:
    """The same for a bundle of connections: `holder` has the leases of the runs that are returned,
    each read with what is `also` asked (`lease.read`). A fixed number of statements.
    """
    # The clocks are let go before runs begin: who ends a run has it in hand and wants its clock.
    begun = [one for one in _begin_all(_ready(connection_ids)) if not _pauses(one)]
    try:
        with transaction.atomic():
            SyncRun.objects.bulk_create(
                SyncRun(connection=one, trigger=_wanted_by(one), **lease.born(holder))
                for one in begun
            )
    except IntegrityError:
        # Some have a run at work.
        for one in begun:
            _started(one, holder)
    return lease.held(holder, [one.pk for one in begun], **also) if begun else []


def _ready(connection_ids: Sequence[int]) -> list[Connection]:
    """Those of them that run by themselves, and may by now."""
    rows = Connection.objects.select_related("clock").annotate(waits=first_run.nothing_approved())
    return [
        one
        for one in rows.filter(pk__in=connection_ids).order_by("pk")
        if one.is_scheduled and one.edition in loading.direct() and not one.waits
    ]


def _pauses(connection: Connection) -> bool:
    """Whether it has failed so often that it pauses."""
    failures = connection.clock.failures
    if failures < settings.pause_after:
        return False
    pausing.pause(
        connection, why=f"Paused automatically after {failures} failed runs: see History."
    )
    return True


def _wanted_by(connection: Connection) -> str:
    return connection.clock.woken_by or SyncRun.Trigger.AUTOMATIC


def _started(connection: Connection, holder: str) -> SyncRun | None:
    by = _wanted_by(connection)
    try:
        return starting.start(connection, trigger=by, holder=holder)
    except Busy:
        # The run that follows the one at work is begun for the same.
        ConnectionClock.objects.filter(pk=connection.pk, woken_by="").update(woken_by=by)
    except NotAllowed:
        pass
    return None


def _begin(connection: Connection) -> bool:
    """Take the wake, or the time that has come; of several tasks for one wake the first has it."""
    return bool(_begin_all([connection]))


def _begin_all(connections: Sequence[Connection]) -> list[Connection]:
    """Those whose wake, or whose time, is this task's. One statement for all that are alike, as
    those are that one dispatch has claimed.
    """
    now, alike = timezone.now(), defaultdict(list)
    longer: int | None = None
    for one in connections:
        told = one.clock
        due = told.next_sync_at is None or told.next_sync_at <= now
        if not due and told.woken_at is None:
            continue
        if due and longer is None:
            longer = quota.of_site(now).longer
        upcoming = now + quota.stretched(one.interval, longer or 0) if due else told.next_sync_at
        alike[told.next_sync_at, told.woken_at, upcoming].append(one.pk)
    mine: set[int] = set()
    for (next_sync_at, woken_at, upcoming), ids in alike.items():
        as_read = ConnectionClock.objects.filter(
            pk__in=ids, next_sync_at=next_sync_at, woken_at=woken_at
        )
        values = {"next_sync_at": upcoming, "woken_at": None, "woken_by": ""}
        mine |= set(bulk.moved(as_read, values, column="connection"))
    return [one for one in connections if one.pk in mine]
