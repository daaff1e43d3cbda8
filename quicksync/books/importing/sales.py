"""Estimates, invoices, credit notes, sales receipts and refunds from files, one line of the file
for each line of the document; known by their number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.base import Values, entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.importing.documents import Document, client_column, mentioned
from quicksync.books.importing.lines import LinesImporter, product_column
from quicksync.books.importing.reading import Row
from quicksync.books.models import Account, PaymentMethod, TaxCode
from quicksync.books.models.sales import SalesDocument


class SalesImporter(LinesImporter):
    """`related` are read with the documents; `needs_client` says whether each has a client, and
    `statuses` where one may be in its life, the usual one first.
    """

    related: ClassVar[tuple[str, ...]]
    needs_client: ClassVar[bool] = True
    statuses: ClassVar[type[models.TextChoices]] = SalesDocument.Status
    renamed: ClassVar = {"date": "issued_on", "due_date": "due_on", "item": "product"}
    told_at: ClassVar = {field: column for column, field in renamed.items()}
    line_fields = ("product", "description", "quantity", "unit_price", "tax_code")
    unequal = gettext_lazy(
        "The file says %(expected)s, but lines, discount and tax come to %(found)s."
    )
    price = "unit_price"

    def own_columns(self) -> Mapping[str, Column]:
        """The columns of the one and not of the other; they come after the date."""
        return {}

    def head_columns(self) -> Mapping[str, Column]:
        discount = cells.number(2, negative=_("%(cell)s is negative; a discount must not be."))
        return {
            "number": Column(cells.text(40), required=True),
            "client": client_column(required=self.needs_client),
            "date": Column(cells.day, required=True),
            **self.own_columns(),
            "currency": Column(cells.currency, empty=""),
            "discount": Column(discount, empty=Decimal(0)),
            "discount_percent": Column(
                cells.number(4, least=Decimal(0), most=Decimal(100)), empty=None
            ),
            "email": Column(cells.emails),
            "memo": Column(cells.text(1000)),
            "private_note": Column(cells.text(4000)),
            "status": Column(
                cells.choice(dict.fromkeys(self.statuses.values, "")),
                empty=self.statuses.values[0],
            ),
            "total": Column(cells.number(2), empty=None),
        }

    def line_columns(self) -> Mapping[str, Column]:
        negative = _(
            "%(cell)s is negative. A quantity must not be negative; for a credit, enter a"
            " negative unit price."
        )
        return {
            "item": product_column(),
            "description": Column(cells.text(4000)),
            "quantity": Column(cells.number(4, negative=negative), empty=None),
            "unit_price": Column(cells.number(4), empty=None),
            "tax_code": entry_column(TaxCode),
        }

    def present(self, rows: Sequence[Row]) -> Callable[[Document], Any]:
        documents = self.model.objects.select_related("client", *self.related)
        whole = documents.prefetch_related("lines__product", "lines__tax_code")
        found = {
            one.number: one
            for numbers in mentioned(rows, "number")
            for one in whole.filter(number__in=numbers)
        }
        return lambda document: found.get(document.head["number"]) or self.model()

    def head(self, document: Document) -> Values:
        head = super().head(document)
        if head.get("discount_percent") is not None:
            head.pop("discount", None)
        return head

    def line_values(self, values: Values) -> Values:
        """A line without a price costs what the product costs; without a quantity it is one, or
        none for a remark.
        """
        named = super().line_values(values)
        product = named.get("product")
        if named.get("unit_price") is None:
            named["unit_price"] = (product.unit_price if product else None) or Decimal(0)
        if named.get("quantity") is None:
            named["quantity"] = Decimal(1)
        return named


class SettledImporter(SalesImporter):
    """Documents whose money changed hands at once, over the counter too."""

    related = ("method", "account")
    needs_client = False

    def own_columns(self) -> Mapping[str, Column]:
        return {
            "method": entry_column(PaymentMethod),
            "reference": Column(cells.text(40)),
            "account": entry_column(Account),
        }
