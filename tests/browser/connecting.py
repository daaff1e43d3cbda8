"""What people do around a connection, and what stands behind it afterwards: words for the walks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from quicksync.books.models import Client, Invoice
from quicksync.models import Connection, EntityMapping, Operation, SyncRun
from quicksync.sync.worker.counts import sums
from tests.company import Company, assert_adds_up, join


def new_connection(office: Any, name: str = "Main office") -> Connection:
    """A connection is added in the admin; its page then offers to connect."""
    office.open("quicksync_connection_add")
    office.page.get_by_label("Name").fill(name)
    office.press("Save")
    office.see("Not connected yet")
    return Connection.objects.get(name=name)


def go_to_intuit(office: Any, button: str = "Connect") -> None:
    """Press the button in the banner and arrive at Intuit's consent page."""
    office.lead(office.page.locator(".qs-banner").get_by_role("button", name=button, exact=True))
    office.page.get_by_role("heading", name="Connect your company").wait_for()


def consent(office: Any, company: str = "") -> None:
    """At Intuit: choose a company, and let the app in."""
    if company:
        office.page.get_by_label(company).check()
    office.press("Connect")


def connect(office: Any, name: str = "Main office", company: str = "") -> Connection:
    """The whole way, and the first look at the company done."""
    connection = new_connection(office, name)
    go_to_intuit(office)
    consent(office, company)
    banner(office, "Connected")
    with office.working():
        office.page.locator(".qs-facts").get_by_text("Home currency").wait_for()
    return fresh(connection)


def joined(office: Any, *kinds: str) -> Company:
    """A company that was connected before this walk begins, with these kinds switched on; nothing
    is open.
    """
    return join(office.sim, name="Main office", kinds=kinds)


@contextmanager
def cluster(company: Company) -> Iterator[None]:
    """While the browser watches, whatever there is to do is done, one run after the other."""

    def work() -> None:
        try:
            while (
                run := SyncRun.objects.filter(state__in=SyncRun.ACTIVE).order_by("id").first()
            ) is not None:
                company.work(run)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        worker.join()


def fresh(connection: Connection) -> Connection:
    """The row as it stands now, with its access."""
    return Connection.objects.select_related("access").get(pk=connection.pk)


def says(office: Any, text: str) -> None:
    """The sentence at the top of the page, where Django's admin tells how an action went."""
    office.page.locator(".messagelist").get_by_text(text).wait_for()


def banner(office: Any, title: str) -> None:
    """How the connection stands: the first thing on its page."""
    office.page.locator(".qs-banner strong", has_text=title).wait_for()


def nothing_stored(connection: Connection) -> None:
    """No access, no company, no run."""
    row = fresh(connection)
    assert (row.status, row.realm_id, row.access.access_token, row.access.refresh_token) == (
        "new",
        "",
        "",
        "",
    )
    assert not row.runs.exists()


def books(company: Company, number: int = 3) -> list[Client]:
    """Clients, each with an invoice."""
    clients = [company.client(f"Client {position:02}") for position in range(number)]
    for position, client in enumerate(clients):
        company.invoice(client, 100 + position, number=f"W-{position:02}")
    return clients


def everything_once(company: Company, clients: list[Client]) -> None:
    """Each client and each invoice has exactly one partner, to the cent, and nothing is owed."""
    assert sorted(one["DisplayName"] for one in company.there("Customer")) == sorted(
        one.name for one in clients
    )
    there = {one["DocNumber"]: one["TotalAmt"] for one in company.there("Invoice")}
    invoices = Invoice.objects.filter(client__in=clients)
    assert there == {
        one.number: sum(line.unit_price for line in one.lines.all()) for one in invoices
    }
    assert len(company.there("Invoice")) == len(invoices)
    mappings = EntityMapping.objects.filter(
        connection=company.connection, kind__in=("customer", "invoice")
    )
    assert mappings.count() == len(clients) + len(invoices)
    assert not Operation.objects.filter(
        connection=company.connection, state__in=Operation.OPEN
    ).exists()
    for run in SyncRun.objects.filter(connection=company.connection, state="done"):
        assert_adds_up(run)


def created(runs: Any) -> int:
    """How many records these runs together made."""
    return sum(sums(run.counts)["created"] for run in runs)
