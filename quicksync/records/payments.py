"""Payments from customers and what they pay (G1-G11)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

import msgspec

from quicksync.records.base import Record, Ref
from quicksync.records.sales import ZERO


class Allocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a payment that pays one document, in the payment's currency."""

    document: Ref
    amount: Decimal


class Payment(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Money received. What `allocations` leave of `total` is unapplied: the customer's credit (G3,
    G4, G5).

    `deposited` says that QuickBooks has it in a deposit, and lets nobody change it meanwhile (G9).
    """

    kind: ClassVar[str] = "payment"
    required: ClassVar[tuple[str, ...]] = ("customer", "total")
    computed: ClassVar[frozenset[str]] = frozenset({"unapplied", "voided", "deposited"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    # One side's parts of the other side's amount, or of another customer's invoices, are a payment
    # nobody made.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (("customer", "total", "allocations"),)
    labels: ClassVar[dict[str, str]] = {
        "paid_on": "Date",
        "method": "Payment method",
        "account": "Deposit to",
        "allocations": "Paid documents",
        "total": "Amount",
    }

    reference: str = ""
    customer: Ref | None = None
    paid_on: dt.date | None = None
    currency: str = ""
    total: Decimal = ZERO
    allocations: tuple[Allocation, ...] = ()
    method: Ref | None = None
    account: Ref | None = None
    note: str = ""
    unapplied: Decimal | None = None
    voided: bool = False
    deposited: bool = False

    def natural_key(self) -> str:
        """Payments have no number that people keep unique: a reference alone never pairs two of
        them.
        """
        return ""

    def label(self) -> str:
        day = self.paid_on.isoformat() if self.paid_on else "undated"
        return f"Payment {self.reference or day}"

    def amount(self) -> Decimal | None:
        return self.total
