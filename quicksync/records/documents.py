"""What documents have in common: a date, a party, money; lines, a number and a total where they
bill something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import ClassVar, Self

import msgspec

from quicksync.records.base import Part, Party, Record, Ref
from quicksync.records.money import to_cents
from quicksync.records.spelling import fold
from quicksync.records.usual import VOIDED

ZERO = Decimal(0)


class Line(Part, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a document, in the document's currency.

    `id` is the line's identity on its own side and never compared across sides. `amount` is net of
    tax unless the document says `prices_include_tax`. `needs`: fields that QuickBooks only takes
    with another one.
    """

    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "item": ("item",),
        "tax_code": ("tax_code",),
        "class_": ("class",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "item": ("item", "product", "service"),
        "description": ("description", "text"),
        "quantity": ("quantity", "qty"),
        "unit_price": ("unit_price", "price", "rate"),
        "amount": ("amount",),
        "tax_code": ("tax_code", "tax", "vat"),
        "class_": ("class_", "klass"),
    }
    needs: ClassVar[Mapping[str, str]] = {}
    order: ClassVar[tuple[str, ...]] = (
        *("id", "item", "account", "description", "quantity", "unit_price", "amount"),
        *("tax_code", "service_on", "class_", "customer", "billable"),
    )

    id: str = ""
    item: Ref | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal = ZERO
    tax_code: Ref | None = None
    class_: Ref | None = None

    def worked_out(self) -> Self:
        """A line that says quantity and price only comes to their product, as in a table of lines
        without an amount.
        """
        if self.amount or not self.quantity or not self.unit_price:
            return self
        return msgspec.structs.replace(self, amount=to_cents(self.quantity * self.unit_price))

    def names(self) -> tuple[Ref | None, ...]:
        """What the line is about, besides its text: a product, or an account."""
        return ()

    def is_remark(self) -> bool:
        """Whether it only says something."""
        return not any(self.names()) and self.amount == 0


class Document(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A record that carries money and a date, and that can be undone (`voided`)."""

    currency: str = ""
    voided: bool = False


# Of documents with lines: what is worked out, and what QuickBooks never changes.
COMPUTED = frozenset({"total", "tax", "voided"})
CREATE_ONLY = frozenset({"currency"})
BILLED_LABELS = {"issued_on": "Date", "private_note": "Private note"}
DUE_LABELS = {"due_on": "Due date", "term": "Payment terms"}
BILLED_REFERENCES: Mapping[str, tuple[str, ...]] = {"location": ("location",)}
BILLED_USUAL: Mapping[str, tuple[str, ...]] = {
    "location": ("location",),
    "currency": ("currency",),
    "private_note": ("private_note", "internal_note"),
    "tax": ("tax", "tax_total"),
    "total": ("total",),
    "voided": VOIDED,
}
# Of those among them that are paid, or used up, later: what is left of the total.
LEFT_COMPUTED = COMPUTED | {"balance"}
LEFT_USUAL: Mapping[str, tuple[str, ...]] = {"balance": ("balance",)}


class Billed(Document, frozen=True, kw_only=True, omit_defaults=True):
    """A document with lines that come to a total. Its number belongs to its party: two of them may
    use the same.
    """

    dated: ClassVar[str] = "issued_on"
    order: ClassVar[tuple[str, ...]] = (
        *("number", "customer", "vendor", "issued_on", "due_on", "term", "account", "location"),
        *("status", "expires_on", "accepted_by", "accepted_on", "estimate"),
        *("method", "reference"),
        *("class_", "currency", "lines", "discount", "discount_percent", "prices_include_tax"),
        *("email", "billing", "memo", "private_note", "tax", "total", "balance", "voided"),
        *("deposited", "invoiced"),
    )

    number: str = ""
    issued_on: dt.date | None = None
    location: Ref | None = None
    lines: tuple[Line, ...] = ()
    prices_include_tax: bool = False
    private_note: str = ""
    tax: Decimal | None = None
    total: Decimal | None = None

    def natural_key(self) -> str:
        return self.number

    def identity(self, party: Party) -> Hashable:
        number, owner = fold(self.number), self.owner()
        return (number, party(owner)) if number and owner is not None else None

    def identity_left(self, party: Party) -> Hashable:
        owner = self.owner()
        return None if owner is None else (party(owner), self.issued_on, self.amount())

    def amount(self) -> Decimal | None:
        """What was billed: the stated total, else what the lines come to; None where only a tax
        rate could tell.
        """
        if self.total is not None or not self.lines:
            return self.total
        if self.voided:
            return ZERO
        net = self.net()
        if self.prices_include_tax:
            return to_cents(net, self.currency)
        if self.tax is None and any(line.tax_code for line in self.lines):
            return None
        return to_cents(net + (self.tax or ZERO), self.currency)

    def worth(self) -> Decimal | None:
        total = self.amount()
        return self.net() if total is None else total

    def net(self) -> Decimal:
        """What the lines come to, the discount taken off."""
        return sum((line.amount for line in self.lines), ZERO) - self.discount_amount()

    def discount_amount(self) -> Decimal:
        """The discount in money, in the document's own prices."""
        return ZERO

    def is_named_there(self, *, own_numbers: bool) -> bool:
        """A document without a number is known by the rest of it."""
        return not self.number

    def number_key(self, party: Party) -> str:
        number, owner = fold(self.number), self.owner()
        if not number or not self.numbers_by_party:
            return number
        return f"{number}|{party(owner)}" if owner is not None else ""

    def tax_codes(self) -> tuple[Ref, ...]:
        return tuple(
            dict.fromkeys(line.tax_code for line in self.lines if line.tax_code is not None)
        )
