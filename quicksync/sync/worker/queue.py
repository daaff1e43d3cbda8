"""Enqueue a task by its name, after commit, with the runner that does this site's work. A task is a
hint to look; what is owed stands in the tables.

A queue that is away costs a minute, not a sale: what could not be enqueued is found by the next
dispatch, and whoever has just committed - a host's own request, or a worker - goes on as if nothing
had been.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, Protocol, cast

from django.apps import apps
from django.db import models, transaction
from django.utils.module_loading import import_string

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError
from quicksync.sync.worker import tasks_setting
from quicksync.sync.worker.harmless import Harmless

log = logging.getLogger("quicksync.queue")

DJANGO_Q2, DJANGO_TASKS, QUICKSYNC_WORK = "django-q2", "django.tasks", "quicksync_work"
# Loaded by their names, as editions are: each imports what need not be installed here.
RUNNERS = {
    DJANGO_Q2: "quicksync.sync.worker.on_django_q2.DjangoQ2",
    DJANGO_TASKS: "quicksync.sync.worker.on_django_tasks.DjangoTasks",
    QUICKSYNC_WORK: "quicksync.sync.worker.on_quicksync_work.QuicksyncWork",
}
# A broker that does not answer may take its time to say so: for so many seconds a process asks it
# no more.
PATIENCE = 10.0
_away: dict[str, float] = {}


class Runner(Protocol):
    """Who does the work: the port that each of RUNNERS fulfils (`tests/contracts/runners`)."""

    # Where its schedules stand.
    model: type[models.Model]

    @property
    def command(self) -> str:
        """What starts a worker, for people."""

    @property
    def setting(self) -> str:
        """The Django setting that says where its tasks wait; "" when they wait nowhere."""

    @property
    def apps(self) -> Sequence[str]:
        """The labels of the apps whose tables it needs."""

    def enqueue(self, task: str, ids: Sequence[int]) -> None:
        """Have a worker run `quicksync.tasks.<task>(*ids)`; raises what its broker raises."""

    def answers(self) -> bool:
        """Whether the broker answers at this moment."""

    def ensure(self) -> int:
        """Make the schedules that are missing. Returns how many."""

    def forget(self) -> None:
        """No schedule is left, and no task waits where we can tell."""

    def next_look(self) -> dt.datetime | None:
        """When a worker looks for due runs next, or should have; None without a schedule."""


class Trouble(NamedTuple):
    """Why a runner cannot work in this project, and what to do."""

    sentence: str
    fix: str


def name() -> str:
    """The runner of this site."""
    if settings.runner:
        return settings.runner
    if apps.is_installed("django_q"):
        return DJANGO_Q2
    return DJANGO_TASKS if tasks_setting.is_durable() else QUICKSYNC_WORK


def runner() -> Runner:
    """Who does the work. Raises ConfigurationError when that one cannot."""
    chosen = name()
    if trouble := trouble_with(chosen):
        raise ConfigurationError(trouble.sentence)
    return _load(chosen)


def usable() -> Iterator[Runner]:
    """All that could do the work in this project."""
    return (_load(one) for one in RUNNERS if trouble_with(one) is None)


def trouble_with(chosen: str) -> Trouble | None:
    """What stands in its way; None when it can work."""
    if chosen not in RUNNERS:
        known = ", ".join(f'"{one}"' for one in RUNNERS)
        return Trouble(f'There is no runner "{chosen}".', f"QUICKSYNC['RUNNER'] is one of {known}.")
    if chosen == DJANGO_Q2 and not apps.is_installed("django_q"):
        return Trouble(
            'The runner is "django-q2", and django_q is not in INSTALLED_APPS.',
            'Add "django_q" to INSTALLED_APPS and run manage.py migrate, or choose another runner.',
        )
    if chosen == DJANGO_TASKS and not tasks_setting.library():
        return Trouble(
            'The runner is "django.tasks", which this version of Django does not have.',
            "Use Django 6.0 or later, install django-tasks, or choose another runner.",
        )
    if chosen == DJANGO_TASKS and not tasks_setting.is_durable():
        return Trouble(
            f'The runner is "django.tasks", and TASKS["{tasks_setting.alias()}"] keeps no tasks'
            f" ({tasks_setting.path() or 'no backend'}): nothing would wait for a worker.",
            "Set TASKS to a backend that keeps them, such as django_tasks_db.DatabaseBackend, or"
            " choose another runner.",
        )
    return None


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
        return runner().answers()
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
        runner().enqueue(task, ids)
        log.debug("task enqueued", extra={"action": "enqueue", "task": task, "ids": ids})
    if sent.failed:
        _away["until"] = time.monotonic() + PATIENCE
    return not sent.failed


@cache
def _load(chosen: str) -> Runner:
    return cast("Runner", import_string(RUNNERS[chosen])())
