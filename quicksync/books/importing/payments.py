"""Payments from a file, one line of the file for each invoice that a payment pays; known by number
and client.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import CHUNK, entry_column
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import (
    Document,
    DocumentImporter,
    client_column,
    invoice_column,
    mentioned,
)
from quicksync.books.importing.problems import moved
from quicksync.books.importing.reading import Row
from quicksync.books.models import (
    Account,
    Invoice,
    PaymentMethod,
    Receipt,
    ReceiptAllocation,
)

_RENAMED = {"date": "received_on"}
ZERO = Decimal(0)


class PaymentImporter(DocumentImporter):
    """Makes payments, or changes those of the same number and client."""

    heads = ("number", "client", "date", "amount", "currency", "method", "account", "note")
    told_at: ClassVar = {"received_on": "date"}

    def make_columns(self) -> Mapping[str, Column]:
        # Filled from the file's own numbers: the books may hold many more invoices.
        self.invoices: dict[str, Invoice] = {}
        self.open: dict[int, Decimal] = {}
        self.was_open: dict[int, Decimal] = {}
        negative = _("%(cell)s is negative; a payment must not be.")
        amount = cells.number(2, least=Decimal("0.01"), negative=negative)
        # Nothing was paid where a payment only uses credit notes; the file does not name those.
        total = cells.number(2, least=ZERO, negative=negative)
        return {
            "number": Column(cells.text(40), required=True),
            "client": client_column(required=True),
            "date": Column(cells.day, required=True),
            "amount": Column(total, required=True),
            "currency": Column(cells.currency, empty=""),
            "method": entry_column(PaymentMethod),
            "account": entry_column(Account),
            "note": Column(cells.text(4000)),
            "invoice": invoice_column(self.invoices),
            "applied": Column(amount, empty=None),
        }

    def take(self, rows: Sequence[Row]) -> None:
        receipts = Receipt.objects.select_related("client").prefetch_related(
            "allocations", "credits"
        )
        present = {
            (receipt.number, receipt.client_id): receipt
            for numbers in mentioned(rows, "number")
            for receipt in receipts.filter(number__in=numbers)
        }
        for numbers in mentioned(rows, "invoice"):
            for invoice in Invoice.objects.with_paid().filter(number__in=numbers):
                self.invoices[fold(invoice.number)] = invoice
                self.open[invoice.pk] = self.was_open[invoice.pk] = invoice.balance
        for document in self.documents(rows):
            key = (document.head["number"], document.head["client"].pk)
            self._save(document, present.get(key) or Receipt())

    def look_again(self) -> None:
        """Nothing else has paid these invoices meanwhile."""
        super().look_again()
        keys = list(self.was_open)
        for start in range(0, len(keys), CHUNK):
            for invoice in Invoice.objects.with_paid().filter(pk__in=keys[start : start + CHUNK]):
                if invoice.balance != self.was_open.pop(invoice.pk):
                    raise moved()
        if self.was_open:
            raise moved()

    def _save(self, document: Document, receipt: Receipt) -> None:
        head = {_RENAMED.get(name, name): value for name, value in document.head.items()}
        head["currency"] = head.get("currency") or head["client"].currency
        old = (
            {row.invoice_id: row.amount for row in receipt.allocations.all()} if receipt.pk else {}
        )
        for invoice_id, amount in old.items():
            self.open[invoice_id] = self.open.get(invoice_id, ZERO) + amount
        changed = {name for name, value in head.items() if getattr(receipt, name, None) != value}
        for name in changed:
            setattr(receipt, name, head[name])
        rows = self._allocations(document, receipt)
        if (
            rows is None
            or not self.check(receipt, document.line)
            or not self._covers(document, receipt, rows)
        ):
            return
        wanted = {row.invoice_id: row.amount for row in rows}
        self.count(receipt, changed=bool(changed) or wanted != old)
        if changed or wanted != old or receipt._state.adding:
            self.note(receipt, functools.partial(_write, receipt, old, wanted))

    def _allocations(self, document: Document, receipt: Receipt) -> list[ReceiptAllocation] | None:
        rows: list[ReceiptAllocation] = []
        sound = True
        for line, values in document.parts:
            invoice, amount = values.get("invoice"), values.get("applied")
            if invoice is None or amount is None:
                column = "invoice" if invoice is None else "applied"
                self.tell(
                    line,
                    column,
                    _(
                        "An invoice and the amount paid on it belong together: one of them is"
                        " empty."
                    ),
                )
                sound = False
            elif any(row.invoice_id == invoice.pk for row in rows):
                self.tell(
                    line,
                    "invoice",
                    _("This payment lists the invoice twice: put both amounts on one line."),
                )
                sound = False
            elif self._has_room(line, invoice, amount):
                rows.append(ReceiptAllocation(receipt=receipt, invoice=invoice, amount=amount))
            else:
                sound = False
        return rows if sound else None

    def _has_room(self, line: int, invoice: Invoice, amount: Decimal) -> bool:
        room = self.open[invoice.pk]
        if amount > room:
            sentence = _(
                "%(amount)s is more than the open amount: invoice %(invoice)s has %(room)s left."
            )
            self.tell(
                line, "applied", sentence % {"amount": amount, "invoice": invoice, "room": room}
            )
            return False
        self.open[invoice.pk] = room - amount
        return True

    def _covers(
        self, document: Document, receipt: Receipt, rows: Sequence[ReceiptAllocation]
    ) -> bool:
        try:
            receipt.check_allocations(rows)
        except ValidationError as error:
            self.tell(document.line, "amount", " ".join(error.messages))
            return False
        return True


def _write(receipt: Receipt, old: Mapping[int, Decimal], wanted: Mapping[int, Decimal]) -> None:
    """Rows of invoices that are still paid keep their identity."""
    receipt.save()
    if old.keys() - wanted.keys():
        receipt.allocations.exclude(invoice_id__in=wanted).delete()
    if wanted == old:
        return
    ReceiptAllocation.objects.bulk_create(
        [
            ReceiptAllocation(receipt=receipt, invoice_id=invoice, amount=amount)
            for invoice, amount in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["receipt", "invoice"],
        update_fields=["amount"],
    )
