"""A worker process: `python -m tests.crash.worker RUN` works a run to its end, as a cluster's tasks
do.

QUICKSYNC_TEST_KILL="point:number" has it killed there. `python -m tests.crash.worker poll` answers
the calls of a polled edition instead, one JSON line each.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from typing import Any

import django
from django.utils import timezone


def main(wanted: str) -> None:
    """Work until the run has ended, or until the caller closes the door."""
    django.setup()
    if wanted == "poll":
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_call(json.loads(line))) + "\n")
            sys.stdout.flush()
        return
    from quicksync.quickbooks.online.transport import limiter
    from quicksync.sync.exchange import landing_lane
    from tests.crash.points import kill_at

    limiter.BURST = limiter.REQUESTS = limiter.BATCHES = 10**6
    landing_lane.LEAST = 1
    point, _, number = os.environ.get("QUICKSYNC_TEST_KILL", "").partition(":")
    if point:
        kill_at(point, int(number))
    _work(int(wanted))


def _work(run_id: int) -> None:
    from quicksync import tasks
    from quicksync.models import Operation, SyncRun

    while SyncRun.objects.filter(pk=run_id, state__in=SyncRun.ACTIVE).exists():
        tasks.dispatch()
        came_to = tasks.work(run_id)
        if came_to is None:
            # Another worker has it, or had it when it died.
            time.sleep(0.05)
        if came_to == "wait":
            # Tests do not wait for QuickBooks to come back: whatever waits for a time need wait no
            # more.
            Operation.objects.exclude(retry_at=None).update(retry_at=timezone.now())


def _call(asked: dict[str, Any]) -> Any:
    from quicksync.quickbooks.messages import Purpose, WireReply
    from quicksync.sync.drivers import polled

    session = polled.resume_session(asked["run"], asked["holder"])
    if asked["call"] == "take_back":
        reply = WireReply(status=200, body=base64.b64decode(asked["body"]))
        polled.take_back(session, asked["id"], Purpose(asked["purpose"]), reply)
        return polled.progress(session)
    request = polled.hand_out(session)
    if request is None:
        return None
    return {
        "id": request.id,
        "purpose": request.purpose,
        "body": base64.b64encode(request.body).decode(),
    }


if __name__ == "__main__":
    main(sys.argv[1])
