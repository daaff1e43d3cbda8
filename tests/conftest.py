"""What every test gets: a database file of its own, no cache between tests, hypothesis without
chance, a browser.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil

import pytest
from django.apps import apps
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from django.utils import timezone
from django_q.models import Schedule
from hypothesis import HealthCheck, settings

from quicksync.sync.pairs import watch
from quicksync.sync.worker import on_django_q2, queue
from tests import emptying, order, subqueries, template
from tests.tree import ROOT

# The same examples each time and no clock: a red build is a bug, not bad luck. Look for new
# examples with `pytest --hypothesis-profile=search`.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile("ci")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # the build runs as root, where Chromium's sandbox refuses to start
    "--disable-dev-shm-usage",  # small machines have a small /dev/shm
    "--disable-gpu",
    # the network ends at this machine
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# Milliseconds that a page may take to come to what a test waits for, however busy the machine. Only
# a failure waits so long: whatever comes goes on at once.
PATIENCE = 120_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Long tests first, among several processes."""
    if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        names = {item.path: str(item.path.relative_to(ROOT)) for item in items}
        items[:] = order.dealt(items, processes, lambda item: names[item.path])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, as in production: threads and processes meet the real locks, and two runs
    never meet. The tables are those of `tests/template.py`.
    """
    database = connections["default"].settings_dict
    # Processes die in tests, machines do not: nothing need be on the disk when a transaction ends.
    if not database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"]["options"] = "-c synchronous_commit=off"
        database["TEST"]["TEMPLATE"] = template.postgres(os.environ["DATABASE_URL"])
        return
    database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    file = tmp_path_factory.mktemp("database") / "test.sqlite3"
    template.sqlite(file)
    database["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb():
    """A file that is there is what `migrate` begins with; pytest clears away its own folders."""
    return connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Nobody dispatches by the tests' own tables. The next time is far ahead, in those that the
    tests begin with and in those that are made anew when tables are emptied: a run of tests may
    well take longer than a worker may be late before the health page misses it.
    """
    with django_db_blocker.unblock():
        _far_ahead()
    post_migrate.connect(_far_ahead, sender=apps.get_app_config("quicksync"))
    yield
    post_migrate.disconnect(_far_ahead, sender=apps.get_app_config("quicksync"))


def _far_ahead(**_):
    if Schedule._meta.db_table in connections["default"].introspection.table_names():
        looks = Schedule.objects.filter(func=on_django_q2.DISPATCH)
        looks.update(next_run=timezone.now() + dt.timedelta(days=1))


@pytest.fixture(scope="session", autouse=True)
def _quick_emptying():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Slow hashes protect people's passwords; made-up ones only slow the tests down."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _forget_connections():
    """What one test's connections wanted is nothing to the next test, whose tables are empty."""
    watch.forget()
    queue.forget()


@pytest.fixture(autouse=True)
def _no_move_rests_on_a_subquery():
    """Invariant 7, in every test: see `tests/subqueries.py`."""
    connection_created.connect(subqueries.watch, dispatch_uid="subqueries")
    for connection in connections.all(initialized_only=True):
        subqueries.watch(connection)
    subqueries.found.clear()
    yield
    assert not subqueries.found, "\n".join(subqueries.found)


@pytest.fixture
def company(db):
    """An empty QuickBooks company, connected; the main categories are on."""
    from tests.company import connected

    with connected(kinds=("customer", "item", "invoice", "payment")) as found:
        yield found


@pytest.fixture(scope="session")
def _chromium():
    """One browser process per test process."""
    from playwright.sync_api import expect, sync_playwright

    program = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    assert program, "No Chromium on this machine: run `make setup`."
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(
            executable_path=program, args=CHROMIUM_FLAGS, timeout=PATIENCE
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(_chromium, live_server):
    """A fresh browser page on a running site; fails the test when a page breaks its own security
    policy or scripts.
    """
    context = _chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert not troubles, f"The browser complained: {troubles}"
