"""Kinds that only a test has, added to the tables of kinds as docs/add-a-kind.md says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from msgspec import structs

from quicksync.quickbooks import loading
from quicksync.quickbooks.online import entities
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import Head, Wired
from quicksync.records import KINDS
from quicksync.records.kinds import KindInfo


@contextmanager
def added(rows: Sequence[KindInfo], wired: Sequence[Wired]) -> Iterator[None]:
    """Rows of `records/kinds.py` and of `online/wire` that are there for a while. The types that
    they take are none of ours meanwhile.
    """
    before, ways = dict(KINDS), WIRED.all
    taken = {one.type for one in wired if one.where is None}
    kinds = sorted([*before.values(), *rows], key=lambda row: row.rank)
    try:
        _set({row.record.kind: row for row in kinds}, (*map(_without(taken), ways), *wired))
        yield
    finally:
        _set(before, ways)


def _without(taken: Collection[str]) -> Callable[[Wired], Wired]:
    """What leaves all records of these types to others."""

    def left(wired: Wired) -> Wired:
        return structs.replace(wired, where=_none) if wired.type in taken else wired

    return left


def _none(head: Head) -> bool:
    return False


def _set(kinds: dict[str, KindInfo], ways: Sequence[Wired]) -> None:
    KINDS.clear()
    KINDS.update(kinds)
    vars(WIRED).update(vars(type(WIRED)(ways)))
    entities.ENTITIES.clear()
    entities.ENTITIES.update(entities.of_kinds())
    loading._load.cache_clear()
