"""Invoices from a file, one line of the file for each line of an invoice; an invoice is known by
its number.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import Values, by_code, unknown
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import Document, DocumentImporter, mentioned
from quicksync.books.importing.reading import Row
from quicksync.books.models import Client, Invoice, InvoiceLine, Product, TaxCode, Term

_HEADS = (
    "number",
    "client",
    "date",
    "due_date",
    "term",
    "currency",
    "discount",
    "discount_percent",
    "email",
    "memo",
    "private_note",
    "status",
    "total",
)
_RENAMED = {"date": "issued_on", "due_date": "due_on", "item": "product"}
_LINE = ("product", "description", "quantity", "unit_price", "tax_code")


class InvoiceImporter(DocumentImporter):
    """Makes invoices, or changes those of the same number."""

    heads = _HEADS
    told_at: ClassVar = {field: column for column, field in _RENAMED.items()}

    def make_columns(self) -> Mapping[str, Column]:
        terms, codes = by_code(Term), by_code(TaxCode)
        clients = {fold(client.name): client for client in Client.objects.select_related("term")}
        products = {fold(product.name): product for product in Product.objects.all()}
        no_client = _(
            "There is no client “%(cell)s”. Import the customers first, or correct the name."
        )
        no_product = _(
            "There is no product “%(cell)s”. Import the items first, or correct the name."
        )
        negative = _(
            "%(cell)s is negative. A quantity must not be negative; for a credit, enter a"
            " negative unit price."
        )
        discount = cells.number(2, negative=_("%(cell)s is negative; a discount must not be."))
        return {
            "number": Column(cells.text(40), required=True),
            "client": Column(cells.known(clients, no_client), required=True),
            "date": Column(cells.day, required=True),
            "due_date": Column(cells.day, empty=None),
            "term": Column(
                cells.known(terms, unknown(terms, _("payment term"), _("Payment terms"))),
                empty=None,
            ),
            "currency": Column(cells.currency, empty=""),
            "discount": Column(discount, empty=Decimal(0)),
            "discount_percent": Column(
                cells.number(4, least=Decimal(0), most=Decimal(100)), empty=None
            ),
            "email": Column(cells.emails),
            "memo": Column(cells.text(1000)),
            "private_note": Column(cells.text(4000)),
            "status": Column(
                cells.choice(dict.fromkeys(Invoice.Status.values, "")),
                empty=Invoice.Status.ISSUED.value,
            ),
            "total": Column(cells.number(2), empty=None),
            "item": Column(cells.known(products, no_product), empty=None),
            "description": Column(cells.text(4000)),
            "quantity": Column(cells.number(4, negative=negative), empty=None),
            "unit_price": Column(cells.number(4), empty=None),
            "tax_code": Column(
                cells.known(codes, unknown(codes, _("tax code"), _("Tax codes"))), empty=None
            ),
        }

    def take(self, rows: Sequence[Row]) -> None:
        related = Invoice.objects.select_related("client", "client__term", "term")
        whole = related.prefetch_related("lines__product", "lines__tax_code")
        present = {
            invoice.number: invoice
            for numbers in mentioned(rows, "number")
            for invoice in whole.filter(number__in=numbers)
        }
        for document in self.documents(rows):
            self._save(document, present.get(document.head["number"]) or Invoice())

    def _save(self, document: Document, invoice: Invoice) -> None:
        head = _head(document)
        old = list(invoice.lines.all()) if invoice.pk else []
        lines = self._lines(document, invoice, old)
        changed = {name for name, value in head.items() if getattr(invoice, name, None) != value}
        for name in changed:
            setattr(invoice, name, head[name])
        invoice.settle_dates()
        invoice.work_out(lines)
        if not self.check(invoice, document.line) or not self._adds_up(document, invoice):
            return
        rewritten = [_content(line) for line in old] != [_content(line) for line in lines]
        self.count(invoice, changed=bool(changed) or rewritten)
        if changed or rewritten:
            self.note(invoice, invoice.save)
        if rewritten:
            gone = [line.pk for line in old[len(lines) :]]
            self.note(invoice, functools.partial(_write_lines, invoice, lines, gone=gone))

    def _lines(
        self, document: Document, invoice: Invoice, old: Sequence[InvoiceLine]
    ) -> list[InvoiceLine]:
        """The wanted lines, in the present ones where there are any, so that they keep their
        identity.
        """
        lines = []
        for place, (number, values) in enumerate(document.parts):
            line = InvoiceLine(pk=old[place].pk if place < len(old) else None, position=place + 1)
            for name, value in self._line_values(values).items():
                setattr(line, name, value)
            line.invoice = invoice
            if self.check(line, number):
                lines.append(line)
        return lines

    def _line_values(self, values: Values) -> Values:
        """A line without a price costs what the product costs; without a quantity it is one, or
        none for a remark.
        """
        named = {_RENAMED.get(name, name): value for name, value in values.items()}
        product = named.get("product")
        if named.get("unit_price") is None:
            named["unit_price"] = (product.unit_price if product else None) or Decimal(0)
        if named.get("quantity") is None:
            named["quantity"] = Decimal(1)
        return named

    def _adds_up(self, document: Document, invoice: Invoice) -> bool:
        if invoice.total < 0:
            sentence = _(
                "The invoice comes to %(found)s. A negative total makes a credit note, not an"
                " invoice."
            )
            self.tell(
                document.line,
                "discount" if invoice.discount else "unit_price",
                sentence % {"found": invoice.total},
            )
            return False
        expected = document.head.get("total")
        if expected is None or expected == invoice.total:
            return True
        sentence = _("The file says %(expected)s, but lines, discount and tax come to %(found)s.")
        self.tell(document.line, "total", sentence % {"expected": expected, "found": invoice.total})
        return False


def _head(document: Document) -> Values:
    """What the file says of the whole invoice, by the model's names, without what follows from the
    rest.
    """
    head = {
        _RENAMED.get(name, name): value for name, value in document.head.items() if name != "total"
    }
    head["currency"] = head.get("currency") or head["client"].currency
    if head.get("discount_percent") is not None:
        head.pop("discount", None)
    if head.get("due_on") is None:
        head.pop("due_on", None)
    return head


def _content(line: InvoiceLine) -> tuple[object, ...]:
    return (line.position, *(getattr(line, name) for name in _LINE))


def _write_lines(invoice: Invoice, lines: Sequence[InvoiceLine], gone: Sequence[int]) -> None:
    """All at once: the totals stand already, so the lines need not work them out one by one."""
    kept = [line for line in lines if line.pk]
    if gone:
        invoice.lines.filter(pk__in=gone).delete()
    if kept:
        InvoiceLine.objects.bulk_update(kept, ["position", *_LINE])
    InvoiceLine.objects.bulk_create([line for line in lines if not line.pk])
