"""System checks: what is wrong, why, and the exact fix, under stable ids `quicksync.E...` and
`quicksync.W...` (J6).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings as django_settings
from django.core import checks
from django.urls import NoReverseMatch, reverse

from quicksync import text_search
from quicksync.conf import DEFAULTS, settings
from quicksync.exceptions import ConfigurationError
from quicksync.local import pages
from quicksync.local.binding.field_table import STUMBLES
from quicksync.local.messages import Problem
from quicksync.local.registry import registry
from quicksync.models.encrypted import keyring
from quicksync.models.mapping import RECORDS
from quicksync.models.operation import PROPOSALS
from quicksync.quickbooks.loading import edition_for
from quicksync.records import KINDS
from quicksync.sync.worker import on_django_tasks, queue, tasks_setting

APPS = (
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.quickbooks",
    "simple_history",
)
# Apps whose commands and templates quicksync's own stand before.
BEHIND = ("django.contrib.admin", "django_q", "simple_history")
HISTORY = "simple_history.middleware.HistoryRequestMiddleware"
ENVIRONMENTS = ("production", "sandbox")
# Where Django Q keeps its tasks, and what it takes when Q_CLUSTER names nothing.
BROKERS = frozenset(
    {"orm", "redis", "broker_class", "sqs", "iron_mq", "mongo", "django_redis", "sync"}
)
Q_TIMEOUT, Q_RETRY = None, 60


def register() -> None:
    """Called once by the app's `ready`."""
    found = (
        check_settings,
        check_adapters,
        check_takers,
        check_editions,
        check_address,
        check_keys,
        check_environment,
        check_apps,
        check_urls,
        check_admin,
        check_order,
        check_runner,
        check_queue,
    )
    for check in (*found, check_history, check_sqlite):
        checks.register(check, "quicksync")
    checks.register(check_search, "quicksync", checks.Tags.database)


def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Unknown names in the QUICKSYNC dict are most often typing errors; values are of the sort of
    their defaults.
    """
    given: Any = getattr(django_settings, "QUICKSYNC", {})
    if not isinstance(given, Mapping):
        hint = 'Set QUICKSYNC = {"CLIENT_ID": "...", ...}.'
        return [
            checks.Error(
                f"QUICKSYNC is {given!r}, which is not a dictionary.",
                hint=hint,
                id="quicksync.E008",
            )
        ]
    found: list[checks.CheckMessage] = []
    for name, value in given.items():
        if name not in DEFAULTS:
            near = difflib.get_close_matches(str(name), DEFAULTS, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            hint += f"Settings are: {', '.join(sorted(DEFAULTS))}."
            what = f"QUICKSYNC has a setting {name!r} that does not exist."
            found.append(checks.Error(what, hint=hint, id="quicksync.E001"))
        elif hint := _unlike(DEFAULTS[name], value):
            what = f"QUICKSYNC[{name!r}] is {value!r}."
            found.append(checks.Error(what, hint=hint, id="quicksync.E008"))
    return found


def _unlike(default: Any, value: Any) -> str:
    """What a setting must be, when its value is something else; "" when it will do."""
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "It is True or False."
    if isinstance(default, int):
        good = str(value).strip().isdecimal() and not isinstance(value, bool)
        return "" if good else f"It is a whole number, such as {default}."
    if isinstance(default, str):
        return "" if isinstance(value, str) else 'It is a text, such as "...".'
    if isinstance(default, Mapping):
        return "" if isinstance(value, Mapping) else f"It is a dictionary, such as {default!r}."
    if isinstance(value, str) or not isinstance(value, Sequence):
        return f"It is a list: [{value!r}]."
    return "" if all(isinstance(one, str | bytes) for one in value) else "It is a list of texts."


def check_adapters(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Every adapter could be registered, names what its model has, and has no attribute that looks
    like a slip.
    """
    found: list[checks.CheckMessage] = [
        checks.Error(what, hint=hint, id="quicksync.E007") for what, hint in registry.refused
    ]
    for adapter in registry.all():
        one = type(adapter)
        try:
            problems = adapter.problems()
        except STUMBLES as error:  # what replaces parts of ModelAdapter itself
            what = f"{one.__name__} cannot be examined: {type(error).__name__}: {error}"
            problems = [
                Problem(
                    what, "It has an attribute or a method of a name that quicksync uses itself."
                )
            ]
        found += [
            checks.Error(what, hint=hint, obj=one, id="quicksync.E002") for what, hint in problems
        ]
        alike = adapter.look_alikes()
        found += [
            checks.Warning(what, hint=hint, obj=one, id="quicksync.W007") for what, hint in alike
        ]
    return found


