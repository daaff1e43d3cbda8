"""Budgets that are counts: write requests, API calls, SQL statements. `make bench` measures what
takes time.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync import tasks
from quicksync.books.models import Client, Invoice, InvoiceLine
from quicksync.models import SyncRun
from quicksync.sync.drivers import direct
from quicksync.sync.exchange import landing_lane
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease
from tests.company import connected, connected_to
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("customer", "item", "invoice")
PULLED = (*("account", "tax_code", "term", "payment_method"), *KINDS)
CHANGED = {"DueDate": "2031-01-31", "CustomerMemo": {"value": "Changed"}}
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


@contextmanager
def statements():
    """The statements of a block; what opens and closes transactions is none."""
    found = []
    with CaptureQueriesContext(database) as caught:
        yield found
    found += [row["sql"] for row in caught if not row["sql"].startswith(CONTROL)]


def counted(company):
    """(run, statements, calls, write requests) of one run."""
    before = company.sim.requests()[-1]["n"]
    company.connection.refresh_from_db()
    with statements() as found:
        run = starting.start(company.connection, trigger=SyncRun.Trigger.AUTOMATIC)
        while direct.work(run.pk, lease.new_holder()).next is Next.AGAIN:
            continue
    calls = [
        entry for entry in company.sim.requests(before) if entry["path"].startswith("/v3/company/")
    ]
    writes = [entry for entry in calls if entry["path"].endswith("/batch")]
    run.refresh_from_db()
    return run, len(found), len(calls), len(writes)


def test_new_invoices_of_new_customers_travel_thirty_to_a_request(company):
    """1,000 invoices of 200 customers are 41 requests at this rate; the budget is 45."""
    many(company, 150, clients=30)
    run, _, calls, writes = counted(company)
    assert run.counts["invoice"]["push"]["created"] == 150
    assert writes == 150 / 30 + 30 / 30
    assert calls == writes + 1


@pytest.fixture
def patient(monkeypatch):
    """However busy the machine is: answers that are written down together wait for each other."""
    monkeypatch.setattr(direct, "TOGETHER", 600)


def test_a_pushed_record_costs_two_fifths_of_a_statement(company, patient):
    """Over the whole run of 1,000 invoices of 200 new customers, from its start to its end."""
    many(company, 1000, clients=200)
    run, number, *_ = counted(company)
    assert pushed(run) == 1200
    assert number / 1200 <= 0.4


def test_one_more_pushed_record_costs_a_fifth_of_a_statement(company, patient):
    """Without what each run costs, however little it has to do."""
    many(company, 60, clients=30)
    _, few, *_ = counted(company)
    many(company, 540, clients=150)
    run, more, *_ = counted(company)
    assert pushed(run) == 540 + 150
    assert (more - few) / (540 + 150 - 60 - 30) <= 0.2


def pushed(run):
    """How many records a run has created in QuickBooks."""
    return sum(kind.get("push", {}).get("created", 0) for kind in run.counts.values())


class TestTheOrdinaryRoad:
    """What does not take the landing lane costs at most half a statement a record, over the whole
    run, in a host that lets its records be written in bulk.
    """

    NUMBER = 500

    @pytest.fixture
    def full(self):
        """A company with so many customers, and an invoice of each."""
        size = {"customers": self.NUMBER, "invoices": self.NUMBER}
        with connected_to(size=size) as company:
            company.enable(*PULLED, direction="pull")
            yield company

    def test_what_is_changed(self, full):
        """So many changes are more than a plan makes by itself: a person says yes to them."""
        full.sync()
        full.sim.advance(minutes=10)
        for entity, change in (("Customer", {"Notes": "Changed"}), ("Invoice", CHANGED)):
            edited(full, entity, change)
        with statements() as found:
            run = full.sync()
            assert (run.state, run.reason) == ("draft", "unsafe-plan")
            approve.approve(run, user=None, force=True)
            run = full.work(run)
        self.assert_cheap(run, "updated", found)

    def test_new_ones_that_are_not_for_the_lane(self, full, monkeypatch):
        monkeypatch.setattr(landing_lane, "LEAST", 10**9)
        with statements() as found:
            run = full.sync()
        self.assert_cheap(run, "created", found)

    def test_new_ones_of_a_preview(self, full, monkeypatch):
        """With all that it costs to look at them and to approve them."""
        monkeypatch.setattr(landing_lane, "LEAST", 10**9)
        with statements() as found:
            run = full.approve(full.preview())
        self.assert_cheap(run, "created", found)

    def assert_cheap(self, run, outcome, found):
        assert run.state == "done", run.reason
        for kind in ("customer", "invoice"):
            assert run.counts[kind]["pull"][outcome] == self.NUMBER
        assert len(found) / (2 * self.NUMBER) <= 0.5


def edited(company, entity, values):
    """A bookkeeper changes every record of a type, of an invoice its first line too."""
    found = company.there(entity)
    for start in range(0, len(found), 30):
        items = []
        for number, one in enumerate(found[start : start + 30]):
            now = {**values, "Id": one["Id"], "SyncToken": one["SyncToken"], "sparse": True}
            if "Line" in one:
                first, *others = one["Line"]
                now["Line"] = [{**first, "Description": "Changed"}, *others]
            items.append({"bId": str(number), "operation": "update", entity: now})
        company.sim.api(
            "POST", "batch", {"BatchItemRequest": items}, realm=company.connection.realm_id
        )


def test_a_quiet_cycle_is_one_call_and_does_not_grow_with_the_records(company):
    def quiet():
        company.sim.advance(minutes=10)
        company.sync()
        # Whoever begins a cycle has set the time of the next one; nothing was saved since.
        make.put(next_sync_at=timezone.now() + dt.timedelta(minutes=5))
        _, number, calls, _ = counted(company)
        assert calls == 1
        return number

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
    with statements() as found:
        run = SyncRun.objects.get(pk=tasks.cycle(company.connection.pk))
    assert (run.state, run.trigger, run.calls) == ("done", "automatic", 1)
    # The look at the run is this test's own.
    assert len(found) - 1 <= 8, "\n".join(found)
