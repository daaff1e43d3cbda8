"""Frozen, edition-neutral values: what a customer, an item, an invoice or a payment is, on either
side.
"""

from __future__ import annotations

from quicksync.records.base import Address, Record, Ref
from quicksync.records.contacts import Customer
from quicksync.records.kinds import KINDS, KindInfo, kind_info, record_class
from quicksync.records.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.records.money import Money, money, to_cents
from quicksync.records.payments import Allocation, Payment
from quicksync.records.products import Item
from quicksync.records.sales import Invoice, SalesLine

__all__ = [
    "KINDS",
    "Account",
    "Address",
    "Allocation",
    "Class",
    "Customer",
    "Invoice",
    "Item",
    "KindInfo",
    "Location",
    "Money",
    "Payment",
    "PaymentMethod",
    "Record",
    "Ref",
    "SalesLine",
    "TaxCode",
    "Term",
    "kind_info",
    "money",
    "record_class",
    "to_cents",
]
