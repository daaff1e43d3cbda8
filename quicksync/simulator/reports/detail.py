"""Reports that show every posting: the general ledger, and the detail of profit and loss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, major
from quicksync.simulator.reports import accounts
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.fields import Fields, Line, fields, money, ordered
from quicksync.simulator.reports.frame import Cell, body, cells, frame, row, section, summary
from quicksync.simulator.reports.periods import fiscal_start
from quicksync.simulator.reports.splits import Splits
from quicksync.simulator.reports.statements import EARNINGS


class _Ledger:
    """The accounts of a report with their lines, as sections of sections."""

    def __init__(self, book: Book, asked: Asked, entries: Iterable[Entry], splits: Splits) -> None:
        self.reader, self.asked = splits.reader, asked
        self.table = fields(book, asked)
        self.below = accounts.children(self.reader.chart)
        self.opening: dict[str, Decimal] = {}
        self.lines: dict[str, list[Line]] = defaultdict(list)
        start = asked.span.words[0]
        for entry in entries:
            if entry.day >= start:
                self.lines[entry.account].append(Line(self.reader, entry, splits.of(entry)))

    def opened(self, opening: dict[str, int]) -> None:
        """Where the accounts stood before the period, debits positive, in hundredths."""
        self.opening = {
            id_: major(amount) * accounts.sign(self.reader.chart[id_])
            for id_, amount in opening.items()
            if amount
        }

    def sections(
        self, types: frozenset[str], only: frozenset[str] = frozenset()
    ) -> tuple[list[Doc], list[Line]]:
        """The sections of the accounts of some types, and all their lines."""
        found, told = list[Doc](), list[Line]()
        for id_ in self.below.get("", []):
            if self.reader.chart[id_]["AccountType"] in types:
                one, lines = self._branch(id_, only)
                found += one
                told += lines
        return found, told

    def _branch(self, id_: str, only: frozenset[str]) -> tuple[list[Doc], list[Line]]:
        own = self._lines(id_) if not only or id_ in only else []
        rows = self._rows(id_, own) if not only or id_ in only else []
        inner, told = list[Doc](), list(own)
        for child in self.below.get(id_, []):
            found, lines = self._branch(child, only)
            inner += found
            told += lines
        doc = self.reader.chart[id_]
        name = accounts.title(self.reader.book, doc)
        head: Cell = (name, accounts.shown_id(doc)) if rows else name
        total = cells(*self.table.summed(f"Total for {name}", own))
        if not inner:
            return ([section(head, rows, total)] if rows else []), told
        if not rows:
            # An account without lines of its own is only a heading, and tells no id (recorded
            # 2025).
            return [
                section(head, inner, cells(*self.table.summed(f"Total for {name}", told)))
            ], told
        whole = cells(*self.table.summed(f"Total for {name} with sub-accounts", told))
        return [section(head, [body(rows, total), *inner], whole)], told

    def _lines(self, id_: str) -> list[Line]:
        sign, running = accounts.sign(self.reader.chart[id_]), self.opening.get(id_, ZERO)
        lines = ordered(self.asked, self.table, self.lines.get(id_, []))
        for line in lines:
            line.amount = major(line.entry.home) * sign
            running += line.amount
            line.balance = running
        return lines

    def _rows(self, id_: str, lines: list[Line]) -> list[Doc]:
        found = [row(*self.table.row(line)) for line in lines]
        if id_ in self.opening and self.table.keys[-1].startswith("rbal"):
            blank = [""] * (len(self.table.keys) - 2)
            found.insert(0, row("Beginning Balance", *blank, money(self.opening[id_])))
        return found


def general_ledger(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Every posting, account by account, with a running balance, on its natural side."""
    ledger = _Ledger(book, asked, entries, splits)
    ledger.opened(_opening(book, asked, entries, ledger.reader.chart))
    only = asked.chosen("account") | asked.chosen("source_account")
    kinds = asked.chosen("account_type") | asked.chosen("source_account_type")
    types = frozenset(doc["AccountType"] for doc in ledger.reader.chart.values())
    if kinds:
        types = frozenset(kind for kind in types if kind.replace(" ", "") in kinds)
    rows = [
        one
        for kind in accounts.ORDER
        if kind in types
        for one in ledger.sections(frozenset((kind,)), only)[0]
    ]
    return frame(book, asked, ledger.table.described(), rows)


def _opening(
    book: Book, asked: Asked, entries: Iterable[Entry], chart: dict[str, Doc]
) -> dict[str, int]:
    """Income and costs begin with the fiscal year; earlier ones are in retained earnings."""
    start = asked.span.words[0]
    year = fiscal_start(book, asked.span.start).isoformat()
    kept = accounts.retained(chart)
    found: dict[str, int] = defaultdict(int)
    for entry in entries:
        if entry.day >= start:
            continue
        is_past = entry.day < year and accounts.is_earned(chart[entry.account])
        found[kept if is_past else entry.account] += entry.home
    return found


def profit_and_loss_detail(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Every posting to income and costs of a period, account by account."""
    ledger = _Ledger(book, asked, entries, splits)
    only = asked.chosen("account") | asked.chosen("source_account")
    parts, sums = dict[str, Doc](), dict[str, Decimal]()
    for kind, title, group, _sign in EARNINGS:
        rows, lines = ledger.sections(frozenset((kind,)), only)
        sums[group] = sum((line.amount or ZERO for line in lines), ZERO)
        if rows:
            parts[group] = section(
                title, rows, cells(*ledger.table.summed(f"Total for {title}", lines))
            )
    return frame(book, asked, ledger.table.described(), _earnings(ledger.table, parts, sums))


def _earnings(table: Fields, parts: dict[str, Doc], sums: dict[str, Decimal]) -> list[Doc]:
    if not parts:
        return []
    gross = sums["Income"] - sums["COGS"]
    usual = [parts[group] for group in ("Income", "COGS", "Expenses") if group in parts]
    if "COGS" in parts:
        # Gross profit stands before what it comes from (recorded 2025).
        usual.insert(0, summary(*_only(table, "Gross Profit", gross)))
    operating = gross - sums["Expenses"]
    net = operating + sums["OtherIncome"] - sums["OtherExpenses"]
    others = [parts[group] for group in ("OtherIncome", "OtherExpenses") if group in parts]
    name, value = ("Net Operating Income", operating) if others else ("Net Income", net)
    found = [section("Ordinary Income/Expenses", usual, cells(*_only(table, name, value)))]
    if others:
        total = cells(*_only(table, "Net Other Income", net - operating))
        found.append(section("Other Income/Expenses", others, total))
        found.append(summary(*_only(table, "Net Income", net)))
    return found


def _only(table: Fields, title: str, value: Decimal) -> list[str]:
    """The cells of a sum that has an amount and nothing else."""
    return [title, *(money(value) if key == "subt_nat_amount" else "" for key in table.keys[1:])]
