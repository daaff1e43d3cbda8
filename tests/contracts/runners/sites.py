"""A site for each runner, and what may happen to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module

import pytest
from django.apps import AppConfig, apps
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ, Schedule

from quicksync.models import ConnectionClock, Routine
from quicksync.sync.worker import (
    clock,
    on_django_tasks,
    on_quicksync_work,
    queue,
    schedule,
    tasks_setting,
)
from tests.contracts.runners import labourers

NAMES = ("django-q2", "django.tasks", "quicksync_work")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


class Site:
    """A site whose work one runner does."""

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = name
        self._patch = monkeypatch

    def work(self) -> None:
        """One of its workers does what there is to do, and what the clock has brought."""
        labourers.of(self.name)()

    def lose_tasks(self) -> None:
        """Whatever waits in the queue is gone."""
        if self.name == "django-q2":
            OrmQ.objects.all().delete()
        elif self.name == "django.tasks":
            _results().objects.all().delete()
        else:
            ConnectionClock.objects.update(woken_at=None)

    def lose_the_broker(self) -> pytest.MonkeyPatch:
        """The broker is away until this is undone."""

        def away(*args: object, **kwargs: object) -> None:
            raise ConnectionError("Error 111 connecting to the broker. Connection refused.")

        patch = pytest.MonkeyPatch()
        if self.name == "django-q2":
            patch.setattr(ORM, "enqueue", away)
            patch.setattr(ORM, "ping", away)
        elif self.name == "django.tasks":
            backend = type(on_django_tasks._backend())
            patch.setattr(backend, "enqueue", away)
            patch.setattr(backend, "get_result", away)
        else:
            patch.setattr(on_quicksync_work.QuicksyncWork, "enqueue", away)
        return patch

    def pass_time(self, **span: float) -> None:
        """Everybody's clock goes on by so much."""
        later = timezone.now() + dt.timedelta(**span) - dt.datetime.now(dt.UTC)
        self._patch.setattr(timezone, "now", lambda: dt.datetime.now(dt.UTC) + later)
        self._patch.setattr(clock, "_is_elsewhere", lambda database: False)
        # A process that looked a moment ago does so again.
        on_django_tasks._looked.clear()


@contextmanager
def site_of(name: str) -> Iterator[None]:
    """The site is that runner's."""
    tasks = name == "django.tasks"
    with _installed() if tasks else nullcontext(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUICKSYNC_RUNNER", name)
        with override_settings(TASKS=TASKS) if tasks else nullcontext():
            Schedule.objects.all().delete()
            Routine.objects.all().delete()
            on_django_tasks._looked.clear()
            schedule.ensure()
            yield
    queue.forget()


@contextmanager
def _installed() -> Iterator[None]:
    """The backend's app and its table, for this long."""
    config = AppConfig.create("django_tasks_db")
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    config.ready()
    apps.clear_cache()
    with connection.schema_editor() as editor:
        editor.create_model(_results())
    read_settings_again()
    try:
        yield
    finally:
        del apps.app_configs[config.label]
        apps.clear_cache()
        with connection.schema_editor() as editor:
            editor.delete_model(_results())
        read_settings_again()


def _results():
    return import_module("django_tasks_db.models").DBTaskResult


def read_settings_again() -> None:
    """Tasks keep their settings and backends, as long as the process lives."""
    handler = import_module(tasks_setting.library()).task_backends
    handler.__dict__.pop("settings", None)
    handler.__init__()
