"""Profit and loss, balance sheet, trial balance, cash flow: the statements of accounts."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.book import Book
from quicksync.simulator.jsontext import Doc
from quicksync.simulator.money import ZERO, dec
from quicksync.simulator.reports.columns import Columns, Totals, Values, minus, plus, shown, summed_up
from quicksync.simulator.reports.frame import Period, amount, cells, frame, period, row, section, summary

# type, title, group, sign
_INCOME = (
    ("Income", "Income", "Income", -1),
    ("Cost of Goods Sold", "Cost of Goods Sold", "COGS", 1),
    ("Expense", "Expenses", "Expenses", 1),
    ("Other Income", "Other Income", "OtherIncome", -1),
    ("Other Expense", "Other Expenses", "OtherExpenses", 1),
)
_Parts = tuple[tuple[str, str, str], ...]
# title, group, parts: title, group, type
_ASSETS: tuple[tuple[str, str, _Parts], ...] = (
    (
        "Current Assets",
        "CurrentAssets",
        (
            ("Bank Accounts", "BankAccounts", "Bank"),
            ("Accounts Receivable", "AR", "Accounts Receivable"),
            ("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
        ),
    ),
    ("Fixed Assets", "FixedAssets", (("", "", "Fixed Asset"),)),
    ("Other Assets", "OtherAssets", (("", "", "Other Asset"),)),
)
_DEBTS: tuple[tuple[str, str, _Parts], ...] = (
    (
        "Current Liabilities",
        "CurrentLiabilities",
        (
            ("Accounts Payable", "AP", "Accounts Payable"),
            ("Credit Cards", "CreditCards", "Credit Card"),
            ("Other Current Liabilities", "OtherCurrentLiabilities", "Other Current Liability"),
        ),
    ),
    ("Long-Term Liabilities", "LongTermLiabilities", (("", "", "Long Term Liability"),)),
)
_FLOWS = (
    (
        "OPERATING ACTIVITIES",
        "OperatingActivities",
        (
            "Accounts Receivable",
            "Other Current Asset",
            "Accounts Payable",
            "Credit Card",
            "Other Current Liability",
        ),
    ),
    ("INVESTING ACTIVITIES", "InvestingActivities", ("Fixed Asset", "Other Asset")),
    ("FINANCING ACTIVITIES", "FinancingActivities", ("Long Term Liability", "Equity")),
)


class _Tree:
    """Accounts of some types with their subaccounts below them."""

    def __init__(self, book: Book, types: tuple[str, ...], totals: Totals, sign: int, zero: Values) -> None:
        self.accounts = {id_: doc for id_, doc in book.rows("Account").items() if doc["AccountType"] in types}
        self.totals, self.sign, self.zero = totals, sign, zero
        self.below: dict[str, list[str]] = {}
        for id_, doc in self.accounts.items():
            self.below.setdefault(str((doc.get("ParentRef") or {}).get("value") or ""), []).append(id_)

    def rows(self) -> tuple[list[Doc], Values]:
        """The rows that have something to tell, and their sum."""
        found = [self._branch(id_) for id_ in self.below.get("", [])]
        return [one for one, _ in found if one is not None], plus(self.zero, *(values for _, values in found))

    def _branch(self, id_: str) -> tuple[Doc | None, Values]:
        own = [value * self.sign for value in self.totals.get(id_, self.zero)]
        name = str(self.accounts[id_]["Name"])
        inner = [self._branch(child) for child in self.below.get(id_, [])]
        rows = [found for found, _ in inner if found is not None]
        whole = plus(own, *(values for _, values in inner))
        if not rows:
            return (row((name, id_), *shown(own)), own) if any(own) else (None, self.zero)
        head = section(name, rows, cells(f"Total {name}", *summed_up(whole)), id_=id_)
        head["Header"]["ColData"] = cells((name, id_), *shown(own))
        return head, whole


def _columns(book: Book, query: dict[str, str]) -> Columns:
    return Columns(period(book, query), query.get("summarize_column_by", "Total"))


def _statement(book: Book, name: str, columns: Columns, rows: list[Doc], query: dict[str, str]) -> Doc:
    report = frame(book, name, [("", "Account")], rows, columns.span, query)
    report["Columns"]["Column"] += columns.described()
    return report


def profit_and_loss(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Income less costs in a period."""
    columns = _columns(book, query)
    rows, _net = _profit_rows(book, columns.moved(book), columns.zero)
    return _statement(book, name, columns, rows, query)


def _profit_rows(book: Book, totals: Totals, zero: Values) -> tuple[list[Doc], Values]:
    rows, sums = list[Doc](), dict[str, Values]()
    for kind, title, group, sign in _INCOME:
        inner, values = _Tree(book, (kind,), totals, sign, zero).rows()
        sums[group] = values
        if inner or group in ("Income", "Expenses"):
            rows.append(section(title, inner, cells(f"Total {title}", *summed_up(values)), group=group))
        if group == "COGS":
            rows.append(summary("Gross Profit", *minus(sums["Income"], values), group="GrossProfit"))
        elif group == "Expenses":
            operating = minus(minus(sums["Income"], sums["COGS"]), values)
            rows.append(summary("Net Operating Income", *operating, group="NetOperatingIncome"))
    other = minus(sums["OtherIncome"], sums["OtherExpenses"])
    if any(other):
        rows.append(summary("Net Other Income", *other, group="NetOtherIncome"))
    net = plus(minus(minus(sums["Income"], sums["COGS"]), sums["Expenses"]), other)
    rows.append(summary("Net Income", *net, group="NetIncome"))
    return rows, net


