"""An outcome that is not known keeps its parcel and its request id: no strange answer ever makes a
second payment.

Invariant 4 (X16). Each case is a payment, since nothing in QuickBooks keeps a payment from being
there twice.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from quicksync import tasks
from quicksync.books.models import Receipt
from quicksync.models import Attempt, Operation, SyncRun
from quicksync.sync.exchange import conversation, open_operations
from quicksync.sync.runs import starting
from tests.company import assert_adds_up
from tests.models import make

pytestmark = pytest.mark.django_db

PAYMENT = {"path": "/batch$", "entity": "Payment"}


@pytest.fixture
def receipt(company):
    """A receipt whose invoice is in QuickBooks already."""
    ada = company.client()
    invoice = company.invoice(ada, 100)
    company.sync()
    return company.receipt(ada, {invoice: 100})


def time_passes(company):
    """Whatever a run waits for need wait no more."""
    now = timezone.now()
    Operation.objects.filter(
        open_operations.owed(), connection=company.connection, retry_at__gt=now
    ).update(retry_at=now)
    SyncRun.objects.filter(connection=company.connection).update(resume_at=None)
    make.put(company.connection, limiter="")


def through(company, run=None, turns=40):
    """A run to its end, however often it waits for a time."""
    run = company.work(run or starting.start(company.connection, trigger="manual"))
    for _ in range(turns):
        run.refresh_from_db()
        if not run.is_active:
            return run
        time_passes(company)
        run = company.work(run)
    raise AssertionError(
        f"{run} still waits: {list(run.operations.values('kind', 'state', 'reason', 'recoveries'))}"
    )


def assert_once(company, receipt, run):
    """One payment there, one receipt here, and both know each other."""
    assert run.state == "done", run.reason
    assert_adds_up(run)
    company.sync()
    [payment] = company.there("Payment")
    assert Decimal(str(payment["TotalAmt"])) == 100
    assert Receipt.objects.count() == 1
    mapping = company.mapping(receipt)
    assert (mapping.state, mapping.remote_id) == ("in_sync", payment["Id"])
    assert sum(row["open"] for row in company.sim.ledger()["open_invoices"]) == 0


def request_ids(company):
    """The request ids under which payments were sent."""
    sent = [one for one in company.writes() if '"Payment"' in one["body"]]
    return [parse_qs(one["query"])["requestid"][0] for one in sent]


STRANGE = {
    "item-missing": {"omit": True},
    "fault-10000": {"fault": 10000},
    "fault-600": {"fault": 600},
    "no-id": {"without": ["Id"]},
    "null-token": {"values": {"SyncToken": None}},
    "cut-off": {"text": '{"BatchItemResponse":[{"Paym'},
}


class TestOneStrangeAnswer:
    """The write was done, and its first answer does not say so."""

    @pytest.mark.parametrize("how", STRANGE.values(), ids=STRANGE)
    def test_one_payment(self, company, receipt, how):
        company.sim.fault(**PAYMENT, spoil=how, times=1)
        assert_once(company, receipt, through(company))
        assert len(set(request_ids(company))) == 1

    @pytest.mark.parametrize("name", ["item-missing", "cut-off"])
    def test_one_payment_though_every_answer_is_strange(self, company, receipt, name):
        """QuickBooks repeats the first answer and says no more: then its books are read."""
        company.sim.fault(**PAYMENT, spoil=STRANGE[name])
        run = through(company)
        company.sim.clear_faults()
        assert_once(company, receipt, through(company) if run.state == "done" else run)

    def test_the_others_of_the_parcel_are_settled(self, company):
        """Invariant 5: one item that is missing holds nobody else up."""
        ada = company.client()
        invoices = [company.invoice(ada, 10 + number) for number in range(3)]
        company.sync()
        receipts = [
            company.receipt(ada, {invoice: 10 + number}) for number, invoice in enumerate(invoices)
        ]
        company.sim.fault(**PAYMENT, spoil={"item": 2, "omit": True}, times=1)
        run = through(company)
        assert_adds_up(run)
        tries = [
            Attempt.objects.filter(operation__mapping=company.mapping(one)).count()
            for one in receipts
        ]
        assert sorted(tries) == [1, 1, 2]
        assert len(company.there("Payment")) == Receipt.objects.count() == 3


DUPLICATE = {
    "Fault": {"Error": [{"Message": "Duplicate Request ID", "Detail": "Duplicate", "code": "600"}]}
}


class TestDuplicateRequest:
    """600: the request id was used, and its answer is not kept. Intuit does not say for how long it
    keeps them.
    """

    @pytest.fixture
    def lost(self, company, receipt):
        """The payment is made, its answer is lost, and asking brings 600 for ever."""
        company.sim.fault(**PAYMENT, drop_after_commit=True, times=1)
        run = company.work(starting.start(company.connection, trigger="manual"))
        company.sim.clear_faults()
        company.sim.fault(**PAYMENT, status=400, body=DUPLICATE, times=1)
        return run

    def test_quickbooks_is_read_before_anything_is_created(self, company, receipt, lost):
        assert_once(company, receipt, through(company, lost))
        assert len(set(request_ids(company))) == 1

    def test_it_is_found_though_it_was_changed_here_meanwhile(self, company, receipt, lost):
        Receipt.objects.filter(pk=receipt.pk).update(note="Thank you")
        receipt.refresh_from_db()
        receipt.save()
        run = through(company, lost)
        company.sync()
        assert_once(company, receipt, run)
        assert company.one("Payment")["PrivateNote"] == "Thank you"

    def test_it_is_found_by_what_quickbooks_took_of_it(self, company):
        """QuickBooks takes no colon in a name: what is there has another name than what is here."""
        ada = company.client("Ada: Lovelace")
        customer = {**PAYMENT, "entity": "Customer"}
        company.sim.fault(**customer, drop_after_commit=True, times=1)
        run = company.work(starting.start(company.connection, trigger="manual"))
        company.sim.clear_faults()
        company.sim.fault(**customer, status=400, body=DUPLICATE, times=1)
        assert through(company, run).state == "done"
        there = company.one("Customer")
        assert there["DisplayName"] == "Ada Lovelace"
        assert company.mapping(ada).remote_id == there["Id"]
        assert not Attempt.objects.filter(outcome="refused").exists()

    def test_what_is_not_there_is_made(self, company, receipt):
        """It was never done: 600 is for ever, and nobody waits for ever."""
        company.sim.fault(**PAYMENT, status=400, body=DUPLICATE, times=1)
        run = through(company)
        assert_once(company, receipt, run)
        assert len(set(request_ids(company))) == 2

    def test_two_equal_payments_are_two(self, company, lost, receipt):
        """A customer may pay the same amount twice a day: the one there is one, not both."""
        twin = company.receipt(
            receipt.client, {}, amount=Decimal(100), received_on=receipt.received_on
        )
        run = through(company, lost)
        company.sync()
        company.sync()
        assert run.state == "done"
        assert len(company.there("Payment")) == Receipt.objects.count() == 2
        assert {company.mapping(one).state for one in (receipt, twin)} == {"in_sync"}


class TestNoAnswer:
    """Lost before or after the commit, cut off, refused by a gateway: asked about under the same
    id.
    """

    @pytest.mark.parametrize(
        "trouble",
        [
            {"drop_after_commit": True}, {"drop_before": True}, {"html_error_page": True},
            {"status": 400, "body": {"Fault": {"Error": [{"Message": "m", "code": "10000"}]}}},
        ],
        ids=["lost", "refused", "gateway", "400-system"],
    )  # fmt: skip
    def test_one_payment_under_one_id(self, company, receipt, trouble):
        company.sim.fault(**PAYMENT, times=1, **trouble)
        assert_once(company, receipt, through(company))
        assert len(set(request_ids(company))) == 1

    def test_an_answer_of_a_day_ago_is_not_asked_for_by_sending(self, company, receipt):
        """Nobody knows how long QuickBooks remembers a request: after a day its books are read
        first.
        """
        company.sim.fault(**PAYMENT, drop_after_commit=True, times=1)
        run = company.work(starting.start(company.connection, trigger="manual"))
        Operation.objects.filter(state="unknown").update(
            sent_at=timezone.now() - dt.timedelta(days=2)
        )
        for known in company.sim.site.companies.values():
            known.store.run("DELETE FROM answer")
        assert_once(company, receipt, through(company, run))


def test_what_somebody_takes_in_the_moment_of_the_question_breaks_no_run(
    company, receipt, monkeypatch, caplog
):
    """A worker that slept past its lease comes back with its answer (seen in a soak)."""
    company.sim.fault(**PAYMENT, drop_after_commit=True, times=1)
    run = company.work(starting.start(company.connection, trigger="manual"))
    looks_for = conversation._to_ask

    def overtaken(run, edition):
        monkeypatch.undo()
        found = looks_for(run, edition)
        taken = Operation.objects.filter(pk__in=[one.pk for one in found.operations])
        assert taken.filter(state="unknown").update(state="sending") == 1
        return found

    time_passes(company)
    monkeypatch.setattr(conversation, "_to_ask", overtaken)
    before = SyncRun.objects.get(pk=run.pk).troubles
    tasks.work(run.pk)
    run.refresh_from_db()
    assert (run.troubles, caplog.messages.count("a run broke")) == (before, 0)
    assert_once(company, receipt, through(company, run))


def test_an_attempt_says_that_nobody_knows(company, receipt):
    """The history does not call a write refused that may have been done."""
    company.sim.fault(**PAYMENT, spoil={"fault": 10000}, times=1)
    through(company)
    outcomes = list(
        Attempt.objects.filter(operation__kind="payment").values_list("outcome", flat=True)
    )
    assert outcomes == ["no_answer", "recovered"]
