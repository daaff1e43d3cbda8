"""Contacts: customers (C1-C16) and vendors (C17), of which one without a company's name is a person
(C15), and employees.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Address, Record, Ref
from quicksync.records.spelling import fold
from quicksync.records.usual import ACTIVE, EMAIL, METHOD, NOTES, PEOPLE, TERM

CONTACT_LABELS = {"alternate_phone": "Other phone"}


class Named(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Whoever is in the one list of names there; `name` is what documents and lists show, unique
    over all kinds of contacts.
    """

    order: ClassVar[tuple[str, ...]] = (
        *("name", "company", "given_name", "family_name", "email", "phone", "alternate_phone"),
        *("mobile", "fax", "website"),
        *("billing", "shipping", "notes", "currency", "term", "payment_method", "tax_exempt"),
        *("parent", "account_number", "tax_id", "is_1099", "number", "hired_on", "released_on"),
        *("active", "balance"),
    )

    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    billing: Address | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.name

    def alias(self) -> str:
        return fold(self.email)


class Contact(Named, frozen=True, kw_only=True, omit_defaults=True):
    """A person or firm that we do business with."""

    company: str = ""
    alternate_phone: str = ""
    fax: str = ""
    website: str = ""
    notes: str = ""
    currency: str = ""
    term: Ref | None = None
    balance: Decimal | None = None


class Customer(Contact, frozen=True, kw_only=True, omit_defaults=True):
    """A client; `name` is what documents and lists show, unique over customers, vendors and
    employees there.
    """

    kind: ClassVar[str] = "customer"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"balance"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    labels: ClassVar[dict[str, str]] = {
        **CONTACT_LABELS,
        "billing": "Billing address",
        "shipping": "Shipping address",
        "parent": "Customer above",
        "tax_exempt": "Exempt from sales tax",
        "payment_method": "Payment method",
        "term": "Payment terms",
    }
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "term": ("term",),
        "payment_method": ("payment_method",),
        "parent": ("customer",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **PEOPLE,
        "email": EMAIL,
        "notes": NOTES,
        "currency": ("currency",),
        "term": TERM,
        "payment_method": METHOD,
        "tax_exempt": ("tax_exempt",),
        "parent": ("parent",),
        "active": ACTIVE,
    }

    shipping: Address | None = None
    payment_method: Ref | None = None
    tax_exempt: bool = False
    parent: Ref | None = None


class Vendor(Contact, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who is bought from. `account_number` is ours with them; `tax_id` QuickBooks keeps
    but never shows whole, and `is_1099` says that the payments are reported to the tax office
    (United States).
    """

    kind: ClassVar[str] = "vendor"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"balance"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    labels: ClassVar[dict[str, str]] = {
        **CONTACT_LABELS,
        "billing": "Address",
        "term": "Payment terms",
        "account_number": "Account number",
        "tax_id": "Tax number",
        "is_1099": "Payments are reported (1099)",
    }
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"term": ("term",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **PEOPLE,
        "email": EMAIL,
        "notes": NOTES,
        "currency": ("currency",),
        "term": TERM,
        "account_number": ("account_number", "our_number"),
        "tax_id": ("tax_id", "tax_number", "vat_number"),
        "is_1099": ("is_1099",),
        "active": ACTIVE,
    }

    account_number: str = ""
    tax_id: str = ""
    is_1099: bool = False


class Employee(Named, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who works for us and may be paid back what they have spent. What only a payroll
    needs (birth date, social security number, pay) is no business of ours.
    """

    kind: ClassVar[str] = "employee"
    required: ClassVar[tuple[str, ...]] = ("name",)
    labels: ClassVar[dict[str, str]] = {
        "billing": "Address",
        "number": "Employee number",
        "hired_on": "Hired on",
        "released_on": "Left on",
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **{name: PEOPLE[name] for name in ("name", "given_name", "family_name", "phone", "mobile")},
        "email": EMAIL,
        "number": ("number", "employee_number", "staff_number"),
        "hired_on": ("hired_on", "hire_date", "hired"),
        "released_on": ("released_on", "left_on", "release_date"),
        "active": ACTIVE,
    }

    number: str = ""
    hired_on: dt.date | None = None
    released_on: dt.date | None = None
