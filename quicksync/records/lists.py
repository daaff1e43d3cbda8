"""Lists that other records name by code: accounts, tax codes, terms, methods, classes, locations
(A10).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Record, Ref

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


class Account(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An account of the chart; `type` and `classification` are QuickBooks' own words."""

    kind: ClassVar[str] = "account"
    required: ClassVar[tuple[str, ...]] = ("name", "type")
    computed: ClassVar[frozenset[str]] = frozenset({"classification", "balance"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    choices: ClassVar[dict[str, tuple[str, ...]]] = {"type": ACCOUNT_TYPES}

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


class TaxCode(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A tax code; `rate` is the whole sales rate in percent, None where QuickBooks works it out by
    itself.
    """

    kind: ClassVar[str] = "tax_code"
    required: ClassVar[tuple[str, ...]] = ("name",)

    name: str = ""
    description: str = ""
    rate: Decimal | None = None
    taxable: bool = True
    active: bool = True

    def natural_key(self) -> str:
        return self.name


class Term(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Payment terms: due so many days after the document's date, or on a day of the month."""

    kind: ClassVar[str] = "term"
    required: ClassVar[tuple[str, ...]] = ("name",)

    name: str = ""
    due_days: int | None = None
    due_day_of_month: int | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.name


class PaymentMethod(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A way to pay: cash, cheque, a card."""

    kind: ClassVar[str] = "payment_method"
    required: ClassVar[tuple[str, ...]] = ("name",)

    name: str = ""
    is_card: bool = False
    active: bool = True

    def natural_key(self) -> str:
        return self.name


class Class(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a sale or purchase is for, such as a department or a line of business (E4)."""

    kind: ClassVar[str] = "class"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"full_name"})
    labels: ClassVar[dict[str, str]] = {"full_name": "Whole name", "parent": "Class above"}

    name: str = ""
    full_name: str = ""
    parent: Ref | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.full_name or self.name


class Location(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Where a document belongs, such as a shop or a branch; QuickBooks' own word is department
    (E6).
    """

    kind: ClassVar[str] = "location"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"full_name"})
    labels: ClassVar[dict[str, str]] = {"full_name": "Whole name", "parent": "Location above"}

    name: str = ""
    full_name: str = ""
    parent: Ref | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.full_name or self.name
