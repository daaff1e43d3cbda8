"""Estimates, both ways (F18): offered, accepted, rejected, deleted; nothing of them is owed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import Client, Estimate, TaxCode
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected, connected_to
from tests.sync.exchange.test_unknown_outcomes import through
from tests.sync.offers import DAY, KINDS, edit, link_to, offered_there
from tests.sync.settled import entered_there, quiet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS)
        yield company


# --- Both ways ------------------------------------------------------------------------------------


def test_f18_an_estimate_goes_there_and_books_nothing(either):
    made = either.estimate(
        either.client("Ada"),
        "12.34",
        5,
        status=Estimate.Status.ACCEPTED,
        issued_on=DAY,
        expires_on=dt.date(2026, 4, 6),
        accepted_by="Ada herself",
        accepted_on=dt.date(2026, 3, 9),
        private_note="By phone",
    )
    before = either.sim.ledger(either.connection.realm_id)
    assert before["balanced"]
    assert_adds_up(either.sync())
    there = either.partner(made)
    assert (there["TotalAmt"], there["TxnDate"]) == (Decimal("17.34"), "2026-03-07")
    assert (there["TxnStatus"], there["ExpirationDate"]) == ("Accepted", "2026-04-06")
    assert (there["AcceptedBy"], there["AcceptedDate"]) == ("Ada herself", "2026-03-09")
    assert there["PrivateNote"] == "By phone"
    assert "DueDate" not in there
    (customer,) = either.there("Customer", "DisplayName = 'Ada'")
    assert customer["Balance"] == 0
    assert either.sim.ledger(either.connection.realm_id) == before
    quiet(either)


def test_f18_an_estimate_of_quickbooks_comes_here(either):
    either.client("Ada")
    offered_there(
        either,
        30,
        12.5,
        DocNumber="Q-7",
        TxnDate="2026-05-04",
        TxnStatus="Accepted",
        ExpirationDate="2026-06-04",
        AcceptedBy="Ada",
        AcceptedDate="2026-05-06",
    )
    assert_adds_up(either.sync())
    made = Estimate.objects.get()
    assert (made.total, made.number, made.status) == (Decimal("42.50"), "Q-7", "accepted")
    assert (made.issued_on, made.expires_on) == (dt.date(2026, 5, 4), dt.date(2026, 6, 4))
    assert (made.accepted_by, made.accepted_on) == ("Ada", dt.date(2026, 5, 6))
    assert made.client.name == "Ada"
    assert [line.amount for line in made.lines.all()] == [30, Decimal("12.50")]
    quiet(either)


def test_f18_changes_of_both_sides_meet_f17(company):
    """The customer accepts, the bookkeeper writes down when it is delivered."""
    made = company.estimate(company.client("Ada"), 20, private_note="ours", issued_on=DAY)
    company.sync()
    edit(company, "Estimate", made, ShipDate="2026-06-01", ExpirationDate="2026-07-01")
    made.private_note, made.status, made.accepted_on = "changed", "accepted", DAY
    made.save()
    run = company.sync()
    assert_adds_up(run)
    made.refresh_from_db()
    there = company.partner(made)
    assert (made.expires_on, made.private_note) == (dt.date(2026, 7, 1), "changed")
    assert (there["PrivateNote"], there["ShipDate"]) == ("changed", "2026-06-01")
    assert (there["TxnStatus"], there["AcceptedDate"]) == ("Accepted", "2026-03-07")
    assert there["ExpirationDate"] == "2026-07-01"
    quiet(company)


def test_f18_rejected_there(company):
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    edit(company, "Estimate", made, TxnStatus="Rejected")
    assert_adds_up(company.sync())
    made.refresh_from_db()
    assert made.status == "rejected"
    quiet(company)


def test_f18_what_a_bookkeeper_added_survives_f17(company):
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    there = company.partner(made)
    remark = {"DetailType": "DescriptionOnly", "Description": "As discussed", "Amount": 0}
    lines = [line for line in there["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    edit(company, "Estimate", made, Line=[*lines, remark], CustomerMemo={"value": "Hello"})
    company.sync()
    made.refresh_from_db()
    line = made.lines.order_by("position").first()
    line.unit_price = 30
    line.save()
    assert_adds_up(company.sync())
    there = company.partner(made)
    assert there["TotalAmt"] == 30
    assert there["CustomerMemo"]["value"] == "Hello"
    assert "As discussed" in [line.get("Description") for line in there["Line"]]


@pytest.mark.parametrize("way", ["drop_after_commit", "drop_before"])
def test_f18_a_lost_answer_offers_nothing_twice(either, way):
    client = either.client("Ada")
    made = either.estimate(client, 20)
    either.sync()
    other = either.estimate(client, 20)
    either.sim.fault(entity="Estimate", method="POST", times=1, **{way: True})
    assert_adds_up(through(either))
    either.sync()
    found = {either.partner(one)["Id"] for one in (made, other)}
    assert found == {one["Id"] for one in either.there("Estimate")}
    assert len(found) == 2
    quiet(either)


def test_f18_both_sides_have_it_already(company):
    client = company.client("Ada")
    there = offered_there(company, 20, DocNumber="E-1", TxnDate="2026-03-07")
    made = company.estimate(client, 20, number="E-1", issued_on=DAY)
    assert_adds_up(company.sync())
    assert company.mapping(made).remote_id == there["Id"]
    assert Estimate.objects.count() == 1
    quiet(company)


def test_f18_f16_an_estimate_and_its_invoice_may_have_one_number(company):
    client = company.client("Ada")
    made, billed = company.estimate(client, 20, number="7"), company.invoice(client, 20, number="7")
    assert_adds_up(company.sync())
    assert company.partner(made)["DocNumber"] == company.partner(billed)["DocNumber"] == "7"
    quiet(company)


def test_f18_f14_tax_and_discount_come_to_the_same_cents():
    with connected(kinds=KINDS, company="sample") as company:
        company.sync()
        taxed = TaxCode.objects.get(code="California")
        made = company.estimate(
            Client.objects.filter(estimates=None).order_by("pk").first(),
            "24.99",
            "10.98",
            number="E-tax",
            discount_percent=Decimal("33.3333"),
        )
        for line in made.lines.all():
            line.tax_code = taxed
            line.save()
        made.refresh_from_db()
        assert_adds_up(company.sync())
        there = company.partner(made)
        assert Decimal(str(there["TotalAmt"])) == made.total
        assert Decimal(str(there["TxnTaxDetail"]["TotalTax"])) == made.tax


def test_f18_the_reconciliation_lists_estimates_and_owes_nothing(company):
    client = company.client("Ada")
    company.estimate(client, 20)
    company.estimate(client, "7.35")
    company.sync()
    every = reconcile.reconcile(company.connection)
    lines = [line for line in every if line.kind == "estimate"]
    assert [(line.here_total, line.there_total) for line in lines] == [(Decimal("27.35"),) * 2]
    assert not any(line.differences for line in every)
    assert not any(line.untold for line in lines), "Nothing is open of what was only offered."
    assert [(line.here_open, line.there_open) for line in lines] == [(0, 0)]


# --- Deleted --------------------------------------------------------------------------------------


def test_f18_deleted_here_it_is_deleted_there_where_one_says_so(company):
    """There is no void."""
    company.enable("estimate", on_delete_here="delete")
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    mapping = company.mapping(made)
    made.delete()
    assert_adds_up(company.sync())
    assert not company.there("Estimate")
    mapping.refresh_from_db()
    assert mapping.state == "gone"
    quiet(company)


def test_f18_deleted_there(company):
    company.enable("estimate", on_delete_there="delete")
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    realm, found = company.connection.realm_id, company.partner(made)["Id"]
    company.sim.edit("delete", "Estimate", found, realm=realm)
    assert_adds_up(company.sync())
    assert not Estimate.objects.exists()
    quiet(company)


def test_f18_what_is_invoiced_there_is_not_deleted_from_here(company):
    """An invoice of QuickBooks that this side does not have was made of it: held, with what to do,
    until that is undone.
    """
    company.enable("estimate", on_delete_here="delete")
    company.enable("invoice", direction="push")
    made = company.estimate(company.client("Ada"), 20)
    company.sync()
    there = company.partner(made)
    billed = entered_there(
        company,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    company.sync()
    mapping = company.mapping(made)
    made.delete()
    assert_adds_up(company.sync())
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("held", "invoiced")
    assert company.there("Estimate")
    edit(company, "Invoice", billed["Id"], LinkedTxn=[])
    assert_adds_up(company.sync())
    assert not company.there("Estimate")
    mapping.refresh_from_db()
    assert mapping.state == "gone"
