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

from quicksync.books.models import TaxCode
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, RemoteRecord
from quicksync.sync.monitor.comparison import agree, explained, untold
from quicksync.sync.monitor.reconcile import reconcile
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("customer", "item", "invoice", "payment")
NEW_YEAR = dt.date(2026, 1, 1)


@pytest.fixture
def company():
    with connected(kinds=KINDS) as company:
        yield company


@pytest.fixture
def hosts(monkeypatch):
    """Make the adapter of invoices carry less, as one that a host writes may: None leaves a field
    out.
    """
    [adapter] = registry.for_kind("invoice")

    def carry(**fields):
        monkeypatch.setattr(type(adapter), "fields", {**adapter.fields, **fields})
        adapter.forget_table()

    yield carry
    monkeypatch.undo()
    adapter.forget_table()


# README's adapter: number, customer, date, lines.
BARE = {"total": None, "tax": None, "balance": None}


def said(company):
    out = StringIO()
    call_command("quicksync_reconcile", stdout=out)
    return out.getvalue()


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
    assert explained(lines.values())


def test_i12_what_stands_alone_is_listed_with_its_reason(company):
    company.enable("invoice", start_date=NEW_YEAR, start_basis="document")
    company.invoice(company.client(), 80, issued_on=dt.date(2025, 12, 31), number="OLD-1")
    company.sync()
    line = by_kind(company)["invoice", "2025-12"]
    [difference] = line.differences
    assert (difference.where, difference.label, difference.code) == (
        "here",
        "Invoice OLD-1",
        "before-start-date",
    )
    assert difference.sentence == "It is older than the start date, 2026-01-01."
    assert difference.here.total == 80
    assert line.explained
    assert not line.agrees, "one here, none there"
    text = said(company)
    assert "every difference is explained" in text
    assert "to the cent" not in text


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
    assert explained(lines.values())


def test_x25_a_payment_of_other_documents_on_each_side_is_listed_and_explains_what_is_open(company):
    """Both sides show the same amount, all of it applied: only what it pays tells why the invoices
    differ.
    """
    company.enable("payment", wins="ask")
    client = company.client()
    first, mine, theirs = (
        company.invoice(client, 100, number=name, issued_on=NEW_YEAR) for name in ("A", "B", "C")
    )
    receipt = company.receipt(client, {first: 40}, received_on=NEW_YEAR)
    settled(company)
    assert not by_kind(company)["payment", "2026-01"].differences
    receipt.allocations.update(invoice=mine)
    receipt.save()
    company.sim.edit(
        "move_payment", "Payment", company.partner(receipt)["Id"], to=company.partner(theirs)["Id"]
    )
    settled(company)
    lines = by_kind(company)
    [payment] = lines["payment", "2026-01"].differences
    assert (payment.what, payment.code, payment.explained) == (("allocations",), "conflict", False)
    assert payment.sentence.startswith("It does not pay the same documents on both sides. ")
    invoices = {one.label: one for one in lines["invoice", "2026-01"].differences}
    assert invoices.keys() == {"Invoice B", "Invoice C"}
    for invoice in invoices.values():
        assert (invoice.what, invoice.explained) == (("open",), True)
        assert invoice.sentence.endswith(
            "a payment that is not the same on both sides; it is listed by itself."
        )
    assert lines["invoice", "2026-01"].explained


def test_x25_a_payment_that_was_moved_since_says_what_to_do(company):
    client = company.client()
    first, second = (
        company.invoice(client, 100, issued_on=NEW_YEAR),
        company.invoice(client, 100, issued_on=NEW_YEAR),
    )
    receipt = company.receipt(client, {first: 40}, received_on=NEW_YEAR)
    settled(company)
    receipt.allocations.update(invoice=second)
    [payment] = by_kind(company)["payment", "2026-01"].differences
    assert payment.sentence == "It does not pay the same documents on both sides."
    assert payment.fix == "Synchronize, then compare again."


def test_x25_a_balance_from_before_the_last_payment_says_what_to_do(company):
    client = company.client()
    company.receipt(
        client, {company.invoice(client, 100, issued_on=NEW_YEAR): 40}, received_on=NEW_YEAR
    )
    company.sync()
    [difference] = by_kind(company)["invoice", "2026-01"].differences
    assert difference.fix.startswith(
        "A payment may have been sent after this balance was read: synchronize again"
    )
    company.sync()
    assert explained(by_kind(company).values())


def test_what_nobody_has_compared_yet_does_not_agree(company):
    company.client("Grace Hopper")
    company.sim.api("POST", "customer", {"DisplayName": "Alan Turing"})
    line = by_kind(company)["customer", ""]
    assert [one.where for one in line.differences] == ["here"]
    assert line.differences[0].sentence == "This record has not been compared yet."
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


