"""Bills from a file, one line of the file for each line of a bill. A bill is known by its vendor
and its number; without a number, by its vendor and its date.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.base import Values, entry_column
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import Document, cell, client_column, mentioned
from quicksync.books.importing.lines import LinesImporter, product_column
from quicksync.books.importing.problems import CellError
from quicksync.books.importing.reading import Row
from quicksync.books.models import Account, Bill, BillLine, TaxCode, Term, Vendor


class BillImporter(LinesImporter):
    """Makes bills, or changes those of the same vendor and number."""

    model = Bill
    line_model = BillLine
    also_by = ("vendor", "date")
    renamed: ClassVar = {"date": "issued_on", "due_date": "due_on", "item": "product"}
    told_at: ClassVar = {field: column for column, field in renamed.items()}
    line_fields = (
        "product",
        "account",
        "description",
        "quantity",
        "unit_cost",
        "amount",
        "tax_code",
        "client",
        "billable",
    )
    less_than_nothing = gettext_lazy(
        "The bill comes to %(found)s. A negative total makes a vendor credit, not a bill."
    )
    unequal = gettext_lazy("The file says %(expected)s, but lines and tax come to %(found)s.")
    price = "amount"

    def head_columns(self) -> Mapping[str, Column]:
        vendors = {fold(vendor.name): vendor for vendor in Vendor.objects.select_related("term")}
        no_vendor = _(
            "There is no vendor “%(cell)s”. Import the vendors first, or correct the name."
        )
        paid = cells.number(2, negative=_("%(cell)s is negative; the amount paid must not be."))
        return {
            "number": Column(cells.text(40)),
            "vendor": Column(cells.known(vendors, no_vendor), required=True),
            "date": Column(cells.day, required=True),
            "due_date": Column(cells.day, empty=None),
            "term": entry_column(Term),
            "currency": Column(cells.currency, empty=""),
            "memo": Column(cells.text(4000)),
            "paid": Column(paid, empty=Decimal(0)),
            "total": Column(cells.number(2), empty=None),
        }

    def line_columns(self) -> Mapping[str, Column]:
        negative = _(
            "%(cell)s is negative. A quantity must not be negative; for a credit, enter a"
            " negative unit cost."
        )
        return {
            "item": product_column(),
            "account": entry_column(Account),
            "description": Column(cells.text(4000)),
            "quantity": Column(cells.number(4, negative=negative), empty=None),
            "unit_cost": Column(cells.number(4), empty=None),
            "amount": Column(cells.number(2), empty=None),
            "tax_code": entry_column(TaxCode),
            "client": client_column(),
            "billable": Column(cells.flag, empty=None),
        }

    def identify(self, row: Row) -> str:
        vendor = cell(row, "vendor")
        return f"{fold(vendor)} {cell(row, 'number') or cell(row, 'date')}" if vendor else ""

    def present(self, rows: Sequence[Row]) -> Callable[[Document], Any]:
        bills = Bill.objects.select_related("vendor", "term").prefetch_related(
            "lines__product", "lines__account", "lines__tax_code", "lines__client"
        )
        found: dict[tuple[Any, ...], list[Bill]] = defaultdict(list)
        for numbers in mentioned(rows, "number"):
            for bill in bills.filter(number__in=numbers):
                found[bill.vendor_id, bill.number].append(bill)
        for days in mentioned([row for row in rows if not cell(row, "number")], "date"):
            for bill in bills.filter(number="", issued_on__in=_sound(days)):
                found[bill.vendor_id, bill.issued_on].append(bill)

        def find(document: Document) -> Bill | None:
            head = document.head
            there = found[head["vendor"].pk, head.get("number") or head["date"]]
            if len(there) > 1:
                sentence = _(
                    "The books have %(count)s bills of this vendor and date without a number. Give"
                    " them numbers first."
                )
                self.tell(document.line, "number", sentence % {"count": len(there)})
                return None
            return there[0] if there else Bill()

        return find

    def line_values(self, values: Values) -> Values:
        named = super().line_values(values)
        return {**named, "billable": bool(named.get("billable"))}

    def check_line(self, line: Any, number: int) -> bool:
        """An amount that the file states for a product has to be that of quantity and cost."""
        said = line.amount
        line.settle()
        if said is not None and said != line.amount:
            sentence = _("The file says %(said)s, but quantity and unit cost come to %(found)s.")
            self.tell(number, "amount", sentence % {"said": said, "found": line.amount})
            return False
        return super().check_line(line, number)


def _sound(days: Sequence[str]) -> list[dt.date]:
    """Those that are dates; the others are told where they are read."""
    sound = []
    for day in days:
        with suppress(CellError):
            sound.append(cells.day(day))
    return sound
