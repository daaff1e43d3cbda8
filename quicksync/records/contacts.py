"""Contacts: the customer (C1-C16)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Address, Record, Ref


class Customer(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A client; `name` is what documents and lists show, unique over customers, vendors and
    employees there.
    """

    kind: ClassVar[str] = "customer"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"balance"})
    create_only: ClassVar[frozenset[str]] = frozenset({"currency"})
    labels: ClassVar[dict[str, str]] = {
        "billing": "Billing address",
        "shipping": "Shipping address",
        "parent": "Customer above",
        "tax_exempt": "Exempt from sales tax",
        "payment_method": "Payment method",
        "term": "Payment terms",
    }

    name: str = ""
    company: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    website: str = ""
    billing: Address | None = None
    shipping: Address | None = None
    notes: str = ""
    currency: str = ""
    term: Ref | None = None
    payment_method: Ref | None = None
    tax_exempt: bool = False
    parent: Ref | None = None
    active: bool = True
    balance: Decimal | None = None

    def natural_key(self) -> str:
        return self.name
