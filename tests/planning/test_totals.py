"""F15: totals that differ are told with the difference, to the cent; what is void on either side is
worth nothing.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quicksync.planning.totals import apart
from tests.planning.sides import client, invoice

CENTS = st.decimals(min_value=0, max_value=10**6, places=2)


@given(CENTS, CENTS)
def test_f15_any_difference_is_told_and_none_else(mine, theirs):
    reason = apart(invoice(total=mine), invoice(total=theirs, currency="EUR"), "Invoice 1")
    assert (reason is None) == (mine == theirs)
    if reason is not None:
        assert (reason.code, reason.values["label"], reason.values["currency"]) == (
            "total-differs",
            "Invoice 1",
            "EUR",
        )
        assert Decimal(reason.values["here"]) + Decimal(reason.values["difference"]) == theirs


def test_f15_what_is_void_or_has_no_total_differs_in_nothing():
    ten, void, untold = (
        invoice(total=Decimal(10)),
        invoice(total=Decimal(0), voided=True),
        invoice(total=None),
    )
    assert [
        apart(*both, "Invoice 1")
        for both in ((ten, void), (void, ten), (ten, untold), (untold, ten))
    ] == [None] * 4
    assert apart(client("Ada"), client("Bob"), "Ada") is None
