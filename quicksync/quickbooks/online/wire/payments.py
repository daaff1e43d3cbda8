"""Payments as QuickBooks Online JSON."""

from __future__ import annotations

from typing import cast

from quicksync.quickbooks.online.documents.applied import applied_lines, applied_row
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import (
    DATE,
    NUMBER,
    TEXT,
    currency_row,
    read_only,
    reference,
)
from quicksync.quickbooks.online.wire.rows import deposit_to, received_rows
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import Payment


def _whole(tree: Tree, writing: Writing) -> None:
    """QuickBooks takes customer, amount and lines of a payment all or not at all; what is not sent
    would be undone.
    """
    record, there = cast("Payment", writing.item.record), writing.there
    deposit_to(tree, writing)
    if writing.creating:
        if lines := applied_lines(record, record.applied, {}):
            tree["Line"] = lines
        return
    tree |= {
        name: there[name]
        for name in ("CustomerRef", "TotalAmt")
        if name not in tree and name in there
    }
    tree["Line"] = applied_lines(record, writing.fields, there)


PAYMENT = Wired(
    table=Table(
        Payment,
        "Payment",
        (
            Row(field="customer", path="CustomerRef", codec=reference("customer")),
            Row(field="paid_on", path="TxnDate", codec=DATE),
            currency_row(),
            Row(field="total", path="TotalAmt", codec=NUMBER),
            *(applied_row(field, sort) for field, sort in Payment.applied.items()),
            *received_rows(),
            Row(field="note", path="PrivateNote", codec=TEXT, length=4000),
            read_only("unapplied", "UnappliedAmt", NUMBER),
        ),
        left_out={"voided"},
        on_write=_whole,
        on_read=on_read("total", "unapplied", note="note"),
    ),
    page=("recvpayment", "txnId"),
    takes_back=frozenset({VOID, DELETE}),
)
