"""The wire tables of QuickBooks Online, one per kind."""

from __future__ import annotations

from quicksync.quickbooks.online.wire.contacts import CUSTOMER
from quicksync.quickbooks.online.wire.lists import (
    ACCOUNT,
    CLASS,
    LOCATION,
    PAYMENT_METHOD,
    TAX_CODE,
    TERM,
)
from quicksync.quickbooks.online.wire.payments import PAYMENT
from quicksync.quickbooks.online.wire.products import ITEM
from quicksync.quickbooks.online.wire.sales import INVOICE
from quicksync.quickbooks.wire_table import Table

TABLES: dict[str, Table] = {
    "account": ACCOUNT,
    "tax_code": TAX_CODE,
    "term": TERM,
    "payment_method": PAYMENT_METHOD,
    "class": CLASS,
    "location": LOCATION,
    "customer": CUSTOMER,
    "item": ITEM,
    "invoice": INVOICE,
    "payment": PAYMENT,
}

__all__ = ["TABLES"]
