"""Enqueue a task by its dotted name, after commit. A task is a hint to look; what is owed stands in the tables."""

from __future__ import annotations

import functools
import logging

from django.db import transaction
from django_q.tasks import async_task

log = logging.getLogger("quicksync.queue")


def enqueue(task: str, *ids: int) -> None:
    """Run `quicksync.tasks.<task>(*ids)` in a worker once the present transaction is committed."""
    transaction.on_commit(functools.partial(_send, task, ids))


def _send(task: str, ids: tuple[int, ...]) -> None:
    async_task(f"quicksync.tasks.{task}", *ids, q_options={"ack_failure": True, "save": False})
    log.debug("task enqueued", extra={"action": "enqueue", "task": task, "ids": ids})
