"""What every scenario needs: a connected company; meters for time, statements, memory and calls."""

from __future__ import annotations

import json
import resource
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone

from quicksync.conf import settings
from quicksync.models import Category, Connection, EntityMapping, SyncRun
from quicksync.quickbooks.online.transport import limiter
from quicksync.quickbooks.port import Tokens
from quicksync.sync.actions import connect
from quicksync.sync.drivers import direct
from quicksync.sync.runs import starting
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import counts, lease

Figures = dict[str, Any]


def simulator(method: str, route: str, value: object = None) -> Any:
    """One of the simulator's control routes."""
    body = json.dumps(value).encode() if value is not None else None
    request = urllib.request.Request(
        f"{settings.intuit_base}/_simulator/{route}", body, method=method
    )
    with urllib.request.urlopen(request, timeout=900) as answer:
        return json.loads(answer.read())


def calls_since(number: int) -> list[dict[str, Any]]:
    """Calls of the company API after that request, by the simulator's own log."""
    found = simulator("GET", f"requests?since={number}")["requests"]
    return [entry for entry in found if entry["path"].startswith("/v3/company/")]


def latest_request() -> int:
    """The number of the simulator's latest request."""
    return int(simulator("GET", "requests?since=999999999")["count"])


def joined(realm: str, *kinds: str, **settings_of_category: Any) -> Connection:
    """Tables, and a connection to a company of the simulator with these categories on."""
    call_command("migrate", verbosity=0, interactive=False)
    found = next(one for one in simulator("GET", "status")["companies"] if one["realm_id"] == realm)
    connection = Connection.objects.create(name=found["name"], paused=True)
    tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
    work(connect.connected(connection, tokens, realm))
    Category.objects.filter(connection=connection, kind__in=kinds).update(
        enabled=True, approved_at=timezone.now(), **settings_of_category
    )
    return Connection.objects.get(pk=connection.pk)


def work(run: SyncRun | None) -> SyncRun:
    """All slices of a run, one after the other, as a worker does them; it must be done then."""
    assert run is not None
    while (
        verdict := direct.work(run.pk, lease.new_holder())
    ) is not None and verdict.next is not Next.DONE:
        time.sleep(min(verdict.wait, 5))
    return run


def synchronize(connection: Connection, figures: Figures | None = None) -> SyncRun:
    """One whole run, with its figures."""
    connection.refresh_from_db()
    with metered({} if figures is None else figures):
        run = work(starting.start(connection, trigger=SyncRun.Trigger.MANUAL))
    run.refresh_from_db()
    assert run.state == SyncRun.State.DONE, (run.state, run.reason, run.reason_values)
    return run


def small_cache() -> None:
    """SQLite's page cache grows with the file, up to 64 MB: kept at 2 MB, so that the memory that
    grows is ours.
    """
    if database.vendor == "sqlite":
        database.settings_dict["OPTIONS"]["init_command"] += "PRAGMA cache_size=-2048;"
        database.close()


def without_limits() -> None:
    """Measure ourselves, not Intuit's limits."""
    limiter.REQUESTS = limiter.BURST = limiter.BATCHES = 10**9


@contextmanager
def metered(figures: Figures) -> Iterator[None]:
    """Seconds, those of our processor, SQL statements, API calls and the growth of memory while the
    block runs.
    """
    statements = 0

    def count(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal statements
        # What opens and closes transactions is no statement; PostgreSQL's driver does not even send
        # it this way.
        statements += not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        return execute(sql, *args)

    before, memory = latest_request(), peak_megabytes()
    started, busy = time.perf_counter(), time.process_time()
    with database.execute_wrapper(count):
        yield
    figures["seconds"] = time.perf_counter() - started
    figures["processor"] = time.process_time() - busy
    figures["statements"] = statements
    figures["memory"] = peak_megabytes() - memory
    calls = calls_since(before)
    figures["calls"] = len(calls)
    figures["writes"] = sum(
        1 for call in calls if call["method"] == "POST" and call["path"].endswith("/batch")
    )


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def moved(run: SyncRun) -> int:
    """How many records a run created or updated; none may have failed."""
    sums = counts.sums(run.counts)
    assert not sums["failed"], run.counts
    return sums["created"] + sums["updated"]


def nothing_left(connection: Connection, *kinds: str) -> bool:
    """Whether every record of these kinds is in step."""
    return (
        not connection.mappings.filter(kind__in=kinds)
        .exclude(state=EntityMapping.State.IN_SYNC)
        .exists()
    )
