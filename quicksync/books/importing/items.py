"""Products from a file; a product is known by its name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.importing.item_categories import all_categories, category_column
from quicksync.books.importing.named import NamedImporter
from quicksync.books.models import Account, Product


class ItemImporter(NamedImporter):
    """Makes products, or changes those of the same name."""

    model = Product
    related = ("category", "income_account", "expense_account")

    def make_columns(self) -> Mapping[str, Column]:
        types = {value: value for value in Product.Type.values}
        accounts = entry_column(Account)
        price = cells.number(
            4, least=Decimal(0), negative=_("%(cell)s is negative; a price must not be.")
        )
        return {
            "name": Column(cells.text(255), required=True),
            "type": Column(cells.choice(types), empty=Product.Type.SERVICE.value),
            "sku": Column(cells.text(100)),
            "category": category_column(all_categories()),
            "description": Column(cells.text(4000)),
            "unit_price": Column(price, empty=None),
            "purchase_cost": Column(price, empty=None),
            "income_account": accounts,
            "expense_account": accounts,
            "taxable": Column(cells.flag, empty=True),
            "active": Column(cells.flag, empty=True),
        }
