"""Sales documents as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.online.documents.line_read import (
    discount_back,
    discount_percent_back,
    lines_back,
)
from quicksync.quickbooks.online.documents.lines import write_lines
from quicksync.quickbooks.online.documents.tax import INCLUSIVE
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import (
    ADDRESS,
    DATE,
    NUMBER,
    TEXT,
    by_hand,
    currency_row,
    read_only,
    reference,
)
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree
from quicksync.records import Invoice


def _inclusive(document: Tree) -> bool:
    return document.get("GlobalTaxCalculation") == INCLUSIVE


INVOICE = Wired(
    table=Table(
        Invoice,
        "Invoice",
        (
            Row(field="number", path="DocNumber", codec=TEXT, length=21),
            Row(field="customer", path="CustomerRef", codec=reference("customer")),
            Row(field="issued_on", path="TxnDate", codec=DATE),
            Row(field="due_on", path="DueDate", codec=DATE),
            Row(field="term", path="SalesTermRef", codec=reference("term")),
            currency_row(),
            # These four have no path of their own: `write_lines` writes them together.
            Row(field="lines", path="", codec=by_hand(lines_back)),
            Row(field="discount", path="", codec=by_hand(discount_back)),
            Row(field="discount_percent", path="", codec=by_hand(discount_percent_back)),
            Row(field="prices_include_tax", path="", codec=by_hand(_inclusive)),
            Row(field="email", path="BillEmail.Address", codec=TEXT, length=100),
            Row(field="billing", path="BillAddr", codec=ADDRESS),
            Row(field="memo", path="CustomerMemo.value", codec=TEXT, length=1000),
            Row(field="private_note", path="PrivateNote", codec=TEXT, length=4000),
            read_only("tax", "TxnTaxDetail.TotalTax", NUMBER),
            read_only("total", "TotalAmt", NUMBER),
            read_only("balance", "Balance", NUMBER),
        ),
        left_out={"voided"},
        on_write=write_lines,
        on_read=on_read("total", "tax", "balance"),
    ),
    names=("DocNumber",),
    page=("invoice", "txnId"),
    takes_back=frozenset({VOID, DELETE}),
)
