"""Sales receipts from a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from quicksync.books.importing.sales import SettledImporter
from quicksync.books.models import SalesReceipt, SalesReceiptLine


class SalesReceiptImporter(SettledImporter):
    """Makes sales receipts, or changes those of the same number."""

    model = SalesReceipt
    line_model = SalesReceiptLine
    less_than_nothing = gettext_lazy(
        "The sales receipt comes to %(found)s. QuickBooks takes none below zero."
    )
