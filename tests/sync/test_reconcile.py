"""Reconciliation: both sides to the cent, every difference with its reason (I12, X25)."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.sync.reconcile import agree, reconcile
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("customer", "item", "invoice", "payment")
NEW_YEAR = dt.date(2026, 1, 1)


@pytest.fixture
def company():
    with connected(kinds=KINDS) as company:
        yield company


def by_kind(company):
    return {(line.kind, line.month): line for line in reconcile(company.connection)}


def settled(company):
    """Balances that our own payments changed are read by the next cycle."""
    company.sync()
    company.sync()


def test_i12_counts_totals_and_open_balances_by_kind_and_month(company):
    client = company.client()
    january = company.invoice(client, 100, 50, issued_on=NEW_YEAR)
    company.invoice(client, "19.99", issued_on=dt.date(2026, 2, 3))
    company.receipt(client, {january: 120}, received_on=dt.date(2026, 1, 20))
    settled(company)
    lines = by_kind(company)
    invoices = lines["invoice", "2026-01"]
    assert (invoices.here_count, invoices.there_count, invoices.paired) == (1, 1, 1)
    assert (invoices.here_total, invoices.there_total) == (150, 150)
    assert (invoices.here_open, invoices.there_open) == (30, 30)
    assert lines["invoice", "2026-02"].there_open == Decimal("19.99")
    assert lines["payment", "2026-01"].here_total == 120
    assert invoices.currency == "USD"
    assert lines["customer", ""].paired == 1
    assert agree(lines.values())


def test_i12_what_stands_alone_is_listed_with_its_reason(company):
    company.enable("invoice", start_date=NEW_YEAR, start_basis="document")
    company.invoice(company.client(), 80, issued_on=dt.date(2025, 12, 31), number="OLD-1")
    company.sync()
    line = by_kind(company)["invoice", "2025-12"]
    [difference] = line.differences
    assert (difference.where, difference.label, difference.code) == ("here", "Invoice OLD-1", "before-start-date")
    assert difference.sentence == "It lies before the start date, 2026-01-01."
    assert difference.here.total == 80
    assert line.agrees


def test_x25_a_total_that_differs_is_told_and_does_not_agree(company):
    invoice = company.invoice(company.client(), 100, number="T-1", issued_on=NEW_YEAR)
    settled(company)
    company.enable("invoice", authority="here")
    remote = company.partner(invoice)
    remote["Line"][0] |= {"Amount": 90}
    remote["Line"][0]["SalesItemLineDetail"] |= {"UnitPrice": 90, "Qty": 1}
    company.sim.edit("update", "Invoice", remote["Id"], values={"Line": remote["Line"][:1]})
    company.sync()
    line = by_kind(company)["invoice", "2026-01"]
    [difference] = line.differences
    assert difference.what == ("total", "open")
    assert "Total: 100.00 here, 90.00 in QuickBooks" in difference.sentence
    assert not line.agrees


def test_x25_an_open_balance_is_explained_by_a_payment_that_stands_alone(company):
    client = company.client()
    invoice = company.invoice(client, 100, issued_on=dt.date(2026, 2, 1))
    company.enable("payment", start_date=dt.date(2026, 3, 1), start_basis="document")
    company.receipt(client, {invoice: 40}, received_on=dt.date(2026, 2, 2))
    settled(company)
    lines = by_kind(company)
    [difference] = lines["invoice", "2026-02"].differences
    assert difference.what == ("open",)
    assert difference.explained
    assert agree(lines.values())


def test_what_nobody_has_compared_yet_does_not_agree(company):
    company.client("Grace Hopper")
    company.sim.api("POST", "customer", {"DisplayName": "Alan Turing"})
    line = by_kind(company)["customer", ""]
    assert [one.where for one in line.differences] == ["here"]
    assert line.differences[0].sentence == "Nobody has compared this record yet."
    assert not line.agrees


def test_records_without_any_mapping_are_found_on_both_sides(company):
    company.enable("customer", enabled=False)
    company.client("Grace Hopper")
    company.sim.api("POST", "customer", {"DisplayName": "Alan Turing"})
    company.sync()
    company.enable("customer")
    line = by_kind(company)["customer", ""]
    assert sorted((one.where, one.label) for one in line.differences) == [
        ("here", "Grace Hopper"), ("there", "Alan Turing"),
    ]  # fmt: skip
    assert (line.here_count, line.there_count, line.paired) == (1, 1, 0)


def test_statements_do_not_grow_with_the_records(company):
    client = company.client()
    company.invoice(client, 10)
    company.sync()

    def statements():
        with CaptureQueriesContext(database) as caught:
            reconcile(company.connection)
        return len(caught)

    few = statements()
    for _ in range(12):
        company.invoice(client, 10)
    company.sync()
    assert statements() == few


def test_the_command_ends_with_0_when_both_agree_and_with_1_when_not(company):
    company.invoice(company.client(), 10)
    company.sync()
    out = StringIO()
    call_command("quicksync_reconcile", json=True, stdout=out)
    assert all(line["agrees"] for line in json.loads(out.getvalue()))
    company.client("Grace Hopper")
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences without an explanation"):
        call_command("quicksync_reconcile", connection=str(company.connection.pk), stdout=out)
    assert "! Grace Hopper" in out.getvalue() or "Grace Hopper (only here)" in out.getvalue()
