"""System checks: what a newcomer forgets is named with its fix (J6)."""

from __future__ import annotations

import sys
import types
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps

from quicksync import checks
from quicksync.sync.worker import queue
from tests.contracts.runners.sites import read_settings_again


def ids(found):
    return [message.id for message in found]


def test_the_bundled_project_is_sound():
    for check in (
        checks.check_apps,
        checks.check_urls,
        checks.check_queue,
        checks.check_history,
        checks.check_admin,
    ):
        assert check(None) == []


def test_apps_that_are_missing_are_named(monkeypatch):
    monkeypatch.setattr(checks, "APPS", ("simple_history", "nowhere.installed"))
    (message,) = checks.check_apps(None)
    assert message.id == "quicksync.E005"
    assert "'nowhere.installed'" in message.hint
    assert "simple_history" not in message.hint


def test_addresses_that_are_not_included_are_missed(settings):
    settings.ROOT_URLCONF = types.ModuleType("empty")
    settings.ROOT_URLCONF.urlpatterns = []
    (message,) = checks.check_urls(None)
    assert message.id == "quicksync.W002"
    assert 'include("quicksync.web.urls")' in message.hint


DURABLE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
IMMEDIATE = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


@pytest.mark.parametrize(
    ("chosen", "tasks", "part"),
    [
        ("celery", {}, '"quicksync_work"'),
        ("django.tasks", {}, "TASKS"),
        ("django.tasks", IMMEDIATE, "django_tasks_db.DatabaseBackend"),
        ("django.tasks", {"default": {"BACKEND": "nowhere.Backend"}}, 'TASKS["default"]'),
        ("django.tasks", DURABLE | {"quicksync": IMMEDIATE["default"]}, "DatabaseBackend"),
        ("django.tasks", {"default": {**DURABLE["default"], "QUEUES": ["mail"]}}, "TASKS"),
    ],
)
def test_a_runner_that_cannot_work_is_told_with_its_fix(settings, chosen, tasks, part):
    settings.QUICKSYNC, settings.TASKS = {"RUNNER": chosen}, tasks
    with tasks_read_again():
        (message,) = checks.check_runner(None)
    assert message.id == "quicksync.E009"
    assert part in message.hint


@pytest.mark.parametrize("chosen", ["", "django-q2", "quicksync_work"])
def test_a_runner_that_can_work_is_let_pass(settings, chosen):
    settings.QUICKSYNC = {"RUNNER": chosen}
    assert checks.check_runner(None) == []


@pytest.mark.parametrize(
    ("tasks", "expected"), [({}, "quicksync_work"), (DURABLE, "django.tasks")], ids=["no", "yes"]
)
def test_who_works_where_nobody_was_chosen(settings, monkeypatch, tasks, expected):
    """django-q2 where it is installed; otherwise Tasks that are kept; otherwise no queue at all."""
    settings.TASKS = tasks
    assert queue.name() == "django-q2"
    monkeypatch.delitem(apps.app_configs, "django_q")
    assert queue.name() == expected


def test_a_queue_that_nobody_takes_from_is_told(settings, monkeypatch):
    monkeypatch.delitem(apps.app_configs, "django_q")
    (message,) = checks.check_runner(None)
    assert message.id == "quicksync.W011"
    settings.QUICKSYNC = {"RUNNER": "django-q2"}
    (message,) = checks.check_runner(None)
    assert message.id == "quicksync.E009"
    assert checks.check_queue(None) == []


def test_a_backend_that_cannot_defer_needs_cron(settings, monkeypatch):
    settings.QUICKSYNC, settings.TASKS = {"RUNNER": "django.tasks"}, DURABLE
    with tasks_read_again():
        assert checks.check_runner(None) == []
        backend = import_module("django_tasks_db.backend").DatabaseBackend
        monkeypatch.setattr(backend, "supports_defer", False)
        (message,) = checks.check_runner(None)
    assert message.id == "quicksync.W011"
    assert "quicksync_work --once" in message.hint


@contextmanager
def tasks_read_again():
    """Tasks keep their settings, and ours are made once, as long as the process lives."""
    read_settings_again()
    sys.modules.pop("quicksync.task_objects", None)
    yield
    sys.modules.pop("quicksync.task_objects", None)
    read_settings_again()


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ({}, ["quicksync.W003"]),
        ({"orm": "default", "timeout": 300, "retry": 360}, []),
        ({"orm": "default", "timeout": 300, "retry": 200}, ["quicksync.W004"]),
        ({"orm": "default", "timeout": 30, "retry": 360}, ["quicksync.W004"]),
    ],
)
def test_the_queue_fits_the_work(settings, cluster, expected):
    settings.Q_CLUSTER = cluster
    assert ids(checks.check_queue(None)) == expected


