"""Invoices from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import Document, mentioned
from quicksync.books.importing.reading import Row
from quicksync.books.importing.sales import SalesImporter
from quicksync.books.models import Estimate, Invoice, InvoiceLine, Term


class InvoiceImporter(SalesImporter):
    """Makes invoices, or changes those of the same number."""

    model = Invoice
    line_model = InvoiceLine
    related = ("client__term", "term", "estimate")
    less_than_nothing = gettext_lazy(
        "The invoice comes to %(found)s. A negative total makes a credit note, not an invoice."
    )

    def own_columns(self) -> Mapping[str, Column]:
        self.estimates: dict[str, Estimate] = {}
        sentence = _(
            "There is no estimate “%(cell)s”. Import the estimates first, or correct the number."
        )
        return {
            "due_date": Column(cells.day, empty=None),
            "term": entry_column(Term),
            "estimate": Column(cells.known(self.estimates, sentence), empty=None),
        }

    def present(self, rows: Sequence[Row]) -> Callable[[Document], Any]:
        for numbers in mentioned(rows, "estimate"):
            for estimate in Estimate.objects.filter(number__in=numbers):
                self.estimates[fold(estimate.number)] = estimate
        return super().present(rows)
