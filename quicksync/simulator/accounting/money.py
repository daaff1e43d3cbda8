"""Decimal arithmetic of the company: cents, rates and rounding half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def dec(value: object) -> Decimal:
    """A Decimal of any JSON scalar; absent counts as zero, what is unreadable raises ValueError."""
    if value is None or value == "":
        return ZERO
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error


def cents(value: object) -> Decimal:
    """The value rounded half up to two decimals."""
    return dec(value).quantize(CENT, rounding=ROUND_HALF_UP)


def minor(value: Decimal) -> int:
    """An amount in hundredths, as the ledger stores it."""
    return int(cents(value) * 100)


def major(hundredths: int) -> Decimal:
    """An amount back from hundredths."""
    return (Decimal(hundredths) / 100).quantize(CENT)
