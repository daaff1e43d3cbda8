"""Whose the lines of a pair's document are: this side's, or a bookkeeper's, who added them in
QuickBooks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from quicksync.models import EntityMapping
from quicksync.planning.steps import Agreed
from quicksync.records import Record
from quicksync.sync.pairs.sides import agreed_of


class Known(NamedTuple):
    """What is known of a document's lines before it is written: this side's line ids ->
    QuickBooks', and the ids there of the lines that were this side's when both last agreed, None
    where they never did.
    """

    ids: Mapping[str, str] = {}
    agreed: frozenset[str] | None = None


def known(mapping: EntityMapping, fields: Collection[str]) -> Known:
    """What is known of the lines of a pair, of which these fields are written."""
    agreed = agreed_of(mapping) if "lines" in fields else None
    if agreed is None:
        return Known(mapping.line_ids)
    ours = _counterparts(_lines(agreed.here), _lines(agreed.there))
    return Known(mapping.line_ids, frozenset(line.id for line in ours if line.id))


def to_be_seen(before: Agreed | None, foreign: Collection[str]) -> frozenset[str]:
    """Of the foreign lines those that nobody on this side has seen: they are not part of what was
    agreed.
    """
    return frozenset(foreign) - {line.id for line in _lines(before.there if before else None)}


def without(record: Record, ids: Collection[str]) -> Record:
    """A record of QuickBooks without these of its lines."""
    if not ids:
        return record
    rest: Record = record.replace(
        lines=tuple(line for line in _lines(record) if line.id not in ids)
    )
    return rest


def still_there(line_ids: Mapping[str, str], record: Record) -> dict[str, str]:
    """Of the line ids those whose lines a record of QuickBooks has: an id that is free there may be
    given again.
    """
    there = {line.id for line in _lines(record)}
    return {mine: theirs for mine, theirs in line_ids.items() if theirs in there}


def _lines(record: Record | None) -> Sequence[Any]:
    return getattr(record, "lines", ())


def _counterparts(here: Sequence[Any], there: Sequence[Any]) -> list[Any]:
    """Those lines there that are this side's. Where the sides had agreed to differ, the others are
    a bookkeeper's.
    """
    alone, free, found = list(here), list(there), []
    for key in _KEYS if len(there) > len(here) else ():
        for line in list(alone):
            partner = next((one for one in free if key(one) == key(line)), None)
            if partner is not None:
                alone.remove(line)
                free.remove(partner)
                found.append(partner)
    return found + free[: len(alone)]


_KEYS: tuple[Callable[[Any], Any], ...] = (
    lambda line: (line.description.strip(), line.amount),
    lambda line: line.description.strip(),
    lambda line: line.amount,
)
