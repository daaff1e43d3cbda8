"""Money goes the same way whatever the answer is to what nobody could verify about the live
service.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from quicksync.books.models import BillLine, Invoice, InvoiceLine, ReceiptCredit
from quicksync.simulator.accounting.book import Switches
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = ("account", "tax_code", "term", "payment_method", "customer", "vendor", "item")
KINDS = (*LISTS, "invoice", "credit_note", "payment", "bill")
# Every answer to each question; the default one needs no trying of its own.
VALUES = {
    "deposits_touch": (False, True),
    "delete_linked": ("refuse", "free"),
    "link_fault": (6000, 620),
    "duplicate_numbers": ("custom", "refuse"),
    "line_without_item": ("text", "default_item"),
    "unknown_currency": ("refuse", "accept"),
    "invoice_link": ("online", "always"),
    "repeated_bids": ("refuse", "run"),
    "missing_bids": ("run", "refuse"),
    "without_accept": ("refuse", "json"),
    "class_without_tracking": ("ignore", "refuse"),
    "deactivate_with_balance": ("allow", "refuse"),
    "one_number_sequence": (True, False),
    "transaction_order": ("newest", "oldest"),
    "orderby_id": ("accept", "ignore", "refuse"),
    "cdc_window": ("cut", "all", "refuse"),
    "overpaid_lines": ("refuse", "accept"),
    "attaching_bumps_token": (True, False),
    "estimate_invoiced_twice": ("refuse", "take"),
}
SWITCHES = {field.name: field.default for field in fields(Switches)}
ANSWERS = [
    {},
    *(
        {name: value}
        for name in SWITCHES
        for value in VALUES.get(name, ())
        if value != SWITCHES[name]
    ),
]


def settled(company):
    """One run, which leaves nothing over."""
    run = company.sync()
    assert_adds_up(run)
    return run


every_answer = pytest.mark.parametrize("answer", ANSWERS, ids=str)


@every_answer
def test_invoices_and_payments_go_through_under_every_answer(answer):
    """Issue 8, 7: made, paid in part, deposited, changed, changed there, taken away; the books
    balance.
    """
    with connected(kinds=KINDS, switches=Switches(**answer)) as company:
        ada = company.client("Ada", email="ada@example.org")
        first, second = company.invoice(ada, 100, 20.5), company.invoice(ada, 50)
        paid = company.receipt(ada, {first: 40, second: 50})
        settled(company)
        assert sorted(one["Balance"] for one in company.there("Invoice")) == [0, 80.5]
        company.sim.edit(
            "update", "Invoice", company.partner(first)["Id"], values={"PrivateNote": "Seen"}
        )
        line = InvoiceLine.objects.filter(invoice=first).earliest("pk")
        line.unit_price = 110
        line.save()
        first.save()
        settled(company)
        there = company.partner(first)
        assert (there["TotalAmt"], there["Balance"], there["PrivateNote"]) == (130.5, 90.5, "Seen")
        rest = company.receipt(ada, {first: 90.5})
        settled(company)
        assert all(one["Balance"] == 0 for one in company.there("Invoice"))
        assert company.sync().counts.get("invoice", {}).get("push") is None
        assert {company.mapping(one).state for one in (ada, first, second, paid, rest)} == {
            "in_sync"
        }
        books = company.sim.ledger()
        assert books["balanced"]
        assert not books["open_invoices"]


def paid_there(company, bill, amount):
    """A bookkeeper pays a part of a bill."""
    there = company.partner(bill)
    [bank, *_] = company.there("Account", "AccountType = 'Bank'")
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Bill"}]}
    paid = {"VendorRef": there["VendorRef"], "TotalAmt": amount, "Line": [line]}
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}}}
    return company.sim.api("POST", "billpayment", paid | check)["BillPayment"]


@every_answer
def test_bills_and_credit_notes_come_and_go_under_every_answer(answer):
    """Issue 8, 7: a bill that is paid in part there and then changed here, a credit note that a
    payment uses; at last all that is not paid there is deleted here.
    """
    with connected(kinds=KINDS, switches=Switches(**answer)) as company:
        company.enable(*KINDS, on_delete_here="delete")
        mason, ada = company.vendor(), company.client("Ada")
        owed, other = company.bill(mason, 100, 20), company.bill(mason, 50, number="B-2")
        invoice, note = company.invoice(ada, 100), company.credit_note(ada, 30)
        settled(company)
        paid_there(company, owed, 40)
        settled(company)
        owed.refresh_from_db()
        assert (owed.total, owed.paid) == (120, 40)
        line = BillLine.objects.filter(bill=owed).earliest("pk")
        line.unit_cost = 90
        line.save()
        receipt = company.receipt(ada, {invoice: 100}, amount=70)
        ReceiptCredit.objects.create(receipt=receipt, credit_note=note, amount=30)
        receipt.save()
        settled(company)
        settled(company)  # what is left of a credit note is read after the payment was written
        there = company.partner(owed)
        assert (there["TotalAmt"], there["Balance"]) == (110, 70)
        assert [company.partner(one)["Balance"] for one in (invoice, note)] == [0, 0]
        note.refresh_from_db()
        assert (note.balance, invoice.balance) == (0, 0)
        for one in (receipt, invoice, note, other):
            one.delete()
        settled(company)
        settled(company)
        names = ("Invoice", "Payment", "CreditMemo", "Bill")
        assert [len(company.there(name)) for name in names] == [0, 0, 0, 1]
        assert not settled(company).operations.exists()
        books = company.sim.ledger()
        assert books["balanced"]
        assert not books["open_invoices"]


@every_answer
def test_a_paid_invoice_is_voided_there_once_its_payment_is_under_every_answer(answer):
    """Issue 8, 7: until then it waits and nothing is touched (F4)."""
    with connected(kinds=KINDS, switches=Switches(**answer)) as company:
        ada = company.client("Ada")
        invoice = company.invoice(ada, 100)
        receipt = company.receipt(ada, {invoice: 60})
        settled(company)
        invoice.refresh_from_db()
        invoice.status = Invoice.Status.VOID
        invoice.save()
        settled(company)
        assert company.mapping(invoice).reason == "paid-document"
        there = company.partner(invoice)
        assert (there["TotalAmt"], there["Balance"]) == (100, 40)
        receipt.refresh_from_db()
        receipt.voided = True
        receipt.save()
        settled(company)
        settled(company)
        assert [company.partner(one)["TotalAmt"] for one in (invoice, receipt)] == [0, 0]
        assert not settled(company).operations.exists()
        books = company.sim.ledger()
        assert books["balanced"]
        assert not books["open_invoices"]


def test_every_switch_of_the_simulator_is_tried():
    assert SWITCHES.keys() == VALUES.keys()
    assert all(default in VALUES[name] for name, default in SWITCHES.items())
