"""Vendors, bills and credit notes of the books in step with QuickBooks (C17, F13, H5, H7)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.importing import Result, import_bytes
from quicksync.books.models import Account, Bill, BillLine, CreditNote, CreditNoteLine, Vendor
from quicksync.books.sample import sample_books
from quicksync.models import EntityMapping
from quicksync.sync.monitor.reconcile import reconcile
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2026, 3, 14)
KINDS = (
    "account",
    "customer",
    "vendor",
    "item",
    "invoice",
    "credit_note",
    "payment",
    "bill",
)
FILES = {
    "vendor": "name,account_number,is_1099\nMason,C-1,yes\nNursery,,no\n",
    "bill": "number,vendor,date,account,amount\n17,Mason,2026-03-14,6600,640\n"
    "17,,,5100,118.90\n17,Nursery,2026-03-15,6600,45\n",
    "credit_note": "number,client,date,description,quantity,unit_price\n"
    "C-1,Ada Lovelace,2026-03-16,Half a day,0.5,100\n",
}


@pytest.fixture
def company():
    sample_books()
    with connected(company="sample", kinds=KINDS) as found:
        found.enable(*KINDS)
        found.sync()
        yield found


def bill(company, *, number="B-1"):
    """Two hours of consulting at 50 and 12.50 of rent: 112.50."""
    vendor, _ = Vendor.objects.get_or_create(name="Mason")
    made = Bill.objects.create(vendor=vendor, number=number, issued_on=DAY)
    product = company.product()
    BillLine.objects.create(
        bill=made, product=product, quantity=2, unit_cost=Decimal(50), position=1
    )
    rent = Account.objects.get(code="6600")
    BillLine.objects.create(bill=made, account=rent, amount=Decimal("12.50"), position=2)
    made.refresh_from_db()
    return made


def note(company):
    """Half of an invoice's 100 given back."""
    invoice = company.invoice(company.client(), 100)
    made = CreditNote.objects.create(
        number="C-1", client=invoice.client, invoice=invoice, issued_on=DAY
    )
    CreditNoteLine.objects.create(
        credit_note=made, product=invoice.lines.get().product, unit_price=50, position=1
    )
    made.refresh_from_db()
    return made


def agreed(company):
    """Whether both sides show the same, or say why not."""
    lines = [line for line in reconcile(company.connection) if not line.explained]
    assert not lines, lines
    return True


def quiet(company):
    """The next run has nothing to do."""
    run = company.sync()
    assert not company.operations(run)
    assert_adds_up(run)


def test_a_bill_goes_there_with_its_vendor_and_comes_to_the_same(company):
    made = bill(company)
    assert_adds_up(company.sync())
    there = company.partner(made)
    assert there["VendorRef"]["value"] == company.partner(made.vendor)["Id"]
    assert [line["Amount"] for line in there["Line"]] == [100, Decimal("12.5")]
    assert (there["DocNumber"], there["TotalAmt"]) == ("B-1", Decimal("112.5"))
    assert agreed(company)
    quiet(company)


def test_a_preview_shows_what_will_become_of_each_and_does_nothing(company):
    made, credit = bill(company), note(company)
    run = company.preview()
    planned = {(one.kind, one.action, one.state) for one in company.operations(run)}
    assert {(kind, "create", "draft") for kind in ("vendor", "bill", "credit_note")} <= planned
    assert not company.there("Bill", "DocNumber = 'B-1'")
    assert_adds_up(company.approve(run))
    assert company.mapping(made).state == company.mapping(credit).state == "in_sync"
    history = company.mapping(made).operations.values_list("action", "state")
    assert list(history) == [("create", "done")]
    assert agreed(company)


def test_quickbooks_own_documents_came_with_what_was_paid_of_them(company):
    theirs = {one["Id"]: one for one in company.there("Bill")}
    pairs = EntityMapping.objects.filter(connection=company.connection, kind="bill")
    found = {
        pair.remote_id: Bill.objects.get(pk=pair.object_key)
        for pair in pairs
        if pair.remote_id and pair.object_key
    }
    assert found.keys() == theirs.keys()
    for key, mine in found.items():
        assert (mine.total, mine.balance) == (theirs[key]["TotalAmt"], theirs[key]["Balance"])
    assert CreditNote.objects.count() == len(company.there("CreditMemo")) == 1
    assert any(mine.paid == mine.total for mine in found.values())
    assert any(0 < mine.paid < mine.total for mine in found.values())
    assert agreed(company)


