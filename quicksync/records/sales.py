"""Sales documents: the invoice and its lines (F1-F17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

import msgspec

from quicksync.records.base import Address, Record, Ref
from quicksync.records.money import to_cents

ZERO = Decimal(0)


class SalesLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a sales document, in the document's currency.

    `id` is the line's identity on its own side and never compared across sides. `amount` is net of
    tax unless the document says `prices_include_tax`; a line without an item and without an amount
    is a remark.
    """

    id: str = ""
    item: Ref | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal = ZERO
    tax_code: Ref | None = None
    service_on: dt.date | None = None


class Invoice(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An invoice. `tax` and `total` are what the side that made it billed, in `currency`; `balance`
    is still open.
    """

    kind: ClassVar[str] = "invoice"
    required: ClassVar[tuple[str, ...]] = ("customer", "lines")
    computed: ClassVar[frozenset[str]] = frozenset({"total", "balance", "tax", "voided"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    # What is billed: one side's discount off the other side's lines comes to a total that nobody
    # saw.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("lines", "discount", "discount_percent", "prices_include_tax"),
    )
    labels: ClassVar[dict[str, str]] = {
        "issued_on": "Date",
        "due_on": "Due date",
        "term": "Payment terms",
        "memo": "Message to the customer",
        "private_note": "Private note",
        "discount": "Discount amount",
        "discount_percent": "Discount %",
    }

    number: str = ""
    customer: Ref | None = None
    issued_on: dt.date | None = None
    due_on: dt.date | None = None
    term: Ref | None = None
    currency: str = ""
    lines: tuple[SalesLine, ...] = ()
    discount: Decimal = ZERO
    discount_percent: Decimal | None = None
    prices_include_tax: bool = False
    email: str = ""
    billing: Address | None = None
    memo: str = ""
    private_note: str = ""
    tax: Decimal | None = None
    total: Decimal | None = None
    balance: Decimal | None = None
    voided: bool = False

    def natural_key(self) -> str:
        return self.number

    def label(self) -> str:
        return f"Invoice {self.number}" if self.number else "Invoice without a number"

    def amount(self) -> Decimal | None:
        """What was billed: the stated total, else what the lines come to; None where only a tax
        rate could tell.
        """
        if self.total is not None or not self.lines:
            return self.total
        if self.voided:
            return ZERO
        net = sum((line.amount for line in self.lines), ZERO) - self.discount_amount()
        if self.prices_include_tax:
            return to_cents(net, self.currency)
        if self.tax is None and any(line.tax_code for line in self.lines):
            return None
        return to_cents(net + (self.tax or ZERO), self.currency)

    def discount_amount(self) -> Decimal:
        """The discount in money, also where it is stated in per cent."""
        if self.discount or self.discount_percent is None:
            return self.discount
        whole = sum((line.amount for line in self.lines), ZERO)
        return to_cents(whole * self.discount_percent / 100, self.currency)
