"""Money: a Decimal with a currency, and the one rounding rule (half up, to the currency's smallest
unit).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import msgspec

from quicksync.exceptions import BadValue

CENT = Decimal("0.01")

# Currencies whose smallest unit is not a hundredth (ISO 4217).
_EXPONENTS = {
    "BHD": 3,
    "CLP": 0,
    "ISK": 0,
    "JOD": 3,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "OMR": 3,
    "PYG": 0,
    "TND": 3,
    "UGX": 0,
    "VND": 0,
    "XAF": 0,
    "XOF": 0,
    "XPF": 0,
}


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in a currency (ISO 4217 code); currencies never mix silently."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise BadValue(
                f"{self.currency} and {other.currency} cannot be added: convert one of them first."
            )
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __str__(self) -> str:
        return f"{self.amount:,.{_EXPONENTS.get(self.currency, 2)}f} {self.currency}".strip()


def money(value: Decimal | int | str, currency: str = "") -> Money:
    """Money from a Decimal, an int or a text such as "1234.50"; a float is refused because it has
    no exact cents.
    """
    return Money(to_cents(exact(value), currency), currency)


def exact(value: Decimal | int | str) -> Decimal:
    """The Decimal that the value names exactly. Raises BadValue for floats, text that is no number,
    and infinities.
    """
    if isinstance(value, float):
        raise BadValue(
            f"{value!r} is a float, which cannot hold cents exactly: pass a Decimal or a text."
        )
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise BadValue(f"{value!r} is not a number.") from error
    if not number.is_finite():
        raise BadValue(f"{value!r} is not an amount.")
    return number


def to_cents(amount: Decimal, currency: str = "") -> Decimal:
    """Round half up to the currency's smallest unit, as QuickBooks does."""
    places = _EXPONENTS.get(currency, 2)
    unit = CENT if places == 2 else Decimal(1).scaleb(-places)
    return amount.quantize(unit, ROUND_HALF_UP)
