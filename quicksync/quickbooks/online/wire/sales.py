"""Sales documents as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents.estimated import (
    STATUS,
    as_offered,
    estimate_row,
    is_invoiced,
    linked,
)
from quicksync.quickbooks.online.documents.line_forms import SALE
from quicksync.quickbooks.online.documents.line_read import discount_back, discount_percent_back
from quicksync.quickbooks.online.documents.lines import lines_as
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import (
    ADDRESS,
    DATE,
    TEXT,
    by_hand,
    read_only,
    reference,
)
from quicksync.quickbooks.online.wire.rows import (
    deposit_to,
    document_rows,
    due_rows,
    left_row,
    received_rows,
)
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import CreditNote, Estimate, Invoice, Refund, SalesReceipt


def _classes(facts: Facts) -> bool:
    """Whether a sale as a whole may have a class (E4)."""
    return "classes-per-document" in facts.features


_ROWS = (
    *document_rows(SALE),
    Row(field="customer", path="CustomerRef", codec=reference("customer")),
    Row(field="class_", path="ClassRef", codec=reference("class"), when=_classes),
    # These have no path of their own: `lines_as` writes them with the lines.
    Row(field="discount", path="", codec=by_hand(discount_back)),
    Row(field="discount_percent", path="", codec=by_hand(discount_percent_back)),
    Row(field="email", path="BillEmail.Address", codec=TEXT, length=100),
    Row(field="billing", path="BillAddr", codec=ADDRESS),
    Row(field="memo", path="CustomerMemo.value", codec=TEXT, length=1000),
)


def _offered(tree: Tree, writing: Writing) -> None:
    lines_as(SALE)(tree, writing)
    as_offered(tree, writing)


# Its interface knows neither a void nor an inactive estimate.
ESTIMATE = Wired(
    table=Table(
        Estimate,
        "Estimate",
        (
            *_ROWS,
            Row(field="status", path="TxnStatus", codec=STATUS),
            Row(field="expires_on", path="ExpirationDate", codec=DATE),
            Row(field="accepted_by", path="AcceptedBy", codec=TEXT),
            Row(field="accepted_on", path="AcceptedDate", codec=DATE),
            read_only("invoiced", "", by_hand(is_invoiced)),
        ),
        left_out={"voided"},
        on_write=_offered,
        on_read=on_read("total", "tax"),
    ),
    names=("DocNumber",),
    page=("estimate", "txnId"),
    takes_back=frozenset({DELETE}),
    lines=SALE,
)


def _billed(tree: Tree, writing: Writing) -> None:
    lines_as(SALE)(tree, writing)
    linked(tree, writing)


INVOICE = Wired(
    table=Table(
        Invoice,
        "Invoice",
        (*_ROWS, *due_rows(), estimate_row(), left_row()),
        left_out={"voided"},
        on_write=_billed,
        on_read=on_read("total", "tax", "balance"),
    ),
    names=("DocNumber",),
    page=("invoice", "txnId"),
    takes_back=frozenset({VOID, DELETE}),
    lines=SALE,
)

# The interface has no documented void for it; what people void in QuickBooks shows as invoices do.
CREDIT_NOTE = Wired(
    table=Table(
        CreditNote,
        "CreditMemo",
        (*_ROWS, left_row()),
        left_out={"voided"},
        on_write=lines_as(SALE),
        on_read=on_read("total", "tax", "balance"),
    ),
    names=("DocNumber",),
    page=("creditmemo", "txnId"),
    takes_back=frozenset({DELETE}),
    lines=SALE,
)


def _paid_at_once(tree: Tree, writing: Writing) -> None:
    lines_as(SALE)(tree, writing)
    deposit_to(tree, writing)


SALES_RECEIPT = Wired(
    table=Table(
        SalesReceipt,
        "SalesReceipt",
        (*_ROWS, *received_rows()),
        left_out={"voided"},
        on_write=_paid_at_once,
        on_read=on_read("total", "tax"),
    ),
    names=("DocNumber",),
    page=("salesreceipt", "txnId"),
    takes_back=frozenset({VOID, DELETE}),
    lines=SALE,
)


def _given_back(tree: Tree, writing: Writing) -> None:
    lines_as(SALE)(tree, writing)
    deposit_to(tree, writing, "payout")


# Intuit's pages list its void nowhere but in a blog of 2017.
REFUND = Wired(
    table=Table(
        Refund,
        "RefundReceipt",
        (*_ROWS, *received_rows(length=100)),
        left_out={"voided"},
        on_write=_given_back,
        on_read=on_read("total", "tax"),
    ),
    names=("DocNumber",),
    page=("refundreceipt", "txnId"),
    takes_back=frozenset({DELETE}),
    lines=SALE,
)
