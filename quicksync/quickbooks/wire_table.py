"""The table engine: a kind's record fields beside QuickBooks' fields, walked alike for all kinds
and editions.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts, WriteItem
from quicksync.records import is_empty
from quicksync.records.limits import FieldLimit, cleaned

Tree = dict[str, Any]
"""A wire record as plain dicts, lists and values: JSON as it is, or what an edition makes of its
XML.
"""


class Way(enum.StrEnum):
    """Which way a row's value travels."""

    BOTH = "both"
    READ = "read"  # QuickBooks works it out by itself, or never takes it from us
    WRITE = "write"


class Codec(msgspec.Struct, frozen=True):
    """How one value crosses the wire.

    `out` makes the wire's value of the record's, `back` the reverse (None: the record keeps its
    default). `cleared` is what an update sends where the record's value is empty; None becomes the
    wire's own null.
    """

    out: Callable[[Any], Any]
    back: Callable[[Any], Any]
    cleared: Any = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record field and its place in the wire record, such as "PrimaryEmailAddr.Address".

    A row without a path is written by the table's `on_write`, and its codec reads the whole wire
    record. `length` is the most characters QuickBooks takes, `forbidden` the characters it refuses;
    `when` tells whether the company takes the field at all.
    """

    field: str
    path: str
    codec: Codec
    length: int | None = None
    forbidden: str = ""
    way: Way = Way.BOTH
    when: Callable[[Facts], bool] | None = None


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """One record on its way out: the operation, the company, the fields to send, what stood there
    before.
    """

    item: WriteItem
    facts: Facts
    fields: frozenset[str]
    there: Tree

    @property
    def creating(self) -> bool:
        return self.item.remote is None


class Table:
    """The wire table of one kind (or of its lines).

    Every field of the record class has a row or stands in `left_out`; anything else is a ValueError
    on import, so that a new field can never be lost silently. `on_write(tree, writing)` adds what
    no single row can say; `on_read(values, tree, facts)` likewise. `said` are fields that the type
    itself says, with the value that it stands for: of a kind that QuickBooks keeps as two types,
    each has its own table, and a record is of the type that says the same as it does.
    """

    def __init__(
        self,
        record: type[msgspec.Struct],
        remote_type: str,
        rows: Iterable[Row],
        *,
        left_out: Iterable[str] = (),
        said: Mapping[str, Any] = MappingProxyType({}),
        on_write: Callable[[Tree, Writing], None] | None = None,
        on_read: Callable[[dict[str, Any], Tree, Facts], None] | None = None,
    ) -> None:
        self.record = record
        self.remote_type = remote_type
        self.rows = tuple(rows)
        self.left_out = frozenset(left_out)
        self.said = dict(said)
        self._on_write = on_write
        self._on_read = on_read
        self._create_only: frozenset[str] = getattr(record, "create_only", frozenset())
        self._check()
        self._readers = tuple(
            (row.field, _reader(row)) for row in self.rows if row.way is not Way.WRITE
        )
        self._writers = tuple(row for row in self.rows if row.way is not Way.READ and row.path)

    def _check(self) -> None:
        there = [*(row.field for row in self.rows), *self.said]
        fields = set(self.record.__struct_fields__)
        name = self.record.__name__
        if len(there) != len(set(there)):
            raise ValueError(f"{self.remote_type}: two rows for one field of {name}.")
        if strange := (set(there) | self.left_out) - fields:
            raise ValueError(f"{self.remote_type}: {name} has no {', '.join(sorted(strange))}.")
        if missing := fields - set(there) - self.left_out:
            raise ValueError(
                f"{self.remote_type}: no row for {', '.join(sorted(missing))} of {name}."
            )
        if loose := self.said.keys() - self._create_only:
            raise ValueError(
                f"{self.remote_type}: no record becomes one of another type, so"
                f" {', '.join(sorted(loose))} must be in create_only of {name}."
            )

    @property
    def kind(self) -> str:
        """The kind whose table this is; "" for the table of a part of a record."""
        return str(getattr(self.record, "kind", ""))

    @property
    def fields(self) -> frozenset[str]:
        """The record fields that travel both ways."""
        return frozenset(self.said) | {row.field for row in self.rows if row.way is Way.BOTH}

    def says(self, record: object) -> bool:
        """Whether the record is of this type, as far as the type says anything."""
        return all(getattr(record, field) == value for field, value in self.said.items())

    @property
    def told(self) -> frozenset[str]:
        """The record fields that a wire record shows."""
        return frozenset(self.said) | {r.field for r in self.rows if r.way is not Way.WRITE}

    def limits(self) -> Mapping[str, FieldLimit]:
        """Field -> what QuickBooks takes in it, for the fields that have a limit."""
        return {
            row.field: FieldLimit(row.length, row.forbidden)
            for row in self.rows
            if row.way is not Way.READ and (row.length or row.forbidden)
        }

    def decode(self, tree: Tree, facts: Facts) -> Any:
        """The record that a wire record shows; what the wire leaves out keeps the record's default.

        Raises BadValue, with a sentence that names the field, for a value that cannot be what its
        field is for.
        """
        values: dict[str, Any] = dict(self.said)
        field = ""
        try:
            for field, read in self._readers:
                value = read(tree)
                if value is not None:
                    values[field] = value
            if self._on_read is not None:
                self._on_read(values, tree, facts)
        except UNREADABLE as error:
            raise BadValue(f"{self._place_of(field)}: {sentence_of(error)}") from error
        return self.record(**values)

    def _place_of(self, field: str) -> str:
        """The name of a field for people, with its place in the wire record."""
        path = next((row.path for row in self.rows if row.field == field), "")
        word = getattr(
            self.record, "field_label", lambda name: name.replace("_", " ").capitalize()
        )(field)
        return f"{word} ({path})" if path else str(word)

    def encode(self, writing: Writing) -> Tree:
        """The wire record to send.

        A create carries every writable field that is not empty; an update those of
        `writing.fields`, emptied ones in the form that clears them. Computed fields never, and
        fields that QuickBooks never changes only on a create.
        """
        tree = self.encode_part(
            writing.item.record, writing.facts, None if writing.creating else writing.fields
        )
        if self._on_write is not None:
            self._on_write(tree, writing)
        return tree

    def encode_part(self, record: object, facts: Facts, fields: frozenset[str] | None) -> Tree:
        """The rows alone, without `on_write`; `fields` None means a create."""
        tree: Tree = {}
        for row in self._writers:
            if row.when is not None and not row.when(facts):
                continue
            if fields is not None and (row.field not in fields or row.field in self._create_only):
                continue
            value = getattr(record, row.field)
            if not is_empty(value):
                put(tree, row.path, _fitted(row, row.codec.out(value)))
            elif fields is not None:
                put(tree, row.path, row.codec.cleared)
        return tree


# What reading a value of an unforeseen form may raise: the record is unreadable, nothing else is
# broken.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def sentence_of(error: Exception) -> str:
    """Why a record cannot be read, for people."""
    if isinstance(error, BadValue):
        return error.sentence
    return f"it holds something of an unknown form ({type(error).__name__}: {str(error)[:200]})"


def shown(value: object) -> str:
    """A value in a sentence, as short as it must be there."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return f"{text[:60]}…" if len(text) > 60 else text


