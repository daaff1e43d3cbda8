"""Payments that use credit notes, both ways (F12, G7). The fact sheet: a credit memo is applied by
a payment with a line for it and a line for the invoice; amounts of lines are above zero, and
TotalAmt + credits is what can be paid; such a payment may be one of nothing.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quicksync.books.models import Receipt, ReceiptAllocation, ReceiptCredit
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected
from tests.host.fixtures import shop, shop_tables
from tests.host.models import Bill, BillRow, Patron, Share, Takings, Ware

__all__ = ["shop", "shop_tables"]

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("account", "customer", "item", "invoice", "credit_note", "payment")


@pytest.fixture
def company(db):
    with connected(kinds=KINDS) as found:
        yield found


def look(company):
    company.enable(*KINDS)
    run = company.sync()
    assert_adds_up(run)
    return run


def links(payment):
    """TxnType -> amount of a payment's lines."""
    return {line["LinkedTxn"][0]["TxnType"]: line["Amount"] for line in payment["Line"]}


def open_of(company, obj):
    return company.partner(obj)["Balance"]


@pytest.fixture
def papers(company):
    """An invoice over 100 and a credit note over 30 of one client, on both sides."""
    client = company.client()
    invoice, note = company.invoice(client, 100), company.credit_note(client, 30)
    look(company)
    return client, invoice, note


def used_there(company, invoice, note, *, total, paid, used=30, more=()):
    """A bookkeeper's payment with a credit memo applied."""
    there = company.partner(invoice)
    lines = [
        {"Amount": paid, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Invoice"}]},
        {
            "Amount": used,
            "LinkedTxn": [{"TxnId": company.partner(note)["Id"], "TxnType": "CreditMemo"}],
        },
    ]
    body = {"CustomerRef": there["CustomerRef"], "TotalAmt": total, "Line": [*lines, *more]}
    return company.sim.api("POST", "payment", body)["Payment"]


def agrees(company):
    """Counts of products do not: the books start without those of QuickBooks."""
    lines = [line for line in reconcile.reconcile(company.connection) if line.month]
    assert {line.kind for line in lines} == {"invoice", "credit_note", "payment"}
    assert all(line.agrees for line in lines), [line for line in lines if not line.agrees]


@pytest.mark.parametrize("total", [0, 70], ids=["credit alone", "with money"])
def test_a_payment_that_uses_a_credit_note_goes_there_f12(company, papers, total):
    client, invoice, note = papers
    receipt = Receipt.objects.create(client=client, amount=total, currency="USD")
    ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=total + 30)
    ReceiptCredit.objects.create(receipt=receipt, credit_note=note, amount=30)
    receipt.save()
    look(company)
    there = company.partner(receipt)
    assert links(there) == {"Invoice": total + 30, "CreditMemo": 30}
    assert (there["TotalAmt"], there["UnappliedAmt"]) == (total, 0)
    assert (open_of(company, invoice), open_of(company, note)) == (70 - total, 0)
    look(company)
    note.refresh_from_db()
    assert (note.balance, receipt.unapplied) == (0, 0)
    agrees(company)
    assert not look(company).operations.exists()


@pytest.mark.parametrize("total", [0, 70], ids=["credit alone", "with money"])
def test_a_payment_that_uses_a_credit_memo_comes_here_f12(company, papers, total):
    _, invoice, note = papers
    used_there(company, invoice, note, total=total, paid=total + 30)
    look(company)
    receipt = Receipt.objects.get()
    (row,) = receipt.credits.all()
    assert (row.credit_note, row.amount) == (note, 30)
    assert (receipt.amount, receipt.unapplied) == (total, 0)
    note.refresh_from_db()
    invoice.refresh_from_db()
    assert (note.balance, invoice.balance) == (0, 70 - total)
    agrees(company)
    assert not look(company).operations.exists()


def test_a_credit_that_is_taken_off_there_is_taken_off_here_g7(company, papers):
    _, invoice, note = papers
    made = used_there(company, invoice, note, total=70, paid=100)
    look(company)
    line = {
        "Amount": 70,
        "LinkedTxn": [{"TxnId": company.partner(invoice)["Id"], "TxnType": "Invoice"}],
    }
    company.sim.edit("update", "Payment", made["Id"], values={"Line": [line]})
    look(company)
    receipt = Receipt.objects.get()
    assert not receipt.credits.exists()
    assert [row.amount for row in receipt.allocations.all()] == [70]
    agrees(company)


