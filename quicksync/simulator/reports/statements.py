"""Profit and loss, balance sheet, trial balance, cash flow: the statements of accounts."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO
from quicksync.simulator.reports import accounts
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.columns import (
    Columns,
    Totals,
    Values,
    minus,
    plus,
    shown,
    summed_up,
)
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.frame import amount, cells, column, frame, row, section, summary

# type, title, group, sign
EARNINGS = (
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
            ("Other current assets", "OtherCurrentAssets", "Other Current Asset"),
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
_ADJUSTED = (
    "Accounts Receivable",
    "Other Current Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
)
_RECONCILED = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
_FLOWS = (
    ("INVESTING ACTIVITIES", "InvestingActivities", ("Fixed Asset", "Other Asset")),
    ("FINANCING ACTIVITIES", "FinancingActivities", ("Long Term Liability", "Equity")),
)


class _Statement:
    """The accounts of a book with what stands in their columns."""

    def __init__(self, book: Book, columns: Columns, totals: Totals) -> None:
        self.book, self.totals, self.zero = book, totals, columns.zero
        self.accounts = accounts.chart(book)
        self.below = accounts.children(self.accounts)
        self.silent: set[str] = set()  # accounts that are shown without an amount

    def tree(self, types: tuple[str, ...], sign: int) -> tuple[list[Doc], Values]:
        """The rows of the accounts of some types that have something to tell, and their sum."""
        top = [id_ for id_ in self.below.get("", []) if self.accounts[id_]["AccountType"] in types]
        found = [self._branch(id_, sign) for id_ in top]
        return [one for one, _ in found if one is not None], plus(
            self.zero, *(values for _, values in found)
        )

    def _branch(self, id_: str, sign: int) -> tuple[Doc | None, Values]:
        doc = self.accounts[id_]
        own = [value * sign for value in self.totals.get(id_, self.zero)]
        name = accounts.title(self.book, doc)
        inner = [self._branch(child, sign) for child in self.below.get(id_, [])]
        rows = [found for found, _ in inner if found is not None]
        whole = plus(own, *(values for _, values in inner))
        head = (name, accounts.shown_id(doc))
        if rows:
            total = cells(f"Total {name}", *summed_up(whole))
            return section(head, rows, total, own=shown(own) if any(own) else None), whole
        if id_ in self.silent:
            return row(head, *[""] * len(own)), own
        return (row(head, *shown(own)), own) if id_ in self.totals else (None, self.zero)

    def earned(self) -> list[str]:
        """The accounts of income and costs."""
        return [id_ for id_, doc in self.accounts.items() if accounts.is_earned(doc)]


def _statement(book: Book, asked: Asked, columns: Columns, rows: list[Doc], *, empty: bool) -> Doc:
    described = [column("", "Account", "account"), *columns.described()]
    return frame(book, asked, described, rows, empty=empty)


def profit_and_loss(book: Book, asked: Asked, entries: list[Entry]) -> Doc:
    """Income less costs in a period."""
    kept = [entry for entry in entries if entry.day >= asked.span.words[0]]
    earned = frozenset(id_ for id_, doc in accounts.chart(book).items() if accounts.is_earned(doc))
    columns = Columns(book, asked, [entry for entry in kept if entry.account in earned])
    totals = columns.moved()
    rows, _net = _profit_rows(_Statement(book, columns, totals), empty=not totals)
    return _statement(book, asked, columns, rows, empty=not totals)


def _profit_rows(statement: _Statement, *, empty: bool = False) -> tuple[list[Doc], Values]:
    rows, sums = list[Doc](), dict[str, Values]()

    def told(values: Values) -> list[str]:
        return [""] * len(values) if empty else summed_up(values)

    for kind, title, group, sign in EARNINGS:
        inner, values = statement.tree((kind,), sign)
        sums[group] = values
        if inner or group in ("Income", "Expenses"):
            rows.append(section(title, inner, cells(f"Total {title}", *told(values)), group=group))
        if group == "COGS":
            rows.append(
                summary("Gross Profit", *told(minus(sums["Income"], values)), group="GrossProfit")
            )
        elif group == "Expenses":
            operating = minus(minus(sums["Income"], sums["COGS"]), values)
            rows.append(
                summary("Net Operating Income", *told(operating), group="NetOperatingIncome")
            )
    other = minus(sums["OtherIncome"], sums["OtherExpenses"])
    if any(other):
        rows.append(summary("Net Other Income", *told(other), group="NetOtherIncome"))
    net = plus(minus(minus(sums["Income"], sums["COGS"]), sums["Expenses"]), other)
    rows.append(summary("Net Income", *told(net), group="NetIncome"))
    return rows, net


def balance_sheet(book: Book, asked: Asked, entries: list[Entry]) -> Doc:
    """What is owned and owed on a day; profits of earlier years stand in retained earnings."""
    columns = Columns(book, asked, entries)
    statement = _Statement(book, columns, columns.standing())
    assets, owned = _groups(statement, 1, _ASSETS)
    debts, owed = _groups(statement, -1, _DEBTS)
    equity, kept = _equity(statement, columns)
    liabilities = [
        section(
            "Liabilities", debts, cells("Total Liabilities", *summed_up(owed)), group="Liabilities"
        )
    ]
    liabilities.append(
        section("Equity", equity, cells("Total Equity", *summed_up(kept)), group="Equity")
    )
    total = cells("TOTAL LIABILITIES AND EQUITY", *summed_up(plus(owed, kept)))
    rows = [
        section("ASSETS", assets, cells("TOTAL ASSETS", *summed_up(owned)), group="TotalAssets"),
        section("LIABILITIES AND EQUITY", liabilities, total, group="TotalLiabilitiesAndEquity"),
    ]
    return _statement(book, asked, columns, rows, empty=not statement.totals)


def _equity(statement: _Statement, columns: Columns) -> tuple[list[Doc], Values]:
    year, before = columns.earned(statement.earned())
    kept = accounts.retained(statement.accounts)
    statement.totals[kept] = minus(statement.totals.get(kept, statement.zero), before)
    if not any(statement.totals[kept]):
        statement.silent.add(kept)
    rows, values = statement.tree(("Equity",), -1)
    return [*rows, {**row("Net Income", *shown(year)), "group": "NetIncome"}], plus(values, year)


def _groups(
    statement: _Statement, sign: int, groups: tuple[tuple[str, str, _Parts], ...]
) -> tuple[list[Doc], Values]:
    found, total = list[Doc](), statement.zero
    for title, group, parts in groups:
        rows, values = list[Doc](), statement.zero
        for part, key, kind in parts:
            inner, worth = statement.tree((kind,), sign)
            values = plus(values, worth)
            if part and inner:
                rows.append(
                    section(part, inner, cells(f"Total {part}", *summed_up(worth)), group=key)
                )
            else:
                rows += inner
        total = plus(total, values)
        if rows:
            found.append(
                section(title, rows, cells(f"Total {title}", *summed_up(values)), group=group)
            )
    return found, total


def trial_balance(book: Book, asked: Asked, entries: list[Entry]) -> Doc:
    """Every account's balance on a day, debits beside credits; income and costs since the fiscal
    year began.
    """
    columns = Columns(book, asked, entries)
    year = fiscal_balances(book, columns)
    rows, debit, credit = list[Doc](), ZERO, ZERO
    for id_, doc in accounts.chart(book).items():
        value = year.get(id_, ZERO)
        if value:
            head = (accounts.title(book, doc, full=True), accounts.shown_id(doc))
            rows.append(
                {"ColData": cells(head, amount(max(value, ZERO)), amount(max(-value, ZERO)))}
            )
            debit, credit = debit + max(value, ZERO), credit + max(-value, ZERO)
    if rows:
        rows.append(summary("TOTAL", f"{debit:.2f}", f"{credit:.2f}", group="GrandTotal"))
    described = [
        column("", "Account", "account"),
        column("Debit", "Money", "debit"),
        column("Credit", "Money", "credit"),
    ]
    return frame(book, asked, described, rows)


def fiscal_balances(book: Book, columns: Columns) -> dict[str, Decimal]:
    """Where every account stands at the end, debits positive: profits of earlier fiscal years in
    retained earnings.
    """
    known = accounts.chart(book)
    found = {id_: values[-1] for id_, values in columns.standing().items()}
    earned = [id_ for id_, doc in known.items() if accounts.is_earned(doc)]
    for id_ in earned:
        if id_ in found:
            found[id_] = -columns.earned([id_])[0][-1]
    before = columns.earned(earned)[1][-1]
    kept = accounts.retained(known)
    found[kept] = found.get(kept, ZERO) - before
    return found


def cash_flow(book: Book, asked: Asked, entries: list[Entry]) -> Doc:
    """How the money in the bank changed, and through what."""
    columns = Columns(book, asked, entries)
    totals = columns.moved()
    statement = _Statement(book, columns, totals)
    cash = {
        id_
        for id_, doc in statement.accounts.items()
        if doc["AccountType"] == "Bank" or doc.get("AccountSubType") == "UndepositedFunds"
    }
    net = _profit_rows(statement)[1]
    statement.totals = {id_: values for id_, values in totals.items() if id_ not in cash}
    inner, adjusted = statement.tree(_ADJUSTED, -1)
    operating = [{**row("Net Income", *shown(net)), "group": "NetIncome"}]
    if inner:
        total = cells(f"Total {_RECONCILED}", *summed_up(adjusted))
        operating.append(section(_RECONCILED, inner, total, group="OperatingAdjustments"))
    change = plus(net, adjusted)
    total = cells("Net cash provided by operating activities", *summed_up(change))
    rows = [section("OPERATING ACTIVITIES", operating, total, group="OperatingActivities")]
    for title, group, types in _FLOWS:
        inner, values = statement.tree(types, -1)
        change = plus(change, values)
        if inner:
            total = cells(f"Net cash provided by {title.lower()}", *summed_up(values))
            rows.append(section(title, inner, total, group=group))
    rows.append(summary("Net cash increase for period", *summed_up(change), group="CashIncrease"))
    rows += _cash_ends(columns, cash, change)
    return _statement(book, asked, columns, rows, empty=not totals)


def _cash_ends(columns: Columns, cash: set[str], change: Values) -> list[Doc]:
    standing = columns.standing()
    ends = plus(columns.zero, *(values for id_, values in standing.items() if id_ in cash))
    begins = minus(ends, change)
    found = [summary("Cash at end of period", *summed_up(ends), group="EndingCash")]
    if any(begins) if columns.pieces else begins[-1]:
        found.insert(
            0, summary("Cash at beginning of period", *summed_up(begins), group="BeginningCash")
        )
    return found
