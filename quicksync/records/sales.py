"""Sales documents: the invoice and its lines (F1-F17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Address, Ref
from quicksync.records.documents import (
    BILLED_LABELS,
    BILLED_REFERENCES,
    BILLED_USUAL,
    COMPUTED,
    CREATE_ONLY,
    DUE_LABELS,
    ZERO,
    Billed,
    Line,
)
from quicksync.records.money import to_cents


class SalesLine(Line, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a sales document; without an item and without an amount it is a remark."""

    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Line.usual,
        "service_on": ("service_on", "service_date"),
    }

    service_on: dt.date | None = None

    def names(self) -> tuple[Ref | None, ...]:
        return (self.item,)


class Sale(Billed, frozen=True, kw_only=True, omit_defaults=True):
    """A document for a customer, with a discount off all of its lines."""

    required: ClassVar[tuple[str, ...]] = ("customer", "lines")
    computed: ClassVar[frozenset[str]] = COMPUTED
    create_only: ClassVar[frozenset[str]] = CREATE_ONLY
    # What is billed: one side's discount off the other side's lines comes to a total that nobody
    # saw.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("lines", "discount", "discount_percent", "prices_include_tax"),
    )
    labels: ClassVar[dict[str, str]] = {
        **BILLED_LABELS,
        "class_": "Class",
        "memo": "Message to the customer",
        "discount": "Discount amount",
        "discount_percent": "Discount %",
    }
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **BILLED_REFERENCES,
        "customer": ("customer",),
        "class_": ("class",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **BILLED_USUAL,
        "customer": ("customer", "client"),
        "class_": ("class_", "klass"),
        "email": ("billing_email",),
        "discount": ("discount", "discount_amount"),
        "discount_percent": ("discount_percent",),
        "memo": ("memo",),
    }
    party: ClassVar[str] = "customer"

    customer: Ref | None = None
    class_: Ref | None = None
    lines: tuple[SalesLine, ...] = ()
    discount: Decimal = ZERO
    discount_percent: Decimal | None = None
    email: str = ""
    billing: Address | None = None
    memo: str = ""

    def is_named_there(self, *, own_numbers: bool) -> bool:
        """QuickBooks numbers sales by itself, unless the company keeps numbers of its own (F16)."""
        return not (self.number and own_numbers)

    def discount_amount(self) -> Decimal:
        """The discount in money, also where it is stated in per cent."""
        if self.discount or self.discount_percent is None:
            return self.discount
        whole = sum((line.amount for line in self.lines), ZERO)
        return to_cents(whole * self.discount_percent / 100, self.currency)


class Invoice(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """An invoice. `tax` and `total` are what the side that made it billed, in `currency`; `balance`
    is still open.
    """

    kind: ClassVar[str] = "invoice"
    labels: ClassVar[dict[str, str]] = {**Sale.labels, **DUE_LABELS}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {**Sale.references, "term": ("term",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.usual,
        "due_on": ("due_on", "due_date"),
        "term": ("term", "terms"),
        "number": ("number", "invoice_number", "reference"),
        "issued_on": ("issued_on", "date", "invoice_date", "issue_date"),
    }

    due_on: dt.date | None = None
    term: Ref | None = None

    def label(self) -> str:
        return f"Invoice {self.number}" if self.number else "Invoice without a number"


class CreditNote(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """What a customer is given back for an invoice (F11-F13); `balance` is what is left to be used.
    All amounts are those of the note: above zero.
    """

    kind: ClassVar[str] = "credit_note"
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.usual,
        "number": ("number", "credit_note_number", "reference"),
        "issued_on": ("issued_on", "date", "credit_note_date", "issue_date"),
    }

    def label(self) -> str:
        return f"Credit note {self.number}" if self.number else "Credit note without a number"
