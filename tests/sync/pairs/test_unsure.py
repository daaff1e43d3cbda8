"""Money where nobody knows what QuickBooks does: nothing goes wrong with either answer (issue 8,
item 7).
"""

from __future__ import annotations

import pytest

from quicksync.simulator.accounting.book import Switches
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice", "payment")
OTHERS = Switches(
    delete_linked="refuse",
    link_fault=620,
    duplicate_numbers="refuse",
    line_without_item="default_item",
    overpaid_lines="accept",
    invoice_link="always",
    cdc_window="all",
)


@pytest.fixture(params=[Switches(), OTHERS], ids=["likelier", "other"])
def company(request):
    with connected(kinds=KINDS, switches=request.param) as company:
        yield company


def open_there(company, invoice):
    return company.partner(invoice)["Balance"]


def test_a_part_is_paid(company):
    ada = company.client("Ada")
    invoice = company.invoice(ada, 100)
    receipt = company.receipt(ada, {invoice: 60})
    assert_adds_up(company.sync())
    assert (open_there(company, invoice), company.partner(receipt)["UnappliedAmt"]) == (40, 0)


def test_what_somebody_else_paid_meanwhile_is_not_paid_twice(company):
    ada = company.client("Ada")
    invoice = company.invoice(ada, 100)
    company.sync()
    there = company.partner(invoice)
    line = {"Amount": 80, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Invoice"}]}
    sent = {"CustomerRef": there["CustomerRef"], "TotalAmt": 80, "Line": [line]}
    receipt = company.receipt(ada, {invoice: 100})
    company.sim.api("POST", "payment", sent, realm=company.connection.realm_id)
    run = company.sync()
    assert_adds_up(run)
    assert open_there(company, invoice) == 20
    told = company.mapping(receipt)
    assert (told.state, told.reason) in {
        ("failed", "paid-document"),
        ("failed", "missing-reference"),
    }
    assert len(company.there("Payment")) == 1


def test_a_paid_invoice_that_is_deleted_here(company):
    ada = company.client("Ada")
    invoice = company.invoice(ada, 100)
    receipt = company.receipt(ada, {invoice: 100})
    company.sync()
    mapping = company.mapping(invoice)
    receipt.allocations.all().delete()
    invoice.delete()
    run = company.sync()
    assert_adds_up(run)
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("held", "paid-document")
    assert [one["TotalAmt"] for one in company.there("Invoice")] == [100]
    assert company.partner(receipt)["TotalAmt"] == 100


def test_a_number_that_is_taken_there(company):
    ada, bob = company.client("Ada"), company.client("Bob")
    first = company.invoice(ada, 100, number="A-1")
    company.sync()
    there = company.partner(first)
    other = {"CustomerRef": there["CustomerRef"], "DocNumber": "A-2", "Line": there["Line"][:1]}
    company.sim.api("POST", "invoice", other, realm=company.connection.realm_id)
    second = company.invoice(bob, 70, number="A-2")
    run = company.sync()
    assert_adds_up(run)
    told = company.mapping(second)
    assert (told.state, told.reason) == ("held", "number-taken")
    assert len(company.there("Invoice", "DocNumber = 'A-2'")) == 1
