"""Pull: a whole company lands in the books; then a quiet cycle over all of it; and the server's own
pace to compare.
"""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from typing import Any

from benchmarks import tap as tap_quickbooks
from benchmarks import world
from quicksync.conf import settings
from quicksync.models import Connection, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Read, WireReply
from quicksync.sync.company.known import facts_of
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting

KINDS = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice")
PAGE = 1000


def prepare(*, realm: str, **others: int) -> None:
    """A connection; nothing is read yet."""
    world.joined(realm, *KINDS, direction="pull")


def run(*, realm: str, latency_ms: int = 0, **size: int) -> world.Figures:
    """Read, compare and land everything; each answer takes so long to come."""
    world.small_cache()
    if latency_ms:
        world.simulator("POST", "faults", {"path": "/v3/company/", "latency_ms": latency_ms})
    world.without_limits()
    figures: world.Figures = {}
    connection = Connection.objects.get()
    # What is imported is not counted, as it is not counted of others.
    edition_for(connection.edition)
    done = world.synchronize(connection, figures)
    figures["records"] = world.moved(done)
    assert figures["records"] >= sum(size.values()), done.counts
    assert world.nothing_left(Connection.objects.get(), *KINDS)
    return figures


def preview(*, realm: str, **size: int) -> world.Figures:
    """The first preview of everything, as a person asks for it."""
    world.small_cache()
    world.without_limits()
    figures: world.Figures = {"records": sum(size.values())}
    connection = Connection.objects.get()
    connection.categories.update(approved_at=None)
    edition_for(connection.edition)
    with world.metered(figures):
        run = world.work(starting.start(connection, trigger=SyncRun.Trigger.PREVIEW, preview=True))
    run.refresh_from_db()
    assert run.state == SyncRun.State.DRAFT, (run.state, run.reason)
    return figures


def approved(*, realm: str, **size: int) -> world.Figures:
    """What that preview showed lands, once it has been approved."""
    world.small_cache()
    world.without_limits()
    figures: world.Figures = {}
    run = SyncRun.objects.get(state=SyncRun.State.DRAFT)
    edition_for(run.connection.edition)
    with world.metered(figures):
        approve.approve(run, user=None)
        world.work(run)
    run.refresh_from_db()
    figures["records"] = world.moved(run)
    assert figures["records"] >= sum(size.values()), run.counts
    assert world.nothing_left(Connection.objects.get(), *KINDS)
    return figures


def idle(*, realm: str, **size: int) -> world.Figures:
    """A cycle in which nothing has changed; the first one after the pull still reads its last
    minute twice.
    """
    world.without_limits()
    connection = Connection.objects.get()
    # As if the pull had been a while ago: the overlap of the change feed is behind us.
    world.simulator("POST", "clock", {"minutes": 10})
    world.synchronize(connection)
    figures: world.Figures = {"records": connection.mappings.count()}
    done = world.synchronize(connection, figures)
    assert not world.moved(done)
    return figures


def tap(*, realm: str, **size: int) -> world.Figures:
    """The same company read and printed by tap-quickbooks, which stores and compares nothing."""
    figures = tap_quickbooks.printed(realm)
    assert figures["records"] >= sum(size.values()), figures
    return figures


def bare(*, realm: str, **size: int) -> world.Figures:
    """The same pages fetched and parsed by nothing but urllib and json: the pace of server and
    machine.
    """
    figures: world.Figures = {"records": 0}
    with world.metered(figures):
        for entity in (
            "Account",
            "TaxCode",
            "Term",
            "PaymentMethod",
            "Customer",
            "Item",
            "Invoice",
        ):
            figures["records"] += sum(len(rows) for rows in _pages(realm, entity))
    return figures


def decode(*, realm: str, **size: int) -> world.Figures:
    """One page of invoices from bytes to records, many times, without network or database."""
    connection = Connection.objects.get()
    edition, facts = edition_for(connection.edition), facts_of(connection)
    read = Read(how="query", type="Invoice", kinds=("invoice",))
    reply = WireReply(status=200, body=_page(realm, "Invoice", 1))
    rounds, started = 10, time.perf_counter()
    number = 0
    for _ in range(rounds):
        remotes = edition.read_reply(read, reply).remotes
        number += sum(edition.decode(remote, facts) is not None for remote in remotes)
    assert number == rounds * PAGE
    return {"records": number, "seconds": time.perf_counter() - started}


def _pages(realm: str, entity: str) -> Any:
    start = 1
    while rows := json.loads(_page(realm, entity, start))["QueryResponse"].get(entity, []):
        yield rows
        start += PAGE


def _page(realm: str, entity: str, start: int) -> bytes:
    token = next(
        one for one in world.simulator("GET", "status")["companies"] if one["realm_id"] == realm
    )
    statement = " ".join(
        ["SELECT * FROM", entity, "ORDERBY Id STARTPOSITION", str(start), "MAXRESULTS", str(PAGE)]
    )
    query = f"query={urllib.parse.quote(statement)}&minorversion=75"
    address = f"{settings.intuit_base}/v3/company/{realm}/query?{query}"
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(address, headers=headers), timeout=120
    ) as answer:
        body: bytes = answer.read()
        return body
