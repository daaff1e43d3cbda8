"""Money: exact, in one currency, rounded half up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.exceptions import BadValue
from quicksync.records import Money, money, to_cents
from quicksync.records.money import exact

CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), "abc", "", "1,50", None, object(), "NaN", "Infinity", Decimal("-Infinity")],
)
def test_floats_and_what_is_no_amount_are_refused(value):
    with pytest.raises(BadValue):
        exact(value)


@pytest.mark.parametrize(
    ("value", "number"), [(3, "3"), ("1.50", "1.50"), (Decimal("0.005"), "0.005"), (" 2 ", "2")]
)
def test_exact_numbers_pass(value, number):
    assert exact(value) == Decimal(number)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "", "0.01"),
        ("-0.005", "", "-0.01"),
        ("2.675", "USD", "2.68"),
        ("1.4", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("1.2345", "KWD", "1.235"),
    ],
)
def test_rounding_is_half_up_to_the_currencys_smallest_unit_f15(amount, currency, rounded):
    assert str(to_cents(Decimal(amount), currency)) == rounded


def test_currencies_never_mix():
    with pytest.raises(BadValue, match="USD and EUR"):
        money("1", "USD") + money("1", "EUR")
    with pytest.raises(BadValue):
        money("1", "USD") - money("1", "EUR")


@given(CENTS, CENTS)
def test_sums_are_exact(one: Decimal, other: Decimal):
    left, right = money(one, "USD"), money(other, "USD")
    assert (left + right) - right == left
    assert -left + left == Money(Decimal(0), "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1234.5", "USD", "1,234.50 USD"), ("1234", "JPY", "1,234 JPY"), ("-1", "", "-1.00")],
)
def test_money_in_words(amount, currency, text):
    assert str(money(amount, currency)) == text
