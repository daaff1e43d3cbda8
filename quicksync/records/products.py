"""Products and services, and the categories that they are in (D1-D11)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from quicksync.records.base import Record, Ref
from quicksync.records.usual import ACTIVE, NAMED

SERVICE = "service"
NON_INVENTORY = "non_inventory"
INVENTORY = "inventory"
ITEM_TYPES = (SERVICE, NON_INVENTORY, INVENTORY)


class ItemCategory(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A folder of the product list, which may lie in another one (D9). Nothing is sold as it, and
    only QuickBooks' own pages make one inactive.
    """

    kind: ClassVar[str] = "item_category"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"active"})
    labels: ClassVar[dict[str, str]] = {"parent": "Category above"}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"parent": ("item_category",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": NAMED,
        "parent": ("parent",),
        "active": ACTIVE,
    }

    name: str = ""
    parent: Ref | None = None
    active: bool = True

    def natural_key(self) -> str:
        return self.name


class Item(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A product or service; prices are per unit, in home currency, with up to 7 decimals. How many
    are on hand (D8) QuickBooks works out, from what is bought, sold and counted.
    """

    kind: ClassVar[str] = "item"
    required: ClassVar[tuple[str, ...]] = ("name",)
    computed: ClassVar[frozenset[str]] = frozenset({"on_hand"})
    create_only: ClassVar[frozenset[str]] = frozenset({"type"})
    choices: ClassVar[dict[str, tuple[str, ...]]] = {"type": ITEM_TYPES}
    labels: ClassVar[dict[str, str]] = {
        "sku": "SKU",
        "unit_price": "Sales price",
        "purchase_cost": "Purchase cost",
        "on_hand": "Quantity on hand",
    }
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "category": ("item_category",),
        "income_account": ("account",),
        "expense_account": ("account",),
    }
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": NAMED,
        "sku": ("sku", "code"),
        "category": ("category",),
        "description": ("description",),
        "unit_price": ("unit_price", "price", "sales_price"),
        "purchase_cost": ("purchase_cost", "cost"),
        "income_account": ("income_account",),
        "expense_account": ("expense_account",),
        "taxable": ("taxable", "is_taxable"),
        "active": ACTIVE,
        "on_hand": ("on_hand", "quantity_on_hand", "in_stock"),
    }
    roles: ClassVar[Mapping[str, str]] = {"income_account": "income"}
    features: ClassVar[Mapping[str, tuple[Any, str]]] = {"type": (INVENTORY, "inventory")}

    name: str = ""
    type: str = SERVICE
    sku: str = ""
    category: Ref | None = None
    description: str = ""
    unit_price: Decimal | None = None
    purchase_cost: Decimal | None = None
    income_account: Ref | None = None
    expense_account: Ref | None = None
    taxable: bool = True
    active: bool = True
    on_hand: Decimal | None = None

    def natural_key(self) -> str:
        return self.name
