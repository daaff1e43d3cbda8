"""Default accounts: which types of account may serve which purpose (D10, D11, F7, G8)."""

from __future__ import annotations

from collections.abc import Mapping

from quicksync.records.lists import Account

# QuickBooks posts to these by itself; no line may name them (F7).
RECEIVABLES = frozenset({"Accounts Receivable", "Accounts Payable"})

_EARNED = frozenset({"Income", "Other Income"})
_SPENT = frozenset({"Expense", "Other Expense", "Cost of Goods Sold"})

# Role of a default account -> the types (QuickBooks' own words) of account that may serve it.
ACCOUNT_ROLES: Mapping[str, frozenset[str]] = {
    "income": _EARNED,
    "expense": _SPENT,
    "cost": frozenset({"Cost of Goods Sold"}),
    "stock": frozenset({"Other Current Asset"}),
    "deposit": frozenset({"Bank", "Other Current Asset"}),
    "discount": _EARNED | _SPENT,
}

# How the product is called, folded, that companies keep for lines without a product (D6), the best
# first.
LINE_ITEMS = ("services", "sales", "service", "hours")


def may_serve(account: Account, role: str, home_currency: str = "") -> bool:
    """Whether an account may serve a role: active, of a fitting type, and kept in the company's own
    currency.
    """
    own_money = not (account.currency and home_currency) or account.currency == home_currency
    return account.active and own_money and account.type in ACCOUNT_ROLES[role]
