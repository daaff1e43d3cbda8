"""The frame of every report: header, columns, rows, sections, and the periods and options a client asks for."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from quicksync.simulator.book import Book
from quicksync.simulator.clock import parse_day, stamp
from quicksync.simulator.errors import ApiError
from quicksync.simulator.jsontext import Doc


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    start: date
    end: date

    @property
    def words(self) -> tuple[str, str]:
        """Both days as text."""
        return self.start.isoformat(), self.end.isoformat()


def period(book: Book, query: dict[str, str], *, default: str = "This Calendar Year-to-date") -> Period:
    """What start_date and end_date, or date_macro, mean today."""
    today = book.today()
    if query.get("start_date") or query.get("end_date"):
        start = parse_day(query.get("start_date", "")) or today.replace(month=1, day=1)
        end = parse_day(query.get("end_date", "")) or today
        return Period(start, end)
    return _macro(today, query.get("date_macro") or default)


def _macro(today: date, macro: str) -> Period:
    year, month = today.replace(month=1, day=1), today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    week = today - timedelta(days=(today.weekday() + 1) % 7)
    known = {
        "today": Period(today, today),
        "yesterday": Period(today - timedelta(days=1), today - timedelta(days=1)),
        "this week": Period(week, week + timedelta(days=6)),
        "last week": Period(week - timedelta(days=7), week - timedelta(days=1)),
        "this month": Period(month, today.replace(day=calendar.monthrange(today.year, today.month)[1])),
        "this month-to-date": Period(month, today),
        "last month": Period(before.replace(day=1), before),
        "this fiscal quarter-to-date": Period(quarter, today),
        "this calendar year": Period(year, today.replace(month=12, day=31)),
        "this fiscal year": Period(year, today.replace(month=12, day=31)),
        "this calendar year-to-date": Period(year, today),
        "this fiscal year-to-date": Period(year, today),
        "last calendar year": Period(year.replace(year=year.year - 1), year - timedelta(days=1)),
        "last fiscal year": Period(year.replace(year=year.year - 1), year - timedelta(days=1)),
        "all": Period(date(1900, 1, 1), today),
    }
    if macro.lower() not in known:
        raise ApiError(2170, f"Invalid Enumeration : {macro}", element="date_macro")
    return known[macro.lower()]


def amount(value: Decimal) -> str:
    """An amount as reports write it: two decimals, nothing for zero."""
    return f"{value:.2f}" if value else ""


def cells(*values: str | tuple[str, str]) -> list[Doc]:
    """Cells of a row; a pair is a value and the id it stands for."""
    return [{"value": v[0], "id": v[1]} if isinstance(v, tuple) else {"value": v} for v in values]


def row(*values: str | tuple[str, str]) -> Doc:
    """A plain row."""
    return {"ColData": cells(*values), "type": "Data"}


def section(title: str, rows: list[Doc], total: list[Doc], *, group: str = "", id_: str = "") -> Doc:
    """Rows under a heading, with their sum."""
    head = cells((title, id_) if id_ else title, *[""] * (len(total) - 1))
    found: Doc = {"Header": {"ColData": head}, "Rows": {"Row": rows}, "Summary": {"ColData": total}, "type": "Section"}
    return found | ({"group": group} if group else {})


def summary(title: str, *values: Decimal, group: str = "") -> Doc:
    """A line that only sums up."""
    found: Doc = {"Summary": {"ColData": cells(title, *(f"{value:.2f}" for value in values))}, "type": "Section"}
    return found | ({"group": group} if group else {})


def frame(
    book: Book,
    name: str,
    columns: list[tuple[str, str]],
    rows: list[Doc],
    span: Period | None = None,
    query: dict[str, str] | None = None,
) -> Doc:
    """A whole report; columns are title and type."""
    asked = query or {}
    header: Doc = {
        "Time": stamp(book.clock.now()),
        "ReportName": name,
        "ReportBasis": asked.get("accounting_method") or "Accrual",
    }
    if span is not None:
        header |= {
            "StartPeriod": span.words[0],
            "EndPeriod": span.words[1],
            "SummarizeColumnsBy": asked.get("summarize_column_by") or "Total",
        }
    header |= {
        "Currency": book.home,
        "Option": [
            {"Name": "AccountingStandard", "Value": "GAAP"},
            {"Name": "NoReportData", "Value": str(not rows).lower()},
        ],
    }
    return {
        "Header": header,
        "Columns": {"Column": [
            {"ColTitle": title, "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": _key(title, kind)}]}
            for title, kind in columns]},
        "Rows": {"Row": rows} if rows else {},
    }  # fmt: skip


def _key(title: str, kind: str) -> str:
    return title.lower().replace(" ", "_").replace("/", "_") if title else kind.lower()
