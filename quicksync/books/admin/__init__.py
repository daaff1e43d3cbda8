"""The books in the Django admin."""

from __future__ import annotations

from quicksync.books.admin.bills import BillAdmin
from quicksync.books.admin.clients import ClientAdmin
from quicksync.books.admin.credit_notes import CreditNoteAdmin
from quicksync.books.admin.employees import EmployeeAdmin
from quicksync.books.admin.estimates import EstimateAdmin
from quicksync.books.admin.invoices import InvoiceAdmin
from quicksync.books.admin.lists import (
    AccountAdmin,
    NestedAdmin,
    PaymentMethodAdmin,
    TaxCodeAdmin,
    TermAdmin,
)
from quicksync.books.admin.products import ProductAdmin, ProductCategoryAdmin
from quicksync.books.admin.receipts import ReceiptAdmin
from quicksync.books.admin.refunds import RefundAdmin
from quicksync.books.admin.sales_receipts import SalesReceiptAdmin
from quicksync.books.admin.vendors import VendorAdmin

__all__ = [
    "AccountAdmin",
    "BillAdmin",
    "ClientAdmin",
    "CreditNoteAdmin",
    "EmployeeAdmin",
    "EstimateAdmin",
    "InvoiceAdmin",
    "NestedAdmin",
    "PaymentMethodAdmin",
    "ProductAdmin",
    "ProductCategoryAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "SalesReceiptAdmin",
    "TaxCodeAdmin",
    "TermAdmin",
    "VendorAdmin",
]
