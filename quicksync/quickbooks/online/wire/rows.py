"""Rows that several kinds of documents share."""

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
    ref_id,
    reference,
)
from quicksync.quickbooks.wire_table import Row, Tree, Writing

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
    )


def left_row() -> Row:
    """What is left of a document's total."""
    return read_only("balance", "Balance", NUMBER)


def received_rows(*, length: int = 21) -> tuple[Row, ...]:
    """How money came in, and where it went; `length` is that of the reference."""
    return (
        Row(field="reference", path="PaymentRefNum", codec=TEXT, length=length),
        Row(field="method", path="PaymentMethodRef", codec=reference("payment_method")),
        Row(field="account", path="DepositToAccountRef", codec=reference("account")),
        read_only("deposited", "", by_hand(_in_deposit)),
    )


def stand_in(tree: Tree, writing: Writing, name: str, chosen: str | None) -> None:
    """The account that the connection chose, for what names none: when it is new, and when its
    account is emptied. Any other change leaves it where it is.
    """
    if chosen and not ref_id(tree.get(name)) and (writing.creating or name in tree):
        tree[name] = {"value": chosen}


def deposit_to(tree: Tree, writing: Writing, role: str = "deposit") -> None:
    """Money that names no account goes to the one that the connection chose for what is paid this
    way, or else for all (G8), or comes from it.
    """
    facts = writing.facts
    chosen = facts.defaults.get(role)
    if role == "deposit":
        method = tree.get("PaymentMethodRef", writing.there.get("PaymentMethodRef"))
        chosen = facts.method_accounts.get(ref_id(method)) or chosen
    stand_in(tree, writing, "DepositToAccountRef", chosen)


def _in_deposit(document: Tree) -> bool:
    """Whether its links name a deposit. What is no link makes no record unreadable."""
    links = document.get("LinkedTxn")
    links = links if isinstance(links, list) else ()
    return any(isinstance(link, dict) and link.get("TxnType") == "Deposit" for link in links)


def due_rows() -> tuple[Row, ...]:
    """When a document is due, and by which terms."""
    return (
        Row(field="due_on", path="DueDate", codec=DATE),
        Row(field="term", path="SalesTermRef", codec=reference("term")),
    )
