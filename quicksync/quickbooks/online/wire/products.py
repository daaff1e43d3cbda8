"""Products and services as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.online.payloads.values import (
    FLAG,
    NUMBER,
    TEXT,
    active_row,
    in_us,
    name_row,
    reference,
    us_only,
)
from quicksync.quickbooks.online.wired import INACTIVE, Wired
from quicksync.quickbooks.wire_table import Codec, Row, Table, Tree, Writing
from quicksync.records import Item
from quicksync.records.products import INVENTORY, NON_INVENTORY, SERVICE

TYPES = {SERVICE: "Service", NON_INVENTORY: "NonInventory", INVENTORY: "Inventory"}
_TYPES_BACK = {wire: word for word, wire in TYPES.items()}
TYPE = Codec(TYPES.__getitem__, lambda value: _TYPES_BACK.get(value, SERVICE))

# Items that are no products: folders of the product list, and bundles, which the interface cannot
# write.
NO_PRODUCTS = frozenset({"Category", "Group"})
# A product's other account is for what comes: without this word QuickBooks rewrites what is booked
# already.
ONWARDS = "donotupdateaccountontxns"

# Before any document, so that none is "dated before the item's start" (6270); no stock is booked on
# that day.
STOCK_START = "2000-01-01"


def _accounts(tree: Tree, writing: Writing) -> None:
    """A new product needs accounts; those that the record does not name come from the connection
    (D10, D11).
    """
    if not writing.creating:
        return
    stock = tree.get("Type") == TYPES[INVENTORY]
    bought = stock or "PurchaseCost" in tree
    roles = {"IncomeAccountRef": "income"}
    roles |= {"ExpenseAccountRef": "cost" if stock else "expense"} if bought else {}
    roles |= {"AssetAccountRef": "stock"} if stock else {}
    for name, role in roles.items():
        if name not in tree and (account := writing.facts.defaults.get(role)):
            tree[name] = {"value": account}
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
            Row(field="description", path="Description", codec=TEXT, length=4000),
            Row(field="unit_price", path="UnitPrice", codec=NUMBER),
            Row(field="purchase_cost", path="PurchaseCost", codec=NUMBER),
            Row(field="income_account", path="IncomeAccountRef", codec=reference("account")),
            Row(field="expense_account", path="ExpenseAccountRef", codec=reference("account")),
            Row(field="taxable", path="Taxable", codec=FLAG, when=in_us),
            active_row(),
        ),
        on_write=_accounts,
        on_read=us_only("taxable"),
    ),
    names=("Name",),
    options=ONWARDS,
    where=lambda head: head.Type not in NO_PRODUCTS,
    switched=True,
    takes_back=frozenset({INACTIVE}),
)
