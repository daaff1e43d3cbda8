"""Strange answers: what QuickBooks did is done, what it says of it is not said as it should be.

The values that a record shows stay what they are: nobody could tell a false one from a true one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Tree = dict[str, Any]


def _items(change: Callable[[list[Tree], random.Random], None]) -> Callable[[bytes, int], bytes]:
    """Changes the parts of a batch's answer."""

    def spoil(body: bytes, seed: int) -> bytes:
        tree = json.loads(body)
        parts = tree.get("BatchItemResponse")
        if not parts:
            return body
        change(parts, random.Random(seed))
        return json.dumps(tree).encode()

    return spoil


def _heads(change: Callable[[Tree, random.Random], None]) -> Callable[[bytes, int], bytes]:
    """Changes one record of a read's answer."""

    def spoil(body: bytes, seed: int) -> bytes:
        tree = json.loads(body)
        records = _records(tree)
        if not records:
            return body
        dice = random.Random(seed)
        change(dice.choice(records), dice)
        return json.dumps(tree).encode()

    return spoil


def _records(tree: Any) -> list[Tree]:
    if isinstance(tree, list):
        return [one for part in tree for one in _records(part)]
    if not isinstance(tree, dict):
        return []
    if "SyncToken" in tree and "Id" in tree:
        return [tree]
    return [one for part in tree.values() for one in _records(part)]


def _part(parts: list[Tree], dice: random.Random) -> Tree:
    """The record in one part of a batch's answer; something to write into where there is none."""
    found = [one for part in parts for one in _records(part)]
    return dice.choice(found) if found else {}


def _leave_out(parts: list[Tree], dice: random.Random) -> None:
    parts.pop(dice.randrange(len(parts)))


def _rename(parts: list[Tree], dice: random.Random) -> None:
    dice.choice(parts)["bId"] = "other"


def _fault(code: str) -> Callable[[list[Tree], random.Random], None]:
    def change(parts: list[Tree], dice: random.Random) -> None:
        part = dice.choice(parts)
        error = {"Message": "An error has occurred", "Detail": "System Failure Error", "code": code}
        kept = {"bId": part.get("bId"), "Fault": {"Error": [error], "type": "SystemFault"}}
        part.clear()
        part.update(kept)

    return change


def _set(**values: Any) -> Callable[[Any, random.Random], None]:
    def change(found: Any, dice: random.Random) -> None:
        (_part(found, dice) if isinstance(found, list) else found).update(values)

    return change


def _retyped(make: Callable[[Any], Any], *names: str) -> Callable[[Any, random.Random], None]:
    """The same value in another type."""

    def change(found: Any, dice: random.Random) -> None:
        record = _part(found, dice) if isinstance(found, list) else found
        for name in names:
            if record.get(name) is not None:
                record[name] = make(record[name])

    return change


def _numbered(reference: Tree) -> Tree:
    return reference | {"value": int(reference["value"])}


def _drop(name: str) -> Callable[[Any, random.Random], None]:
    def change(found: Any, dice: random.Random) -> None:
        (_part(found, dice) if isinstance(found, list) else found).pop(name, None)

    return change


def _cut(body: bytes, seed: int) -> bytes:
    return body[: random.Random(seed).randrange(1, max(2, len(body)))]


def _whole(text: bytes) -> Callable[[bytes, int], bytes]:
    return lambda body, seed: text


# By the address they belong to: how an answer may be spoiled.
BATCH: dict[str, Callable[[bytes, int], bytes]] = {
    "item-missing": _items(_leave_out),
    "item-renamed": _items(_rename),
    "item-10000": _items(_fault("10000")),
    "item-130": _items(_fault("130")),
    "other-id": _items(_set(Id="999999")),
    "no-id": _items(_drop("Id")),
    "empty-id": _items(_set(Id="")),
    "null-token": _items(_set(SyncToken=None)),
    "number-reference": _items(_retyped(_numbered, "CustomerRef")),
    "no-parts": _whole(b'{"BatchItemResponse":[]}'),
    "batch-cut": _cut,
    "batch-list": _whole(b"[]"),
}
READS: dict[str, Callable[[bytes, int], bytes]] = {
    "active-as-text": _heads(_retyped(lambda active: str(active).lower(), "Active")),
    "id-as-number": _heads(_retyped(int, "Id", "SyncToken")),
    "amount-as-text": _heads(_retyped(str, "TotalAmt", "Balance", "UnitPrice", "UnappliedAmt")),
    "null-token-read": _heads(_set(SyncToken=None)),
    "year-0": _heads(_set(MetaData={"LastUpdatedTime": "0000-00-00T00:00:00-08:00"})),
    "reference-as-number": _heads(_retyped(_numbered, "CustomerRef")),
    "no-id-read": _heads(_drop("Id")),
    "read-cut": _cut,
    "read-empty": _whole(b"{}"),
}
SPOILERS = BATCH | READS
