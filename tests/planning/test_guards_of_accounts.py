"""Guards of accounts that a connection's default stands in for: also where one is emptied later, no
record is sent that QuickBooks could book nowhere (D10).
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from quicksync.planning.steps import Agreed
from quicksync.records import Ref
from tests.planning.sides import linked, pair, product
from tests.planning.test_guards import CUSTOMER, goes, held


def test_an_account_that_is_emptied_has_to_be_another_or_the_default_d10():
    ours, theirs = Ref("account", "4000"), Ref("account", "79")
    known = linked((ours, theirs), unserved=frozenset({"income"}))
    there_ = product(income_account=theirs)
    agreed = Agreed(here=product(income_account=ours), there=there_)

    def edited(mine):
        return msgspec.structs.replace(pair(mine, there_, mine), agreed=agreed)

    assert held(edited(product()), known) == ["account-unmapped"]
    assert goes(edited(product(unit_price=Decimal(7), income_account=ours)), known)


def test_a_product_that_never_named_one_may_change_d10():
    known = linked(CUSTOMER, unserved=frozenset({"income"}))
    assert goes(pair(product(unit_price=Decimal(7)), product(), product()), known)
