"""The invoice that is made of an estimate (F18): linked once, on both sides, never held by it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.books.invoicing import NotInvoiced, invoice_of
from quicksync.books.models import Estimate, Invoice
from quicksync.models import SyncRun
from quicksync.sync.actions import single_records
from tests.company import assert_adds_up, connected_to
from tests.sync.offers import DAY, KINDS, edit, link_to, links_of, offered_there, settled
from tests.sync.settled import entered_there, quiet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS)
        yield company


@pytest.fixture
def without():
    """A company whose estimates are none of this side's business."""
    with connected_to(custom_numbers=True) as company:
        company.enable(*(kind for kind in KINDS if kind != "estimate"))
        yield company


# --- The invoice that is made of it ---------------------------------------------------------------


def test_f18_an_invoice_made_here_closes_its_estimate_there_once(either):
    made = either.estimate(either.client("Ada"), 20, 30, status=Estimate.Status.ACCEPTED)
    either.sync()
    billed = invoice_of(made.pk)
    assert_adds_up(either.sync())
    there = either.partner(billed)
    assert there["TotalAmt"] == 50
    assert links_of(there) == link_to(either.partner(made))
    assert either.partner(made)["TxnStatus"] == "Closed"
    settled(either)
    made.refresh_from_db()
    assert made.status == "closed"
    billed.refresh_from_db()
    billed.private_note = "changed"
    billed.save()
    assert_adds_up(either.sync())
    assert links_of(either.partner(billed)) == link_to(either.partner(made))
    line = billed.lines.first()
    line.unit_price = 21
    line.save()
    assert_adds_up(either.sync())
    assert links_of(either.partner(billed)) == link_to(either.partner(made))
    settled(either)


def test_f18_a_new_estimate_goes_before_its_invoice(either):
    made = either.estimate(either.client("Ada"), 20)
    billed = invoice_of(made.pk)
    assert_adds_up(either.sync())
    assert links_of(either.partner(billed)) == link_to(either.partner(made))
    assert either.partner(made)["TxnStatus"] == "Closed"
    settled(either)


def test_f18_b8_sending_the_invoice_alone_sends_its_estimate_first(company):
    company.sync()
    made = company.estimate(company.client("Ada"), 20)
    billed = invoice_of(made.pk)
    single_records.send("books.invoice", [str(billed.pk)], user=None, direction="push")
    company.work(SyncRun.objects.latest("pk"))
    assert links_of(company.partner(billed)) == link_to(company.partner(made))
    settled(company)


