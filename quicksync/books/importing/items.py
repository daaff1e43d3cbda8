"""Products from a file; a product is known by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import Importer, by_code, unknown
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.reading import Row
from quicksync.books.models import Account, Product


class ItemImporter(Importer):
    """Makes products, or changes those of the same name."""

    def make_columns(self) -> Mapping[str, Column]:
        accounts = by_code(Account)
        account = cells.known(accounts, unknown(accounts, _("account"), _("Accounts")))
        types = {value: value for value in Product.Type.values}
        price = cells.number(
            4, least=Decimal(0), negative=_("%(cell)s is negative; a price must not be.")
        )
        return {
            "name": Column(cells.text(255), required=True),
            "type": Column(cells.choice(types), empty=Product.Type.SERVICE.value),
            "sku": Column(cells.text(100)),
            "description": Column(cells.text(4000)),
            "unit_price": Column(price, empty=None),
            "purchase_cost": Column(price, empty=None),
            "income_account": Column(account, empty=None),
            "taxable": Column(cells.flag, empty=True),
            "active": Column(cells.flag, empty=True),
        }

    def take(self, rows: Sequence[Row]) -> None:
        present = {
            fold(product.name): product
            for product in Product.objects.select_related("income_account")
        }
        seen: dict[str, int] = {}
        for row in rows:
            values = self.read(row)
            if values is None:
                continue
            key = fold(values["name"])
            if self.once(seen, key, values["name"], row.line, "name"):
                self.save(present.get(key) or Product(), values, row.line)
