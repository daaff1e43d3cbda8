"""Totals of invoices, to the cent, against a rule written in another way (F14, F15)."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from quicksync.books.models.totals import Part, Totals, line_amount, work_out

CODES = {"NON": (), "California": (Decimal(8),), "Tucson": (Decimal("7.1"), Decimal(2))}

amounts = st.decimals(min_value=0, max_value=100_000, places=2)
parts = st.lists(st.tuples(amounts, st.sampled_from(sorted(CODES))), min_size=1, max_size=8)


def half_up(exact):
    """Round half up in whole numbers, without decimals."""
    return Decimal(int((exact * 100 + Fraction(1, 2)).__floor__())) / 100


def by_hand(lines, discount):
    """The rule in fractions: each rate of each code on its lines' share after discount."""
    net = sum(Fraction(amount) for amount, _ in lines)
    kept = (net - Fraction(discount)) / net if net else Fraction(1)
    tax = Decimal(0)
    for code, rates in CODES.items():
        base = sum(Fraction(amount) for amount, used in lines if used == code) * kept
        tax += sum((half_up(base * Fraction(rate) / 100) for rate in rates), Decimal(0))
    return half_up(net), tax, half_up(net) - discount + tax


@given(parts, st.integers(min_value=0, max_value=100))
def test_totals_agree_with_the_rule_in_fractions_f15(lines, share):
    net = sum((amount for amount, _ in lines), Decimal(0))
    discount = (net * share / 100).quantize(Decimal("0.01"), ROUND_FLOOR)
    found = work_out([Part(amount, CODES[code], code) for amount, code in lines], discount=discount)
    assert (found.net, found.tax, found.total) == by_hand(lines, discount)


@given(parts, st.decimals(min_value=0, max_value=100, places=4))
def test_a_percentage_is_the_discount_rounded_half_up(lines, percent):
    every = [Part(amount, CODES[code], code) for amount, code in lines]
    found = work_out(every, percent=percent)
    assert found.discount == half_up(Fraction(found.net) * Fraction(percent) / 100)
    assert found == work_out(every, discount=found.discount)


@given(
    st.permutations(
        [("10.01", "California"), ("0.49", "Tucson"), ("99.99", "NON"), ("3.33", "California")]
    )
)
def test_the_order_of_lines_changes_nothing(lines):
    every = [Part(Decimal(amount), CODES[code], code) for amount, code in lines]
    assert work_out(every, discount=Decimal("1.11")) == Totals(
        Decimal("113.82"), Decimal("1.11"), Decimal("1.10"), Decimal("113.81")
    )


def test_each_rate_is_rounded_on_its_own():
    # 7.1 % and 2 % of 10.25 are 0.72775 and 0.205: 0.73 + 0.21, where 9.1 % in one would be 0.93.
    assert work_out([Part(Decimal("10.25"), CODES["Tucson"], "Tucson")]).tax == Decimal("0.94")


def test_amounts_of_lines_are_rounded_half_up_to_the_currency():
    assert line_amount(Decimal(3), Decimal("0.335")) == Decimal("1.01")
    assert line_amount(Decimal(3), Decimal("33.5"), "JPY") == Decimal(101)


def test_nothing_comes_to_nothing():
    assert work_out([]) == Totals(0, 0, 0, 0)