def test_f18_an_invoice_made_there_arrives_with_its_link(either):
    made = either.estimate(either.client("Ada"), 20)
    either.sync()
    there = either.partner(made)
    entered_there(
        either,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    assert_adds_up(either.sync())
    billed = Invoice.objects.get()
    assert billed.estimate == made
    made.refresh_from_db()
    assert made.status == "closed"
    quiet(either)


def test_f18_both_come_here_in_one_run(either):
    """The estimate first, whatever QuickBooks tells first."""
    either.client("Ada")
    there = offered_there(either, 20, DocNumber="E-9")
    entered_there(
        either,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    settled(either)
    assert Invoice.objects.get().estimate == Estimate.objects.get()
    assert Estimate.objects.get().status == "closed"


def test_f18_unlinked_there_it_is_unlinked_here(company):
    made = company.estimate(company.client("Ada"), 20, status="accepted", accepted_by="Ada")
    billed = invoice_of(made.pk)
    company.sync()
    company.sync()
    edit(company, "Invoice", billed, LinkedTxn=[])
    settled(company)
    billed.refresh_from_db()
    made.refresh_from_db()
    assert billed.estimate is None
    assert made.status in ("pending", "accepted")
    assert company.partner(made)["TxnStatus"] in ("Pending", "Accepted")


def test_f18_unlinked_here_it_is_unlinked_there(company):
    """What else is linked to the invoice, such as a payment, is not touched."""
    client = company.client("Ada")
    made = company.estimate(client, 20, status="accepted", accepted_by="Ada")
    billed = invoice_of(made.pk)
    company.enable("payment")
    company.receipt(client, {billed: 5})
    company.sync()
    company.sync()
    billed = Invoice.objects.get()
    billed.estimate = None
    billed.save()
    assert_adds_up(company.sync())
    there = company.partner(billed)
    assert [one["TxnType"] for one in there["LinkedTxn"]] == ["Payment"]
    assert there["Balance"] == 15
    settled(company)
    made.refresh_from_db()
    assert made.status == "accepted"
    assert company.partner(made)["TxnStatus"] == "Accepted"


def test_f18_a_void_invoice_opens_its_estimate_again(company):
    made = company.estimate(company.client("Ada"), 20)
    billed = invoice_of(made.pk)
    settled(company)
    billed.refresh_from_db()
    billed.status = Invoice.Status.VOID
    billed.save()
    assert_adds_up(company.sync())
    settled(company)
    made.refresh_from_db()
    assert made.status == "pending"
    assert company.partner(made)["TxnStatus"] == "Pending"


def test_f18_quickbooks_closes_nobody_fights(company):
    """While QuickBooks closes it, somebody here writes down who accepted it: no conflict, though
    people are asked about fields that both sides changed.
    """
    company.enable("estimate", wins="ask")
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    there = company.partner(made)
    entered_there(
        company,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    made.status, made.accepted_by = "accepted", "Ada"
    made.save()
    settled(company)
    made.refresh_from_db()
    there = company.partner(made)
    assert (made.status, made.accepted_by) == ("closed", "Ada")
    assert (there["TxnStatus"], there["AcceptedBy"]) == ("Closed", "Ada")


def test_f18_where_nothing_comes_from_there_closing_is_no_drift(company):
    """A category that only sends: what QuickBooks works out is nobody's edit."""
    company.enable("estimate", direction="push", authority="here")
    made = company.estimate(company.client("Ada"), 20)
    billed = invoice_of(made.pk)
    settled(company)
    assert company.mapping(made).state == "in_sync"
    assert company.partner(made)["TxnStatus"] == "Closed"
    assert links_of(company.partner(billed))


# --- Without the estimate -------------------------------------------------------------------------


def test_f18_b2_the_category_is_off_the_invoice_goes_alone(without):
    made = without.estimate(without.client("Ada"), 20)
    billed = invoice_of(made.pk)
    assert_adds_up(without.sync())
    assert not without.there("Estimate")
    assert not links_of(without.partner(billed))
    quiet(without)
    billed.refresh_from_db()
    assert billed.estimate == made, "Here the link stays."
    billed.private_note = "changed"
    billed.save()
    assert_adds_up(without.sync())
    assert without.partner(billed)["PrivateNote"] == "changed"
    quiet(without)


def test_f18_b2_the_category_is_off_the_invoice_comes_alone(without):
    without.client("Ada")
    there = offered_there(without, 20, DocNumber="E-9")
    found = entered_there(
        without,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    assert_adds_up(without.sync())
    assert not Estimate.objects.exists()
    billed = Invoice.objects.get()
    assert billed.estimate is None
    quiet(without)
    billed.private_note = "changed"
    billed.save()
    assert_adds_up(without.sync())
    assert links_of(without.partner(billed)) == link_to(there), "What they linked stays linked."
    assert without.partner(billed)["Id"] == found["Id"]
    quiet(without)


def test_f18_the_link_is_made_once_the_estimate_is_there(without):
    made = without.estimate(without.client("Ada"), 20)
    billed = invoice_of(made.pk)
    without.sync()
    without.enable("estimate")
    assert_adds_up(without.sync())
    billed.refresh_from_db()
    billed.private_note = "changed"
    billed.save()
    assert_adds_up(without.sync())
    assert links_of(without.partner(billed)) == link_to(without.partner(made))
    settled(without)


@pytest.mark.parametrize("limit", ["direction", "start_date"])
def test_f18_b11_an_estimate_out_of_scope_stays_and_its_invoice_goes(company, limit):
    values = {"direction": "pull"} if limit == "direction" else {"start_date": "2026-06-01"}
    company.enable(
        "estimate", **values, **({"start_basis": "document"} if limit != "direction" else {})
    )
    made = company.estimate(company.client("Ada"), 20, issued_on=DAY)
    billed = invoice_of(made.pk)
    assert_adds_up(company.sync())
    assert not company.there("Estimate")
    assert not links_of(company.partner(billed))
    assert company.mapping(billed).state == "in_sync"
    quiet(company)


def test_f18_a_held_estimate_does_not_hold_its_invoice(company):
    """Money goes first; the estimate tells what is the matter with it."""
    made = company.estimate(company.client("Ada"), 20, number="E" * 30)
    billed = invoice_of(made.pk)
    assert_adds_up(company.sync())
    assert company.mapping(made).state == "held"
    assert company.mapping(billed).state == "in_sync"
    assert not links_of(company.partner(billed))
    made.number = "E-1"
    made.save()
    assert_adds_up(company.sync())
    billed.refresh_from_db()
    billed.memo = "Thanks"
    billed.save()
    assert_adds_up(company.sync())
    assert links_of(company.partner(billed)) == link_to(company.partner(made))
    settled(company)


# --- One invoice for all of it --------------------------------------------------------------------


def test_f18_a_second_invoice_goes_without_the_link_and_says_why(company):
    client = company.client("Ada")
    made = company.estimate(client, 20)
    first = invoice_of(made.pk)
    second = company.invoice(client, 20, number="second", estimate=made)
    run = company.sync()
    assert_adds_up(run)
    assert len(company.there("Invoice")) == 2
    linked = [one for one in (first, second) if links_of(company.partner(one))]
    assert linked == [first]
    (sent,) = run.operations.filter(mapping=company.mapping(second))
    (told,) = sent.warnings
    assert told["code"] == "link-left-out"
    assert "another invoice" in told["values"]["because"]
    settled(company)
    third = company.invoice(client, 5, number="third", estimate=made)
    run = company.sync()
    (sent,) = run.operations.filter(mapping=company.mapping(third))
    assert [one["code"] for one in sent.warnings] == ["link-left-out"]
    assert not links_of(company.partner(third))
    settled(company)


def test_f18_an_estimate_of_somebody_else_is_not_linked(company):
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    billed = company.invoice(company.client("Bob"), 20, estimate=made)
    run = company.sync()
    assert_adds_up(run)
    (sent,) = run.operations.filter(mapping=company.mapping(billed))
    assert [one["code"] for one in sent.warnings] == ["link-left-out"]
    assert not links_of(company.partner(billed))


def test_f18_parts_that_quickbooks_invoices_all_come_with_the_link(company):
    """Its own pages invoice an estimate in parts."""
    made = company.estimate(company.client("Ada"), 40)
    company.sync()
    there = company.partner(made)
    realm = company.connection.realm_id
    item = there["Line"][0]["SalesItemLineDetail"]["ItemRef"]
    for amount in (10, 30):
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {"ItemRef": item, "Qty": 1, "UnitPrice": amount},
        }
        values = {
            "CustomerRef": there["CustomerRef"],
            "Line": [line],
            "LinkedTxn": link_to(there),
            "DocNumber": f"part {amount}",
        }
        company.sim.edit("create", "Invoice", "", values=values, realm=realm)
    settled(company)
    assert {one.total for one in made.invoices.all()} == {10, 30}
    one = made.invoices.first()
    one.private_note = "changed"
    one.save()
    assert_adds_up(company.sync())
    assert links_of(company.partner(one)) == link_to(there)
    settled(company)


# --- In the books ---------------------------------------------------------------------------------


def test_an_estimate_is_invoiced_once(company):
    made = company.estimate(company.client("Ada"), 20, "7.35", discount_percent=Decimal(10))
    billed = invoice_of(made.pk)
    assert (billed.total, billed.client, billed.estimate) == (made.total, made.client, made)
    made.refresh_from_db()
    assert made.status == "closed"
    with pytest.raises(NotInvoiced, match=billed.number):
        invoice_of(made.pk)
