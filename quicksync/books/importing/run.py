"""An import from beginning to end: read and check all, then write it in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from quicksync.books.importing.base import Importer
from quicksync.books.importing.bills import BillImporter
from quicksync.books.importing.credit_notes import CreditNoteImporter
from quicksync.books.importing.customers import CustomerImporter
from quicksync.books.importing.employees import EmployeeImporter
from quicksync.books.importing.estimates import EstimateImporter
from quicksync.books.importing.invoices import InvoiceImporter
from quicksync.books.importing.item_categories import ItemCategoryImporter
from quicksync.books.importing.items import ItemImporter
from quicksync.books.importing.payments import PaymentImporter
from quicksync.books.importing.problems import Refused
from quicksync.books.importing.reading import check_size, rows_of
from quicksync.books.importing.refunds import RefundImporter
from quicksync.books.importing.sales_receipts import SalesReceiptImporter
from quicksync.books.importing.vendors import VendorImporter
from quicksync.conf import settings

KINDS: Mapping[str, type[Importer]] = {
    "customer": CustomerImporter,
    "vendor": VendorImporter,
    "employee": EmployeeImporter,
    "item_category": ItemCategoryImporter,
    "item": ItemImporter,
    "estimate": EstimateImporter,
    "invoice": InvoiceImporter,
    "credit_note": CreditNoteImporter,
    "sales_receipt": SalesReceiptImporter,
    "refund": RefundImporter,
    "payment": PaymentImporter,
    "bill": BillImporter,
}


class Result(NamedTuple):
    """How many records were made, changed, or found as they are."""

    created: int
    updated: int
    unchanged: int


def import_path(path: Path, kind: str, *, dry_run: bool = False) -> Result:
    """Import a file. Raises Refused with every problem, or OSError if it cannot be opened."""
    check_size(path.stat().st_size, settings.import_bytes)
    return import_bytes(path.read_bytes(), kind, dry_run=dry_run)


def import_bytes(data: bytes, kind: str, *, dry_run: bool = False) -> Result:
    """Import what a file holds; a second time finds everything unchanged. Raises Refused."""
    check_size(len(data), settings.import_bytes)
    importer = KINDS[kind]()
    importer.take(rows_of(data, importer.known, importer.required))
    if importer.problems:
        raise Refused(importer.problems)
    if not dry_run:
        importer.write()
    return Result(importer.created, importer.updated, importer.unchanged)
