"""The worker's entry points as objects of Django's Tasks, for the runner `django.tasks`, which
loads this module when it enqueues the first.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

from quicksync import tasks
from quicksync.sync.worker import on_django_tasks, tasks_setting

Function = TypeVar("Function", bound=Callable[..., Any])


def _queued(function: Function) -> Function:
    """The decorator of whichever library has Tasks here, with our backend and queue."""
    made = import_module(tasks_setting.library()).task(
        backend=tasks_setting.alias(), queue_name=tasks_setting.queue()
    )
    return cast("Function", made(function))


@_queued
def cycle(connection_id: int) -> None:
    """Start a connection's automatic cycle, and work on it for a first slice."""
    tasks.cycle(connection_id)


@_queued
def cycles(*connection_ids: int) -> None:
    """The cycles of a bundle of connections."""
    tasks.cycles(*connection_ids)


@_queued
def work(run_id: int) -> None:
    """Work on a run for one slice."""
    tasks.work(run_id)


@_queued
def reconcile(reconciliation_id: int) -> None:
    """Compare both sides of a connection for one slice."""
    tasks.reconcile(reconciliation_id)


@_queued
def alerts() -> None:
    """Tell people by e-mail what has gone wrong since."""
    tasks.alerts()


@_queued
def routine(name: str) -> None:
    """Do what the clock has brought."""
    tasks.routine(name)


@_queued
def pulse(mark: str) -> None:
    """Every minute: enqueue what is due, and have the next one wait."""
    if on_django_tasks.beat(mark):
        tasks.dispatch()
        on_django_tasks.hand_out()
