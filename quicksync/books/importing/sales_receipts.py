"""Sales receipts from a file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.importing.sales import SalesImporter
from quicksync.books.models import Account, PaymentMethod, SalesReceipt, SalesReceiptLine


class SalesReceiptImporter(SalesImporter):
    """Makes sales receipts, or changes those of the same number."""

    model = SalesReceipt
    line_model = SalesReceiptLine
    related = ("method", "account")
    needs_client = False
    less_than_nothing = gettext_lazy(
        "The sales receipt comes to %(found)s. QuickBooks takes none below zero."
    )

    def own_columns(self) -> Mapping[str, Column]:
        return {
            "method": entry_column(PaymentMethod),
            "reference": Column(cells.text(40)),
            "account": entry_column(Account),
        }
