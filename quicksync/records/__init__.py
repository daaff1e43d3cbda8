"""Frozen, edition-neutral values: what a customer, an invoice or a payment is, on either side."""

from __future__ import annotations

from quicksync.records.base import (
    Address,
    Allocation,
    CreditUse,
    Part,
    Record,
    Ref,
    fields_of,
    is_empty,
)
from quicksync.records.contacts import Customer, Employee, Vendor
from quicksync.records.documents import Line
from quicksync.records.kinds import KINDS, KindInfo, kind_info, kinds_where, record_class
from quicksync.records.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.records.money import Money, money, to_cents
from quicksync.records.payments import Payment
from quicksync.records.products import Item, ItemCategory
from quicksync.records.purchases import Bill, PurchaseLine
from quicksync.records.sales import (
    CreditNote,
    Estimate,
    Invoice,
    Refund,
    SalesLine,
    SalesReceipt,
)

__all__ = [
    "KINDS",
    "Account",
    "Address",
    "Allocation",
    "Bill",
    "Class",
    "CreditNote",
    "CreditUse",
    "Customer",
    "Employee",
    "Estimate",
    "Invoice",
    "Item",
    "ItemCategory",
    "KindInfo",
    "Line",
    "Location",
    "Money",
    "Part",
    "Payment",
    "PaymentMethod",
    "PurchaseLine",
    "Record",
    "Ref",
    "Refund",
    "SalesLine",
    "SalesReceipt",
    "TaxCode",
    "Term",
    "Vendor",
    "fields_of",
    "is_empty",
    "kind_info",
    "kinds_where",
    "money",
    "record_class",
    "to_cents",
]
