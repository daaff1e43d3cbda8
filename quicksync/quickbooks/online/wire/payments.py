"""Payments as QuickBooks Online JSON."""

from __future__ import annotations

from typing import cast

from quicksync.quickbooks.online.documents.applied import applied_lines, applied_row
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import (
    DATE,
    NUMBER,
    TEXT,
    by_hand,
    currency_row,
    read_only,
    reference,
)
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import Payment


def _in_deposit(payment: Tree) -> bool:
    """Whether its links name a deposit. What is no link makes no payment unreadable."""
    links = payment.get("LinkedTxn")
    links = links if isinstance(links, list) else ()
    return any(isinstance(link, dict) and link.get("TxnType") == "Deposit" for link in links)


def _first_time(tree: Tree, record: Payment, writing: Writing) -> None:
    if lines := applied_lines(record, record.applied, {}):
        tree["Line"] = lines
    if "DepositToAccountRef" not in tree and (account := writing.facts.defaults.get("deposit")):
        # The connection's own choice, where the payment names no account (G8).
        tree["DepositToAccountRef"] = {"value": account}


def _whole(tree: Tree, writing: Writing) -> None:
    """QuickBooks takes customer, amount and lines of a payment all or not at all; what is not sent
    would be undone.
    """
    record, there = cast("Payment", writing.item.record), writing.there
    if writing.creating:
        _first_time(tree, record, writing)
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
            Row(field="reference", path="PaymentRefNum", codec=TEXT, length=21),
            Row(field="customer", path="CustomerRef", codec=reference("customer")),
            Row(field="paid_on", path="TxnDate", codec=DATE),
            currency_row(),
            Row(field="total", path="TotalAmt", codec=NUMBER),
            *(applied_row(field, sort) for field, sort in Payment.applied.items()),
            Row(field="method", path="PaymentMethodRef", codec=reference("payment_method")),
            Row(field="account", path="DepositToAccountRef", codec=reference("account")),
            Row(field="note", path="PrivateNote", codec=TEXT, length=4000),
            read_only("unapplied", "UnappliedAmt", NUMBER),
            read_only("deposited", "", by_hand(_in_deposit)),
        ),
        left_out={"voided"},
        on_write=_whole,
        on_read=on_read("total", "unapplied", note="note"),
    ),
    page=("recvpayment", "txnId"),
    takes_back=frozenset({VOID, DELETE}),
)
