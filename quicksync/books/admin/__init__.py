"""The books in the Django admin."""

from __future__ import annotations

from quicksync.books.admin.clients import ClientAdmin
from quicksync.books.admin.invoices import InvoiceAdmin
from quicksync.books.admin.lists import (
    AccountAdmin,
    NestedAdmin,
    PaymentMethodAdmin,
    TaxCodeAdmin,
    TermAdmin,
)
from quicksync.books.admin.products import ProductAdmin
from quicksync.books.admin.receipts import ReceiptAdmin

__all__ = [
    "AccountAdmin",
    "ClientAdmin",
    "InvoiceAdmin",
    "NestedAdmin",
    "PaymentMethodAdmin",
    "ProductAdmin",
    "ReceiptAdmin",
    "TaxCodeAdmin",
    "TermAdmin",
]
