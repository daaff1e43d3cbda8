"""One worker of each runner, in this process: it does what it has to do now, and stops."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from quicksync.management.shift import Shift

# More rounds than any test has tasks: work that never ends is a fault.
MOST = 200


def of(name: str) -> Callable[[], None]:
    """That of the runner of this name."""
    return {
        "django-q2": django_q2,
        "django.tasks": django_tasks,
        "quicksync_work": quicksync_work,
    }[name]


# Each imports its own library: the settings of a worker process may have no other.


def django_q2() -> None:
    """What a cluster's scheduler and workers do: with django-q2's own scheduler and broker."""
    from django_q.brokers import get_broker
    from django_q.models import OrmQ
    from django_q.scheduler import scheduler
    from django_q.signing import SignedPackage

    broker = get_broker()
    scheduler(broker=broker)
    for _ in range(MOST):
        if not OrmQ.objects.filter(lock__lt=timezone.now()).exists():
            return
        for key, package in broker.dequeue() or ():
            _perform(SignedPackage.loads(package))
            broker.acknowledge(key)
    raise AssertionError("No end of tasks.")


def _perform(task: dict[str, Any]) -> None:
    try:
        import_string(task["func"])(*task["args"], **task["kwargs"])
    finally:
        close_old_connections()


def django_tasks() -> None:
    """The worker of django-tasks-db, until no task is ready."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=MOST,
        worker_id="tests",
        excluded_queue_names=[],
    ).run()
    broken = DBTaskResult.objects.failed().first()
    assert broken is None, broken.traceback


def quicksync_work() -> None:
    """A shift that ends when it would wait for the first time."""
    shift = Shift(poll=0, dice=random.Random(7))
    shift.told.wait = lambda timeout: shift.told.set()
    shift.until_told()
    assert not shift.failed
