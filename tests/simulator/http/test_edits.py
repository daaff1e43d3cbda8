"""What a bookkeeper does in QuickBooks itself: voids of any kind, merges of any list, and books
that still balance.
"""

from __future__ import annotations

import pytest

from quicksync.simulator import SimulatorError
from tests.simulator.accounting.test_stock_and_currency import buy, sell, stock_item
from tests.simulator.rules.test_names import code
from tests.simulator.wire import cost, sale, side

CASH, EQUITY = {"value": "35"}, {"value": "34"}
FORMS = {
    "Transfer": {"FromAccountRef": CASH, "ToAccountRef": {"value": "4"}, "Amount": 5},
    "Purchase": {"PaymentType": "Cash", "AccountRef": CASH, "Line": [cost("31", 5)]},
    "JournalEntry": {"Line": [side("Debit", CASH, 5), side("Credit", EQUITY, 5)]},
    "RefundReceipt": {"DepositToAccountRef": CASH, "Line": [sale(5)]},
    "CreditMemo": {"Line": [sale(5)]},
    "Bill": {"Line": [cost("31", 5)]},
    "Deposit": {
        "DepositToAccountRef": CASH,
        "Line": [
            {
                "Amount": 5,
                "DetailType": "DepositLineDetail",
                "DepositLineDetail": {"AccountRef": EQUITY},
            }
        ],
        "CashBack": {"AccountRef": {"value": "4"}, "Amount": 1},
    },
}


@pytest.mark.parametrize("entity", FORMS)
def test_any_form_can_be_voided(books, entity):
    party = (
        {"CustomerRef": {"value": books.customer()["Id"]}}
        if entity in ("RefundReceipt", "CreditMemo")
        else {}
    )
    party |= {"VendorRef": {"value": books.vendor()["Id"]}} if entity == "Bill" else {}
    made = books.create(entity, **party, **FORMS[entity])
    books.edit("void", entity, made["Id"])
    assert books.read(entity, made["Id"])["PrivateNote"] == "Voided"
    assert books.ledger()["trial_balance"] == []


def test_vendors_become_one(books):
    one, two = books.vendor("One"), books.vendor("Two")
    bill = books.bill(one, 30)
    kept = books.edit("merge", "Vendor", one["Id"], into=two["Id"])
    assert (kept["Balance"], books.read("Bill", bill["Id"])["VendorRef"]["name"]) == (30, "Two")
    assert code(books.read, "Vendor", one["Id"]) == 610


def test_accounts_become_one(books):
    extra = books.create(
        "Account",
        Name="Till",
        AccountType="Bank",
        OpeningBalance=40,
        OpeningBalanceDate="2026-01-01",
    )
    spent = books.create(
        "Purchase", PaymentType="Cash", AccountRef={"value": extra["Id"]}, Line=[cost("31", 5)]
    )
    books.edit("merge", "Account", extra["Id"], into="35")
    assert books.read("Account", "35")["CurrentBalance"] == 35
    assert books.read("Purchase", spent["Id"])["AccountRef"]["name"] == "Checking"
    assert books.ledger()["balanced"]
    books.delete("Purchase", books.read("Purchase", spent["Id"]))
    assert books.read("Account", "35")["CurrentBalance"] == 40


def test_items_become_one_with_their_stock(books):
    one, two = stock_item(books, "One", QtyOnHand=5), stock_item(books, "Two", QtyOnHand=3)
    buy(books, one, 4, 6, TxnDate="2026-02-01")
    sell(books, two, 2, TxnDate="2026-03-01")
    kept = books.edit("merge", "Item", one["Id"], into=two["Id"])
    assert kept["QtyOnHand"] == 10
    assert books.ledger()["balanced"]


@pytest.mark.parametrize("more", [{"into": "1"}, {"into": "99"}, {}], ids=str)
def test_merges_that_make_no_sense(books, more):
    books.customer()
    with pytest.raises(SimulatorError):
        books.edit("merge", "Customer", "1", **more)


def test_several_edits_in_one_call(books):
    made = books.customer("Before")
    edits = [
        {
            "realm_id": books.realm,
            "entity": "Customer",
            "id": made["Id"],
            "values": {"DisplayName": "After"},
        },
        {"realm_id": books.realm, "entity": "Vendor", "values": {"DisplayName": "New"}},
    ]
    results = books.sim.call("POST", "edit", edits)["results"]
    assert [result["DisplayName"] for result in results] == ["After", "New"]
