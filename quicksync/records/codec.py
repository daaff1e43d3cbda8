"""Record <-> JSON, versioned, so that an agreed record written today can be read in five years.

Shape: `{"v": 1, "k": "invoice", "d": {...}}`; Decimals are text, dates ISO, defaults left out. A
field that a later version renames or drops gets a row in `UPGRADES`; rows written long ago pass
through every step after their version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from quicksync.exceptions import BadValue
from quicksync.records.base import Record
from quicksync.records.kinds import KINDS

VERSION = 1

# version an old row has -> what turns its data into the next version's.
UPGRADES: dict[int, Callable[[str, dict[str, Any]], dict[str, Any]]] = {}

Json = dict[str, Any]


def dump(record: Record) -> Json:
    """The record as JSON-ready values. Raises BadValue for a float or another value that no record
    may hold.
    """
    fields = msgspec.to_builtins(record, enc_hook=_refuse)
    _refuse_floats(fields)
    return {"v": VERSION, "k": record.kind, "d": fields}


def load(data: Json) -> Record:
    """The record that `dump` wrote, by this version or an earlier one. Raises BadValue for anything
    else.
    """
    try:
        kind, version, fields = data["k"], data["v"], data["d"]
        if version > VERSION:
            raise BadValue(
                f"A stored record has version {version}; this quicksync reads up to {VERSION}:"
                " update it."
            )
        for step in range(version, VERSION):
            fields = UPGRADES[step](kind, fields)
        _refuse_floats(fields)
        return msgspec.convert(fields, KINDS[kind].record)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise BadValue(f"A stored record cannot be read: {error}") from error


def dump_pair(here: Record, there: Record) -> tuple[Json, Json]:
    """Both sides of an agreement: the first whole, the second as its difference from the first."""
    left = dump(here)
    return left, difference(left, dump(there))


def difference(left: Json, right: Json) -> Json:
    """A dumped record as what it differs in from another one."""
    base, other = left["d"], right["d"]
    changed = {name: value for name, value in other.items() if base.get(name) != value}
    missing = [name for name in base if name not in other]
    return {"v": VERSION, "k": right["k"], "d": changed, "minus": missing}


def load_pair(here: Json, difference: Json) -> tuple[Record, Record]:
    """The agreement that `dump_pair` wrote."""
    mine = load(here)
    try:
        if here["v"] != difference["v"]:
            raise BadValue("The two sides of a stored agreement have different versions.")
        minus = set(difference.get("minus", ()))
        whole = {
            name: value for name, value in here["d"].items() if name not in minus
        } | difference.get("d", {})
    except (KeyError, TypeError, AttributeError) as error:
        raise BadValue(f"A stored agreement cannot be read: {error}") from error
    return mine, load({**difference, "d": whole})


def dump_value(value: object) -> Any:
    """One field's value as JSON-ready values, for stored differences shown to people."""
    return msgspec.to_builtins(value, enc_hook=_refuse)


def fingerprint(record: Record) -> str:
    """A short stable text, equal for equal records whatever way their numbers are written ("1.50"
    and "1.5").
    """
    plain = msgspec.to_builtins(record, builtin_types=(Decimal,))
    return hashlib.blake2b(
        msgspec.json.encode(_plain(plain), order="sorted"), digest_size=12
    ).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _refuse_floats(value: Any) -> None:
    """A float has no exact cents; msgspec itself would let one through."""
    if isinstance(value, float):
        raise BadValue(f"{value!r} is a float, which has no place in a record: use a Decimal.")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        if type(part) is not str:  # as most are
            _refuse_floats(part)


def _refuse(value: object) -> object:
    raise BadValue(f"{type(value).__name__} has no place in a record.")
