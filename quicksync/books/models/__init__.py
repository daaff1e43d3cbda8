"""The models of the bundled books."""

from __future__ import annotations

from quicksync.books.models.clients import Client
from quicksync.books.models.invoices import Invoice, InvoiceLine
from quicksync.books.models.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.books.models.products import Product
from quicksync.books.models.receipts import Receipt, ReceiptAllocation

__all__ = [
    "Account",
    "Class",
    "Client",
    "Invoice",
    "InvoiceLine",
    "Location",
    "PaymentMethod",
    "Product",
    "Receipt",
    "ReceiptAllocation",
    "TaxCode",
    "Term",
]
