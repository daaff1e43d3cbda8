"""Rows that the documents of sales and purchases share."""

from __future__ import annotations

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents.line_forms import LineForm
from quicksync.quickbooks.online.documents.line_read import lines_back
from quicksync.quickbooks.online.documents.tax import INCLUSIVE
from quicksync.quickbooks.online.payloads.values import (
    DATE,
    NUMBER,
    TEXT,
    by_hand,
    currency_row,
    read_only,
    reference,
)
from quicksync.quickbooks.wire_table import Row, Tree

NUMBER_LENGTH = 21


def _inclusive(document: Tree) -> bool:
    return document.get("GlobalTaxCalculation") == INCLUSIVE


def _locations(facts: Facts) -> bool:
    return "locations" in facts.features


def document_rows(form: LineForm) -> tuple[Row, ...]:
    """Number, date, location, currency, note, totals and lines of a document that bills something.

    The lines, and whether their prices include tax, have no path of their own: `lines_as` writes
    them together.
    """
    return (
        Row(field="number", path="DocNumber", codec=TEXT, length=NUMBER_LENGTH),
        Row(field="issued_on", path="TxnDate", codec=DATE),
        # The interface's word for a location is Department (E6).
        Row(field="location", path="DepartmentRef", codec=reference("location"), when=_locations),
        currency_row(),
        Row(field="lines", path="", codec=by_hand(lambda document: lines_back(document, form))),
        Row(field="prices_include_tax", path="", codec=by_hand(_inclusive)),
        Row(field="private_note", path="PrivateNote", codec=TEXT, length=4000),
        read_only("tax", "TxnTaxDetail.TotalTax", NUMBER),
        read_only("total", "TotalAmt", NUMBER),
        read_only("balance", "Balance", NUMBER),
    )


def due_rows() -> tuple[Row, ...]:
    """When a document is due, and by which terms."""
    return (
        Row(field="due_on", path="DueDate", codec=DATE),
        Row(field="term", path="SalesTermRef", codec=reference("term")),
    )
