"""Credit notes from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import Document, invoice_column, mentioned
from quicksync.books.importing.reading import Row
from quicksync.books.importing.sales import SalesImporter
from quicksync.books.models import CreditNote, CreditNoteLine, Invoice


class CreditNoteImporter(SalesImporter):
    """Makes credit notes, or changes those of the same number."""

    model = CreditNote
    line_model = CreditNoteLine
    related = ("invoice",)
    less_than_nothing = gettext_lazy(
        "The credit note comes to %(found)s. A negative total makes an invoice, not a credit note."
    )

    def own_columns(self) -> Mapping[str, Column]:
        self.invoices: dict[str, Invoice] = {}
        used = cells.number(2, negative=_("%(cell)s is negative; the amount used must not be."))
        return {
            "invoice": invoice_column(self.invoices),
            "used": Column(used, empty=Decimal(0)),
        }

    def present(self, rows: Sequence[Row]) -> Callable[[Document], Any]:
        for numbers in mentioned(rows, "invoice"):
            for invoice in Invoice.objects.select_related("client").filter(number__in=numbers):
                self.invoices[fold(invoice.number)] = invoice
        return super().present(rows)
