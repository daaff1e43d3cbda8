"""What the searches of the books look into: parts of names, numbers and notes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from quicksync.books.models import (
    Bill,
    Client,
    CreditNote,
    Employee,
    Estimate,
    Invoice,
    Product,
    Receipt,
    Refund,
    SalesReceipt,
    Vendor,
)
from quicksync.text_search import SearchedText

_CONTACT = ("name", "company", "given_name", "family_name", "email", "phone")
CLIENTS = SearchedText(Client, "books_client_text", _CONTACT)
VENDORS = SearchedText(Vendor, "books_vendor_text", (*_CONTACT, "account_number"))
EMPLOYEES = SearchedText(
    Employee,
    "books_employee_text",
    ("name", "given_name", "family_name", "email", "phone", "number"),
)
PRODUCTS = SearchedText(Product, "books_product_text", ("name", "sku", "description"))
ESTIMATES = SearchedText(Estimate, "books_estimate_text", ("number", "memo", "private_note"))
INVOICES = SearchedText(Invoice, "books_invoice_text", ("number", "memo", "private_note"))
CREDIT_NOTES = SearchedText(CreditNote, "books_creditnote_text", ("number", "memo", "private_note"))
SALES_RECEIPTS = SearchedText(
    SalesReceipt, "books_salesreceipt_text", ("number", "reference", "memo", "private_note")
)
REFUNDS = SearchedText(Refund, "books_refund_text", ("number", "reference", "memo", "private_note"))
BILLS = SearchedText(Bill, "books_bill_text", ("number", "memo"))
RECEIPTS = SearchedText(Receipt, "books_receipt_text", ("number", "note"))
TEXTS = {
    text.model: text
    for text in (
        *(CLIENTS, VENDORS, EMPLOYEES, PRODUCTS),
        *(ESTIMATES, INVOICES, CREDIT_NOTES, SALES_RECEIPTS, REFUNDS, BILLS, RECEIPTS),
    )
}


def keys(text: SearchedText, term: str) -> QuerySet[Any]:
    """Those that are found, for the rows that name them."""
    return text.holding(text.model._default_manager.order_by(), term).values("pk")