def test_a_change_here_keeps_links_that_nobody_here_knows(company, papers):
    """A journal entry is no kind of ours: its line goes back as it came."""
    _, invoice, note = papers
    customer = company.partner(invoice)["CustomerRef"]
    receivable = company.one("Account", "AccountType = 'Accounts Receivable'")["Id"]
    income = company.there("Account", "AccountType = 'Income'")[0]["Id"]
    sides = [("Debit", receivable), ("Credit", income)]
    party = {"Type": "Customer", "EntityRef": customer}
    lines = [
        {
            "DetailType": "JournalEntryLineDetail",
            "Amount": 5,
            "JournalEntryLineDetail": {
                "PostingType": side,
                "AccountRef": {"value": account},
                "Entity": party,
            },
        }
        for side, account in sides
    ]
    entry = company.sim.api("POST", "journalentry", {"Line": lines})
    more = {
        "Amount": 5,
        "LinkedTxn": [{"TxnId": entry["JournalEntry"]["Id"], "TxnType": "JournalEntry"}],
    }
    used_there(company, invoice, note, total=75, paid=100, more=[more])
    look(company)
    agrees(company)
    receipt = Receipt.objects.get()
    receipt.note = "Counted"
    receipt.save()
    look(company)
    there = company.partner(receipt)
    assert there["PrivateNote"] == "Counted"
    assert links(there) == {"Invoice": 100, "CreditMemo": 30, "JournalEntry": 5}
    receipt.allocations.update(amount=90)
    receipt.save()
    look(company)
    assert links(company.partner(receipt)) == {"Invoice": 90, "CreditMemo": 30, "JournalEntry": 5}


def test_more_than_there_is_with_its_credits_is_held(company, papers):
    client, invoice, note = papers
    receipt = Receipt.objects.create(client=client, amount=60, currency="USD")
    ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=100)
    ReceiptCredit.objects.create(receipt=receipt, credit_note=note, amount=30)
    receipt.save()
    look(company)
    mapping = company.mapping(receipt)
    assert (mapping.state, mapping.reason) == ("held", "over-allocated")


def test_a_credit_note_comes_along_with_the_payment_that_uses_it_d5(company):
    client = company.client()
    invoice, note = company.invoice(client, 100), company.credit_note(client, 30)
    receipt = Receipt.objects.create(client=client, amount=70, currency="USD")
    ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=100)
    ReceiptCredit.objects.create(receipt=receipt, credit_note=note, amount=30)
    receipt.save()
    company.enable(*KINDS)
    company.enable("credit_note", enabled=False)
    assert_adds_up(company.sync())
    assert links(company.partner(receipt)) == {"Invoice": 100, "CreditMemo": 30}


# --- A host that has no place for credits ---------------------------------------------------------


@pytest.fixture
def paid_bill(shop):
    """Takings of 70 that paid a bill over 100, the rest by a credit of QuickBooks alone."""
    with connected(kinds=("customer", "item", "invoice", "payment")) as company:
        patron = Patron.objects.create(full_name="Grace")
        ware = Ware.objects.create(title="Poster", price=100)
        day = dt.datetime(2026, 3, 14, tzinfo=dt.UTC)
        bill = Bill.objects.create(ref="1", patron=patron, made_at=day, net=100)
        BillRow.objects.create(bill=bill, ware=ware, qty=1, price=100)
        company.sync()
        there = company.partner(bill)
        item = company.partner(ware)["Id"]
        detail = {"ItemRef": {"value": item}}
        line = {"DetailType": "SalesItemLineDetail", "Amount": 30, "SalesItemLineDetail": detail}
        memo = {"CustomerRef": there["CustomerRef"], "Line": [line]}
        made = company.sim.api("POST", "creditmemo", memo)["CreditMemo"]
        body = {
            "CustomerRef": there["CustomerRef"],
            "TotalAmt": 70,
            "Line": [
                {"Amount": 100, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Invoice"}]},
                {"Amount": 30, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "CreditMemo"}]},
            ],
        }
        company.sim.api("POST", "payment", body)
        company.enable("customer", "item", "invoice", "payment")
        assert_adds_up(company.sync())
        yield company, bill


def test_a_credit_that_the_host_has_no_place_for_is_neither_lost_nor_a_difference(paid_bill):
    company, bill = paid_bill
    takings = Takings.objects.get()
    assert [(share.bill, share.part) for share in Share.objects.all()] == [(bill, Decimal(100))]
    line = next(one for one in reconcile.reconcile(company.connection) if one.kind == "payment")
    assert line.agrees, line.differences
    takings.day = dt.date(2026, 3, 20)
    takings.save()
    company.enable("payment")
    assert_adds_up(company.sync())
    there = company.partner(takings)
    assert there["TxnDate"] == "2026-03-20"
    assert links(there) == {"Invoice": 100, "CreditMemo": 30}


# --- The books ------------------------------------------------------------------------------------


def test_the_books_count_credits_to_what_a_payment_is(company, papers):
    client, invoice, note = papers
    receipt = Receipt.objects.create(client=client, amount=70, currency="USD")
    pays = ReceiptAllocation(receipt=receipt, invoice=invoice, amount=100)
    uses = ReceiptCredit(receipt=receipt, credit_note=note, amount=30)
    receipt.check_allocations([pays], [uses])
    with pytest.raises(ValidationError, match="payment is only 70"):
        receipt.check_allocations([pays], [])
    receipt.amount = 0
    with pytest.raises(ValidationError, match="of nothing"):
        receipt.check_allocations([], [])
    note.client = company.client("Bob")
    with pytest.raises(ValidationError, match="belongs to Bob"):
        receipt.check_allocations([pays], [uses])
    uses.amount = 31
    with pytest.raises(ValidationError, match="only 30"):
        uses.check_room()
