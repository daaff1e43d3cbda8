"""Clients from a file; a client is known by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import Importer, by_code, unknown
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.reading import Row
from quicksync.books.models import Client, PaymentMethod, Term

_ADDRESS = {"street": 500, "city": 255, "region": 255, "postcode": 30, "country": 255}
_RENAMED = {"supplier": "is_supplier"}


class CustomerImporter(Importer):
    """Makes clients, or changes those of the same name."""

    told_at: ClassVar = {"is_supplier": "supplier"}

    def make_columns(self) -> Mapping[str, Column]:
        terms, methods = by_code(Term), by_code(PaymentMethod)
        term = cells.known(terms, unknown(terms, _("payment term"), _("Payment terms")))
        method = cells.known(methods, unknown(methods, _("payment method"), _("Payment methods")))
        addresses = {
            f"{side}_{part}": Column(cells.text(length))
            for side in ("billing", "shipping")
            for part, length in _ADDRESS.items()
        }
        return {
            "name": Column(cells.text(255), required=True),
            "is_company": Column(cells.flag, empty=True),
            "company": Column(cells.text(255)),
            "given_name": Column(cells.text(100)),
            "family_name": Column(cells.text(100)),
            "email": Column(cells.emails),
            "phone": Column(cells.text(30)),
            "mobile": Column(cells.text(30)),
            "website": Column(cells.text(1000)),
            **addresses,
            "currency": Column(cells.currency, empty="USD"),
            "term": Column(term, empty=None),
            "payment_method": Column(method, empty=None),
            "tax_exempt": Column(cells.flag, empty=False),
            "supplier": Column(cells.flag, empty=False),
            "active": Column(cells.flag, empty=True),
            "notes": Column(cells.text(2000)),
        }

    def take(self, rows: Sequence[Row]) -> None:
        present = {
            fold(client.name): client
            for client in Client.objects.select_related("term", "payment_method")
        }
        seen: dict[str, int] = {}
        for row in rows:
            values = self.read(row)
            if values is None:
                continue
            key = fold(values["name"])
            if self.once(seen, key, values["name"], row.line, "name"):
                named = {_RENAMED.get(name, name): value for name, value in values.items()}
                self.save(present.get(key) or Client(), named, row.line)
