"""Codecs for the values of QuickBooks' JSON: text, numbers, dates, references, addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.wire_table import Codec, Row, Tree, Way, misplaced, shown
from quicksync.records import Address, Ref
from quicksync.records.money import exact

NAME_FORBIDDEN = ":\t\n\r"
"""Characters that QuickBooks refuses in the names of lists: the colon parts a name from its
parent's.
"""


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent, since not every reader of JSON knows them."""
    return Decimal(f"{number:f}")


# No amount, price or quantity of a business is so large; beyond it, neither databases nor rounding
# follow.
_LARGEST = Decimal(10) ** 14
_FINEST = Decimal(1).scaleb(-12)


def number(value: Any) -> Decimal:
    """A Decimal of what the JSON reader gave: numbers with a point come as Decimal already, others
    as int or text.
    """
    if type(value) not in _NUMBERS:
        raise misplaced(value, "a number")
    found = value if isinstance(value, Decimal) else exact(value)
    if found and not _FINEST <= abs(found) < _LARGEST:
        raise BadValue(f"{shown(value)} is no possible amount")
    return found


_NUMBERS = (Decimal, int, str)


def text(value: Any) -> str:
    """The text as it stands; some companies answer numbers where text belongs."""
    if isinstance(value, str):
        # No database of text keeps this character.
        return value.replace("\0", "") if "\0" in value else value
    if type(value) not in _NUMBERS:
        raise misplaced(value, "a text")
    return str(value)


def percentage(value: Any) -> Decimal:
    """A part of a whole, in percent."""
    found = number(value)
    if not 0 <= found <= _HUNDRED:
        raise BadValue(f"{shown(value)} is no percentage")
    return found


_HUNDRED = 100


def flag(value: Any) -> bool:
    """A switch; some companies answer the words."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word not in ("true", "false"):
        raise misplaced(value, "true or false")
    return word == "true"


def ref_id(value: Any) -> str:
    """The id in a reference, always as text; "" where there is none."""
    found = value.get("value") if isinstance(value, dict) else value
    return text(found) if type(found) in (str, int) else ""


def trees(value: Any) -> list[Tree]:
    """The entries of a list of groups, such as lines; none where the list is missing."""
    if not value:
        return []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise misplaced(value, "a list of lines")
    return value


def _same(value: Any) -> Any:
    return value


def _date_back(value: str) -> dt.date | None:
    if not value:
        return None
    if not isinstance(value, str):
        raise misplaced(value, "a date")
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError as error:
        raise BadValue(f"{shown(value)} is no date") from error


def _currency_back(value: Any) -> str:
    code = text(value)
    if len(code) > _CODE:
        raise BadValue(f"{shown(code)} is no code of a currency")
    return code


_CODE = 3

TEXT = Codec(_same, text, "")
CURRENCY = Codec(_same, _currency_back, "")
NUMBER = Codec(plain, number)
WHOLE = Codec(_same, lambda value: int(number(value)))
FLAG = Codec(_same, flag)
INVERTED = Codec(lambda value: not value, lambda value: not flag(value))
DATE = Codec(lambda value: value.isoformat(), _date_back, "")


def reference(kind: str) -> Codec:
    """A reference to a record of that kind; empty ones read as none."""

    def back(value: Any) -> Ref | None:
        found = ref_id(value)
        if (
            not found
            and value
            and not (isinstance(value, dict) and value.get("value") in (None, ""))
        ):
            raise misplaced(value, "a reference")
        return Ref(kind, found) if found else None

    return Codec(lambda ref: {"value": ref.id}, back, {"value": ""})


STREET_LINES = 5
_PARTS = {
    "City": "city",
    "CountrySubDivisionCode": "region",
    "PostalCode": "postcode",
    "Country": "country",
}


def _address_out(address: Address) -> dict[str, str]:
    street = [line.strip() for line in address.lines.splitlines() if line.strip()]
    if len(street) > STREET_LINES:
        street[STREET_LINES - 1 :] = [", ".join(street[STREET_LINES - 1 :])]
    tree = {f"Line{place}": line[:500] for place, line in enumerate(street, 1)}
    # An update replaces the whole block, so that parts left out here are gone there as well.
    return tree | {
        name: value for name, field in _PARTS.items() if (value := getattr(address, field))
    }


def _address_back(tree: dict[str, Any]) -> Address | None:
    if not isinstance(tree, dict):
        raise misplaced(tree, "an address")
    street = [
        text(line) for place in range(1, STREET_LINES + 1) if (line := tree.get(f"Line{place}"))
    ]
    found = Address(
        lines="\n".join(street),
        **{field: text(tree.get(name) or "") for name, field in _PARTS.items()},
    )
    return found or None


ADDRESS = Codec(_address_out, _address_back, {"Line1": ""})


def by_hand(back: Callable[[Tree], Any]) -> Codec:
    """The codec of a field that the table's `on_write` writes; `back` reads it from the whole wire
    record.
    """
    return Codec(_same, back)


def multicurrency(facts: Facts) -> bool:
    """Only companies with several currencies take a currency from us."""
    return facts.multicurrency


def in_us(facts: Facts) -> bool:
    """The plain "taxable" switches exist in the United States only."""
    return facts.country == "US"


def us_only(field: str) -> Callable[[dict[str, Any], Tree, Facts], None]:
    """What drops a switch of the United States from other companies' records: it is there too, but
    says nothing.
    """

    def drop(values: dict[str, Any], tree: Tree, facts: Facts) -> None:
        if not in_us(facts):
            values.pop(field, None)

    return drop


def currency_row() -> Row:
    """The row of a record's currency, which QuickBooks takes once and never changes (C16)."""
    return Row(field="currency", path="CurrencyRef.value", codec=CURRENCY, when=multicurrency)


def name_row(path: str = "Name", *, length: int = 100) -> Row:
    """The row of a list record's name."""
    return Row(field="name", path=path, codec=TEXT, length=length, forbidden=NAME_FORBIDDEN)


def active_row() -> Row:
    """The row of "active": list records are never deleted there, only switched off."""
    return Row(field="active", path="Active", codec=FLAG)


def read_only(field: str, path: str, codec: Codec) -> Row:
    """A row whose value QuickBooks works out by itself."""
    return Row(field=field, path=path, codec=codec, way=Way.READ)
