"""Default accounts: which types of account may serve which purpose (D10, D11, F5, F7, G8)."""

from __future__ import annotations

from collections.abc import Mapping

from quicksync.records.base import Record
from quicksync.records.lists import RECEIVABLES, Account

_EARNED = frozenset({"Income", "Other Income"})
_SPENT = frozenset({"Expense", "Other Expense", "Cost of Goods Sold"})

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_ROLES",
    "LINE_ITEM",
    "LINE_ITEMS",
    "RECEIVABLES",
    "may_serve",
    "roles_of",
]

# Role of a default account -> the types (QuickBooks' own words) of account that may serve it.
ACCOUNT_ROLES: Mapping[str, frozenset[str]] = {
    "income": _EARNED,
    "expense": _SPENT,
    "cost": frozenset({"Cost of Goods Sold"}),
    "stock": frozenset({"Other Current Asset"}),
    "deposit": frozenset({"Bank", "Other Current Asset"}),
    "payout": frozenset({"Bank", "Other Current Asset"}),
    "discount": _EARNED | _SPENT,
}

# The role of the product for lines that name none (D6).
LINE_ITEM = "item"
# The kind whose entries serve the roles of accounts.
ACCOUNTS = Account.kind

# How the product is called, folded, that companies keep for lines without a product (D6), the best
# first.
LINE_ITEMS = ("services", "sales", "service", "hours")


def roles_of(record: Record | str | None, home_currency: str = "") -> frozenset[str]:
    """The roles that an entry may serve; none for what is no account, or cannot be read."""
    if not isinstance(record, Account):
        return frozenset()
    return frozenset(role for role in ACCOUNT_ROLES if may_serve(record, role, home_currency))


def may_serve(account: Account, role: str, home_currency: str = "") -> bool:
    """Whether an account may serve a role: active, of a fitting type, and kept in the company's own
    currency.
    """
    own_money = not (account.currency and home_currency) or account.currency == home_currency
    return account.active and own_money and account.type in ACCOUNT_ROLES[role]
