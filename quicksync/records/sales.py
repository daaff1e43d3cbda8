"""Estimates, invoices, credit notes, sales receipts and refunds, and their lines (F1-F18, F23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Hashable, Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Address, Party, Ref
from quicksync.records.documents import (
    BILLED_LABELS,
    BILLED_REFERENCES,
    BILLED_USUAL,
    COMPUTED,
    CREATE_ONLY,
    DUE_LABELS,
    LEFT_COMPUTED,
    LEFT_USUAL,
    ZERO,
    Billed,
    Line,
)
from quicksync.records.money import to_cents
from quicksync.records.spelling import fold
from quicksync.records.usual import METHOD


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


class Estimate(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """What a customer is offered (F18). Nothing is owed for it: it is in no balance and no income.

    `status` is closed once it is invoiced; `invoiced` says that QuickBooks has an invoice of it.
    """

    kind: ClassVar[str] = "estimate"
    computed: ClassVar[frozenset[str]] = Sale.computed | {"invoiced"}
    # Who accepted it, and when, is one word.
    together: ClassVar[tuple[tuple[str, ...], ...]] = (
        *Sale.together,
        ("accepted_by", "accepted_on"),
    )
    choices: ClassVar[dict[str, tuple[str, ...]]] = {
        "status": ("pending", "accepted", "closed", "rejected")
    }
    arrives: ClassVar[Mapping[str, frozenset[str]]] = {"status": frozenset({"closed"})}
    labels: ClassVar[dict[str, str]] = {**Sale.labels, "expires_on": "Expiry date"}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.usual,
        "number": ("number", "estimate_number", "quote_number", "reference"),
        "issued_on": ("issued_on", "date", "estimate_date", "quote_date", "issue_date"),
        "expires_on": ("expires_on", "expiry_date", "expiration_date", "valid_until"),
        "accepted_by": ("accepted_by",),
        "accepted_on": ("accepted_on", "accepted_date"),
    }

    status: str = ""
    expires_on: dt.date | None = None
    accepted_by: str = ""
    accepted_on: dt.date | None = None
    invoiced: bool = False

    def label(self) -> str:
        return f"Estimate {self.number}" if self.number else "Estimate without a number"

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        return ZERO

    def is_taken(self) -> bool:
        """It is invoiced as a whole, and once."""
        return self.invoiced or self.status in self.arrives["status"]

    def is_bound(self) -> bool:
        return self.invoiced


class ChargedSale(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """A sale that the customer's account is charged or credited with; `balance`, in `currency`, is
    what is left of its total.
    """

    computed: ClassVar[frozenset[str]] = LEFT_COMPUTED
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {**Sale.usual, **LEFT_USUAL}

    balance: Decimal | None = None

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        return self.balance


class Invoice(ChargedSale, frozen=True, kw_only=True, omit_defaults=True):
    """An invoice. `tax` and `total` are what the side that made it billed, in `currency`; `balance`
    is still open; `estimate` is what it was made of.
    """

    kind: ClassVar[str] = "invoice"
    labels: ClassVar[dict[str, str]] = {**Sale.labels, **DUE_LABELS}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.references,
        "term": ("term",),
        "estimate": ("estimate",),
    }
    loose: ClassVar[frozenset[str]] = frozenset({"estimate"})
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **ChargedSale.usual,
        "estimate": ("estimate", "quote"),
        "due_on": ("due_on", "due_date"),
        "term": ("term", "terms"),
        "number": ("number", "invoice_number", "reference"),
        "issued_on": ("issued_on", "date", "invoice_date", "issue_date"),
    }

    due_on: dt.date | None = None
    term: Ref | None = None
    estimate: Ref | None = None

    def label(self) -> str:
        return f"Invoice {self.number}" if self.number else "Invoice without a number"


class CreditNote(ChargedSale, frozen=True, kw_only=True, omit_defaults=True):
    """What a customer is given back for an invoice (F11-F13); `balance` is what is left to be used.
    All amounts are those of the note: above zero.
    """

    kind: ClassVar[str] = "credit_note"
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **ChargedSale.usual,
        "number": ("number", "credit_note_number", "reference"),
        "issued_on": ("issued_on", "date", "credit_note_date", "issue_date"),
    }

    def label(self) -> str:
        return f"Credit note {self.number}" if self.number else "Credit note without a number"


class SettledSale(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """A document whose money changed hands at once: nothing is left open of it. Over the counter
    nobody asks who the customer is.

    `reference` is the cheque's or the card's; `account` is where the money went, or came from;
    `deposited` says that QuickBooks has it in a deposit, and lets nobody change it meanwhile.
    """

    required: ClassVar[tuple[str, ...]] = ("lines",)
    computed: ClassVar[frozenset[str]] = Sale.computed | {"deposited"}
    labels: ClassVar[dict[str, str]] = {**Sale.labels, "method": "Payment method"}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.references,
        "method": ("payment_method",),
        "account": ("account",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **Sale.usual,
        "reference": ("reference", "check_number"),
        "method": METHOD,
    }

    reference: str = ""
    method: Ref | None = None
    account: Ref | None = None
    deposited: bool = False

    def identity(self, party: Party) -> Hashable:
        """Those without a customer belong together as those of one customer do."""
        return (number, self._whose(party)) if (number := fold(self.number)) else None

    def identity_left(self, party: Party) -> Hashable:
        """What goes over the counter is often alike: how it was paid tells it apart."""
        paid = (fold(self.reference), None if self.method is None else self.method.id)
        return (self._whose(party), self.issued_on, self.amount(), paid)

    def _whose(self, party: Party) -> Hashable:
        return None if self.customer is None else party(self.customer)

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        return ZERO


class SalesReceipt(SettledSale, frozen=True, kw_only=True, omit_defaults=True):
    """A sale that was paid at once (F23)."""

    kind: ClassVar[str] = "sales_receipt"
    labels: ClassVar[dict[str, str]] = {**SettledSale.labels, "account": "Deposit to"}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **SettledSale.usual,
        "number": ("number", "receipt_number"),
        "issued_on": ("issued_on", "date", "sold_on", "receipt_date"),
        "account": ("account", "deposit_account"),
    }

    def label(self) -> str:
        return f"Sales receipt {self.number}" if self.number else "Sales receipt without a number"


class Refund(SettledSale, frozen=True, kw_only=True, omit_defaults=True):
    """Money given back to a customer at once (F5). All amounts are those of the refund: above zero.

    QuickBooks always wants the account that the money comes from.
    """

    kind: ClassVar[str] = "refund"
    labels: ClassVar[dict[str, str]] = {**SettledSale.labels, "account": "Refund from"}
    roles: ClassVar[Mapping[str, str]] = {"account": "payout"}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **SettledSale.usual,
        "number": ("number", "refund_number"),
        "issued_on": ("issued_on", "date", "refunded_on", "refund_date"),
        "account": ("account", "bank_account"),
    }

    def label(self) -> str:
        return f"Refund {self.number}" if self.number else "Refund without a number"
