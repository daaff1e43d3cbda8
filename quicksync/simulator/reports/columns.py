"""The columns of a statement: one for the whole period, or one per day, week, month, quarter or year and their sum."""

from __future__ import annotations

import bisect
import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from quicksync.simulator.book import Book
from quicksync.simulator.errors import ApiError
from quicksync.simulator.jsontext import Doc
from quicksync.simulator.money import ZERO, major
from quicksync.simulator.reports.frame import Period

Values = list[Decimal]
Totals = dict[str, Values]
_STEPS = {"days": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}


class Columns:
    """The pieces a period is cut into, the whole at the end."""

    def __init__(self, span: Period, by: str = "Total") -> None:
        self.span = span
        word = by.lower() or "total"
        if word != "total" and word not in _STEPS:
            raise ApiError(2170, f"Invalid Enumeration : {by}", element="summarize_column_by")
        self.pieces = [] if word == "total" else list(_cut(span, _STEPS[word]))
        self.step = _STEPS.get(word, "")

    @property
    def zero(self) -> Values:
        """Nothing in every column."""
        return [ZERO] * (len(self.pieces) + 1)

    def described(self) -> list[Doc]:
        """The columns after the first, as the report tells them."""
        found: list[Doc] = [
            {
                "ColTitle": self._title(piece),
                "ColType": "Money",
                "MetaData": [
                    {"Name": "StartDate", "Value": piece.words[0]},
                    {"Name": "EndDate", "Value": piece.words[1]},
                ],
            }
            for piece in self.pieces
        ]
        total: Doc = {"ColTitle": "Total", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]}
        return [*found, total]

    def _title(self, piece: Period) -> str:
        first = piece.start
        month = calendar.month_abbr[first.month]
        if self.step == "day":
            return f"{month} {first.day}, {first.year}"
        if self.step == "year":
            return str(first.year)
        if self.step == "month":
            return f"{month} {first.year}"
        last = f"{calendar.month_abbr[piece.end.month]} {piece.end.day}"
        return f"{month} {first.day} - {last}, {piece.end.year}"

    def moved(self, book: Book) -> Totals:
        """What every account moved by in each column."""
        return self._sums(book, self.span.words[0])

    def standing(self, book: Book) -> Totals:
        """What every account stood at when each column ended."""
        found = self._sums(book, "0000")
        for values in found.values():
            running = values[-1] - sum(values[:-1], ZERO) if self.pieces else ZERO
            for number in range(len(self.pieces)):
                running += values[number]
                values[number] = running
        return found

    def _sums(self, book: Book, since: str) -> Totals:
        rows = book.store.all(
            "SELECT account, day, sum(home) FROM posting WHERE day>=? AND day<=? GROUP BY account, day",
            since,
            self.span.words[1],
        )
        starts = [piece.words[0] for piece in self.pieces]
        found: Totals = {}
        for account, day, home in rows:
            values = found.setdefault(str(account), self.zero)
            values[-1] += major(home)
            place = bisect.bisect_right(starts, day) - 1
            if place >= 0:
                values[place] += major(home)
        return found


def _cut(span: Period, step: str) -> Iterable[Period]:
    start = span.start
    while start <= span.end:
        end = min(_end(start, step), span.end)
        yield Period(start, end)
        if end == date.max:
            return
        start = end + timedelta(days=1)


def _end(start: date, step: str) -> date:
    if step == "day":
        return start
    if step == "week":
        return start + timedelta(days=(5 - start.weekday()) % 7)
    if step == "year":
        return start.replace(month=12, day=31)
    month = start.month if step == "month" else 3 * ((start.month - 1) // 3) + 3
    return start.replace(month=month, day=calendar.monthrange(start.year, month)[1])


def plus(*many: Values) -> Values:
    """Columns added up."""
    return [sum(values, ZERO) for values in zip(*many, strict=True)]


def minus(one: Values, other: Values) -> Values:
    """Columns less columns."""
    return [a - b for a, b in zip(one, other, strict=True)]


def shown(values: Values) -> list[str]:
    """Amounts of a row; nothing stands for zero."""
    return [f"{value:.2f}" if value else "" for value in values]


def summed_up(values: Values) -> list[str]:
    """Amounts of a sum; zero is told."""
    return [f"{value:.2f}" for value in values]
