"""The frame of every report: header, columns, rows and sections."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import stamp
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.reports.asked import Asked

Cell = str | tuple[str, str]
_NAME = (
    "SELECT coalesce(json_extract(body, '$.FullyQualifiedName'), name) FROM entity WHERE type=? AND"
    " id=?"
)
# Filters that the header repeats, in the words of the query and of the header.
_TOLD = {
    "customer": "Customer",
    "vendor": "Vendor",
    "employee": "Employee",
    "item": "Item",
    "class": "Class",
    "department": "Department",
}


def amount(value: Decimal) -> str:
    """An amount as reports write it: two decimals, nothing for zero."""
    return f"{value:.2f}" if value else ""


def cells(*values: Cell) -> list[Doc]:
    """Cells of a row; a pair is a value and the id it stands for."""
    return [{"value": v[0], "id": v[1]} if isinstance(v, tuple) else {"value": v} for v in values]


def row(*values: Cell) -> Doc:
    """A plain row."""
    return {"ColData": cells(*values), "type": "Data"}


def section(
    head: Cell, rows: list[Doc], total: list[Doc], *, group: str = "", own: list[str] | None = None
) -> Doc:
    """Rows under a heading, with their sum; `own` are amounts that stand in the heading itself."""
    found: Doc = {"Header": {"ColData": cells(head, *(own or [""] * (len(total) - 1)))}}
    return found | body(rows, total, group=group)


def body(rows: list[Doc], total: list[Doc], *, group: str = "") -> Doc:
    """Rows without a heading, with their sum; no `Rows` where there are none (recorded 2020)."""
    found: Doc = {"Rows": {"Row": rows}} if rows else {}
    found |= {"Summary": {"ColData": total}, "type": "Section"}
    return found | ({"group": group} if group else {})


def summary(title: str, *values: str, group: str = "") -> Doc:
    """A line that only sums up."""
    found: Doc = {"Summary": {"ColData": cells(title, *values)}, "type": "Section"}
    return found | ({"group": group} if group else {})


def column(title: str, kind: str, key: str) -> Doc:
    """One column: its heading, its type and its key."""
    return {"ColTitle": title, "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": key}]}


def frame(
    book: Book, asked: Asked, columns: list[Doc], rows: list[Doc], *, empty: bool = False
) -> Doc:
    """A whole report; `empty` when its rows are headings and sums of nothing."""
    form = asked.form
    header: Doc = {"Time": stamp(book.clock.now()), "ReportName": asked.name}
    if asked.macro:
        header["DateMacro"] = asked.macro
    if form.basis:
        header["ReportBasis"] = asked.basis
    start, end = asked.span.words
    if form.period == "both":
        header["StartPeriod"] = start
    if form.period != "none":
        header["EndPeriod"] = end
    if form.summed:
        header["SummarizeColumnsBy"] = asked.by
    header["Currency"] = book.home
    for word, name in _TOLD.items():
        if word in asked.filters:
            header[name] = asked.query[word]
    header["Option"] = _options(asked, empty or not rows)
    return {"Header": header, "Columns": {"Column": columns}, "Rows": {"Row": rows} if rows else {}}


def _options(asked: Asked, empty: bool) -> list[Doc]:
    found = [{"Name": "AccountingStandard", "Value": "GAAP"}] if asked.form.standard else []
    if asked.form.as_of:
        found.append({"Name": "report_date", "Value": asked.day.isoformat()})
    return [*found, {"Name": "NoReportData", "Value": str(empty).lower()}]


def name_of(book: Book, kind: str, id_: str) -> str:
    """The name that reports show of a row of a list: the full one, with what it is under."""
    if not id_:
        return ""
    return str(book.store.one(_NAME, kind, id_) or "")
