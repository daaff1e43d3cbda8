"""From which day to which: explicit dates and the named ranges of `date_macro`."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import parse_day
from quicksync.simulator.accounting.errors import ApiError


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    start: date
    end: date

    @property
    def words(self) -> tuple[str, str]:
        """Both days as text."""
        return self.start.isoformat(), self.end.isoformat()


Range = Callable[[date, int], Period]  # a day and a number of steps ahead
_BEGINNING = date(1900, 1, 1)


def fiscal_start(book: Book, day: date) -> date:
    """The first day of the fiscal year that a day falls in."""
    name = str(book.pref("AccountingInfoPrefs", "FirstMonthOfFiscalYear") or "January")
    month = list(calendar.month_name).index(name) if name in calendar.month_name else 1
    return day.replace(year=day.year - (day.month < month), month=month, day=1)


def months_on(day: date, count: int) -> date:
    """The first of the month, some months on or back."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def _stretch(start: date, months: int, steps: int) -> Period:
    first = months_on(start, months * steps)
    return Period(first, months_on(first, months) - timedelta(days=1))


def _day(day: date, steps: int) -> Period:
    return Period(day + timedelta(days=steps), day + timedelta(days=steps))


def _week(day: date, steps: int) -> Period:
    sunday = day - timedelta(days=(day.weekday() + 1) % 7) + timedelta(days=7 * steps)
    return Period(sunday, sunday + timedelta(days=6))


def _ranges(book: Book, today: date) -> dict[str, Range]:
    fiscal = fiscal_start(book, today)
    quarter = months_on(
        fiscal, 3 * (((today.year - fiscal.year) * 12 + today.month - fiscal.month) // 3)
    )
    return {
        "week": _week,
        "month": lambda day, steps: _stretch(day, 1, steps),
        "fiscal quarter": lambda _day, steps: _stretch(quarter, 3, steps),
        "fiscal year": lambda _day, steps: _stretch(fiscal, 12, steps),
        "calendar quarter": lambda day, steps: _stretch(
            day.replace(month=3 * ((day.month - 1) // 3) + 1), 3, steps
        ),
        "calendar year": lambda day, steps: _stretch(day.replace(month=1), 12, steps),
    }


def macro_period(book: Book, macro: str) -> Period:
    """What a named range means today; 2170 for a name that is not documented."""
    today, word = book.today(), " ".join(macro.lower().split())
    fixed = {
        "all": Period(_BEGINNING, today),
        "today": _day(today, 0),
        "yesterday": _day(today, -1),
    }
    if word in fixed:
        return fixed[word]
    if word == "next 4 weeks":
        first = _week(today, 1).start
        return Period(first, first + timedelta(days=27))
    which, _, rest = word.partition(" ")
    to_date = rest.endswith("-to-date")
    ranges = _ranges(book, today)
    steps = {"last": -1, "this": 0, "next": 1}.get(which)
    name = rest.removesuffix("-to-date")
    if steps is None or name not in ranges or (to_date and steps > 0):
        raise ApiError(2170, f"Invalid Enumeration : {macro}", element="date_macro")
    found = ranges[name](today, steps)
    return (
        Period(found.start, _as_far(ranges[name](today, 0).start, today, found))
        if to_date
        else found
    )


def _as_far(start: date, today: date, earlier: Period) -> date:
    """As far into an earlier range as today is into the present one: "Last Month-to-date"."""
    months = (today.year - start.year) * 12 + today.month - start.month
    if start.day != 1:
        return earlier.start + (today - start)
    first = months_on(earlier.start, months)
    last = calendar.monthrange(first.year, first.month)[1]
    return first.replace(day=min(today.day, last))


def told_macro(book: Book, macro: str) -> str:
    """A named range as the header of a report tells it: a fiscal year that is the calendar year is
    called that.
    """
    word = " ".join(macro.lower().split())
    plain = (
        str(book.pref("AccountingInfoPrefs", "FirstMonthOfFiscalYear") or "January") == "January"
    )
    return word.replace("fiscal", "calendar") if plain else word


def asked_day(query: dict[str, str], name: str) -> date | None:
    """A day of the query, None when it is not given; 2060 when it is no date."""
    text = query.get(name, "")
    if not text:
        return None
    found = parse_day(text)
    if found is None:
        raise ApiError(2060, f"Invalid Date Format. Supplied value:{text}", element=name)
    return found
