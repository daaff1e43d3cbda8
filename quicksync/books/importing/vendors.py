"""Vendors from a file; a vendor is known by its name."""

from __future__ import annotations

from collections.abc import Mapping

from quicksync.books.importing import cells
from quicksync.books.importing.cells import Column
from quicksync.books.importing.contacts import address_columns, person_columns, trade_columns
from quicksync.books.importing.named import NamedImporter
from quicksync.books.models import Vendor


class VendorImporter(NamedImporter):
    """Makes vendors, or changes those of the same name."""

    model = Vendor
    related = ("term",)

    def make_columns(self) -> Mapping[str, Column]:
        return {
            "name": Column(cells.text(255), required=True),
            **person_columns(),
            **address_columns(),
            **trade_columns(),
            "account_number": Column(cells.text(100)),
            "tax_id": Column(cells.text(20)),
            "is_1099": Column(cells.flag, empty=False),
            "active": Column(cells.flag, empty=True),
            "notes": Column(cells.text(2000)),
        }
