"""What the reconciliation says of a pair that the next run has yet to compare (I12)."""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.sync.monitor.reconcile import reconcile
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected(kinds=("customer", "item", "invoice")) as company:
        yield company


def of_invoices(company):
    [line] = [one for one in reconcile(company.connection) if one.kind == "invoice"]
    return line.differences


def test_i12_what_has_changed_since_the_last_run_says_so(company):
    """It was a difference without a reason, and without anything to do about it."""
    invoice = company.invoice(company.client(), 100, issued_on=dt.date(2026, 1, 1))
    company.sync()
    company.sync()
    invoice.lines.update(unit_price=120)
    invoice.update_totals()
    invoice.save()
    [difference] = of_invoices(company)
    assert difference.sentence.startswith("Total: 120.00 here, 100.00 in QuickBooks")
    assert difference.sentence.endswith("It has changed since the two sides were last compared.")
    assert difference.fix == "Synchronize, then compare again."
    company.sync()
    assert of_invoices(company) == ()