def misplaced(value: object, wanted: str) -> BadValue:
    """A value of another form than the one that belongs in its place."""
    return BadValue(f"{shown(value)} stands where {wanted} belongs")


def put(tree: Tree, path: str, value: Any) -> None:
    """Set a value at a dotted path, making the parts on the way."""
    *parents, leaf = path.split(".")
    for name in parents:
        tree = tree.setdefault(name, {})
    tree[leaf] = value


def take(tree: Tree, path: str) -> Any:
    """The value at a dotted path; None where any part is missing."""
    value: Any = tree
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _fitted(row: Row, value: Any) -> Any:
    if isinstance(value, str) and (row.length or row.forbidden):
        return cleaned(value, FieldLimit(row.length, row.forbidden))
    return value


def _reader(row: Row) -> Callable[[Tree], Any]:
    """The fastest way to a row's value: whole tables of 20,000 records pass through these."""
    back = row.codec.back
    if not row.path:
        return back
    if "." not in row.path:
        return _flat_reader(row.path, back)
    if row.path.count(".") == 1:
        outer, inner = row.path.split(".")
        return _nested_reader(outer, inner, back)

    def deep(tree: Tree) -> Any:
        value = take(tree, row.path)
        return None if value is None else back(value)

    return deep


def _flat_reader(name: str, back: Callable[[Any], Any]) -> Callable[[Tree], Any]:
    def flat(tree: Tree) -> Any:
        value = tree.get(name)
        return None if value is None else back(value)

    return flat


def _nested_reader(outer: str, inner: str, back: Callable[[Any], Any]) -> Callable[[Tree], Any]:
    def nested(tree: Tree) -> Any:
        part = tree.get(outer)
        if not part:
            return None
        if not isinstance(part, dict):
            raise misplaced(part, "a group of properties")
        value = part.get(inner)
        return None if value is None else back(value)

    return nested
