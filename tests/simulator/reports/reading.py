"""How the tests read a report: its lines, its columns, its sums."""

from __future__ import annotations

from decimal import Decimal

# A year that is over, with fiscal years on both sides of it.
LAST = 2025
WHOLE_YEAR = {"start_date": f"{LAST}-01-01", "end_date": f"{LAST}-12-31"}
CASH = {"accounting_method": "Cash"}


def parts(rows, depth=0):
    """Every line of a report: what it is, its cells, how deep it stands."""
    for one in rows.get("Row", []):
        if "Header" in one:
            yield "head", one["Header"]["ColData"], depth
        if "ColData" in one:
            yield "row", one["ColData"], depth
        yield from parts(one.get("Rows", {}), depth + 1)
        if "Summary" in one:
            yield "sum", one["Summary"]["ColData"], depth


def values(cells):
    """What stands in the cells of a line."""
    return [cell["value"] for cell in cells]


def lines(report, kind="row"):
    """The lines of one sort ("head", "row", "sum"), as lists of texts."""
    return [values(cells) for what, cells, _ in parts(report["Rows"]) if what == kind]


def keys(report):
    """What each column is called by machines."""
    return [
        entry["Value"] for column in report["Columns"]["Column"] for entry in column["MetaData"]
    ]


def titles(report):
    """What each column is called by people."""
    return [column["ColTitle"] for column in report["Columns"]["Column"]]


def sums(report):
    """Sums by their titles, as numbers."""
    return {line[0]: [Decimal(value or 0) for value in line[1:]] for line in lines(report, "sum")}


def ask(books, name, **query):
    """A report, by its name and parameters."""
    return books.call("GET", f"reports/{name}", **query)


def net(books, **query):
    """The net income that profit and loss ends with."""
    return sums(ask(books, "ProfitAndLoss", **query))["Net Income"][-1]


def options(report):
    """What the header says of how the report was made."""
    return {entry["Name"]: entry["Value"] for entry in report["Header"]["Option"]}


def section_of(report, account):
    """The lines of one account of a ledger."""
    found, inside = [], False
    for what, cells, _ in parts(report["Rows"]):
        if what == "head":
            inside = cells[0]["value"] == account
        elif inside:
            found.append((what, cells))
    return found
