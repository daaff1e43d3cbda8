"""Which accounts may serve which role."""

from __future__ import annotations

import pytest

from quicksync.records import Account
from quicksync.records.roles import may_serve


@pytest.mark.parametrize(
    ("account", "home", "serves"),
    [
        (Account(name="Sales", type="Income"), "USD", True),
        (Account(name="Sales", type="Income", currency="USD"), "USD", True),
        (Account(name="Sales", type="Income", currency="EUR"), "", True),
        (Account(name="Sales", type="Income", currency="EUR"), "USD", False),
        (Account(name="Sales", type="Income", active=False), "USD", False),
        (Account(name="Sales", type="Expense"), "USD", False),
    ],
    ids=["no-currency", "own-currency", "home-unknown", "other-currency", "inactive", "other-type"],
)
def test_an_active_account_of_a_fitting_type_in_the_companys_own_money_serves(
    account, home, serves
):
    assert may_serve(account, "income", home) is serves