def test_what_cannot_be_read_in_quickbooks_has_a_line_that_says_so(company):
    """V8: with a mapping or without one, paired or alone, it is there: it is neither left out nor
    called missing.
    """
    ada = company.client("Ada")
    invoice = company.invoice(ada, 100, issued_on=NEW_YEAR)
    company.sync()
    company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
    company.sync()
    EntityMapping.objects.filter(label="Cleo").delete()
    RemoteRecord.objects.filter(name__in=[invoice.number, "Cleo"]).update(
        payload='{"CustomerRef": 5, "Balance": "x"}'
    )
    lines = {(line.kind, line.month): line for line in reconcile(company.connection)}
    line = lines["invoice", "2026-01"]
    assert (line.paired, line.here_count, line.there_count) == (1, 1, 1)
    assert (line.here_total, line.there_total, line.agrees, line.explained) == (
        Decimal(100),
        None,
        False,
        False,
    )
    [difference] = line.differences
    assert (difference.where, difference.code) == ("both", "unreadable-there")
    assert f"{invoice.number} cannot be read in QuickBooks" in difference.sentence
    line = lines["customer", ""]
    assert line.there_count == len(company.there("Customer"))
    [difference] = [one for one in line.differences if (one.label, one.where) == ("Cleo", "there")]
    assert (difference.where, difference.code, line.agrees) == ("there", "unreadable-there", False)


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
    assert all(line["explained"] for line in json.loads(out.getvalue()))
    company.client("Grace Hopper")
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences without an explanation"):
        call_command("quicksync_reconcile", connection=str(company.connection.pk), stdout=out)
    assert "! Grace Hopper" in out.getvalue() or "Grace Hopper (only here)" in out.getvalue()


class TestWhatASideDoesNotTell:
    """I12, X25: cents are claimed only for amounts that both sides tell."""

    @pytest.fixture
    def invoice(self, company, hosts):
        """One of 10% less than 100.10 and 50, in step, by an adapter that carries lines but no
        amounts.
        """
        hosts(**BARE)
        client = company.client()
        invoice = company.invoice(
            client, "100.10", 50, issued_on=NEW_YEAR, discount_percent=10, number="T-1"
        )
        settled(company)
        return invoice

    def bill_there(self, company, invoice, cents):
        """What the last run read of the total, so many cents off."""
        row = company.connection.remotes.get(
            type="Invoice", remote_id=company.mapping(invoice).remote_id
        )
        total = json.loads(row.payload, parse_float=Decimal)["TotalAmt"]
        row.payload = row.payload.replace(
            f'"TotalAmt":{total}', f'"TotalAmt":{total + Decimal(cents) / 100}'
        )
        row.save()

    def test_a_total_is_worked_out_from_the_lines_and_the_open_amount_is_not_guessed(
        self, company, invoice
    ):
        line = by_kind(company)["invoice", "2026-01"]
        assert (line.here_total, line.there_total) == (Decimal("135.09"), Decimal("135.09"))
        assert (line.here_open, line.there_open) == (None, Decimal("135.09"))
        assert agree([line])
        assert untold([line]) == [("invoice", "open", "here")]
        text = said(company)
        assert "total 135.09 | 135.09 USD, open not known | 135.09" in text
        assert "open amounts of invoices: not known here" in text
        assert "to the cent" not in text
        assert " 0.00" not in text

    def test_a_worked_out_total_that_is_one_cent_off_differs(self, company, invoice):
        self.bill_there(company, invoice, 1)
        line = by_kind(company)["invoice", "2026-01"]
        [difference] = line.differences
        assert difference.what == ("total",)
        assert (
            "Total: 135.09 here, 135.10 in QuickBooks. There is no total here"
            in difference.sentence
        )
        assert not line.agrees

    def test_without_lines_and_total_only_the_numbers_are_compared(self, company, invoice, hosts):
        hosts(**BARE, lines=None)
        self.bill_there(company, invoice, 1000)
        line = by_kind(company)["invoice", "2026-01"]
        assert (line.here_total, line.here_count, line.there_count) == (None, 1, 1)
        assert untold([line]) == [("invoice", "total", "here"), ("invoice", "open", "here")]
        text = said(company)
        assert "total not known | 145.09 USD" in text
        assert "totals of invoices: not known here" in text
        assert "to the cent" not in text

    def test_lines_with_tax_codes_but_no_tax_are_not_guessed(self, company, invoice, hosts):
        row = invoice.lines.first()
        row.tax_code = TaxCode.objects.create(code="VAT", rate=Decimal(8))
        row.save()
        assert by_kind(company)["invoice", "2026-01"].here_total is None

    def test_both_known_and_equal_are_claimed_to_the_cent(self, company, invoice, hosts):
        hosts(**{name: name for name in BARE})
        company.enable("item", enabled=False)  # QuickBooks has two of its own
        assert "Both sides agree to the cent." in said(company)

    def test_both_known_and_one_cent_off_do_not_agree(self, company):
        invoice = company.invoice(company.client(), 100, issued_on=NEW_YEAR)
        settled(company)
        self.bill_there(company, invoice, -1)
        [difference] = by_kind(company)["invoice", "2026-01"].differences
        assert difference.sentence.startswith("Total: 100.00 here, 99.99 in QuickBooks.")
        assert "There is no total here" not in difference.sentence
        with pytest.raises(CommandError, match="1 differences"):
            said(company)

    def test_what_a_payment_leaves_is_worked_out_where_its_parts_are_told(
        self, company, monkeypatch
    ):
        client = company.client()
        invoice = company.invoice(client, 100, issued_on=NEW_YEAR)
        company.receipt(client, {invoice: 60}, amount=100, received_on=NEW_YEAR)
        settled(company)
        [adapter] = registry.for_kind("payment")
        monkeypatch.setattr(type(adapter), "fields", {**adapter.fields, "unapplied": None})
        adapter.forget_table()
        try:
            line = by_kind(company)["payment", "2026-01"]
        finally:
            monkeypatch.undo()
            adapter.forget_table()
        assert (line.here_open, line.there_open) == (40, 40)

    def test_an_object_that_cannot_be_read_differs(self, company, invoice, hosts):
        def unreadable(bill):
            raise ValueError("The memo is torn.")

        hosts(**BARE, memo=unreadable)
        line = by_kind(company)["invoice", ""]
        [difference] = line.differences
        assert "The memo is torn." in difference.sentence
        assert not line.agrees
