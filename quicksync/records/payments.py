"""Payments from customers and what they pay (G1-G11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Hashable, Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Allocation, CreditUse, Party, Ref
from quicksync.records.documents import ZERO, Document
from quicksync.records.spelling import fold
from quicksync.records.usual import METHOD, NOTES, VOIDED


class Payment(Document, frozen=True, kw_only=True, omit_defaults=True):
    """Money received. What `allocations` leave of `total` and of the `credits` that it uses is
    unapplied: the customer's credit (G3, G4, G5, F12).

    `deposited` says that QuickBooks has it in a deposit, and lets nobody change it meanwhile (G9).
    """

    kind: ClassVar[str] = "payment"
    required: ClassVar[tuple[str, ...]] = ("customer", "total")
    computed: ClassVar[frozenset[str]] = frozenset({"unapplied", "voided", "deposited"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    # One side's parts of the other side's amount, or of another customer's invoices, are a payment
    # nobody made.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("customer", "total", "allocations", "credits"),
    )
    labels: ClassVar[dict[str, str]] = {
        "paid_on": "Date",
        "method": "Payment method",
        "account": "Deposit to",
        "allocations": "Paid documents",
        "credits": "Credits used",
        "total": "Amount",
    }
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "customer": ("customer",),
        "method": ("payment_method",),
        "account": ("account",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "reference": ("reference", "number", "check_number"),
        "customer": ("customer", "client"),
        "paid_on": ("paid_on", "date", "received_on", "payment_date"),
        "currency": ("currency",),
        "total": ("total", "amount"),
        "method": METHOD,
        "account": ("account", "deposit_account"),
        "note": NOTES,
        "voided": VOIDED,
    }
    party: ClassVar[str] = "customer"
    dated: ClassVar[str] = "paid_on"
    order: ClassVar[tuple[str, ...]] = (
        *("reference", "customer", "paid_on", "currency", "total", "allocations", "credits"),
        *("method", "account", "note", "unapplied", "voided", "deposited"),
    )
    applied: ClassVar[Mapping[str, type[Allocation]]] = {
        "allocations": Allocation,
        "credits": CreditUse,
    }

    reference: str = ""
    customer: Ref | None = None
    paid_on: dt.date | None = None
    total: Decimal = ZERO
    allocations: tuple[Allocation, ...] = ()
    credits: tuple[CreditUse, ...] = ()
    method: Ref | None = None
    account: Ref | None = None
    note: str = ""
    unapplied: Decimal | None = None
    deposited: bool = False

    def natural_key(self) -> str:
        """Payments have no number that people keep unique: a reference alone never pairs two."""
        return ""

    def label(self) -> str:
        day = self.paid_on.isoformat() if self.paid_on else "undated"
        return f"Payment {self.reference or day}"

    def identity(self, party: Party) -> Hashable:
        if self.customer is None or self.paid_on is None:
            return None
        return (party(self.customer), self.paid_on, self.total, fold(self.reference))

    def identity_left(self, party: Party) -> Hashable:
        return (
            None
            if self.customer is None
            else (party(self.customer), self.total, fold(self.reference))
        )

    def is_named_there(self, *, own_numbers: bool) -> bool:
        """QuickBooks dates a payment that has no date."""
        return self.paid_on is None

    def block(self) -> str:
        return f"{self.paid_on}|{self.total.normalize()}"

    def amount(self) -> Decimal | None:
        return self.total

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        """What is unapplied; having no allocations may also mean that they are not told."""
        if self.unapplied is not None or "allocations" not in carried:
            return self.unapplied
        return self.total - self.charged()

    def besides(self, fields: Container[str]) -> Decimal:
        """QuickBooks tells what is left, and so what all its links come to."""
        if self.unapplied is None or self.voided:
            return ZERO
        return self.unapplied + self.charged(fields) - self.total