def test_without_the_history_middleware_nobody_is_named(settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != checks.HISTORY]
    assert ids(checks.check_history(None)) == ["quicksync.W005"]


def test_an_unknown_setting_is_a_typing_error(settings):
    settings.QUICKSYNC = {"SLICE_SECOND": 5}
    assert ids(checks.check_settings(None)) == ["quicksync.E001"]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"INTERVAL_MINUTES": "five"}, "It is a whole number, such as 5."),
        ({"INTERVAL_MINUTES": -5}, "It is a whole number"),
        ({"INTERVAL_MINUTES": True}, "It is a whole number"),
        ({"ALERT_EMAILS": "a@example.com"}, "It is a list: ['a@example.com']."),
        ({"ALERT_EMAILS": [5]}, "It is a list of texts."),
        ({"ENCRYPTION_KEYS": 7}, "It is a list"),
        ({"LOCK_LISTS": "no"}, "It is True or False."),
        ({"SITE_URL": None}, "It is a text"),
        ({"EDITIONS": ["online"]}, "It is a dictionary"),
        (["CLIENT_ID"], 'Set QUICKSYNC = {"CLIENT_ID": "...", ...}.'),
    ],
)
def test_a_setting_of_another_sort_is_told(settings, given, part):
    settings.QUICKSYNC = given
    (message,) = checks.check_settings(None)
    assert message.id == "quicksync.E008"
    assert part in message.hint


@pytest.mark.parametrize(
    "given", [{}, {"INTERVAL_MINUTES": "5", "ALERT_EMAILS": ["a@example.com"], "SITE_URL": ""}]
)
def test_settings_of_the_right_sort_are_let_pass(settings, given):
    settings.QUICKSYNC = given
    assert checks.check_settings(None) == []


def test_the_nearest_setting_is_named(settings):
    settings.QUICKSYNC = {"ALERT_EMAIL": ["a@example.com"]}
    (message,) = checks.check_settings(None)
    assert message.hint.startswith("Did you mean 'ALERT_EMAILS'?")


def test_a_site_without_the_admin_pages_is_told(settings):
    settings.ROOT_URLCONF = types.ModuleType("empty")
    settings.ROOT_URLCONF.urlpatterns = []
    (message,) = checks.check_admin(None)
    assert message.id == "quicksync.W009"
    assert "quicksync.admin.register_on(site)" in message.hint


def test_quicksync_stands_before_the_apps_whose_commands_it_overrides(monkeypatch):
    assert checks.check_order(None) == []
    names = ["django_q", "quicksync", "django.contrib.admin"]
    configs = [types.SimpleNamespace(name=name) for name in names]
    monkeypatch.setattr(checks, "apps", types.SimpleNamespace(get_app_configs=lambda: configs))
    (message,) = checks.check_order(None)
    assert message.id == "quicksync.W008"
    assert "after django_q:" in message.msg


def test_keys_that_are_no_keys_are_refused(settings):
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": ["short"]}
    assert ids(checks.check_keys(None)) == ["quicksync.E004"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("sandbox", []), ("production", []), ("development", ["quicksync.E006"])],
)
def test_intuit_has_two_environments(settings, environment, expected):
    """Pain 29: a mistyped one would quietly count as production."""
    settings.QUICKSYNC = {"ENVIRONMENT": environment}
    assert ids(checks.check_environment(None)) == expected


@pytest.mark.parametrize(
    ("engine", "options", "expected"),
    [
        ("sqlite3", {}, ["quicksync.W006"]),
        ("sqlite3", {"transaction_mode": "DEFERRED"}, ["quicksync.W006"]),
        ("sqlite3", {"transaction_mode": "immediate"}, []),
        ("postgresql", {}, []),
    ],
)
def test_sqlite_waits_its_turn(monkeypatch, engine, options, expected):
    """Django's own start settings would have runs break off with "database is locked"."""
    databases = {"default": {"ENGINE": f"django.db.backends.{engine}", "OPTIONS": options}}
    monkeypatch.setattr(checks, "django_settings", types.SimpleNamespace(DATABASES=databases))
    assert ids(checks.check_sqlite(None)) == expected
