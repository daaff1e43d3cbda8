"""What a bookkeeper adds to an invoice in QuickBooks survives until a person decides otherwise
(F17, I8).

Each case: a line is changed here and another one added there before the next run, whoever wins a
conflict.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from quicksync.books.models import Term
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.actions import answers
from quicksync.sync.runs import starting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terms():
    """Those that QuickBooks gives every invoice."""
    Term.objects.get_or_create(code="Net 30", defaults={"name": "Net 30", "due_days": 30})


BOTH = [("Courier", 7), ("Work 1", 60)]


def created_here(company):
    invoice = company.invoice(company.client("Ada"), 50)
    company.sync()
    return invoice


def matched(company, *, extra=(), **settings):
    """The same invoice was on both sides before they were connected; in QuickBooks it may have
    lines of 7.00 more.
    """
    invoice = company.invoice(company.client("Ada"), 50, number="M-1")
    company.enable("invoice", enabled=False)
    company.sync()
    detail = {
        "ItemRef": {"value": company.partner(invoice.lines.get().product)["Id"]},
        "TaxCodeRef": {"value": "NON"},
    }
    texts = {**dict.fromkeys(extra, 7), "Work 1": 50}
    lines = [
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "Description": text,
            "SalesItemLineDetail": {**detail, "Qty": 1, "UnitPrice": amount},
        }
        for text, amount in texts.items()
    ]
    values = {
        "DocNumber": "M-1",
        "CustomerRef": {"value": company.partner(invoice.client)["Id"]},
        "Line": lines,
        "TxnDate": str(invoice.issued_on),
        "DueDate": str(invoice.due_on or invoice.issued_on),
    }
    company.sim.edit("create", "Invoice", values=values)
    company.enable("invoice", **settings)
    company.sync()
    assert extra or company.mapping(invoice).line_ids == {}
    return invoice


def created_there(company):
    """Made from an invoice of QuickBooks."""
    invoice = created_here(company)
    found = company.partner(invoice)
    line = company.lines(invoice)[0]
    del line["Id"]
    values = {"DocNumber": "T-9", "CustomerRef": found["CustomerRef"], "Line": [line]}
    company.sim.edit("create", "Invoice", values=values)
    company.sync()
    return type(invoice).objects.exclude(pk=invoice.pk).get()


def change_here(invoice, price=60):
    invoice.lines.filter(description="Work 1").update(unit_price=Decimal(price))
    invoice.update_totals()


def there(company, invoice):
    return sorted((line["Description"], line["Amount"]) for line in company.lines(invoice))


def here(invoice):
    invoice.refresh_from_db()
    return sorted((line.description, line.amount) for line in invoice.lines.all())


def told(company, invoice):
    mapping = company.mapping(invoice)
    return mapping.state, mapping.reason


def settled(company, invoice):
    """Both sides show the same, all of it, and nothing is left to do."""
    assert here(invoice) == there(company, invoice) == BOTH
    assert (invoice.total, company.partner(invoice)["TotalAmt"]) == (67, 67)
    assert told(company, invoice) == ("in_sync", "")
    assert company.sync().counts.get("invoice", {}).get("push", {}) == {}
    assert here(invoice) == there(company, invoice) == BOTH


BEGINNINGS = pytest.mark.parametrize("begin", [created_here, matched, created_there])


@BEGINNINGS
@pytest.mark.parametrize("wins", ["here", "newest"])
def test_it_stays_there_and_comes_here_where_this_side_wins(company, begin, wins):
    invoice = begin(company)
    company.enable("invoice", wins=wins)
    company.add_line_there(invoice)
    change_here(invoice)
    company.sync()
    assert there(company, invoice) == BOTH
    assert company.mapping(invoice).reason != "total-differs"
    company.sync()
    settled(company, invoice)


@BEGINNINGS
def test_it_comes_here_where_quickbooks_wins(company, begin):
    invoice = begin(company)
    company.enable("invoice", wins="quickbooks")
    company.add_line_there(invoice)
    change_here(invoice)
    company.sync()
    assert here(invoice) == there(company, invoice) == [("Courier", 7), ("Work 1", 50)]


@BEGINNINGS
def test_people_are_asked_and_it_stays_until_they_have_answered(company, begin):
    invoice = begin(company)
    company.enable("invoice", wins="ask")
    company.add_line_there(invoice)
    change_here(invoice)
    company.sync()
    company.sync()
    assert told(company, invoice) == ("conflict", "conflict")
    assert there(company, invoice) == [("Courier", 7), ("Work 1", 50)]
    company.work(answers.answer(company.mapping(invoice), {"lines": "here"}, user=None))
    assert here(invoice) == there(company, invoice) == [("Work 1", 60)]
    assert told(company, invoice) == ("in_sync", "")


@BEGINNINGS
def test_it_stays_there_and_is_told_as_drift_where_invoices_are_only_sent(company, begin):
    invoice = begin(company)
    company.enable("invoice", wins="here", direction="push")
    company.add_line_there(invoice)
    for price in (60, 61):
        change_here(invoice, price)
        company.sync()
        company.sync()
        assert there(company, invoice) == [("Courier", 7), ("Work 1", price)]
        assert here(invoice) == [("Work 1", price)]
        assert told(company, invoice) == ("drifted", "drift-changed")


@BEGINNINGS
def test_a_person_who_has_seen_the_drift_may_take_it_away(company, begin):
    invoice = begin(company)
    company.enable("invoice", wins="here", direction="push")
    company.add_line_there(invoice)
    change_here(invoice)
    company.sync()
    company.sync()
    company.work(answers.answer(company.mapping(invoice), {"lines": "here"}, user=None))
    assert here(invoice) == there(company, invoice) == [("Work 1", 60)]
    assert told(company, invoice) == ("in_sync", "")


@BEGINNINGS
def test_a_line_taken_away_here_goes_and_the_bookkeepers_stays(company, begin):
    """Whatever was ours goes, however its pair came about."""
    invoice = begin(company)
    product = invoice.lines.get().product
    invoice.lines.create(
        product=product, description="Work 2", quantity=1, unit_price=5, position=1
    )
    invoice.update_totals()
    company.sync()
    company.enable("invoice", wins="here")
    company.add_line_there(invoice)
    invoice.lines.filter(description="Work 2").delete()
    change_here(invoice)
    company.sync()
    company.sync()
    settled(company, invoice)


@BEGINNINGS
@pytest.mark.parametrize("text", ["Courier", "Work 1"])
def test_it_is_taken_for_none_of_ours_wherever_it_is_and_whatever_it_says(company, begin, text):
    """Put in front of our own line, with its very product and words; ours is renamed in the same
    interval.
    """
    invoice = begin(company)
    company.enable("invoice", wins="here")
    company.add_line_there(invoice, text, place=0)
    change_here(invoice)
    invoice.lines.update(description="Work, all of it")
    invoice.save()
    company.sync()
    assert there(company, invoice) == sorted([(text, 7), ("Work, all of it", 60)])
    company.sync()
    assert here(invoice) == there(company, invoice)
    assert told(company, invoice) == ("in_sync", "")


@BEGINNINGS
def test_among_many_in_one_parcel(company, begin):
    """One batch with an invoice that has such a line, one that has none, and a new one."""
    invoice = begin(company)
    plain = company.invoice(invoice.client, 20)
    company.sync()
    company.enable("invoice", wins="here")
    company.add_line_there(invoice)
    change_here(invoice)
    change_here(plain, 21)
    new = company.invoice(invoice.client, 3)
    company.sync()
    company.sync()
    settled(company, invoice)
    for one, price in ((plain, 21), (new, 3)):
        assert here(one) == there(company, one) == [("Work 1", price)]
        assert told(company, one) == ("in_sync", "")


@BEGINNINGS
def test_after_an_answer_that_was_lost(company, begin):
    """QuickBooks has done it and is asked what became of it."""
    invoice = begin(company)
    company.enable("invoice", wins="here")
    company.add_line_there(invoice)
    change_here(invoice)
    company.sim.fault(path="/batch$", entity="Invoice", drop_after_commit=True, times=1)
    run = company.sync()
    run.operations.update(retry_at=timezone.now())
    SyncRun.objects.filter(pk=run.pk).update(resume_at=None)
    company.work(run)
    assert there(company, invoice) == BOTH
    company.sync()
    company.sync()
    settled(company, invoice)


@BEGINNINGS
def test_after_a_worker_that_stopped_between_the_answer_and_its_settlement(
    company, begin, monkeypatch
):
    invoice = begin(company)
    company.enable("invoice", wins="here")
    company.add_line_there(invoice)
    change_here(invoice)
    run = starting.start(company.connection, trigger="manual")

    with monkeypatch.context() as patch:
        patch.setattr("quicksync.sync.exchange.settle.Settlement.settle", killed)
        with pytest.raises(Killed):
            company.work(run)
    SyncRun.objects.filter(pk=run.pk).update(lease_holder="", lease_until=None)
    company.work(run)
    assert there(company, invoice) == BOTH
    company.sync()
    company.sync()
    settled(company, invoice)


class Killed(BaseException):
    """What no handler of ours takes."""


def killed(*_):
    raise Killed


def test_what_was_there_at_the_first_match_and_was_left_is_left_by_later_changes(company):
    """Invoices are only sent and QuickBooks had won: both sides go on as they are, and say by how
    much they differ.
    """
    invoice = matched(company, extra=["Courier"], direction="push", first_sync="quickbooks")
    assert told(company, invoice)[1] == "total-differs"
    for price in (60, 61):
        change_here(invoice, price)
        company.sync()
        assert there(company, invoice) == [("Courier", 7), ("Work 1", price)]


def test_of_what_was_matched_goes_what_is_taken_away_here(company):
    """Lines of which nobody knows the ids here are known as agreed on."""
    invoice = matched(company, extra=["Travel"], first_sync="quickbooks")
    assert here(invoice) == [("Travel", 7), ("Work 1", 50)]
    EntityMapping.objects.filter(kind="invoice").update(line_ids={})
    company.enable("invoice", wins="here")
    company.add_line_there(invoice)
    invoice.lines.filter(description="Travel").delete()
    change_here(invoice)
    company.sync()
    company.sync()
    settled(company, invoice)