def balance_sheet(book: Book, name: str, query: dict[str, str]) -> Doc:
    """What is owned and owed on a day; earlier profits stand in retained earnings."""
    columns = _columns(book, query)
    totals, zero = columns.standing(book), columns.zero
    assets, owned = _groups(book, totals, 1, _ASSETS, zero)
    debts, owed = _groups(book, totals, -1, _DEBTS, zero)
    equity, kept = _equity(book, columns, totals)
    liabilities = [
        section("Liabilities", debts, cells("Total Liabilities", *summed_up(owed)), group="Liabilities"),
        section("Equity", equity, cells("Total Equity", *summed_up(kept)), group="Equity"),
    ]
    total = cells("TOTAL LIABILITIES AND EQUITY", *summed_up(plus(owed, kept)))
    rows = [
        section("ASSETS", assets, cells("TOTAL ASSETS", *summed_up(owned)), group="TotalAssets"),
        section("LIABILITIES AND EQUITY", liabilities, total, group="TotalLiabilitiesAndEquity"),
    ]
    return _statement(book, name, columns, rows, query)


def _equity(book: Book, columns: Columns, totals: Totals) -> tuple[list[Doc], Values]:
    ends = [*(piece.end for piece in columns.pieces), columns.span.end]
    net = [_earned(book, Period(end.replace(month=1, day=1), end)) for end in ends]
    ever = _profit_rows(book, totals, columns.zero)[1]
    retained = str(book.account("Equity", subtype="RetainedEarnings")["Id"])
    before = minus(ever, net)
    totals = {**totals, retained: minus(totals.get(retained, columns.zero), before)}
    rows, values = _Tree(book, ("Equity",), totals, -1, columns.zero).rows()
    return [*rows, {**row("Net Income", *shown(net)), "group": "NetIncome"}], plus(values, net)


def _earned(book: Book, span: Period) -> Decimal:
    columns = Columns(span)
    return _profit_rows(book, columns.moved(book), columns.zero)[1][-1]


def _groups(
    book: Book, totals: Totals, sign: int, groups: tuple[tuple[str, str, _Parts], ...], zero: Values
) -> tuple[list[Doc], Values]:
    found, total = list[Doc](), zero
    for title, group, parts in groups:
        rows, values = list[Doc](), zero
        for part, key, kind in parts:
            inner, worth = _Tree(book, (kind,), totals, sign, zero).rows()
            values = plus(values, worth)
            if part and inner:
                rows.append(section(part, inner, cells(f"Total {part}", *summed_up(worth)), group=key))
            else:
                rows += inner
        total = plus(total, values)
        if rows:
            found.append(section(title, rows, cells(f"Total {title}", *summed_up(values)), group=group))
    return found, total


def trial_balance(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Every account's balance, debits beside credits."""
    columns = Columns(period(book, query))
    totals = columns.standing(book)
    rows, debit, credit = list[Doc](), ZERO, ZERO
    for id_, doc in book.rows("Account").items():
        value = totals.get(id_, [ZERO])[-1]
        if value:
            rows.append(row((doc["FullyQualifiedName"], id_), amount(max(value, ZERO)), amount(max(-value, ZERO))))
            debit, credit = debit + max(value, ZERO), credit + max(-value, ZERO)
    rows.append(summary("TOTAL", debit, credit, group="GrandTotal"))
    return frame(book, name, [("", "Account"), ("Debit", "Money"), ("Credit", "Money")], rows, columns.span, query)


def cash_flow(book: Book, name: str, query: dict[str, str]) -> Doc:
    """How the money in the bank changed, and through what."""
    columns = _columns(book, query)
    totals, zero = columns.moved(book), columns.zero
    net = _profit_rows(book, totals, zero)[1]
    rows, change = list[Doc](), net
    for title, group, types in _FLOWS:
        inner, values = _Tree(book, types, totals, -1, zero).rows()
        change = plus(change, values)
        if group == "OperatingActivities":
            inner, values = [row("Net Income", *shown(net)), *inner], plus(values, net)
        total = cells(f"Net cash provided by {title.lower()}", *summed_up(values))
        rows.append(section(title, inner, total, group=group))
    rows.append(summary("NET CASH INCREASE FOR PERIOD", *change, group="CashIncrease"))
    return _statement(book, name, columns, rows, query)


def account_list(book: Book, name: str, query: dict[str, str]) -> Doc:
    """The chart of accounts."""
    rows = [
        row(
            (doc["FullyQualifiedName"], id_),
            str(doc["AccountType"]),
            str(doc.get("AccountSubType", "")),
            str(doc.get("Description", "")),
            amount(dec(doc.get("CurrentBalance"))),
        )
        for id_, doc in book.rows("Account").items()
        if doc.get("Active", True)
    ]
    columns = [
        ("Account", "Account"),
        ("Type", "String"),
        ("Detail type", "String"),
        ("Description", "String"),
        ("Balance", "Money"),
    ]
    return frame(book, name, columns, rows, None, query)