def pay(company, there, amount):
    """A bookkeeper pays a part of a bill in QuickBooks."""
    checking = company.one("Account", "Name = 'Checking'")["Id"]
    paid = {"Amount": amount, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Bill"}]}
    company.sim.api(
        "POST",
        "billpayment",
        {
            "VendorRef": there["VendorRef"],
            "PayType": "Check",
            "TotalAmt": amount,
            "CheckPayment": {"BankAccountRef": {"value": checking}},
            "Line": [paid],
        },
        realm=company.connection.realm_id,
    )


def test_what_is_paid_there_is_known_here_though_the_bill_itself_stays(company):
    made = bill(company)
    company.sync()
    pay(company, company.partner(made), 12.5)
    assert_adds_up(company.sync())
    made.refresh_from_db()
    assert (made.paid, made.balance) == (Decimal("12.50"), 100)
    (change,) = company.mapping(made).operations.latest("pk").changes
    assert (change["name"], change["there"]) == ("balance", "100.00")
    assert agreed(company)
    quiet(company)


def test_what_is_paid_there_is_explained_where_bills_are_only_sent(company):
    """I12: the two sides differ as the settings have it, and the reconciliation says so."""
    made = bill(company)
    company.sync()
    company.enable("bill", direction="push")
    pay(company, company.partner(made), 12.5)
    assert_adds_up(company.sync())
    made.refresh_from_db()
    assert (made.paid, company.mapping(made).state) == (0, "in_sync")
    lines = reconcile(company.connection)
    (difference,) = (one for line in lines for one in line.differences if made.number in one.label)
    assert difference.what == ("open",)
    assert difference.explained
    assert "its category only sends" in difference.sentence
    assert difference.fix.endswith("it comes with the next change of the record.")
    company.enable("bill", direction="both")
    there = company.partner(made)
    values = {"PrivateNote": "Paid in part"}
    realm = company.connection.realm_id
    company.sim.edit("update", "Bill", there["Id"], values=values, realm=realm)
    company.sync()
    assert agreed(company)


def test_a_figure_put_in_here_after_the_preview_stands_in_the_history(company):
    """QuickBooks is right about what it works out; nobody's figure goes without a trace."""
    made = bill(company)
    company.sync()
    pay(company, company.partner(made), 12.5)
    run = company.preview()
    Bill.objects.filter(pk=made.pk).update(paid=Decimal(30))
    company.approve(run)
    made.refresh_from_db()
    assert made.paid == Decimal("12.50")
    old, new = company.mapping(made).operations.filter(direction="pull").order_by("pk")
    assert (old.state, old.reason, new.state) == ("stale", "moved-since-preview", "done")
    assert (old.changes[0]["here"], new.changes[0]["here"]) == ("112.50", "82.50")


def test_a_change_there_comes_here_and_what_was_paid_with_it(company):
    made = bill(company)
    company.sync()
    there = company.partner(made)
    pay(company, there, 12.5)
    values = {"PrivateNote": "Paid in part"}
    company.sim.edit(
        "update", "Bill", there["Id"], values=values, realm=company.connection.realm_id
    )
    assert_adds_up(company.sync())
    made.refresh_from_db()
    assert (made.memo, made.paid, made.balance) == ("Paid in part", Decimal("12.50"), 100)
    assert agreed(company)
    quiet(company)


def test_a_line_changed_here_and_a_payment_there_at_the_same_time_are_both_kept(company):
    made = bill(company)
    company.sync()
    pay(company, company.partner(made), 12.5)
    rent = made.lines.get(account__isnull=False)
    rent.amount = Decimal(20)
    rent.save()
    assert_adds_up(company.sync())
    assert_adds_up(company.sync())
    there = company.partner(made)
    assert (there["TotalAmt"], there["Balance"]) == (120, Decimal("107.5"))
    made.refresh_from_db()
    assert (made.total, made.paid, made.balance) == (120, Decimal("12.50"), Decimal("107.50"))
    assert agreed(company)
    quiet(company)


def test_the_whole_name_of_an_account_follows_the_account_above_it(company):
    """QuickBooks works out a sub-account's whole name: renaming the parent changes nothing else."""
    above = company.there("Account", "Name = 'Automobile'")[0]
    child = company.one("Account", "FullyQualifiedName = 'Automobile:Fuel'")
    company.sim.edit(
        "update",
        "Account",
        above["Id"],
        values={"Name": "Van"},
        realm=company.connection.realm_id,
    )
    assert_adds_up(company.sync())
    mine = EntityMapping.objects.get(
        connection=company.connection, kind="account", remote_id=child["Id"]
    )
    assert Account.objects.get(code=mine.object_key).name == "Van:Fuel"
    quiet(company)


def test_a_line_changed_here_changes_there_and_the_other_stays(company):
    made = bill(company)
    company.sync()
    before = company.partner(made)["Line"]
    rent = made.lines.get(account__isnull=False)
    rent.amount = Decimal(20)
    rent.save()
    assert_adds_up(company.sync())
    after = company.partner(made)["Line"]
    assert [line["Amount"] for line in after] == [100, 20]
    assert [line["Id"] for line in after] == [line["Id"] for line in before]
    quiet(company)


def test_a_credit_note_goes_there_and_its_total_is_the_same(company):
    made = note(company)
    assert_adds_up(company.sync())
    there = company.partner(made)
    assert (there["DocNumber"], there["TotalAmt"], there["Balance"]) == ("C-1", 50, 50)
    assert agreed(company)
    quiet(company)


def test_what_files_bring_is_synchronized(company):
    company.client()
    for kind, text in FILES.items():
        assert import_bytes(text.encode(), kind).updated == 0
    assert_adds_up(company.sync())
    mason, nursery = Bill.objects.filter(number="17").order_by("issued_on")
    assert company.partner(mason)["TotalAmt"] == Decimal("758.90")
    assert company.partner(nursery)["TotalAmt"] == 45
    assert company.partner(mason.vendor)["AcctNum"] == "C-1"
    assert company.partner(CreditNote.objects.get(number="C-1"))["TotalAmt"] == 50
    assert agreed(company)
    again = {kind: import_bytes(text.encode(), kind) for kind, text in FILES.items()}
    assert again == {
        "vendor": Result(0, 0, 2),
        "bill": Result(0, 0, 2),
        "credit_note": Result(0, 0, 1),
    }
    quiet(company)
