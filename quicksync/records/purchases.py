"""Purchase documents: the bill and its lines (H1-H7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Ref
from quicksync.records.documents import (
    BILLED_LABELS,
    BILLED_REFERENCES,
    BILLED_USUAL,
    CREATE_ONLY,
    DUE_LABELS,
    LEFT_COMPUTED,
    LEFT_USUAL,
    Billed,
    Line,
)


class PurchaseLine(Line, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a purchase: a product, or an account that it is booked on. `customer` is for whom
    it was bought, `billable` whether they will be charged (E3).
    """

    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Line.references,
        "account": ("account",),
        "customer": ("customer",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Line.usual,
        "account": ("account",),
        "customer": ("customer", "client"),
        "billable": ("billable", "is_billable"),
    }
    needs: ClassVar[Mapping[str, str]] = {"billable": "customer"}

    account: Ref | None = None
    customer: Ref | None = None
    billable: bool = False

    def names(self) -> tuple[Ref | None, ...]:
        return (self.item, self.account)


class Purchase(Billed, frozen=True, kw_only=True, omit_defaults=True):
    """A document of a vendor, whose numbers are the vendor's own."""

    required: ClassVar[tuple[str, ...]] = ("vendor", "lines")
    computed: ClassVar[frozenset[str]] = LEFT_COMPUTED
    create_only: ClassVar[frozenset[str]] = CREATE_ONLY
    # What is billed: one side's prices with the other side's word for them come to another total.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (("lines", "prices_include_tax"),)
    labels: ClassVar[dict[str, str]] = {**BILLED_LABELS, "account": "Account for what is owed"}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **BILLED_REFERENCES,
        "vendor": ("vendor",),
        "account": ("account",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **BILLED_USUAL,
        **LEFT_USUAL,
        "vendor": ("vendor", "supplier"),
        "account": ("payable_account",),
    }
    party: ClassVar[str] = "vendor"
    own_accounts: ClassVar[frozenset[str]] = frozenset({"account"})
    numbers_by_party: ClassVar[bool] = True
    payable: ClassVar[bool] = True

    vendor: Ref | None = None
    account: Ref | None = None
    lines: tuple[PurchaseLine, ...] = ()
    balance: Decimal | None = None

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        return self.balance


class Bill(Purchase, frozen=True, kw_only=True, omit_defaults=True):
    """What a vendor bills us. `account` is the one of what is owed (accounts payable); QuickBooks
    takes its own where it is empty.
    """

    kind: ClassVar[str] = "bill"
    labels: ClassVar[dict[str, str]] = {**Purchase.labels, **DUE_LABELS}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Purchase.references,
        "term": ("term",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Purchase.usual,
        "number": ("number", "bill_number", "reference"),
        "issued_on": ("issued_on", "date", "bill_date", "issue_date"),
        "due_on": ("due_on", "due_date"),
        "term": ("term", "terms"),
    }

    due_on: dt.date | None = None
    term: Ref | None = None

    def label(self) -> str:
        return f"Bill {self.number}" if self.number else "Bill without a number"
