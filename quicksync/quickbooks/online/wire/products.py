"""Products and services, and their categories, as QuickBooks Online JSON: items both."""

from __future__ import annotations

from typing import Any

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.payloads.values import (
    FLAG,
    NUMBER,
    TEXT,
    active_row,
    in_us,
    name_row,
    read_only,
    reference,
    us_only,
)
from quicksync.quickbooks.online.wire.rows import stand_in
from quicksync.quickbooks.online.wired import INACTIVE, Wired
from quicksync.quickbooks.wire_table import Codec, Row, Table, Tree, Writing
from quicksync.records import Item, ItemCategory
from quicksync.records.products import INVENTORY, NON_INVENTORY, SERVICE

TYPES = {SERVICE: "Service", NON_INVENTORY: "NonInventory", INVENTORY: "Inventory"}
_TYPES_BACK = {wire: word for word, wire in TYPES.items()}
TYPE = Codec(TYPES.__getitem__, lambda value: _TYPES_BACK.get(value, SERVICE))

CATEGORY = "Category"
# Items that are no products: folders of the product list, and bundles, which the interface cannot
# write.
NO_PRODUCTS = frozenset({CATEGORY, "Group"})
# A product's other account is for what comes: without this word QuickBooks rewrites what is booked
# already.
ONWARDS = "donotupdateaccountontxns"

# Before any document, so that none is "dated before the item's start" (6270); no stock is booked on
# that day.
STOCK_START = "2000-01-01"


def _in_categories(facts: Facts) -> bool:
    """Whether what lies above a product is a category (D9). In other companies it is a product,
    which this side has no place for.
    """
    return "item-categories" in facts.features


_ABOVE = reference("item")


def _below(tree: Tree) -> None:
    """What lies below another item says so twice; one without the other is refused (6150)."""
    if "ParentRef" in tree:
        tree["SubItem"] = bool(tree["ParentRef"]["value"])


def _product(tree: Tree, writing: Writing) -> None:
    _below(tree)
    _accounts(tree, writing)


def _told(values: dict[str, Any], tree: Tree, facts: Facts) -> None:
    _taxable_in_us(values, tree, facts)
    if not _in_categories(facts):
        values.pop("category", None)


_taxable_in_us = us_only("taxable")


def _accounts(tree: Tree, writing: Writing) -> None:
    """A product needs accounts; those that the record does not name come from the connection (D10,
    D11).
    """
    if not writing.creating:
        stand_in(tree, writing, "IncomeAccountRef", writing.facts.defaults.get("income"))
        return
    stock = tree.get("Type") == TYPES[INVENTORY]
    bought = stock or "PurchaseCost" in tree
    roles = {"IncomeAccountRef": "income"}
    roles |= {"ExpenseAccountRef": "cost" if stock else "expense"} if bought else {}
    roles |= {"AssetAccountRef": "stock"} if stock else {}
    for name, role in roles.items():
        stand_in(tree, writing, name, writing.facts.defaults.get(role))
    if stock:
        tree |= {"TrackQtyOnHand": True, "QtyOnHand": 0, "InvStartDate": STOCK_START}


ITEM = Wired(
    table=Table(
        Item,
        "Item",
        (
            name_row(),
            Row(field="type", path="Type", codec=TYPE),
            Row(field="sku", path="Sku", codec=TEXT, length=100),
            Row(field="category", path="ParentRef", codec=_ABOVE, when=_in_categories),
            Row(field="description", path="Description", codec=TEXT, length=4000),
            Row(field="unit_price", path="UnitPrice", codec=NUMBER),
            Row(field="purchase_cost", path="PurchaseCost", codec=NUMBER),
            Row(field="income_account", path="IncomeAccountRef", codec=reference("account")),
            Row(field="expense_account", path="ExpenseAccountRef", codec=reference("account")),
            Row(field="taxable", path="Taxable", codec=FLAG, when=in_us),
            active_row(),
            read_only("on_hand", "QtyOnHand", NUMBER),
        ),
        on_write=_product,
        on_read=_told,
    ),
    names=("Name",),
    options=ONWARDS,
    where=lambda head: head.Type not in NO_PRODUCTS,
    switched=True,
    takes_back=frozenset({INACTIVE}),
)


def _category(tree: Tree, writing: Writing) -> None:
    _below(tree)
    if writing.creating:
        tree["Type"] = CATEGORY


# The interface can neither delete a category nor make it inactive; QuickBooks' own pages can.
ITEM_CATEGORY = Wired(
    table=Table(
        ItemCategory,
        "Item",
        (
            name_row(),
            Row(field="parent", path="ParentRef", codec=_ABOVE),
            read_only("active", "Active", FLAG),
        ),
        on_write=_category,
    ),
    names=("Name",),
    where=lambda head: head.Type == CATEGORY,
    switched=True,
)
