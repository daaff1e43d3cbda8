"""Numbers that belong to whom they are unique for (F16)."""

from __future__ import annotations

from decimal import Decimal

from quicksync.records import Bill, PurchaseLine, Ref
from tests.planning.sides import DAY, codes, here, linked, only, shape


def held(candidate, known):
    step = only(candidate, company=known)
    assert shape(step)[:2] == ("hold", ""), step
    return codes(step)


def test_a_bills_number_is_taken_by_another_bill_of_its_vendor_f16():
    """Two vendors may use one number; a vendor who is not in QuickBooks yet has no bill there."""
    acme, newcomer = Ref("vendor", "v"), Ref("vendor", "n")
    known = linked(
        (acme, Ref("vendor", "V")), numbers={("bill", "7|V"): ("9",), ("bill", "7|n"): ("8",)}
    )
    bill = Bill(number="7", vendor=acme, issued_on=DAY, lines=(PurchaseLine(amount=Decimal(5)),))
    assert held(here(bill), known) == ["number-taken"]
    assert only(here(bill.replace(number="8")), company=known).direction == "push"
    assert "number-taken" not in codes(only(here(bill.replace(vendor=newcomer)), company=known))
