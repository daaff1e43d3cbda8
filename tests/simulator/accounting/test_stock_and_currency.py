"""Inventory first in first out, and foreign money."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import sale, settles


@pytest.fixture
def widget(books):
    """Ten pieces at 4.00 each, since January."""
    return stock_item(books, QtyOnHand=10)


def stock_item(books, name="Widget", **values):
    accounts = {
        "ExpenseAccountRef": books.account("Cost of Goods Sold"),
        "AssetAccountRef": books.account("Inventory Asset"),
    }
    return books.item(
        name,
        **{
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "InvStartDate": "2026-01-01",
            "PurchaseCost": 4,
            "UnitPrice": 9,
            "QtyOnHand": 0,
            **accounts,
            **values,
        },
    )


def buy(books, item, qty, price, **values):
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": qty, "UnitPrice": price}
    line = {
        "Amount": qty * price,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    return books.bill(books.vendor(), Line=[line], **values)


def sell(books, item, qty, **values):
    return books.invoice(books.customer(), Line=[sale(item=item["Id"], qty=qty, price=9)], **values)


def worth(books):
    return books.read("Account", books.account("Inventory Asset")["value"])["CurrentBalance"]


def test_first_stock_is_posted_against_equity(books, widget):
    assert widget["QtyOnHand"] == 10
    assert worth(books) == 40
    assert books.ledger()["stock"][0]["quantity"] == 10


def test_what_came_first_leaves_first(books, widget):
    buy(books, widget, 10, 6, TxnDate="2026-02-01")
    invoice = sell(books, widget, 15, TxnDate="2026-03-01")
    assert books.read("Item", widget["Id"])["QtyOnHand"] == 5
    assert worth(books) == 30
    books.delete("Invoice", invoice)
    assert worth(books) == 100
    assert books.ledger()["balanced"]


def test_a_late_bill_changes_the_cost_of_sales_that_follow(books, widget):
    sell(books, widget, 12, TxnDate="2026-03-01")
    assert books.read("Item", widget["Id"])["QtyOnHand"] == -2
    buy(books, widget, 5, 10, TxnDate="2026-02-01")
    assert (books.read("Item", widget["Id"])["QtyOnHand"], worth(books)) == (3, 30)
    assert books.ledger()["balanced"]


def test_a_count_adjusts_quantity_and_worth(books, widget):
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": {"value": widget["Id"]}, "QtyDiff": -3},
    }
    sent = {
        "AdjustAccountRef": books.account("Cost of Goods Sold"),
        "TxnDate": "2026-02-01",
        "Line": [line],
    }
    made = books.create("InventoryAdjustment", **sent)
    assert made["DocNumber"]
    assert (books.read("Item", widget["Id"])["QtyOnHand"], worth(books)) == (7, 28)
    books.update("Item", books.read("Item", widget["Id"]), QtyOnHand=9, InvStartDate="2026-03-01")
    assert (books.read("Item", widget["Id"])["InvStartDate"], worth(books)) == ("2026-01-01", 36)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"TrackQtyOnHand": False}, 6000),
        ({"AssetAccountRef": None}, 2020),
        ({"QtyOnHand": None}, 2020),
        ({"InvStartDate": None}, 2020),
        ({"name": "a:b"}, 2040),
        ({"Type": "Group"}, 2170),
    ],
    ids=str,
)
def test_stock_items_that_are_refused(books, change, expected):
    assert code(stock_item, books, **change) == expected


def test_lines_of_stock_need_a_quantity_and_a_day_after_the_start(books, widget):
    assert code(books.invoice, books.customer(), Line=[sale(9, item=widget["Id"])]) == 6520
    assert code(sell, books, widget, 1, TxnDate="2025-12-31") == 6270
    assert code(books.update, "Item", widget, TrackQtyOnHand=False) == 6000


def test_items_nest_in_categories(books):
    group = books.create("Item", Name="Garden", Type="Category")
    made = books.item("Hose", SubItem=True, ParentRef={"value": group["Id"]}, UnitPrice=5)
    assert (made["FullyQualifiedName"], made["Level"], "UnitPrice" in group) == (
        "Garden:Hose",
        1,
        False,
    )
    assert code(books.update, "Item", group, Active=False) == 6000
    assert code(books.item, "hose") == 6240


def test_categories_have_four_levels_and_only_they_hold_others(books):
    above = {}
    for level in range(4):
        made = books.create("Item", Name=f"Level {level}", Type="Category", **above)
        above = {"SubItem": True, "ParentRef": {"value": made["Id"]}}
    assert code(books.create, "Item", Name="Level 4", Type="Category", **above) == 6180
    assert books.item("Nozzle", **above)["FullyQualifiedName"].count(":") == 4
    hose = books.item("Hose")
    below = {"SubItem": True, "ParentRef": {"value": hose["Id"]}}
    assert code(books.item, "Reel", **below) == 6000


def test_a_company_without_categories_nests_products(company):
    books = company(categories=False)
    assert code(books.create, "Item", Name="Garden", Type="Category") == 5030
    below = {"SubItem": True, "ParentRef": {"value": books.item("Hose")["Id"]}}
    assert books.item("Nozzle", **below)["FullyQualifiedName"] == "Hose:Nozzle"


@pytest.fixture
def world(company):
    return company(multicurrency=True)


def test_foreign_documents_carry_a_rate_and_home_amounts(world):
    customer = world.customer("Euro", CurrencyRef={"value": "EUR"})
    invoice = world.invoice(customer, 100, ExchangeRate=1.2)
    assert (invoice["CurrencyRef"]["value"], invoice["HomeTotalAmt"], invoice["ExchangeRate"]) == (
        "EUR",
        120,
        1.2,
    )
    names = [
        row["Name"]
        for row in world.rows("select * from Account where AccountType = 'Accounts Receivable'")
    ]
    assert names == ["Accounts Receivable (A/R)", "Accounts Receivable (A/R) - EUR"]
    assert world.read("Customer", customer["Id"])["Balance"] == 100
    payment = world.pay(customer, 100, (invoice, 100), ExchangeRate=1.3)
    assert payment["UnappliedAmt"] == 0
    ledger = world.ledger()
    assert ledger["balanced"]
    gain = next(row for row in ledger["trial_balance"] if row["account"] == "Exchange Gain or Loss")
    assert gain["credit"] == 10
    assert not any("EUR" in row["account"] for row in ledger["trial_balance"])


def test_a_payment_at_a_rate_of_one_gains_and_loses_like_any_other(world):
    """Found beside the double-entry rules of fivetran/dbt_quickbooks: at a rate of 1 nothing was
    lost or gained.
    """
    customer, vendor = (
        world.customer(CurrencyRef={"value": "EUR"}),
        world.vendor(CurrencyRef={"value": "EUR"}),
    )
    world.pay(customer, 100, (world.invoice(customer, 100, ExchangeRate=1.2), 100), ExchangeRate=1)
    bill = world.bill(vendor, 50, ExchangeRate=1.2)
    check = {
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": world.account("Checking")},
        "ExchangeRate": 1,
    }
    world.create(
        "BillPayment",
        VendorRef=bill["VendorRef"],
        TotalAmt=50,
        Line=[settles(bill, 50, "Bill")],
        **check,
    )
    stand = {
        row["account"]: row["debit"] - row["credit"] for row in world.ledger()["trial_balance"]
    }
    assert stand["Exchange Gain or Loss"] == 20 - 10
    assert not any("EUR" in account for account in stand)


def test_a_name_keeps_its_currency_and_its_documents_follow(world):
    customer = world.customer("Euro", CurrencyRef={"value": "EUR"})
    assert code(world.update, "Customer", customer, CurrencyRef={"value": "USD"}) == 6000
    assert code(world.invoice, customer, CurrencyRef={"value": "USD"}) == 6000
    assert code(world.customer, "Odd", CurrencyRef={"value": "Euros"}) == 2220
    home = world.customer("Home")
    invoice = world.invoice(home, 10)
    lines = [settles(invoice, 10)]
    assert (
        code(
            world.create, "Payment", CustomerRef={"value": customer["Id"]}, TotalAmt=10, Line=lines
        )
        == 6000
    )


def test_rates_by_day(world):
    world.call(
        "POST", "exchangerate", {"SourceCurrencyCode": "EUR", "Rate": 1.5, "AsOfDate": "2026-02-01"}
    )
    asked = [
        world.call("GET", "exchangerate", sourcecurrencycode="EUR", asofdate=day)["ExchangeRate"][
            "Rate"
        ]
        for day in ("2026-01-15", "2026-02-01", "2026-02-15")
    ]
    assert asked[1:] == [1.5, 1.5]
    assert asked[0] != 1.5
    assert world.call("GET", "exchangerate", sourcecurrencycode="USD")["ExchangeRate"]["Rate"] == 1
    assert (
        code(world.call, "POST", "exchangerate", {"SourceCurrencyCode": "USD", "Rate": 2}) == 6000
    )
    customer = world.customer("Euro", CurrencyRef={"value": "EUR"})
    assert world.invoice(customer, 10, TxnDate="2026-02-10")["HomeTotalAmt"] == 15
    kept = world.rows("select * from ExchangeRate where SourceCurrencyCode = 'EUR'")
    assert [row["Rate"] for row in kept if row["AsOfDate"] == "2026-02-01"] == [1.5]


def test_one_currency_only(books):
    assert code(books.create, "CompanyCurrency", Code="EUR") == 5030
    assert code(books.invoice, books.customer(), CurrencyRef={"value": "EUR"}) == 6000
    assert "ExchangeRate" not in books.invoice(books.customer())


def test_voiding_what_was_paid_takes_its_gain_back(world):
    customer = world.customer("Euro", CurrencyRef={"value": "EUR"})
    invoice = world.invoice(customer, 100, ExchangeRate=1.2)
    world.pay(customer, 100, (invoice, 100), ExchangeRate=1.3)
    world.void("Invoice", world.read("Invoice", invoice["Id"]))
    ledger = world.ledger()
    assert ledger["balanced"]
    assert "Exchange Gain or Loss" not in {row["account"] for row in ledger["trial_balance"]}


def test_a_parent_pays_foreign_debts_of_its_own_and_of_its_child(world):
    parent = world.customer("Parent", CurrencyRef={"value": "EUR"})
    child = world.customer(
        "Child", CurrencyRef={"value": "EUR"}, Job=True, ParentRef={"value": parent["Id"]}
    )
    invoices = [
        world.invoice(owner, 100, ExchangeRate=rate)
        for owner, rate in ((parent, 1.1), (child, 1.4))
    ]
    world.pay(parent, 200, *((invoice, 100) for invoice in invoices), ExchangeRate=1.2)
    ledger = world.ledger()
    gain = next(row for row in ledger["trial_balance"] if row["account"] == "Exchange Gain or Loss")
    assert (ledger["balanced"], gain["debit"]) == (True, 10)
    assert not any("A/R" in row["account"] for row in ledger["trial_balance"])
