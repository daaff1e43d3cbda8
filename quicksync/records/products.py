"""Products and services (D1-D11)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from quicksync.records.base import Record, Ref

SERVICE = "service"
NON_INVENTORY = "non_inventory"
INVENTORY = "inventory"
ITEM_TYPES = (SERVICE, NON_INVENTORY, INVENTORY)


class Item(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A product or service; prices are per unit, in the company's home currency, with up to 7
    decimals.
    """

    kind: ClassVar[str] = "item"
    required: ClassVar[tuple[str, ...]] = ("name",)
    create_only: ClassVar[frozenset[str]] = frozenset({"type"})
    choices: ClassVar[dict[str, tuple[str, ...]]] = {"type": ITEM_TYPES}
    labels: ClassVar[dict[str, str]] = {
        "sku": "SKU",
        "unit_price": "Sales price",
        "purchase_cost": "Purchase cost",
    }

    name: str = ""
    type: str = SERVICE
    sku: str = ""
    description: str = ""
    unit_price: Decimal | None = None
    purchase_cost: Decimal | None = None
    income_account: Ref | None = None
    expense_account: Ref | None = None
    taxable: bool = True
    active: bool = True

    def natural_key(self) -> str:
        return self.name
