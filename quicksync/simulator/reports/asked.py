"""What a client asks of a report: period, accounting method, filters, columns and order, checked
before it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.periods import (
    Period,
    asked_day,
    macro_period,
    months_on,
    told_macro,
)

# `summarize_column_by`: days in a column, months in a column, or the property of an entry that
# makes one.
DAYS = {"Days": 1, "Week": 7}
MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}
BY_NAME = {
    "Customers": "customer", "Vendors": "vendor", "Employees": "employee", "Classes": "class_",
    "Departments": "department", "ProductsAndServices": "item",
}  # fmt: skip
_SUMMARIES = {word.lower(): word for word in ("Total", *DAYS, *MONTHS, *BY_NAME)}
# Query parameters that choose entries, and the property they look at.
FILTERS = {
    "customer": "customer",
    "vendor": "vendor",
    "employee": "employee",
    "class": "class_",
    "department": "department",
    "item": "item",
}
_ORDERS = ("ascend", "descend")


@dataclass(frozen=True, slots=True)
class Form:
    """What a report takes and tells: its default period, its filters, its columns, the lines of its
    header.
    """

    macro: str  # default period, as recorded; "" for a list that has none
    filters: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # keys of the columns shown when none are asked for
    more: tuple[str, ...] = ()  # keys that may be asked for besides
    basis: bool = False  # takes an accounting method, and its header tells it
    summed: bool = False  # takes `summarize_column_by`, and its header tells it
    standard: bool = False  # tells the accounting standard
    period: str = "both"  # which days the header tells: both, end or none
    as_of: bool = False  # looks at a day (`report_date`) and tells it among the options


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    name: str
    form: Form
    query: dict[str, str]
    span: Period
    macro: str
    basis: str
    by: str
    filters: dict[str, frozenset[str]]

    def keeps(self, entry: Entry) -> bool:
        """Whether an entry passes the filters."""
        return all(str(getattr(entry, FILTERS[name])) in ids for name, ids in self.filters.items())

    def chosen(self, name: str) -> frozenset[str]:
        """The values of a query parameter that takes several, empty when all are wanted."""
        return frozenset(
            word.strip() for word in self.query.get(name, "").split(",") if word.strip()
        )

    @property
    def day(self) -> date:
        """The day a report looks at: `report_date`, or where its period ends."""
        return self.span.end

    @property
    def is_descending(self) -> bool:
        """Whether the order is turned round."""
        return self.query.get("sort_order", "").lower() == "descend"


def ask(book: Book, name: str, form: Form, query: dict[str, str]) -> Asked:
    """Read the query of a report; parameters that the report does not document are left aside, as
    the service does.
    """
    span, macro = _span(book, form, query)
    basis = query.get("accounting_method") or str(
        book.pref("ReportPrefs", "ReportBasis") or "Accrual"
    )
    by = query.get("summarize_column_by") or "Total"
    chosen = {
        word: frozenset(query[word].split(","))
        for word in form.filters
        if word in FILTERS and query.get(word)
    }
    return Asked(
        name=name,
        form=form,
        query=query,
        span=span,
        macro=macro,
        basis=_one_of(basis, {"cash": "Cash", "accrual": "Accrual"}, "accounting_method")
        if form.basis
        else "Accrual",
        by=_one_of(by, _SUMMARIES, "summarize_column_by") if form.summed else "Total",
        filters=_checked_order(query, chosen),
    )


def _checked_order(
    query: dict[str, str], chosen: dict[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    order = query.get("sort_order")
    if order and order.lower() not in _ORDERS:
        raise ApiError(2170, f"Invalid Enumeration : {order}", element="sort_order")
    return chosen


def _one_of(value: str, known: dict[str, str], element: str) -> str:
    found = known.get(value.lower())
    if found is None:
        raise ApiError(2170, f"Invalid Enumeration : {value}", element=element)
    return found


def _span(book: Book, form: Form, query: dict[str, str]) -> tuple[Period, str]:
    start, end = asked_day(query, "start_date"), asked_day(query, "end_date")
    day = asked_day(query, "report_date") if form.as_of else None
    if day is not None:
        return Period(day, day), ""
    if start or end:
        last = end or book.today()
        return Period(start or last.replace(month=1, day=1), last), ""
    if not form.macro:
        return macro_period(book, "All"), ""
    macro = query.get("date_macro") or form.macro
    return macro_period(book, macro), told_macro(book, macro)


def pieces(span: Period, by: str) -> list[Period]:
    """A period cut into days, weeks (Sunday to Saturday), months, quarters or years; the ends may
    be shorter.
    """
    found, start = list[Period](), span.start
    while start <= span.end and by in (*DAYS, *MONTHS):
        end = min(_last_day(start, by), span.end)
        found.append(Period(start, end))
        if end == date.max:
            break
        start = end + timedelta(days=1)
    return found


def _last_day(start: date, by: str) -> date:
    if by == "Days":
        return start
    if by == "Week":
        return start + timedelta(days=(5 - start.weekday()) % 7)
    months = MONTHS[by]
    first = start.replace(month=months * ((start.month - 1) // months) + 1, day=1)
    if first.year == date.max.year and first.month + months > 12:
        return date.max
    return months_on(first, months) - timedelta(days=1)
