"""Reports one by one: none is another one under its name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.simulator.reports.reading import (
    LAST,
    WHOLE_YEAR,
    ask,
    keys,
    lines,
    options,
    parts,
    section_of,
    sums,
    titles,
    values,
)
from tests.simulator.rules.test_names import code
from tests.simulator.wire import Refused, cost, sale


def test_an_unknown_report_is_refused_as_recorded(books):
    """Recorded 2020 for `reports/Cashflow`: 5020 with the element ReportName."""
    for name in (
        "Cashflow",
        "Nonsense",
        "GeneralLedgerFR",
        "AccountListDetail",
        "TrialBalanceFR",
        "FECReport",
    ):
        with pytest.raises(Refused) as refused:
            ask(books, name)
        fault = refused.value.body["Fault"]
        assert (refused.value.status, fault["type"], fault["Error"]) == (
            400,
            "ValidationFault",
            [
                {
                    "Message": "Permission Denied Error",
                    "Detail": (
                        "Permission Denied Error : You do not have the access rights to use this"
                        " feature."
                    ),
                    "code": "5020",
                    "element": "ReportName",
                }
            ],
        )


def test_the_detail_of_profit_and_loss_is_its_own_report(books):
    """fidelity 2: it was the general ledger, bank and all. As recorded 2025: one section, Gross
    Profit first.
    """
    customer = books.customer()
    books.invoice(customer, 100)
    books.invoice(customer, 20)
    books.bill(books.vendor(), 30)
    widget = books.create(
        "Item",
        Name="Pump",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=9,
        PurchaseCost=4,
        InvStartDate=f"{LAST}-01-01",
        IncomeAccountRef={"value": "79"},
        ExpenseAccountRef={"value": "80"},
        AssetAccountRef={"value": "81"},
    )
    line = sale(10, item=widget["Id"], qty=1, price=10)
    books.create("Invoice", CustomerRef={"value": customer["Id"]}, Line=[line])
    report = ask(books, "ProfitAndLossDetail")
    told = [
        (what, cells[0]["value"], cells[6]["value"])
        for what, cells, _ in parts(report["Rows"])
        if what != "row"
    ]
    assert told == [
        ("head", "Ordinary Income/Expenses", ""),
        ("sum", "Gross Profit", "126.00"),
        ("head", "Income", ""),
        ("head", "Sales of Product Income", ""),
        ("sum", "Total for Sales of Product Income", "10.00"),
        ("head", "Services", ""),
        ("sum", "Total for Services", "120.00"),
        ("sum", "Total for Income", "130.00"),
        ("head", "Cost of Goods Sold", ""),
        ("head", "Cost of Goods Sold", ""),
        ("sum", "Total for Cost of Goods Sold", "4.00"),
        ("sum", "Total for Cost of Goods Sold", "4.00"),
        ("head", "Expenses", ""),
        ("head", "Office Supplies", ""),
        ("sum", "Total for Office Supplies", "30.00"),
        ("sum", "Total for Expenses", "30.00"),
        ("sum", "Net Income", "96.00"),
    ]
    services = [
        values(cells)[-2:] for what, cells in section_of(report, "Services") if what == "row"
    ]
    assert services == [["100.00", "100.00"], ["20.00", "120.00"]]


def test_an_amount_below_one_has_no_nought_before_the_point(books):
    """Recorded 2019 and 2025: ".00"."""
    customer = books.customer()
    books.invoice(customer, 0.5)
    books.create("CreditMemo", CustomerRef={"value": customer["Id"]}, Line=[sale(0.5)])
    told = [
        values(cells)[-2:]
        for what, cells in section_of(ask(books, "GeneralLedger"), "Services")
        if what == "row"
    ]
    assert told == [[".50", ".50"], ["-.50", ".00"]]


def test_the_journal_tells_every_document_with_its_debits_and_credits(books):
    """fidelity 2: it was the general ledger. As recorded 2019: the first line tells the document, a
    sum follows.
    """
    vendor = books.vendor()
    bill = books.bill(vendor, 30)
    told = [(what, cells) for what, cells, _ in parts(ask(books, "JournalReport")["Rows"])]
    assert [(what, values(cells)) for what, cells in told] == [
        (
            "row",
            [
                bill["TxnDate"],
                "Bill",
                "",
                vendor["DisplayName"],
                "",
                "Accounts Payable (A/P)",
                "",
                "30.00",
            ],
        ),
        ("row", ["0-00-00", "", "", "", "", "Office Supplies", "30.00", ""]),
        ("sum", ["", "", "", "", "", "", "30.00", "30.00"]),
        ("row", [""] * 8),
        ("sum", ["TOTAL", "", "", "", "", "", "30.00", "30.00"]),
    ]
    assert (told[1][1][1]["id"], told[1][1][3]["id"]) == (bill["Id"], "")


def test_the_list_with_splits_tells_what_a_document_splits_into(books):
    """As recorded 2021: own line with date and type, splits with neither, then a blank line."""
    invoice = books.create(
        "Invoice", CustomerRef={"value": books.customer("Ann")["Id"]}, Line=[sale(10), sale(5)]
    )
    rows = lines(ask(books, "TransactionListWithSplits"))
    assert rows == [
        [
            invoice["TxnDate"],
            "Invoice",
            invoice["DocNumber"],
            "Yes",
            "Ann",
            "",
            "Accounts Receivable (A/R)",
            "15.00",
        ],
        ["0-00-00", "", "", "", "", "", "Services", "10.00"],
        ["0-00-00", "", "", "", "", "", "Services", "5.00"],
        [""] * 8,
    ]


def test_transactions_are_listed_once_orders_as_not_posting(books):
    """fidelity 2: Account and Split columns; documented: Posting is No for estimates and orders."""
    customer = books.customer("Ann")
    books.invoice(customer, 10, PrivateNote="By hand")
    books.create("Estimate", CustomerRef={"value": customer["Id"]}, Line=[sale(7)])
    found = [line[1:] for line in lines(ask(books, "TransactionList"))]
    assert sorted(found) == [
        ["Estimate", "1002", "No", "Ann", "", "", "", "7.00"],
        [
            "Invoice",
            "1001",
            "Yes",
            "Ann",
            "By hand",
            "Accounts Receivable (A/R)",
            "Services",
            "10.00",
        ],
    ]
    assert [
        line[1] for line in lines(ask(books, "TransactionList", transaction_type="Estimate"))
    ] == ["Estimate"]
    assert [line[1] for line in lines(ask(books, "TransactionList", docnum="1001"))] == ["Invoice"]
    assert [line[-1] for line in lines(ask(books, "TransactionList", bothamount="7.00"))] == [
        "7.00"
    ]
    assert (
        lines(ask(books, "TransactionList", group_by="Transaction Type"), "head")[0][0]
        == "Estimate"
    )
    assert code(ask, books, "TransactionList", group_by="Colour") == 2170


@pytest.mark.parametrize(
    ("name", "kind"),
    [("TransactionListByCustomer", "Customer"), ("TransactionListByVendor", "Vendor")],
)
def test_transactions_are_listed_name_by_name(landscaper, name, kind):
    """fidelity 2: these lists were not grouped."""
    report = ask(landscaper, name, date_macro="All")
    heads = [cells[0] for what, cells, _ in parts(report["Rows"]) if what == "head"]
    assert [head["value"].lower() for head in heads] == sorted(
        head["value"].lower() for head in heads
    )
    assert all(
        landscaper.read(kind, head["id"])["DisplayName"] == head["value"].split(":")[-1]
        for head in heads[:5]
    )
    assert keys(report)[-2:] == ["account_name", "amount"]
    listed = ask(landscaper, "TransactionList", date_macro="All")
    entities = {"Customer": "Invoice", "Vendor": "Bill"}[kind]
    assert sum(line[1] == entities for line in lines(report)) == sum(
        line[1] == entities for line in lines(listed)
    )


def test_balances_in_detail_are_told_by_name(books):
    """fidelity 2: they were the ages of AgedReceivableDetail; documented by name, with open
    documents of all ages.
    """
    ann, bob = books.customer("Ann"), books.customer("Bob")
    old = books.invoice(ann, 100, TxnDate=f"{LAST}-01-10")
    books.invoice(bob, 5, TxnDate=f"{LAST}-02-10")
    paid = books.invoice(ann, 7, TxnDate=f"{LAST}-03-10")
    books.pay(ann, 47, (old, 40), (paid, 7), TxnDate=f"{LAST}-06-01")
    report = ask(books, "CustomerBalanceDetail")
    assert keys(report) == [
        "tx_date",
        "txn_type",
        "doc_num",
        "due_date",
        "subt_amount",
        "subt_open_bal",
    ]
    assert [values(cells) for what, cells, _ in parts(report["Rows"]) if what != "row"] == [
        ["Ann", *[""] * 5], ["Total for Ann", "", "", "", "100.00", "60.00"],
        ["Bob", *[""] * 5], ["Total for Bob", "", "", "", "5.00", "5.00"],
        ["TOTAL", "", "", "", "105.00", "65.00"],
    ]  # fmt: skip
    everything = ask(books, "CustomerBalanceDetail", arpaid="All", customer=ann["Id"])
    assert [line[1] for line in lines(everything)] == ["Invoice", "Invoice", "Payment"]
    assert [line[4] for line in lines(ask(books, "CustomerBalanceDetail", arpaid="Paid"))] == [
        "7.00",
        "-47.00",
    ]
    before = ask(books, "CustomerBalanceDetail", report_date=f"{LAST}-04-01")
    assert sums(before)["TOTAL"][-2:] == [112, 112]


def test_what_is_owed_to_vendors_is_positive(books):
    """Documented 2016: bills count up, credits down."""
    vendor = books.vendor("Vera")
    books.bill(vendor, 100)
    lines_ = [cost(books.account("Office Supplies")["value"], 30)]
    books.create("VendorCredit", VendorRef={"value": vendor["Id"]}, Line=lines_)
    assert lines(ask(books, "VendorBalance")) == [["Vera", "70.00"]]
    report = ask(books, "VendorBalanceDetail")
    assert keys(report)[-2:] == ["subt_neg_amount", "subt_neg_open_bal"]
    assert [line[-2:] for line in lines(report)] == [["100.00", "100.00"], ["-30.00", "-30.00"]]


def test_ages_are_those_of_the_day_asked_for(books):
    """Documented: report_date, aging_period, num_periods; sections of the detail from the oldest on
    (recorded 2018).
    """
    customer = books.customer()
    day = date(LAST, 6, 1)
    for late in (0, 10, 45, 200):
        books.invoice(
            customer, 100 + late, TxnDate=f"{LAST}-01-01", DueDate=str(day - timedelta(days=late))
        )
    report = ask(books, "AgedReceivables", report_date=str(day))
    assert titles(report) == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert lines(report)[0][1:] == ["100.00", "110.00", "145.00", "", "300.00", "655.00"]
    detail = ask(books, "AgedReceivableDetail", report_date=str(day))
    assert [line[0] for line in lines(detail, "head")] == [
        "91 or more days past due", "31 - 60 days past due", "1 - 30 days past due", "Current",
    ]  # fmt: skip
    assert (detail["Header"]["EndPeriod"], options(detail)["report_date"]) == (str(day), str(day))
    weeks = ask(books, "AgedReceivables", report_date=str(day), aging_period="7", num_periods="2")
    assert titles(weeks) == ["", "Current", "1 - 7", "8 and over", "Total"]
    assert lines(weeks)[0][1:] == ["100.00", "", "555.00", "655.00"]
    assert code(ask, books, "AgedReceivables", aging_period="soon") == 2090


def test_sub_customers_stand_under_their_customer(books):
    """As tap-quickbooks reads ages: a section per customer with sub-customers."""
    parent = books.customer("Freeman")
    child = books.customer("Ocean View", Job=True, ParentRef={"value": parent["Id"]})
    books.invoice(parent, 10)
    books.invoice(child, 5)
    told = [
        (what, values(cells)) for what, cells, _ in parts(ask(books, "CustomerBalance")["Rows"])
    ]
    assert told == [("head", ["Freeman", "10.00"]), ("row", ["Ocean View", "5.00"]),
                    ("sum", ["Total Freeman", "15.00"]), ("sum", ["TOTAL", "15.00"])]  # fmt: skip


def test_a_customers_income_is_told_beside_its_costs(traced):
    """fidelity 2: CustomerIncome had one column; documented Income, Expenses (negative), Net
    Income.
    """
    report = ask(traced, "CustomerIncome", **WHOLE_YEAR)
    assert titles(report) == ["", "Income", "Expenses", "Net Income"]
    assert [line[1:] for line in lines(report)] == [
        ["100.00", "-10.00", "90.00"],
        ["30.00", "-3.00", "27.00"],
    ]
    assert sums(report)["TOTAL"] == [130, -13, 117]


def test_sales_by_item_tell_quantity_price_and_margin(traced):
    """Documented 2016: sub-columns under every column, shares with a per cent sign."""
    line = sale(45, item=traced.items[0], qty=3, price=15)
    customer = {"value": traced.customers[0]}
    traced.create("SalesReceipt", CustomerRef=customer, Line=[line], TxnDate=f"{LAST}-05-01")
    report = ask(traced, "ItemSales", **WHOLE_YEAR)
    total = report["Columns"]["Column"][1]
    assert [column["ColTitle"] for column in total["Columns"]["Column"]] == [
        "Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin", "Gross Margin %",
    ]  # fmt: skip
    assert lines(report)[1] == ["Weeding", "3.00", "145.00", "82.86 %", "48.33", "", "", ""]
    months = ask(traced, "ItemSales", **WHOLE_YEAR, summarize_column_by="Month")
    assert len(months["Columns"]["Column"]) == 14
    assert {len(cells) for _, cells, _ in parts(months["Rows"])} == {1 + 13 * 7}


def test_stock_is_valued_movement_by_movement(books):
    """As recorded 2024: what came and went, at FIFO cost, with quantity and value on hand."""
    widget = books.create(
        "Item",
        Name="Pump",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=4,
        PurchaseCost=5,
        InvStartDate=f"{LAST}-01-01",
        IncomeAccountRef={"value": "79"},
        ExpenseAccountRef={"value": "80"},
        AssetAccountRef={"value": "81"},
    )
    line = sale(30, item=widget["Id"], qty=3, price=10)
    books.create(
        "Invoice",
        CustomerRef={"value": books.customer("Ann")["Id"]},
        Line=[line],
        TxnDate=f"{LAST}-05-01",
    )
    report = ask(
        books, "InventoryValuationDetail", start_date=f"{LAST}-05-01", end_date=f"{LAST}-05-31"
    )
    assert keys(report)[4:] == [
        "quantity",
        "rate",
        "home_amount",
        "qty_on_hand",
        "home_asset_value",
    ]
    assert lines(report) == [
        [f"{LAST}-05-01", "Invoice", "1001", "Ann", "-3.00", "5.00", "-15.00", "1.00", "5.00"]
    ]
    assert lines(report, "sum") == [
        ["Total for Pump", "", "", "", "-3.00", "", "-15.00", "1.00", "5.00"]
    ]
    summary = ask(books, "InventoryValuationSummary", end_date=f"{LAST}-04-30")
    assert lines(summary) == [["Pump", "4.00", "20.00", "5.00"]]
