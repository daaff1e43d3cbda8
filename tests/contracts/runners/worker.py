"""A worker process of one runner: `python -m tests.contracts.runners.worker RUN`.

It works until the run has ended, as the runner's own workers do. QUICKSYNC_TEST_KILL="point:number"
has it killed there.
"""

from __future__ import annotations

import os
import sys
import time

import django


def main(wanted: str) -> None:
    """Work until the run has ended."""
    django.setup()
    from quicksync import tasks
    from quicksync.models import SyncRun
    from quicksync.quickbooks.online.transport import limiter
    from quicksync.sync.worker import queue
    from tests.contracts.runners import labourers
    from tests.crash.points import kill_at

    limiter.BURST = limiter.REQUESTS = limiter.BATCHES = 10**6
    point, _, number = os.environ.get("QUICKSYNC_TEST_KILL", "").partition(":")
    if point:
        kill_at(point, int(number))
    work = labourers.of(queue.name())
    while SyncRun.objects.filter(pk=wanted, state__in=SyncRun.ACTIVE).exists():
        # The minute's look, without waiting for the minute.
        tasks.dispatch()
        work()
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1])
