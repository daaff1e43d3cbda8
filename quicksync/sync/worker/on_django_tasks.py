"""The runner `django.tasks`: Django's Tasks, with whichever durable backend `TASKS` names.

Tasks have no schedules. One of ours, the pulse, does what the clock brings, and defers the next one
by a minute. There is one at a time: each carries the moment that it was made for, and only that one
goes on. Where the chain was broken - a queue was emptied, a broker was away - whoever enqueues
something mends it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from django.apps import apps as installed
from django.core.exceptions import ImproperlyConfigured

from quicksync.models import Routine
from quicksync.sync.worker import clock, routines, tasks_setting
from quicksync.sync.worker.harmless import Harmless

# Loaded by its name: it stands on `quicksync.tasks`, above this room.
OBJECTS = "quicksync.task_objects"
# A pulse that is so late is not on its way any more; a process looks after that once a minute.
LATE = dt.timedelta(minutes=2)
LOOKED_FOR = 60.0
# What a backend is asked for to see whether it answers.
NOTHING = "00000000-0000-0000-0000-000000000000"
# App of a backend -> the command that starts its worker.
COMMANDS = {"django_tasks_db": "manage.py db_worker", "django_tasks_rq": "manage.py rqworker"}

_looked: dict[str, float] = {}


class DjangoTasks:
    """`quicksync.sync.worker.queue.Runner` says what each part is for."""

    model = Routine
    setting = "TASKS"

    @property
    def command(self) -> str:
        own = tasks_setting.path().partition(".")[0]
        return COMMANDS.get(own, f"the worker of {tasks_setting.path()}")

    @property
    def apps(self) -> Sequence[str]:
        app = installed.get_containing_app_config(tasks_setting.path())
        return (app.label,) if app else ()

    def enqueue(self, task: str, ids: Sequence[int]) -> None:
        _object(task).enqueue(*ids)
        mend()

    def answers(self) -> bool:
        backend = _backend()
        if not backend.supports_get_result:
            return True
        missing = import_module(f"{tasks_setting.library()}.exceptions").TaskResultDoesNotExist
        with suppress(missing):
            backend.get_result(NOTHING)
        return True

    def ensure(self) -> int:
        made = routines.ensure()
        _looked.clear()
        with Harmless("queue_away", "the pulse could not be enqueued; a later task does it"):
            mend(dt.timedelta(0))
        return made

    def forget(self) -> None:
        """Tasks that wait in the backend's store find no tables, and end."""
        Routine.objects.all().delete()

    def next_look(self) -> dt.datetime | None:
        return routines.next_look()


def beat(mark: str) -> bool:
    """Whether the pulse that was made for this moment is the one that goes on; the next one waits
    then.
    """
    following = routines.take(routines.DISPATCH, dt.datetime.fromisoformat(mark))
    if following is None:
        return False
    with Harmless("queue_away", "the next pulse could not be enqueued; a later task does it"):
        _pulse(following, deferred=True)
    return True


def hand_out() -> None:
    """Enqueue, each by itself, what else the clock has brought."""
    for name, since in routines.due():
        if name != routines.DISPATCH and routines.take(name, since):
            _object("routine").enqueue(name)


def mend(late: dt.timedelta = LATE) -> None:
    """Enqueue a pulse if none can be on its way any more."""
    if time.monotonic() - _looked.get("at", -LOOKED_FOR) < LOOKED_FOR:
        return
    _looked["at"] = time.monotonic()
    due = routines.next_look()
    if due is not None and due <= clock.now() - late:
        _pulse(due, deferred=False)


def refusal() -> str:
    """Why the backend does not take our tasks; "" when it does."""
    library = tasks_setting.library()
    troubles = (
        ImportError,
        ImproperlyConfigured,
        import_module(f"{library}.exceptions").TaskException,
    )
    try:
        import_module(OBJECTS)
    except troubles as error:
        return str(error)
    return ""


def can_defer() -> bool:
    """Whether the backend keeps a task until its time has come."""
    return bool(_backend().supports_defer)


def _pulse(moment: dt.datetime, *, deferred: bool) -> None:
    pulse = _object("pulse")
    if deferred:
        if not can_defer():
            return
        pulse = pulse.using(run_after=moment)
    pulse.enqueue(moment.isoformat())


def _object(name: str) -> Any:
    return getattr(import_module(OBJECTS), name)


def _backend() -> Any:
    return import_module(tasks_setting.library()).task_backends[tasks_setting.alias()]
