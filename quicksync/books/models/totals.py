"""What an invoice comes to, by QuickBooks' own rules, to the cent. Pure: no database.

A line is quantity x unit price, rounded half up. A discount is taken off before tax and spread over
all lines in proportion. Tax is worked out for each rate on the sum of its lines, and each rate is
rounded half up on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from quicksync import to_cents

ZERO, HUNDRED = Decimal(0), Decimal(100)


class Part(NamedTuple):
    """A line as totals see it: its amount, and the tax rates in percent that apply to it."""

    amount: Decimal
    rates: tuple[Decimal, ...] = ()
    code: str = ""


class Totals(NamedTuple):
    """An invoice's sums in its currency: lines, discount, tax, and what the client pays."""

    net: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


NOTHING = Totals(ZERO, ZERO, ZERO, ZERO)


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str = "") -> Decimal:
    """What a line comes to."""
    return to_cents(quantity * unit_price, currency)


def work_out(
    parts: Sequence[Part],
    *,
    discount: Decimal = ZERO,
    percent: Decimal | None = None,
    currency: str = "",
) -> Totals:
    """The totals of an invoice; a `percent` of the lines goes before a fixed `discount`."""
    net = sum((part.amount for part in parts), ZERO)
    if percent is not None:
        discount = to_cents(net * percent / HUNDRED, currency)
    tax = sum((_tax(base, rate, net, discount, currency) for base, rate in _bases(parts)), ZERO)
    return Totals(net, discount, tax, net - discount + tax)


def _bases(parts: Iterable[Part]) -> list[tuple[Decimal, Decimal]]:
    """(amount, rate) for each rate of each code: a code's lines are taxed together."""
    sums: dict[tuple[str, int, Decimal], Decimal] = {}
    for part in parts:
        for place, rate in enumerate(part.rates):
            key = (part.code, place, rate)
            sums[key] = sums.get(key, ZERO) + part.amount
    return [(base, rate) for (_, _, rate), base in sums.items()]


def _tax(base: Decimal, rate: Decimal, net: Decimal, discount: Decimal, currency: str) -> Decimal:
    taxable = base * (net - discount) / net if discount and net else base
    return to_cents(taxable * rate / HUNDRED, currency)
