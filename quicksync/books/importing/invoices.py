"""Invoices from a file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.importing.sales import SalesImporter
from quicksync.books.models import Invoice, InvoiceLine, Term


class InvoiceImporter(SalesImporter):
    """Makes invoices, or changes those of the same number."""

    model = Invoice
    line_model = InvoiceLine
    related = ("client__term", "term")
    less_than_nothing = gettext_lazy(
        "The invoice comes to %(found)s. A negative total makes a credit note, not an invoice."
    )

    def own_columns(self) -> Mapping[str, Column]:
        return {"due_date": Column(cells.day, empty=None), "term": entry_column(Term)}
