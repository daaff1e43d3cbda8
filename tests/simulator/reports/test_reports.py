"""Reports: shape, columns, filters and what they are summed up by, beside recorded answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.simulator.reports.reading import (
    LAST,
    WHOLE_YEAR,
    ask,
    keys,
    lines,
    net,
    options,
    parts,
    sums,
    titles,
)
from tests.simulator.rules.test_names import code
from tests.simulator.wire import Refused, sale

STATEMENTS = [
    "ProfitAndLoss",
    "BalanceSheet",
    "CashFlow",
    "CustomerSales",
    "ClassSales",
    "VendorExpenses",
]
WORDS = [
    "Total",
    "Month",
    "Week",
    "Days",
    "Quarter",
    "Year",
    "Customers",
    "Vendors",
    "Classes",
    "Departments",
    "Employees",
    "ProductsAndServices",
]
LISTS = [
    "GeneralLedger",
    "ProfitAndLossDetail",
    "JournalReport",
    "TransactionList",
    "TransactionListByCustomer",
    "TransactionListByVendor",
    "TransactionListWithSplits",
    "CustomerBalance",
    "CustomerBalanceDetail",
    "VendorBalance",
    "VendorBalanceDetail",
    "AgedReceivables",
    "AgedReceivableDetail",
    "AgedPayables",
    "AgedPayableDetail",
    "CustomerIncome",
    "AccountList",
    "InventoryValuationSummary",
    "InventoryValuationDetail",
    "TaxSummary",
]
REPORTS = [*LISTS, *STATEMENTS, "TrialBalance", "ItemSales", "DepartmentSales"]


# --- Shape ----------------------------------------------------------------------------------------


def width(report):
    return sum(
        len(column.get("Columns", {}).get("Column", [1])) for column in report["Columns"]["Column"]
    )


@pytest.mark.parametrize("name", REPORTS)
def test_every_row_has_a_cell_for_every_column(shared, name):
    report = shared.api("GET", f"reports/{name}?date_macro=All")
    assert (report["Header"]["ReportName"], report["Header"]["Currency"]) == (name, "USD")
    found = [cells for _, cells, _ in parts(report["Rows"])]
    assert found
    assert {len(cells) for cells in found} == {width(report)}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_does_not_say_how_columns_are_summed_up(shared, name):
    """fidelity 2: recorded headers of lists have no SummarizeColumnsBy."""
    assert "SummarizeColumnsBy" not in shared.api("GET", f"reports/{name}")["Header"]


def test_the_headers_are_as_recorded(shared):
    """fidelity 2: GeneralLedger and ProfitAndLoss of 2020, TrialBalance of 2026, AgedPayables of
    2016.
    """
    start = ["Time", "ReportName", "DateMacro"]
    ledger = shared.api("GET", "reports/GeneralLedger")["Header"]
    assert list(ledger) == [*start, "ReportBasis", "StartPeriod", "EndPeriod", "Currency", "Option"]
    assert ledger["DateMacro"] == "this month-to-date"
    assert (ledger["StartPeriod"][-2:], ledger["StartPeriod"][:7]) == (
        "01",
        ledger["EndPeriod"][:7],
    )
    profit = shared.api(
        "GET", "reports/ProfitAndLoss?start_date=2015-01-01&end_date=2015-07-31&customer=1"
    )["Header"]
    assert list(profit) == [
        "Time",
        "ReportName",
        "ReportBasis",
        "StartPeriod",
        "EndPeriod",
        "SummarizeColumnsBy",
        "Currency",
        "Customer",
        "Option",
    ]
    assert profit["Option"] == [{"Name": "AccountingStandard", "Value": "GAAP"},
                                {"Name": "NoReportData", "Value": "true"}]  # fmt: skip
    aged = shared.api("GET", "reports/AgedPayables")
    assert list(aged["Header"]) == [*start, "StartPeriod", "EndPeriod", "Currency", "Option"]
    assert (aged["Header"]["DateMacro"], list(options(aged))) == (
        "today",
        ["report_date", "NoReportData"],
    )


def test_a_profit_and_loss_of_nothing_is_as_recorded(shared):
    """fidelity 2: recorded 2020 for one customer by customers: headings, empty sums, one column
    TOTAL, no `Rows`.
    """
    asked = "start_date=2015-01-01&end_date=2015-07-31&customer=1&summarize_column_by=Customers"
    report = shared.api("GET", f"reports/ProfitAndLoss?{asked}")
    assert (titles(report), keys(report)) == (["", "TOTAL"], ["account", "total"])
    assert lines(report, "sum") == [
        [title, ""]
        for title in (
            "Total Income",
            "Gross Profit",
            "Total Expenses",
            "Net Operating Income",
            "Net Income",
        )
    ]
    assert sorted(report["Rows"]["Row"][0]) == ["Header", "Summary", "group", "type"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "GeneralLedger",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "name",
                "memo",
                "split_acc",
                "subt_nat_amount",
                "rbal_nat_amount",
            ],
        ),
        (
            "ProfitAndLossDetail",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "name",
                "memo",
                "split_acc",
                "subt_nat_amount",
                "rbal_nat_amount",
            ],
        ),
        (
            "TransactionList",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "is_no_post",
                "name",
                "memo",
                "account_name",
                "other_account",
                "subt_nat_amount",
            ],
        ),
        (
            "AgedPayableDetail",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "vend_name",
                "due_date",
                "past_due",
                "subt_neg_amount",
                "subt_neg_open_bal",
            ],
        ),
        (
            "JournalReport",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "name",
                "memo",
                "account_name",
                "debt_amt",
                "credit_amt",
            ],
        ),
        (
            "TransactionListWithSplits",
            [
                "tx_date",
                "txn_type",
                "doc_num",
                "is_no_post",
                "name",
                "memo",
                "account_name",
                "nat_amount",
            ],
        ),
    ],
)
def test_columns_have_the_recorded_keys_in_the_recorded_order(shared, name, wanted):
    """fidelity 2: ColKey."""
    assert keys(shared.api("GET", f"reports/{name}")) == wanted


def test_columns_have_the_recorded_titles_and_types(shared):
    """fidelity 2: a reader that goes by ColKey finds transaction type and memo; `Posting` is a
    Boolean.
    """
    ledger = shared.api("GET", "reports/GeneralLedger")
    assert titles(ledger) == [
        "Date",
        "Transaction Type",
        "Num",
        "Name",
        "Memo/Description",
        "Split",
        "Amount",
        "Balance",
    ]
    listed = shared.api("GET", "reports/TransactionList")["Columns"]["Column"]
    assert [column["ColType"] for column in listed] == [
        "Date",
        "String",
        "String",
        "Boolean",
        *["String"] * 4,
        "Money",
    ]
    assert [column["ColTitle"] for column in listed[-3:]] == ["Account", "Split", "Amount"]


# --- Columns, order -------------------------------------------------------------------------------


def test_only_the_columns_asked_for_are_told_in_the_reports_own_order(landscaper):
    """fidelity 2: `columns=subt_amount,tx_date` answers the date first, as documented; what cannot
    apply is gone.
    """
    report = ask(landscaper, "CustomerBalanceDetail", columns="subt_amount,tx_date,foreign_amount")
    assert keys(report) == ["tx_date", "subt_amount"]
    assert {len(cells) for _, cells, _ in parts(report["Rows"])} == {2}
    asked = {"columns": "account_name,subt_nat_amount,klass_name", "account_type": "Income"}
    ledger = ask(landscaper, "GeneralLedger", date_macro="All", **asked)
    assert keys(ledger) == ["klass_name", "account_name", "subt_nat_amount"]
    assert "Landscaping Services:Job Materials:Plants and Soil" in {
        line[1] for line in lines(ledger)
    }


def test_a_column_that_is_documented_nowhere_is_refused(books):
    """fidelity 2: `columns=` was ignored."""
    with pytest.raises(Refused) as refused:
        ask(books, "GeneralLedger", columns="tx_date,colour")
    assert (refused.value.code, refused.value.status) == (2170, 400)
    assert code(ask, books, "AccountList", columns="colour") == 2170


def test_with_several_currencies_the_home_amounts_have_keys_of_their_own(company):
    """fidelity 2: documented for companies with MultiCurrencyEnabled."""
    books = company(multicurrency=True)
    assert keys(ask(books, "GeneralLedger"))[-2:] == [
        "subt_nat_home_amount",
        "rbal_nat_home_amount",
    ]
    assert keys(ask(books, "AgedPayableDetail"))[-1] == "subt_neg_home_open_bal"


def test_a_list_is_sorted_as_asked(landscaper):
    """Documented: sort_by names a column, sort_order turns the order round."""
    found = ask(
        landscaper,
        "TransactionList",
        date_macro="All",
        columns="tx_date,subt_nat_amount",
        sort_by="subt_nat_amount",
    )
    amounts = [Decimal(line[1]) for line in lines(found)]
    assert amounts == sorted(amounts)
    asked = {
        "date_macro": "All",
        "columns": "tx_date,txn_type",
        "sort_by": "tx_date",
        "sort_order": "descend",
    }
    days = [line[0] for line in lines(ask(landscaper, "TransactionList", **asked))]
    assert days == sorted(days, reverse=True)
    assert code(ask, landscaper, "TransactionList", sort_order="sideways") == 2170


# --- Filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "ids", "profits"),
    [
        ("customer", "customers", (90, 27)),
        ("class", "classes", (90, 27)),
        ("department", "places", (90, 27)),
        ("vendor", "vendors", (-10, -3)),
        ("item", "items", (100, 30)),
    ],
)
def test_a_filter_filters(traced, word, ids, profits):
    """fidelity 2: filters did nothing. The parts are the whole, several ids are their sum, the
    header repeats them.
    """
    found = [net(traced, **WHOLE_YEAR, **{word: id_}) for id_ in getattr(traced, ids)]
    assert found == list(profits)
    both = ask(traced, "ProfitAndLoss", **WHOLE_YEAR, **{word: ",".join(getattr(traced, ids))})
    assert sums(both)["Net Income"] == [sum(profits)]
    assert both["Header"][word.title()] == ",".join(getattr(traced, ids))
    assert net(traced, **WHOLE_YEAR, **{word: "99999"}) == 0


def test_filters_reach_the_details_too(traced):
    """fidelity 2: a filtered ledger is the part of the whole."""
    assert len(lines(ask(traced, "ProfitAndLossDetail", **WHOLE_YEAR))) == 4
    one = ask(traced, "ProfitAndLossDetail", **WHOLE_YEAR, **{"class": traced.classes[0]})
    assert sums(one)["Net Income"][-2] == 90
    ledger = ask(traced, "GeneralLedger", **WHOLE_YEAR, vendor=traced.vendors[0])
    assert [line[0] for line in lines(ledger, "head")] == [
        "Accounts Payable (A/P)",
        "Office Supplies",
    ]
    listed = ask(traced, "TransactionList", **WHOLE_YEAR, customer=traced.customers[1])
    assert [line[-1] for line in lines(listed)] == ["30.00"]
    assert [
        line[0]
        for line in lines(ask(traced, "AgedReceivables", customer=traced.customers[1]), "sum")
    ] == ["TOTAL"]


def test_what_a_report_does_not_document_it_leaves_aside(traced):
    """TrialBalance takes no filter and sums up by nothing: recorded 2026, byte for byte."""
    plain = ask(traced, "TrialBalance", **WHOLE_YEAR)
    other = ask(
        traced,
        "TrialBalance",
        **WHOLE_YEAR,
        customer=traced.customers[0],
        summarize_column_by="Customers",
    )
    narrow = ask(traced, "TrialBalance", start_date=f"{LAST}-12-30", end_date=f"{LAST}-12-31")
    assert plain["Rows"] == other["Rows"] == narrow["Rows"]


def test_stock_that_is_sold_is_of_the_class_and_place_of_its_sale(traced):
    """fidelity 2: a filter by class finds the cost along with the income."""
    widget = traced.create(
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
    line = sale(20, item=widget["Id"], qty=2, price=10, Description="Two pumps")
    line["SalesItemLineDetail"]["ClassRef"] = {"value": traced.classes[1]}
    traced.create(
        "Invoice",
        CustomerRef={"value": traced.customers[0]},
        Line=[line],
        TxnDate=f"{LAST}-04-01",
        DepartmentRef={"value": traced.places[0]},
    )
    assert net(traced, **WHOLE_YEAR, **{"class": traced.classes[1]}) == 27 + 20 - 8
    assert net(traced, **WHOLE_YEAR, department=traced.places[0]) == 90 + 20 - 8
    told = [
        line
        for line in lines(ask(traced, "ProfitAndLossDetail", **WHOLE_YEAR))
        if line[4] == "Two pumps"
    ]
    assert [line[6] for line in told] == ["20.00", "8.00"]


# --- Summed up by ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by", WORDS)
@pytest.mark.parametrize("name", ["ProfitAndLoss", "CustomerSales", "VendorExpenses", "CashFlow"])
def test_columns_add_up_to_their_total(landscaper, name, by):
    """fidelity 2: every documented word of summarize_column_by; its columns are the whole."""
    report = ask(landscaper, name, date_macro="This Calendar Year", summarize_column_by=by)
    assert report["Header"]["SummarizeColumnsBy"] == by
    plain = ask(landscaper, name, date_macro="This Calendar Year")
    told, whole = told_lines(report), told_lines(plain)
    assert [(line[0], line[-1]) for line in told] == [(line[0], line[-1]) for line in whole]
    for line in told if by != "Total" else ():
        numbers = [Decimal(value or 0) for value in line[1:]]
        assert sum(numbers[:-1]) == numbers[-1], line


def told_lines(report):
    """Rows and sums but for what stood at the beginning or the end, which does not add up over
    columns.
    """
    return [
        line
        for line in [*lines(report), *lines(report, "sum")]
        if not line[0].startswith("Cash at")
    ]


def test_columns_by_name_are_the_names(traced):
    """fidelity 2: summarize_column_by=Customers was refused; recorded: 200, last column TOTAL."""
    report = ask(traced, "ProfitAndLoss", **WHOLE_YEAR, summarize_column_by="Classes")
    assert titles(report) == ["", "East", "West", "TOTAL"]
    assert keys(report) == ["account", *traced.classes, "total"]
    assert sums(report)["Net Income"] == [90, 27, 117]
    report = ask(traced, "ProfitAndLoss", **WHOLE_YEAR, summarize_column_by="Vendors")
    assert titles(report)[-2:] == ["Not Specified", "TOTAL"]
    assert sums(report)["Net Income"] == [-10, -3, 130, 117]
    sheet = ask(traced, "BalanceSheet", **WHOLE_YEAR, summarize_column_by="Departments")
    assert (
        sums(sheet)["TOTAL ASSETS"] == sums(sheet)["TOTAL LIABILITIES AND EQUITY"] == [100, 30, 130]
    )


def test_a_month_is_a_column_with_its_days_and_key(traced):
    """Recorded 2025: StartDate, EndDate and ColKey of a month's column."""
    report = ask(traced, "ProfitAndLoss", **WHOLE_YEAR, summarize_column_by="Month")
    assert report["Columns"]["Column"][2] == {
        "ColTitle": f"Feb {LAST}",
        "ColType": "Money",
        "MetaData": [
            {"Name": "StartDate", "Value": f"{LAST}-02-01"},
            {"Name": "EndDate", "Value": str(date(LAST, 3, 1) - timedelta(days=1))},
            {"Name": "ColKey", "Value": f"Feb {LAST}"},
        ],
    }
    assert titles(report)[-1] == "Total"
    assert sums(report)["Net Income"][:4] == [0, 130, -13, 0]


