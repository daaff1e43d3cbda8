"""Payments as QuickBooks Online JSON."""

from __future__ import annotations

from typing import cast

from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import (
    DATE,
    NUMBER,
    TEXT,
    by_hand,
    currency_row,
    number,
    plain,
    read_only,
    reference,
    text,
    trees,
)
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import Allocation, Payment, Ref

# What a payment may pay that is a kind of ours: QuickBooks' word for it -> our kind.
PAID = {"Invoice": "invoice"}
_WORDS = {kind: word for word, kind in PAID.items()}


def _link(line: Tree) -> Tree:
    return next(iter(trees(line.get("LinkedTxn"))), {})


def _allocations_back(payment: Tree) -> tuple[Allocation, ...]:
    """What the payment pays; links to kinds that are none of ours (credits, journal entries) stay
    there untouched.
    """
    return tuple(
        Allocation(document=Ref(kind, text(link["TxnId"])), amount=number(line.get("Amount") or 0))
        for line in trees(payment.get("Line"))
        if (kind := PAID.get((link := _link(line)).get("TxnType", "")))
    )


def _allocation_lines(record: Payment) -> list[Tree]:
    return [
        {
            "Amount": plain(part.amount),
            "LinkedTxn": [{"TxnId": part.document.id, "TxnType": _WORDS[part.document.kind]}],
        }
        for part in record.allocations
    ]


def _in_deposit(payment: Tree) -> bool:
    """Whether its links name a deposit. What is no link says nothing, and makes no payment
    unreadable.
    """
    links = payment.get("LinkedTxn")
    links = links if isinstance(links, list) else ()
    return any(isinstance(link, dict) and link.get("TxnType") == "Deposit" for link in links)


def _first_time(tree: Tree, record: Payment, writing: Writing) -> None:
    if record.allocations:
        tree["Line"] = _allocation_lines(record)
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
    old = trees(there.get("Line"))
    tree |= {
        name: there[name]
        for name in ("CustomerRef", "TotalAmt")
        if name not in tree and name in there
    }
    if "allocations" in writing.fields:
        tree["Line"] = _allocation_lines(record) + [
            line for line in old if _link(line).get("TxnType") not in PAID
        ]
    else:
        tree["Line"] = old


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
            Row(field="allocations", path="", codec=by_hand(_allocations_back)),
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
