"""What the bookkeeper enters in QuickBooks while a plan waits to send the same is there once (C11,
G10): QuickBooks itself would take a second payment or invoice without a word.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import Invoice, Receipt
from quicksync.models import Operation, SyncRun
from quicksync.sync.exchange import outbox
from quicksync.sync.plan import approve
from quicksync.sync.read import remote_records
from quicksync.sync.runs import starting
from quicksync.sync.worker import lease
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2026, 3, 7)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable("account", "payment_method", "customer", "item", "invoice", "payment")
        company.ada = company.client("Ada")
        company.sync()
        yield company


def paid_here(company, amount):
    return Receipt.objects.create(client=company.ada, amount=Decimal(amount), received_on=DAY)


def enter(company, name, **fields):
    """The bookkeeper enters something of Ada's in QuickBooks."""
    customer = {"value": company.partner(company.ada)["Id"]}
    body = {"CustomerRef": customer, "TxnDate": DAY.isoformat(), **fields}
    return company.sim.api("POST", name, body, realm=company.connection.realm_id)


def an_hour_passes(run):
    """Since the run has read what there is in QuickBooks."""
    run = SyncRun.objects.get(pk=run.pk)
    run.progress.cursor_at -= dt.timedelta(hours=1)
    run.save(update_fields=["progress"])


def approved(company, run):
    an_hour_passes(run)
    approve.approve(run, user=None)
    assert_adds_up(company.work(SyncRun.objects.get(pk=run.pk)))
    return SyncRun.objects.get(pk=run.pk)


def quiet(company):
    run = company.sync()
    assert_adds_up(run)
    assert not run.operations.exists()


def test_c11_a_payment_entered_there_while_a_preview_waited_is_not_sent_again(company):
    mine, other = paid_here(company, 50), paid_here(company, 60)
    run = company.preview()
    assert run.operations.filter(action="create", kind="payment", direction="push").count() == 2
    enter(company, "payment", TotalAmt=50)
    approved(company, run)
    company.sync()
    assert sorted(row["TotalAmt"] for row in company.there("Payment")) == [50, 60]
    assert company.mapping(mine).is_pair
    assert company.mapping(other).is_pair
    assert Receipt.objects.count() == 2
    quiet(company)


def test_c11_an_invoice_with_its_number_is_met_as_well(company):
    mine = company.invoice(company.ada, 50, number="17", issued_on=DAY)
    run = company.preview()
    line = {
        "Amount": 50,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": company.there("Item")[0]["Id"]}},
    }
    enter(company, "invoice", DocNumber="17", Line=[line])
    approved(company, run)
    company.sync()
    assert [row["DocNumber"] for row in company.there("Invoice")] == ["17"]
    # The bookkeeper's has another line: which of them is right is a question for a person.
    assert company.mapping(mine).reason == "conflict"
    assert Invoice.objects.count() == 1


def test_c11_another_payment_there_stops_nothing_and_waits_for_its_own_preview(company):
    paid_here(company, 50)
    run = company.preview()
    enter(company, "payment", TotalAmt=70)
    done = approved(company, run)
    assert not run.operations.filter(state=Operation.State.STALE).exists()
    assert sorted(row["TotalAmt"] for row in company.there("Payment")) == [50, 70]
    # Nobody has said yes to it yet.
    assert Receipt.objects.count() == 1
    assert done.operations.count() == 1
    company.sync()
    assert sorted(Receipt.objects.values_list("amount", flat=True)) == [50, 70]
    quiet(company)


def test_c11_what_was_read_just_now_is_not_read_again(company):
    paid_here(company, 50)
    run = company.preview()
    approve.approve(run, user=None)
    company.work(SyncRun.objects.get(pk=run.pk))
    assert SyncRun.objects.get(pk=run.pk).metered == run.metered


def test_c11_without_anything_to_make_there_nothing_is_read(company):
    company.ada.phone = "555 0199"
    company.ada.save()
    run = company.preview()
    assert run.operations.filter(direction="push", action="update").exists()
    approved(company, run)
    assert SyncRun.objects.get(pk=run.pk).metered == run.metered


def test_c11_a_page_that_fails_is_read_before_anything_is_made(company, monkeypatch):
    """The answer to the look is lost: nothing is sent on the strength of it."""
    mine = paid_here(company, 50)
    run = company.preview()
    enter(company, "payment", TotalAmt=50)
    takes = remote_records.take_result
    told = []

    def breaks(run, *rest):
        if run.phase == "send" and not told:
            told.append(run.pk)
            raise KeyboardInterrupt
        return takes(run, *rest)

    monkeypatch.setattr(remote_records, "take_result", breaks)
    with pytest.raises(KeyboardInterrupt):
        approved(company, run)
    assert told
    assert len(company.there("Payment")) == 1
    SyncRun.objects.filter(pk=run.pk).update(lease_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    company.work(SyncRun.objects.get(pk=run.pk))
    company.sync()
    assert len(company.there("Payment")) == 1
    assert company.mapping(mine).is_pair
    assert Receipt.objects.count() == 1


def test_c11_a_run_that_was_held_up_looks_again_before_it_sends(company, monkeypatch):
    """Nobody approved anything: QuickBooks was away, say, or the worker for an hour."""
    mine, other = paid_here(company, 50), paid_here(company, 60)

    def dies(*_):
        raise KeyboardInterrupt

    run = starting.start(company.connection, trigger=SyncRun.Trigger.AUTOMATIC)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "claim", dies)
        with pytest.raises(KeyboardInterrupt):
            company.work(run)
    run = SyncRun.objects.get(pk=run.pk)
    assert run.phase == "send"
    an_hour_passes(run)
    lease.release(run)
    enter(company, "payment", TotalAmt=50)
    assert_adds_up(company.work(run))
    company.sync()
    assert sorted(row["TotalAmt"] for row in company.there("Payment")) == [50, 60]
    assert company.mapping(mine).is_pair
    assert company.mapping(other).is_pair
    assert Receipt.objects.count() == 2
    quiet(company)
