"""The kinds as QuickBooks Online has them: wire tables, and what can be done with the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec

from quicksync.exceptions import BadValue
from quicksync.quickbooks.online.documents.line_forms import LineForm
from quicksync.quickbooks.wire_table import Table
from quicksync.records import Record, kind_info
from quicksync.records.limits import FieldLimit

VOID, DELETE, INACTIVE = "void", "delete", "inactive"


class _Meta(msgspec.Struct):
    LastUpdatedTime: str | None = None


class Head(msgspec.Struct):
    """The few properties that the engine needs of every record; the rest is skipped over."""

    Id: str | int = ""
    SyncToken: str | int = ""
    status: str | None = None
    Active: bool = True
    Type: str | None = None
    MetaData: _Meta | None = None
    DisplayName: str | None = None
    Name: str | None = None
    Code: str | None = None
    FullyQualifiedName: str | None = None
    DocNumber: str | None = None
    CompanyName: str | None = None

    def told_at(self, time: str) -> None:
        """Set when QuickBooks changed the record last."""
        self.MetaData = _Meta(time)


class Wired(msgspec.Struct, frozen=True, kw_only=True):
    """A kind's wire table and its ways; one for each type where QuickBooks keeps a kind as several.

    `names` are the properties that people know a record by, the first filled one wins. `switched`
    lists have inactive records, which queries leave out unless asked; `in_changes` tells whether
    the change feed has the type. `takes_back` says what can be done with a record that is not
    wanted any more: VOID, DELETE, INACTIVE. `page` is QuickBooks' own page of a record, and the
    name under which it takes the id. `companions` are types that must be known with the kind: they
    share its names (C14), or hold a part of it. `options` go with each change of a record, and
    `create_options` with a new one. `lines` is how those of a document are said. Where several
    kinds share a type, or not all of it is ours, `where` tells which records are its own; a kind
    without it takes what the others leave. `withheld` are properties that are nobody's business
    here: they are dropped before anything is kept.
    """

    table: Table
    names: tuple[str, ...] = ()
    switched: bool = False
    in_changes: bool = True
    takes_back: frozenset[str] = frozenset()
    page: tuple[str, str] | None = None
    companions: tuple[str, ...] = ()
    options: str = ""
    create_options: str = ""
    lines: LineForm | None = None
    where: Callable[[Head], bool] | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The word for it on our side."""
        return self.table.kind

    @property
    def type(self) -> str:
        """QuickBooks' word for it."""
        return self.table.remote_type


class Wiring:
    """All kinds: the types of each, and the kinds of each type."""

    def __init__(self, all_of_them: Iterable[Wired]) -> None:
        self.all = tuple(sorted(all_of_them, key=lambda wired: kind_info(wired.kind).rank))
        of_kind: dict[str, list[Wired]] = defaultdict(list)
        of_type: dict[str, list[Wired]] = defaultdict(list)
        for wired in self.all:
            of_kind[wired.kind].append(wired)
            of_type[wired.type].append(wired)
        self.of_kind = {kind: tuple(group) for kind, group in of_kind.items()}
        self.of_type = {
            name: tuple(sorted(group, key=lambda wired: wired.where is None))
            for name, group in of_type.items()
        }
        for kind, group in self.of_kind.items():
            _check(kind, group)

    def types(self, kind: str) -> tuple[str, ...]:
        """QuickBooks' types of a kind's records."""
        return tuple(wired.type for wired in self.of_kind[kind])

    def one(self, kind: str, type_name: str) -> Wired:
        """A kind as records of that type. Raises BadValue where it has none of it."""
        for wired in self.of_kind[kind]:
            if wired.type == type_name:
                return wired
        raise BadValue(f"In QuickBooks, {kind_info(kind).plural} are no {type_name} records")

    def new(self, record: Record) -> Wired:
        """As what a new record is made there. Raises BadValue where none of the types is for it."""
        for wired in self.of_kind[record.kind]:
            if wired.table.says(record):
                return wired
        raise BadValue(f"QuickBooks has no place for {record.label()} as it is here.")

    def fields(self, kind: str) -> frozenset[str]:
        """The record fields that travel both ways."""
        return self.of_kind[kind][0].table.fields

    def told(self, kind: str) -> frozenset[str]:
        """The record fields that QuickBooks tells, whatever the type."""
        return frozenset.intersection(*(wired.table.told for wired in self.of_kind[kind]))

    def limits(self, kind: str) -> dict[str, FieldLimit]:
        """Field -> what QuickBooks takes in it, whatever the type."""
        found: dict[str, FieldLimit] = {}
        for wired in self.of_kind[kind]:
            for field, limit in wired.table.limits().items():
                found[field] = _stricter(limit, found.get(field, FieldLimit()))
        return found

    def able(self, way: str) -> frozenset[str]:
        """The kinds of which every record can be taken back in this way."""
        return frozenset(
            kind
            for kind, group in self.of_kind.items()
            if all(way in wired.takes_back for wired in group)
        )


def _check(kind: str, group: tuple[Wired, ...]) -> None:
    """A record looks the same to the engine whatever its type: each carries the same fields, and a
    new one is of exactly one.
    """
    tables = [wired.table for wired in group]
    if len({table.fields for table in tables}) > 1:
        raise ValueError(f"{kind}: the types do not carry the same fields both ways.")
    told = [sorted(table.said.items()) for table in tables]
    if len(tables) > 1 and (not all(told) or any(told.count(one) > 1 for one in told)):
        raise ValueError(f"{kind}: each of several types must say something that no other says.")


def _stricter(one: FieldLimit, other: FieldLimit) -> FieldLimit:
    lengths = [limit.length for limit in (one, other) if limit.length is not None]
    signs = "".join(dict.fromkeys(one.forbidden + other.forbidden))
    return FieldLimit(min(lengths, default=None), signs)
