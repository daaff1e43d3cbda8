"""Lists that other records name by code: accounts, tax codes, terms, classes and so on (A10)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Record, Ref
from quicksync.records.usual import ACTIVE, NAMED

# QuickBooks' own words.
ACCOUNT_TYPES = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
)

# QuickBooks posts to these by itself; no line may name them (F7).
RECEIVABLES = frozenset({"Accounts Receivable", "Accounts Payable"})


class Account(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An account of the chart; `type` and `classification` are QuickBooks' own words."""

    kind: ClassVar[str] = "account"
    required: ClassVar[tuple[str, ...]] = ("name", "type")
    computed: ClassVar[frozenset[str]] = frozenset({"classification", "balance"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    choices: ClassVar[dict[str, tuple[str, ...]]] = {"type": ACCOUNT_TYPES}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"parent": ("account",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name",),
        "number": ("number", "code"),
        "type": ("type", "account_type"),
        "subtype": ("subtype",),
        "currency": ("currency",),
        "active": ACTIVE,
    }

    name: str = ""
    full_name: str = ""
    number: str = ""
    type: str = ""
    subtype: str = ""
    classification: str = ""
    parent: Ref | None = None
    currency: str = ""
    active: bool = True
    balance: Decimal | None = None

    def natural_key(self) -> str:
        return self.full_name or self.name

    def detail(self) -> str:
        return " · ".join(filter(None, (self.number, self.type, self.currency)))

    def contradicts(self, other: Record) -> bool:
        """Two types; a code without a type surely means none that no line may name."""
        if not isinstance(other, Account):
            return False
        return self.type != other.type if self.type else other.bars_lines()

    def bars_lines(self) -> bool:
        return self.type in RECEIVABLES


class TaxCode(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A tax code; `rate` is the whole sales rate in percent, None where QuickBooks works it out by
    itself.
    """

    kind: ClassVar[str] = "tax_code"
    required: ClassVar[tuple[str, ...]] = ("name",)

    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("code", "name"),
        "description": ("description", "name"),
        "rate": ("rate", "percent", "percentage"),
        "taxable": ("taxable",),
        "active": ACTIVE,
    }

    name: str = ""
    description: str = ""
    rate: Decimal | None = None
    taxable: bool = True
    active: bool = True

    def natural_key(self) -> str:
        return self.name

    def detail(self) -> str:
        rate = f"{self.rate.normalize():f} %" if self.rate is not None else ""
        return " · ".join(filter(None, (rate, self.description)))

    def has_detail_of(self, other: Record) -> bool:
        return isinstance(other, TaxCode) and bool(self.rate) and self.rate == other.rate

    def contradicts(self, other: Record) -> bool:
        return (
            isinstance(other, TaxCode)
            and None not in (rates := (self.rate, other.rate))
            and len({*rates}) == 2
        )


class Term(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Payment terms: due so many days after the document's date, or on a day of the month."""

    kind: ClassVar[str] = "term"
    required: ClassVar[tuple[str, ...]] = ("name",)

    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name",),
        "due_days": ("due_days", "days"),
        "active": ACTIVE,
    }

    name: str = ""
    due_days: int | None = None
    due_day_of_month: int | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.name

    def detail(self) -> str:
        return f"{self.due_days} days" if self.due_days is not None else ""

    def has_detail_of(self, other: Record) -> bool:
        return (
            isinstance(other, Term)
            and self.due_days is not None
            and self.due_days == other.due_days
        )

    def contradicts(self, other: Record) -> bool:
        return (
            isinstance(other, Term)
            and None not in (days := (self.due_days, other.due_days))
            and len({*days}) == 2
        )


class PaymentMethod(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A way to pay: cash, cheque, a card."""

    kind: ClassVar[str] = "payment_method"
    required: ClassVar[tuple[str, ...]] = ("name",)

    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name",),
        "is_card": ("is_card",),
        "active": ACTIVE,
    }

    name: str = ""
    is_card: bool = False
    active: bool = True

    def natural_key(self) -> str:
        return self.name

    def detail(self) -> str:
        return "Card" if self.is_card else ""


class Class(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a sale or purchase is for, such as a department or a line of business (E4)."""

    kind: ClassVar[str] = "class"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"full_name"})
    labels: ClassVar[dict[str, str]] = {"full_name": "Whole name", "parent": "Class above"}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"parent": ("class",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": NAMED,
        "parent": ("parent",),
        "active": ACTIVE,
    }

    name: str = ""
    full_name: str = ""
    parent: Ref | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.full_name or self.name


class Location(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Where a document belongs, such as a shop; QuickBooks' own word is department (E6)."""

    kind: ClassVar[str] = "location"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"full_name"})
    labels: ClassVar[dict[str, str]] = {"full_name": "Whole name", "parent": "Location above"}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"parent": ("location",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": NAMED,
        "parent": ("parent",),
        "active": ACTIVE,
    }

    name: str = ""
    full_name: str = ""
    parent: Ref | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.full_name or self.name