def check_takers(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Of several models of one kind, what is new in QuickBooks would all land in the one registered
    first.
    """
    found: list[checks.CheckMessage] = []
    for kind in KINDS:
        takers = [adapter for adapter in registry.for_kind(kind) if not adapter.chooses]
        if len(takers) > 1:
            first, *others = (adapter.model._meta.label for adapter in takers)
            hint = (
                "Override accepts(record) in all of them but one: it says which records are the"
                " model's own."
            )
            what = (
                f"{first} takes every new {kind} from QuickBooks, and {', '.join(others)} takes"
                " none: no adapter chooses."
            )
            found.append(checks.Warning(what, hint=hint, obj=type(takers[0]), id="quicksync.W010"))
    return found


def check_editions(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Every edition of the settings can be loaded."""
    found: list[checks.CheckMessage] = []
    for name in settings.editions:
        try:
            edition_for(name)
        except ConfigurationError as error:
            found.append(
                checks.Error(str(error), hint="Correct QUICKSYNC['EDITIONS'].", id="quicksync.E003")
            )
    return found


def check_address(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A stand-in for Intuit's hosts has no place in production."""
    if settings.intuit_base and not django_settings.DEBUG:
        return [
            checks.Warning(
                f"All requests to Intuit go to {settings.intuit_base} instead.",
                hint=(
                    "Remove QUICKSYNC_INTUIT_BASE from the environment (or INTUIT_BASE from"
                    " QUICKSYNC) in production."
                ),
                id="quicksync.W001",
            )
        ]
    return []


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The encryption keys can be used."""
    try:
        keyring()
    except ConfigurationError as error:
        return [
            checks.Error(
                str(error), hint="Correct QUICKSYNC['ENCRYPTION_KEYS'].", id="quicksync.E004"
            )
        ]
    return []


def check_environment(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A mistyped environment would quietly count as production."""
    found = settings.environment
    if found in ENVIRONMENTS:
        return []
    what = f"QUICKSYNC['ENVIRONMENT'] is {found!r}, an environment that Intuit does not have."
    hint = (
        'Use "production" for real companies, "sandbox" for Intuit\'s test companies (development'
        " keys)."
    )
    return [checks.Error(what, hint=hint, id="quicksync.E006")]


def check_apps(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The apps that quicksync stands on are installed."""
    missing = [name for name in APPS if not apps.is_installed(name)]
    if not missing:
        return []
    hint = f"Add to INSTALLED_APPS: {', '.join(map(repr, missing))}. Then run manage.py migrate."
    return [
        checks.Error("Apps that quicksync needs are not installed.", hint=hint, id="quicksync.E005")
    ]


def check_urls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Without its addresses nobody can connect a company."""
    if not getattr(django_settings, "ROOT_URLCONF", ""):
        return []
    try:
        reverse("quicksync:callback")
    except NoReverseMatch:
        hint = (
            'Add path("quicksync/", include("quicksync.web.urls")) to'
            f" {django_settings.ROOT_URLCONF}."
        )
        what = "The addresses of quicksync are missing: no company can be connected."
        return [checks.Warning(what, hint=hint, id="quicksync.W002")]
    return []


def check_admin(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Everything is set and seen in the admin: some site of it must have quicksync's pages, and an
    address.
    """
    if not getattr(django_settings, "ROOT_URLCONF", "") or pages.url(
        "quicksync_connection_changelist"
    ):
        return []
    what = (
        "quicksync's admin pages have no address: no company can be connected, and nothing can be"
        " seen."
    )
    hint = (
        f'Add path("admin/", admin.site.urls) to {django_settings.ROOT_URLCONF}; on an AdminSite of'
        " your own, call quicksync.admin.register_on(site) before its urls are read."
    )
    return [checks.Warning(what, hint=hint, id="quicksync.W009")]


def check_order(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The first app that has a command or a template wins."""
    names = [config.name for config in apps.get_app_configs()]
    later = [
        name for name in BEHIND if name in names and names.index(name) < names.index("quicksync")
    ]
    if not later:
        return []
    what = (
        f"In INSTALLED_APPS quicksync comes after {', '.join(later)}: its qcluster and templates"
        " are not found."
    )
    return [checks.Warning(what, hint='Put "quicksync" first.', id="quicksync.W008")]


def check_runner(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Whoever is to do the work can."""
    chosen = queue.name()
    if trouble := queue.trouble_with(chosen):
        return [checks.Error(trouble.sentence, hint=trouble.fix, id="quicksync.E009")]
    if chosen == queue.DJANGO_TASKS:
        return _of_tasks()
    if getattr(django_settings, "Q_CLUSTER", None) and not apps.is_installed("django_q"):
        what = f"Q_CLUSTER is set, but django_q is not installed: the runner is {chosen!r}."
        hint = (
            'Add "django_q" to INSTALLED_APPS, or remove Q_CLUSTER and choose a runner:'
            f' QUICKSYNC["RUNNER"] = "{chosen}".'
        )
        return [checks.Warning(what, hint=hint, id="quicksync.W011")]
    return []


def _of_tasks() -> list[checks.CheckMessage]:
    """The backend takes our tasks, and keeps the pulse until its time has come."""
    if refusal := on_django_tasks.refusal():
        what = f"The backend of TASKS does not take quicksync's tasks: {refusal}"
        hint = f'Correct TASKS["{tasks_setting.alias()}"].'
        return [checks.Error(what, hint=hint, id="quicksync.E009")]
    if on_django_tasks.can_defer():
        return []
    what = "The backend of TASKS cannot defer tasks: nothing looks for due runs each minute."
    hint = "Have cron run manage.py quicksync_work --once each minute, or choose another backend."
    return [checks.Warning(what, hint=hint, id="quicksync.W011")]


def check_queue(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """django-q2's tasks have a place to wait, and are not handed out twice."""
    if queue.name() != queue.DJANGO_Q2:
        return []
    cluster = getattr(django_settings, "Q_CLUSTER", {})
    if not BROKERS & set(cluster):
        what = (
            "Q_CLUSTER does not say where tasks wait; Django Q would look for Redis on this"
            " machine."
        )
        hint = (
            'Set Q_CLUSTER = {"name": "quicksync", "orm": "default", "timeout": 300, "retry": 360}.'
        )
        return [checks.Warning(what, hint=hint, id="quicksync.W003")]
    timeout, retry = cluster.get("timeout", Q_TIMEOUT), cluster.get("retry", Q_RETRY)
    if timeout is None or retry > timeout > settings.slice_seconds:
        return []
    what = (
        f"Q_CLUSTER has timeout {timeout} and retry {retry}: running tasks would be stopped or"
        " given out again."
    )
    hint = f"Let SLICE_SECONDS ({settings.slice_seconds}) < timeout < retry, such as 300 and 360."
    return [checks.Warning(what, hint=hint, id="quicksync.W004")]


def check_history(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The audit names who changed what only with its middleware."""
    if HISTORY in django_settings.MIDDLEWARE:
        return []
    what = "Changes of settings are kept without the name of the person who made them."
    return [checks.Warning(what, hint=f"Add {HISTORY!r} to MIDDLEWARE.", id="quicksync.W005")]


def check_sqlite(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Site and worker write side by side; a deferred transaction of SQLite that reads first cannot
    wait its turn.
    """
    database = django_settings.DATABASES.get("default", {})
    mode = str(database.get("OPTIONS", {}).get("transaction_mode") or "")
    if database.get("ENGINE") != "django.db.backends.sqlite3" or mode.upper() in (
        "IMMEDIATE",
        "EXCLUSIVE",
    ):
        return []
    what = (
        'On SQLite, the site or the worker now and then fails with "database is locked" while the'
        " other one writes."
    )
    hint = (
        'Add "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20} to DATABASES["default"].'
    )
    return [checks.Warning(what, hint=hint, id="quicksync.W006")]


def check_search(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Asked of a database only when that is checked: with `--database`, and after `migrate`."""
    if not databases or not any(map(text_search.lacks_index, (RECORDS, PROPOSALS))):
        return []
    what = "Searches of records read whole tables: the database has no index for them."
    hint = (
        f"Have CREATE EXTENSION {text_search.EXTENSION} run in it by somebody who may, then run"
        " manage.py migrate, which makes the index."
    )
    return [checks.Warning(what, hint=hint, id="quicksync.W012")]
