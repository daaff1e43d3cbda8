"""The models of the bundled books."""

from __future__ import annotations

from quicksync.books.models.bills import Bill, BillLine
from quicksync.books.models.clients import Client
from quicksync.books.models.credit_notes import CreditNote, CreditNoteLine
from quicksync.books.models.employees import Employee
from quicksync.books.models.estimates import Estimate, EstimateLine
from quicksync.books.models.invoices import Invoice, InvoiceLine
from quicksync.books.models.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.books.models.products import Product, ProductCategory
from quicksync.books.models.receipts import Receipt, ReceiptAllocation, ReceiptCredit
from quicksync.books.models.refunds import Refund, RefundLine
from quicksync.books.models.sales_receipts import SalesReceipt, SalesReceiptLine
from quicksync.books.models.vendors import Vendor

__all__ = [
    "Account",
    "Bill",
    "BillLine",
    "Class",
    "Client",
    "CreditNote",
    "CreditNoteLine",
    "Employee",
    "Estimate",
    "EstimateLine",
    "Invoice",
    "InvoiceLine",
    "Location",
    "PaymentMethod",
    "Product",
    "ProductCategory",
    "Receipt",
    "ReceiptAllocation",
    "ReceiptCredit",
    "Refund",
    "RefundLine",
    "SalesReceipt",
    "SalesReceiptLine",
    "TaxCode",
    "Term",
    "Vendor",
]
