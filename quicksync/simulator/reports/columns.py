"""The columns of a summed report: one for the whole period, or one per day, month, customer … and
their sum.
"""

from __future__ import annotations

import bisect
import calendar
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, major
from quicksync.simulator.reports.asked import BY_NAME, Asked, pieces
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.frame import name_of
from quicksync.simulator.reports.periods import Period, fiscal_start

Values = list[Decimal]
Totals = dict[str, Values]
# Hundredths by account (or what else makes a row), day and column key.
Cells = dict[tuple[str, str, str], int]
_ENTITIES = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee", "class_": "Class",
             "department": "Department", "item": "Item"}  # fmt: skip


class Columns:
    """The pieces a report is cut into, the whole at the end."""

    def __init__(
        self, book: Book, asked: Asked, entries: Iterable[Entry], *, row: str = "account"
    ) -> None:
        self.span, self.by = asked.span, asked.by
        self.pieces = pieces(asked.span, asked.by)
        self._trait = BY_NAME.get(asked.by, "")
        self.cells = _added(entries, row, self._trait)
        names = (
            {id_: name_of(book, _ENTITIES[self._trait], id_) for _, _, id_ in self.cells}
            if self._trait
            else {}
        )
        # What belongs to nobody comes last.
        self.keys = sorted(names, key=lambda id_: (not id_, names[id_].lower(), id_))
        self._names = names
        self._starts = [piece.words[0] for piece in self.pieces]
        self._ends = [piece.words[1] for piece in self.pieces]
        self._book = book

    @property
    def zero(self) -> Values:
        """Nothing in every column."""
        return [ZERO] * (len(self.pieces or self.keys) + 1)

    def described(self) -> list[Doc]:
        """The columns after the first, as the report tells them."""
        found = [_dated(piece, self.by) for piece in self.pieces]
        found += [
            _column(self._names[id_] or "Not Specified", id_ or "not_specified")
            for id_ in self.keys
        ]
        return [*found, _column("TOTAL" if self._trait else "Total", "total")]

    def moved(self) -> Totals:
        """What every row moved by in each column."""
        return self._placed(self.span.words[0], self.span.words[1])

    def standing(self) -> Totals:
        """What every row stood at when each column ended."""
        found = self._placed("", self.span.words[1])
        for values in found.values() if self.pieces else ():
            running = values[-1] - sum(values[:-1], ZERO)
            for number in range(len(self.pieces)):
                running += values[number]
                values[number] = running
        return found

    def earned(self, rows: Iterable[str]) -> tuple[Values, Values]:
        """Profit of some rows when each column ended: since its fiscal year began, and in the years
        before.
        """
        wanted = frozenset(rows)
        mine = [
            (day, key, amount) for (row, day, key), amount in self.cells.items() if row in wanted
        ]
        year, before = list[Decimal](), list[Decimal]()
        for key, end in self._closings():
            first = fiscal_start(self._book, end.end).isoformat()
            amounts = [
                (day, amount)
                for day, own, amount in mine
                if key in (None, own) and day <= end.words[1]
            ]
            year.append(-major(sum(amount for day, amount in amounts if day >= first)))
            before.append(-major(sum(amount for day, amount in amounts if day < first)))
        return year, before

    def _closings(self) -> list[tuple[str | None, Period]]:
        """Column key, None for all of them, and the period that each column ends with."""
        if self.pieces:
            return [(None, piece) for piece in (*self.pieces, self.span)]
        return [*((key, self.span) for key in self.keys), (None, self.span)]

    def _placed(self, since: str, until: str) -> Totals:
        found: Totals = {}
        places = {key: number for number, key in enumerate(self.keys)}
        for (row, day, key), amount in self.cells.items():
            if not since <= day <= until:
                continue
            values = found.setdefault(row, self.zero)
            values[-1] += major(amount)
            place = (
                bisect.bisect_right(self._starts, day) - 1 if self.pieces else places.get(key, -1)
            )
            if place >= 0:
                values[place] += major(amount)
        return found


def _added(entries: Iterable[Entry], row: str, trait: str) -> Cells:
    found: Cells = defaultdict(int)
    for entry in entries:
        found[getattr(entry, row), entry.day, getattr(entry, trait) if trait else ""] += entry.home
    return found


def _column(title: str, key: str) -> Doc:
    return {"ColTitle": title, "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": key}]}


def _dated(piece: Period, by: str) -> Doc:
    title = _title(piece, by)
    start, end = piece.words
    meta = [{"Name": "StartDate", "Value": start}, {"Name": "EndDate", "Value": end}]
    return {
        "ColTitle": title,
        "ColType": "Money",
        "MetaData": [*meta, {"Name": "ColKey", "Value": title}],
    }


def _title(piece: Period, by: str) -> str:
    first = piece.start
    month = calendar.month_abbr[first.month]
    if by == "Days":
        return f"{month} {first.day}, {first.year}"
    if by == "Year":
        return str(first.year)
    if by == "Month":
        return f"{month} {first.year}"
    return (
        f"{month} {first.day} - {calendar.month_abbr[piece.end.month]} {piece.end.day},"
        f" {piece.end.year}"
    )


def plus(*many: Values) -> Values:
    """Columns added up."""
    return [sum(values, ZERO) for values in zip(*many, strict=True)]


def minus(one: Values, other: Values) -> Values:
    """Columns less columns."""
    return [a - b for a, b in zip(one, other, strict=True)]


def shown(values: Values) -> list[str]:
    """Amounts of a row: nothing where nothing moved, but what came to zero in all."""
    return [*(f"{value:.2f}" if value else "" for value in values[:-1]), f"{values[-1]:.2f}"]


def summed_up(values: Values) -> list[str]:
    """Amounts of a sum; zero is told."""
    return [f"{value:.2f}" for value in values]
