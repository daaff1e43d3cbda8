"""What an invoice's estimate was planned to become, and did not: the invoice goes all the same
(F18).
"""

from __future__ import annotations

import pytest

from quicksync.books.invoicing import invoice_of
from quicksync.books.models import Estimate, Invoice
from quicksync.simulator.accounting.book import Switches
from tests.company import assert_adds_up, connected, connected_to
from tests.sync.offers import KINDS, link_to, links_of, offered_there, settled
from tests.sync.settled import entered_there

REFUSED = {"Fault": {"Error": [{"Message": "A rule", "Detail": "Of their own", "code": "6000"}]}}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS)
        yield company


def test_quickbooks_refuses_the_estimate_and_takes_its_invoice(company):
    company.invoice(company.client("Ada"), 5)
    company.sync()
    made = company.estimate(company.client("Bob"), 20)
    billed = invoice_of(made.pk)
    company.sim.fault(path="/batch$", entity="Estimate", status=400, body=REFUSED, times=1)
    run = company.sync()
    assert_adds_up(run)
    assert company.mapping(made).state == "failed"
    assert company.mapping(billed).state == "in_sync"
    assert not links_of(company.partner(billed))
    made.memo = "Once more"
    made.save()
    company.sync()
    billed.refresh_from_db()
    billed.memo = "Once more"
    billed.save()
    assert_adds_up(company.sync())
    assert links_of(company.partner(billed)) == link_to(company.partner(made))
    settled(company)


def test_this_side_refuses_the_estimate_and_takes_its_invoice(company):
    """It has no number, which the books want of each."""
    company.client("Ada")
    there = offered_there(company, 20)
    entered_there(
        company,
        "Invoice",
        20,
        CustomerRef=there["CustomerRef"],
        LinkedTxn=link_to(there),
        DocNumber="I-9",
    )
    assert_adds_up(company.sync())
    assert not Estimate.objects.exists()
    assert Invoice.objects.get().estimate is None
    company.sim.edit(
        "update",
        "Estimate",
        there["Id"],
        values={"DocNumber": "E-9"},
        realm=company.connection.realm_id,
    )
    assert_adds_up(company.sync())
    (found,) = company.there("Invoice")
    company.sim.edit(
        "update",
        "Invoice",
        found["Id"],
        values={"PrivateNote": "Seen"},
        realm=company.connection.realm_id,
    )
    assert_adds_up(company.sync())
    assert Invoice.objects.get().estimate == Estimate.objects.get()
    settled(company)


@pytest.mark.parametrize("answer", ["refuse", "take"])
def test_a_second_invoice_goes_whatever_quickbooks_says_of_a_second_link(answer):
    with connected(kinds=KINDS, switches=Switches(estimate_invoiced_twice=answer)) as company:
        made = company.estimate(company.client("Ada"), 20)
        first = invoice_of(made.pk)
        settled(company)
        second = company.invoice(first.client, 20, number="second", estimate=made)
        settled(company)
        assert links_of(company.partner(first))
        assert not links_of(company.partner(second))
        assert {company.mapping(one).state for one in (made, first, second)} == {"in_sync"}
