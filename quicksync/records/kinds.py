"""The table of kinds: which record class, in which order, in which words."""

from __future__ import annotations

import msgspec

from quicksync.records.base import Record
from quicksync.records.contacts import Customer
from quicksync.records.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.records.payments import Payment
from quicksync.records.products import Item
from quicksync.records.sales import Invoice


class KindInfo(msgspec.Struct, frozen=True):
    """One kind: its record class, its rank (parents before children) and its words.

    `is_list` marks the kinds that other records name by a code instead of by an object's key;
    `is_document` marks those that carry money and a date, and can be voided.
    """

    record: type[Record]
    rank: int
    singular: str
    plural: str
    is_list: bool = False
    is_document: bool = False
    shares_names: bool = False


KINDS: dict[str, KindInfo] = {
    "account": KindInfo(Account, 10, "account", "accounts", is_list=True),
    "tax_code": KindInfo(TaxCode, 11, "tax code", "tax codes", is_list=True),
    "term": KindInfo(Term, 12, "payment term", "payment terms", is_list=True),
    "payment_method": KindInfo(
        PaymentMethod, 13, "payment method", "payment methods", is_list=True
    ),
    "class": KindInfo(Class, 14, "class", "classes", is_list=True),
    "location": KindInfo(Location, 15, "location", "locations", is_list=True),
    "customer": KindInfo(Customer, 20, "customer", "customers", shares_names=True),
    "item": KindInfo(Item, 30, "product", "products and services"),
    "invoice": KindInfo(Invoice, 40, "invoice", "invoices", is_document=True),
    "payment": KindInfo(Payment, 50, "payment", "payments", is_document=True),
}


def kind_info(kind: str) -> KindInfo:
    """The row of a kind. Raises KeyError for a word that is no kind."""
    return KINDS[kind]


def record_class(kind: str) -> type[Record]:
    """The record class of a kind."""
    return KINDS[kind].record


LIST_KINDS = tuple(kind for kind, info in KINDS.items() if info.is_list)
