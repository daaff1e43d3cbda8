"""Budgets that are counts: write requests, API calls, SQL statements. `make bench` measures what
takes time.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync import tasks
from quicksync.books.models import Client, Invoice, InvoiceLine
from quicksync.models import SyncRun
from quicksync.sync.drivers import direct
from quicksync.sync.runs import starting
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease
from tests.company import connected
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("customer", "item", "invoice")
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def company():
    with connected(kinds=KINDS) as company:
        company.product()
        company.sync()
        yield company


def many(company, invoices, *, clients):
    """New invoices of new customers, as an import of the host's leaves them."""
    first = Client.objects.count()
    people = Client.objects.bulk_create(
        [Client(name=f"Client {first + n}") for n in range(clients)]
    )
    start = Invoice.objects.count()
    product = company.product(f"Product {start}")
    company.sync()
    made = Invoice.objects.bulk_create(
        [
            Invoice(client=people[n % clients], number=f"N-{start + n}", total=100)
            for n in range(invoices)
        ]
    )
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(invoice=one, product=product, quantity=1, unit_price=Decimal(100))
            for one in made
        ]
    )
    company.enable(*KINDS)


def counted(company):
    """(run, statements, calls, write requests) of one run; what opens and closes transactions is no
    statement.
    """
    before = company.sim.requests()[-1]["n"]
    company.connection.refresh_from_db()
    with CaptureQueriesContext(database) as caught:
        run = starting.start(company.connection, trigger=SyncRun.Trigger.AUTOMATIC)
        while direct.work(run.pk, lease.new_holder()).next is Next.AGAIN:
            continue
    statements = [row for row in caught if not row["sql"].startswith(CONTROL)]
    calls = [
        entry for entry in company.sim.requests(before) if entry["path"].startswith("/v3/company/")
    ]
    writes = [entry for entry in calls if entry["path"].endswith("/batch")]
    run.refresh_from_db()
    return run, len(statements), len(calls), len(writes)


def test_new_invoices_of_new_customers_travel_thirty_to_a_request(company):
    """1,000 invoices of 200 customers are 41 requests at this rate; the budget is 45."""
    many(company, 150, clients=30)
    run, _, calls, writes = counted(company)
    assert run.counts["invoice"]["push"]["created"] == 150
    assert writes == 150 / 30 + 30 / 30
    assert calls == writes + 1


def test_a_pushed_record_costs_a_part_of_a_statement(company):
    """Planning, sending and settling included, without the fixed part of a run: a parcel of thirty
    costs as many statements as one of a single record.
    """
    many(company, 60, clients=30)
    _, few, *_ = counted(company)
    many(company, 240, clients=60)
    _, more, *_ = counted(company)
    assert (more - few) / (240 + 60 - 60 - 30) <= 0.6


def test_a_quiet_cycle_is_one_call_and_does_not_grow_with_the_records(company):
    def quiet():
        company.sim.advance(minutes=10)
        company.sync()
        # Whoever begins a cycle has set the time of the next one; nothing was saved since.
        make.put(next_sync_at=timezone.now() + dt.timedelta(minutes=5))
        _, statements, calls, _ = counted(company)
        assert calls == 1
        return statements

    few = quiet()
    many(company, 90, clients=30)
    company.sync()
    assert quiet() == few
    assert few <= 10


def test_a_quiet_cycle_from_its_task_to_its_end_is_eight_statements(company):
    """As the dispatch has it done, with everything that begins and ends a run."""
    company.sim.advance(minutes=10)
    company.sync()
    coming = timezone.now() + dt.timedelta(minutes=5)
    make.put(next_sync_at=coming, woken_at=timezone.now(), woken_by="")
    with CaptureQueriesContext(database) as caught:
        run = SyncRun.objects.get(pk=tasks.cycle(company.connection.pk))
    assert (run.state, run.trigger, run.calls) == ("done", "automatic", 1)
    statements = [row["sql"] for row in caught if not row["sql"].startswith(CONTROL)]
    # The look at the run is this test's own.
    assert len(statements) - 1 <= 8, "\n".join(statements)
