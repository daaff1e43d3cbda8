"""The books' own tables, as full as the pairs: each record has the number that its pair has."""

from __future__ import annotations

from typing import Any

from benchmarks.record_sql import AMOUNT, DAY, FAMILY, KIND, NUMBER, PERSON, TRADE
from benchmarks.rows_by_sql import insert, numbers
from quicksync.books.models import (
    Bill,
    Client,
    CreditNote,
    Invoice,
    InvoiceLine,
    PaymentMethod,
    Product,
    Receipt,
    ReceiptAllocation,
    Vendor,
)

MONEY = {"issued_on": DAY, "net": AMOUNT, "total": AMOUNT, "currency": "'USD'"}


def fill(cursor: Any, records: int) -> None:
    """Whom and what documents name, then the documents."""
    _names(cursor, records)
    _sales(cursor, records)
    _bills(cursor, records)
    _payments(cursor, records)


def _of(kind: str, records: int) -> str:
    return numbers(records, only=f"{KIND} = '{kind}'")


def _some(records: int, first: int, several: int) -> str:
    """Which client, or which invoice, a document of number m names."""
    return f"1 + ((m::bigint * 31) % {records // 20}) * 20 + {first} + m % {several}"


def _names(cursor: Any, records: int) -> None:
    contact = {
        "id": "m",
        "name": PERSON,
        "company": PERSON,
        "given_name": FAMILY,
        "family_name": TRADE,
        "email": "'m' || m || '@example.com'",
        "phone": f"'555-' || {NUMBER}",
    }
    insert(cursor, Client, _of("customer", records), contact | {"billing_city": TRADE})
    insert(cursor, Vendor, _of("vendor", records), contact | {"account_number": NUMBER})
    product = {"id": "m", "name": PERSON, "sku": f"'SKU-' || {NUMBER}", "unit_price": AMOUNT}
    insert(cursor, Product, _of("item", records), product | {"description": PERSON})


def _sales(cursor: Any, records: int) -> None:
    """Invoices of one line, and a credit note to ten of them."""
    client, invoices = _some(records, 0, 4), _of("invoice", records)
    sale = MONEY | {"id": "m", "client_id": client, "status": "'issued'", "memo": PERSON}
    insert(cursor, Invoice, invoices, sale | {"number": f"'INV-' || {NUMBER}", "due_on": DAY})
    line = {"invoice_id": "m", "description": PERSON, "unit_price": AMOUNT}
    insert(cursor, InvoiceLine, invoices, line)
    insert(cursor, CreditNote, numbers(records // 20), sale | {"number": f"'CN-' || {NUMBER}"})


def _bills(cursor: Any, records: int) -> None:
    vendor = f"1 + ((m::bigint * 31) % {records // 20}) * 20 + 19"
    bill = MONEY | {"id": "m", "vendor_id": vendor, "due_on": DAY, "memo": PERSON}
    insert(cursor, Bill, numbers(records // 20), bill | {"number": f"'BILL-' || {NUMBER}"})


def _payments(cursor: Any, records: int) -> None:
    """Each pays an invoice."""
    PaymentMethod.objects.create(code="cash", name="Cash")
    payment = {
        "id": "m",
        "number": f"'CHQ-' || {NUMBER}",
        "client_id": _some(records, 0, 4),
        "received_on": DAY,
        "amount": AMOUNT,
        "note": PERSON,
        "method_id": "(SELECT min(id) FROM books_paymentmethod)",
    }
    insert(cursor, Receipt, _of("payment", records), payment)
    paid = {"receipt_id": "m", "invoice_id": _some(records, 4, 10), "amount": AMOUNT}
    insert(cursor, ReceiptAllocation, _of("payment", records), paid)
    cursor.execute(
        "UPDATE books_invoice SET received = paid.sum FROM (SELECT invoice_id, sum(amount) FROM"
        " books_receiptallocation GROUP BY 1) AS paid WHERE id = paid.invoice_id"
    )