@pytest.mark.parametrize(
    ("by", "pieces"), [("Days", 59), ("Month", 2), ("Quarter", 1), ("Year", 1), ("Total", 0)]
)
def test_statements_by_day_month_and_year_add_up(books, by, pieces):
    customer = books.customer()
    days = (f"{LAST - 1}-12-31", f"{LAST}-01-01", f"{LAST}-01-31", f"{LAST}-02-28", f"{LAST}-03-01")
    for day, total in zip(days, (7, 10, 20, 40, 80), strict=True):
        books.invoice(customer, total, TxnDate=day)
    asked = {"start_date": f"{LAST}-01-01", "end_date": f"{LAST}-02-28", "summarize_column_by": by}
    profit = ask(books, "ProfitAndLoss", **asked)
    assert len(titles(profit)) == pieces + 2
    found = sums(profit)["Net Income"]
    assert (found[-1], sum(found[:-1])) == (70, 70 if pieces else 0)
    sheet = sums(ask(books, "BalanceSheet", **asked))
    assert sheet["TOTAL ASSETS"] == sheet["TOTAL LIABILITIES AND EQUITY"]
    assert sheet["TOTAL ASSETS"][-1] == 77


def test_a_word_that_is_not_documented_is_refused(books):
    for query in (
        {"summarize_column_by": "Colours"},
        {"accounting_method": "Barter"},
        {"date_macro": "Someday"},
    ):
        assert code(ask, books, "ProfitAndLoss", **query) == 2170
    assert code(ask, books, "ProfitAndLoss", start_date="yesterday") == 2060


def test_the_statements_agree_with_the_ledger(landscaper):
    sheet = sums(ask(landscaper, "BalanceSheet"))
    assert sheet["TOTAL ASSETS"] == sheet["TOTAL LIABILITIES AND EQUITY"]
    debit, credit = sums(ask(landscaper, "TrialBalance"))["TOTAL"]
    assert debit == credit
    posted = {row["account"]: row["debit"] for row in landscaper.ledger()["trial_balance"]}
    for name in (
        "CustomerBalance",
        "AgedReceivables",
        "CustomerBalanceDetail",
        "AgedReceivableDetail",
    ):
        owed = sums(ask(landscaper, name))["TOTAL"][-1]
        assert owed == Decimal(str(posted["Accounts Receivable (A/R)"]))
