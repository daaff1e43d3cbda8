"""Enqueue a task by its dotted name, after commit. A task is a hint to look; what is owed stands in
the tables.

A queue that is away costs a minute, not a sale: what could not be enqueued is found by the next
dispatch, and whoever has just committed - a host's own request, or a worker - goes on as if nothing
had been.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task

from quicksync.sync.worker.harmless import Harmless

log = logging.getLogger("quicksync.queue")

# A broker that does not answer may take its time to say so: for so many seconds a process asks it
# no more.
PATIENCE = 10.0
_away: dict[str, float] = {}


def enqueue(task: str, *ids: int, lost: Callable[[], object] | None = None) -> None:
    """Run `quicksync.tasks.<task>(*ids)` in a worker once the present transaction is committed;
    `lost` is called when the broker does not take it.
    """

    def send() -> None:
        if not _send(task, ids) and lost is not None:
            lost()

    transaction.on_commit(send, robust=True)


def answers() -> bool:
    """Whether the broker answers at this moment."""
    with Harmless("queue_away", "the queue does not answer"):
        return bool(get_broker().ping())
    return False


def forget() -> None:
    """Ask the broker again, however it was a moment ago."""
    _away.clear()


def _send(task: str, ids: tuple[int, ...]) -> bool:
    if time.monotonic() < _away.get("until", 0):
        return False
    with Harmless(
        "queue_away", "a task could not be enqueued; the next dispatch finds its work", task=task
    ) as sent:
        async_task(f"quicksync.tasks.{task}", *ids, q_options={"ack_failure": True, "save": False})
        log.debug("task enqueued", extra={"action": "enqueue", "task": task, "ids": ids})
    if sent.failed:
        _away["until"] = time.monotonic() + PATIENCE
    return not sent.failed
