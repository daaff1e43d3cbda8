"""A worker process of one runner: `python -m tests.contracts.runners.worker RUN`, or `all`.

It works until the run has ended, or until no company is due and no run at work, as the runner's own
workers do. QUICKSYNC_TEST_KILL="point:number" has it killed there.
"""

from __future__ import annotations

import os
import sys
import time

import django
from django.db.models import Q


def main(wanted: str) -> None:
    """Work until that has come to its end."""
    django.setup()
    from django.utils import timezone

    from quicksync import tasks
    from quicksync.models import ConnectionClock, SyncRun
    from quicksync.quickbooks.online.transport import limiter
    from quicksync.sync.worker import queue
    from tests.contracts.runners import labourers
    from tests.crash.points import kill_at

    limiter.BURST = limiter.REQUESTS = limiter.BATCHES = 10**6
    point, _, number = os.environ.get("QUICKSYNC_TEST_KILL", "").partition(":")
    if point:
        kill_at(point, int(number))
    work = labourers.of(queue.name())

    def owed() -> bool:
        runs = SyncRun.objects.filter(state__in=SyncRun.ACTIVE)
        if wanted != "all":
            return runs.filter(pk=wanted).exists()
        due = Q(next_sync_at__lte=timezone.now()) | Q(woken_at__isnull=False)
        return runs.exists() or ConnectionClock.objects.filter(due).exists()

    while owed():
        # The minute's look, without waiting for the minute.
        tasks.dispatch()
        work()
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1])
