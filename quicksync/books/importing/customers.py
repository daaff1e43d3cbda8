"""Clients from a file; a client is known by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.importing.contacts import address_columns, person_columns, trade_columns
from quicksync.books.importing.named import NamedImporter
from quicksync.books.models import Client, PaymentMethod


class CustomerImporter(NamedImporter):
    """Makes clients, or changes those of the same name."""

    model = Client
    related = ("term", "payment_method")
    renamed: ClassVar = {"supplier": "is_supplier"}
    told_at: ClassVar = {"is_supplier": "supplier"}

    def make_columns(self) -> Mapping[str, Column]:
        return {
            "name": Column(cells.text(255), required=True),
            "is_company": Column(cells.flag, empty=True),
            **person_columns(),
            **address_columns("billing_"),
            **address_columns("shipping_"),
            **trade_columns(),
            "payment_method": entry_column(PaymentMethod),
            "tax_exempt": Column(cells.flag, empty=False),
            "supplier": Column(cells.flag, empty=False),
            "active": Column(cells.flag, empty=True),
            "notes": Column(cells.text(2000)),
        }
