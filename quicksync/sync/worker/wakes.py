"""Have companies run now: a wake that waits already is not enqueued again, and one that was lost is
made up for.

`ConnectionClock.woken_at` says since when a task for it waits in the queue, `woken_by` what a run
was wanted for. The task that begins takes both away; others that were enqueued for the same find
nothing to do. Metered reads are paid for.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q
from django.utils import timezone

from quicksync.models import ConnectionClock, SyncRun, bulk
from quicksync.sync.worker import clock, queue

# So long a company that is due needs no task of its own: a run that ends looks whether it is due,
# as the dispatch does.
ONE_WAKE = dt.timedelta(seconds=15)
# So long a task is believed to be in the queue. Longer than that it may have been lost with its
# broker.
BELIEVED = dt.timedelta(minutes=1)
# In one statement.
MANY = 500
# Companies that are due by the clock and looked at in one task: most have nothing new.
BUNDLE = 25


def wake(connection_ids: Iterable[int], by: str = SyncRun.Trigger.AUTOMATIC) -> None:
    """Have these connections run now, if they run by themselves; many wakes before the run begins
    are one.
    """
    now = timezone.now()
    ids = sorted(set(connection_ids))
    for start in range(0, len(ids), MANY):
        asleep = ConnectionClock.objects.filter(
            ConnectionClock.scheduled(), pk__in=ids[start : start + MANY]
        )
        asleep = asleep.exclude(next_sync_at__range=(now - ONE_WAKE, now)).exclude(waits(now))
        values = {"next_sync_at": now, "woken_at": now, "woken_by": by}
        call(bulk.moved(asleep, values, column="connection"))


def again(connection_id: int) -> None:
    """The run is over that a wake had found at work: what it was for is done now."""
    now = timezone.now()
    mine = ConnectionClock.objects.filter(ConnectionClock.scheduled(), pk=connection_id)
    asleep = mine.exclude(waits(now))
    call([connection_id] * asleep.update(woken_at=now))


def waits(now: dt.datetime) -> Q:
    """Connections for which a task is in the queue. Whoever put it there may have had a clock a
    little ahead of ours, as the dispatch has that goes by the database's.
    """
    return Q(woken_at__range=(now - BELIEVED, now + BELIEVED))


def call(connection_ids: Collection[int]) -> None:
    """Enqueue the task of each; one that the queue does not take is for the next dispatch, in a
    minute.
    """
    for pk in connection_ids:
        queue.enqueue("cycle", pk, lost=functools.partial(_not_told, [pk]))


def call_together(connection_ids: Iterable[int]) -> None:
    """The same for those that are due by the clock: a task for each bundle."""
    for together in bundles(connection_ids):
        if len(together) == 1:
            call(together)
        else:
            queue.enqueue("cycles", *together, lost=functools.partial(_not_told, together))


def bundles(connection_ids: Iterable[int]) -> Iterator[list[int]]:
    """In their order, as many together as one task looks at."""
    left = iter(connection_ids)
    while together := list(itertools.islice(left, BUNDLE)):
        yield together


def _not_told(connection_ids: Sequence[int]) -> None:
    waiting = ConnectionClock.objects.filter(pk__in=connection_ids, woken_at__isnull=False)
    # By the clock of the dispatch, which would find it due again at once by one that is behind.
    waiting.update(woken_at=None, next_sync_at=clock.now())
