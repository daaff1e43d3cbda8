"""Which of our lines is which line in QuickBooks: by known id, else by equal content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from quicksync.quickbooks.online.documents.line_read import DISCOUNT, OURS, SUBTOTAL, lines_back
from quicksync.quickbooks.online.payloads.values import trees
from quicksync.quickbooks.wire_table import Tree
from quicksync.records import SalesLine


class Matched(msgspec.Struct, frozen=True):
    """Our lines and theirs: place of our line -> its partner there; place of our line (-1: the top)
    -> the bookkeeper's own lines that follow it.
    """

    partners: dict[int, Tree]
    foreign: dict[int, list[Tree]]


def matched(
    lines: Sequence[SalesLine],
    document: Tree,
    line_ids: Mapping[str, str],
    *,
    all_of_it: bool = False,
) -> Matched:
    """Pair our lines with the document's: by known id, else by equal content.

    Lines there that were never ours stay. Where no ids are known (a first pairing, a host whose
    lines have none), our lines are the whole truth: what equals none of them was ours once. They
    are with `all_of_it`, too.
    """
    theirs = {
        line["Id"]: line
        for line in trees(document.get("Line"))
        if line.get("DetailType") in OURS and line.get("Id")
    }
    partners: dict[int, str] = {}
    for place, line in enumerate(lines):
        known = line_ids.get(line.id, "") if line.id else ""
        if known in theirs:
            partners[place] = known
    keys = _KEYS if not line_ids else _KEYS[:1]
    for key in keys:
        _match_by(key, lines, theirs, partners)
    gone = set(theirs) if all_of_it or not line_ids else set(line_ids.values())
    return Matched(
        {place: theirs[known] for place, known in partners.items()},
        _foreign(document, partners, gone - set(partners.values())),
    )


def _foreign(document: Tree, partners: Mapping[int, str], gone: set[str]) -> dict[int, list[Tree]]:
    places = {known: place for place, known in partners.items()}
    last, found = -1, dict[int, list[Tree]]()
    for line in trees(document.get("Line")):
        known = line.get("Id")
        if known in places:
            last = places[known]
        elif known and known not in gone and line.get("DetailType") not in {DISCOUNT, SUBTOTAL}:
            found.setdefault(last, []).append(
                {name: value for name, value in line.items() if name != "LineNum"}
            )
    return found


def _match_by(
    key: Callable[[SalesLine], tuple[Any, ...]],
    lines: Sequence[SalesLine],
    theirs: Mapping[str, Tree],
    partners: dict[int, str],
) -> None:
    taken = set(partners.values())
    free: dict[tuple[Any, ...], list[str]] = {}
    for known, tree in theirs.items():
        if known not in taken:
            (there,) = lines_back({"Line": [tree]})
            free.setdefault(key(there), []).append(known)
    for place, line in enumerate(lines):
        if place not in partners and (found := free.get(key(line))):
            partners[place] = found.pop(0)


# From the surest to the loosest; the loose ones only help where no line ids are known at all.
_KEYS: tuple[Callable[[SalesLine], tuple[Any, ...]], ...] = (
    lambda line: (line.item, line.description, line.amount),
    lambda line: (line.item, line.description),
    lambda line: (line.item,),
)


def line_ids_of(
    lines: Sequence[SalesLine], known: Mapping[str, str], after: Tree
) -> dict[str, str]:
    """Our line ids -> QuickBooks' line ids after a write.

    Kept lines are found by id, then by equal text and amount; the rest are new, and QuickBooks
    numbers new lines upwards, in the order they were sent. References are left aside: the record
    may speak of this side's products.
    """
    free = {line.id: line for line in lines_back(after) if line.id}
    found: dict[int, str] = {}
    for place, line in enumerate(lines):
        theirs = known.get(line.id, "") if line.id else ""
        if free.pop(theirs, None) is not None:
            found[place] = theirs
    for place, line in enumerate(lines):
        if place not in found:
            same = (key for key, each in free.items() if _said(each) == _said(line))
            if theirs := next(same, ""):
                found[place] = theirs
                del free[theirs]
    left = [place for place in range(len(lines)) if place not in found]
    newest = sorted(free, key=lambda line_id: (len(line_id), line_id))[
        max(0, len(free) - len(left)) :
    ]
    found |= dict(zip(left, newest, strict=False))
    return {lines[place].id: theirs for place, theirs in found.items() if lines[place].id}


def _said(line: SalesLine) -> tuple[Any, ...]:
    return line.description.strip(), line.amount
