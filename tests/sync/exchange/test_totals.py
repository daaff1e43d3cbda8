"""F15: both totals are equal to the cent, or the record says by how much, for as long as they are
not.
"""

from __future__ import annotations

import pytest

from quicksync.books.models import InvoiceLine, TaxCode
from quicksync.models import SyncRun
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    """A British company: lines say what is taxed, and a bookkeeper may round the tax otherwise."""
    with connected_to(country="GB") as company:
        company.enable("customer", "item", "invoice")
        yield company


@pytest.fixture
def taxed(company):
    """An invoice over 120.00 here, of which a bookkeeper has made 120.01 in QuickBooks."""
    tax = TaxCode.objects.create(code="20.0% S", rate=20)
    invoice = company.invoice(company.client(currency="GBP"), 100)
    InvoiceLine.objects.filter(invoice=invoice).update(tax_code=tax)
    invoice.update_totals()
    company.sync()
    company.sync()
    assert told(company, invoice) == ("in_sync", "", None)
    change(company, invoice, TxnTaxDetail={"TotalTax": 20.01})
    return invoice


def change(company, invoice, **values):
    found = company.mapping(invoice).remote_id
    company.sim.edit("update", "Invoice", found, values=values, realm=company.connection.realm_id)


def told(company, invoice):
    mapping = company.mapping(invoice)
    return mapping.state, mapping.reason, mapping.reason_values.get("difference")


def test_a_pair_says_by_how_much_whoever_looks_at_it(company, taxed):
    for trigger in (SyncRun.Trigger.AUTOMATIC, SyncRun.Trigger.MANUAL):
        assert_adds_up(company.sync(trigger=trigger))
        assert told(company, taxed) == ("in_sync", "total-differs", "0.01")
        taxed.save()


def test_after_something_was_taken_over_from_quickbooks(company, taxed):
    change(company, taxed, PrivateNote="Asked by phone", TxnTaxDetail={"TotalTax": 20.01})
    company.sync()
    taxed.refresh_from_db()
    assert taxed.private_note == "Asked by phone"
    assert told(company, taxed) == ("in_sync", "total-differs", "0.01")


def test_until_they_are_equal_again(company, taxed):
    company.sync()
    change(company, taxed, TxnTaxDetail={"TotalTax": 20})
    company.sync()
    assert told(company, taxed) == ("in_sync", "", None)


def test_what_is_void_is_worth_nothing_whatever_figures_a_side_keeps(company, taxed):
    company.sync()
    company.sim.edit(
        "void", "Invoice", company.mapping(taxed).remote_id, realm=company.connection.realm_id
    )
    taxed.status = "void"
    taxed.save()
    company.sync()
    company.sync()
    assert company.mapping(taxed).reason != "total-differs"


def test_not_for_a_bookkeepers_line_that_a_write_left_it_comes_here(company, taxed):
    company.enable("invoice", wins="here")
    company.add_line_there(taxed)
    taxed.lines.update(unit_price=50)
    taxed.update_totals()
    company.sync()
    assert told(company, taxed) == ("in_sync", "", None)
    assert [one["Amount"] for one in company.lines(taxed)] == [50, 7]
    company.sync()
    taxed.refresh_from_db()
    assert told(company, taxed) == ("in_sync", "", None)
    assert [line.amount for line in taxed.lines.all()] == [50, 7]
    assert taxed.total == company.partner(taxed)["TotalAmt"]


def test_for_a_bookkeepers_line_as_drift_where_invoices_are_only_sent(company, taxed):
    """The line stays in QuickBooks, and what is said is what a person can decide about."""
    company.enable("invoice", wins="here", direction="push")
    company.add_line_there(taxed)
    taxed.lines.update(unit_price=50)
    taxed.update_totals()
    for _ in range(3):
        company.sync()
        taxed.save()
    assert told(company, taxed)[:2] == ("drifted", "drift-changed")
    assert [one["Amount"] for one in company.lines(taxed)] == [50, 7]
