"""An adapter's field map made ready for its model: how each field of the record is read and written."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models

from quicksync.local import guesses
from quicksync.local.convert import shapes
from quicksync.local.fields import REF_KINDS, Bound, Place, WrongField
from quicksync.local.rows import BoundRows, Rows
from quicksync.local.values import Problem
from quicksync.records import KINDS, Record, record_class

if TYPE_CHECKING:
    from quicksync.local.adapter import ModelAdapter

# What names a record to people, and what is read for lists of many.
LABEL_FIELDS = ("name", "full_name", "number", "reference", "issued_on", "paid_on")


@dataclass(frozen=True)
class Table:
    """Bound fields and rows of one adapter; `wrong` are those that do not fit the model."""

    record: type[Record]
    fields: Mapping[str, Bound]
    rows: Mapping[str, BoundRows]
    wrong: tuple[WrongField, ...] = field(default=())

    @cached_property
    def related(self) -> tuple[str, ...]:
        """The paths to select along with an object, each once."""
        return tuple(dict.fromkeys(path for bound in self.fields.values() for path in bound.related))

    @cached_property
    def writable(self) -> frozenset[str]:
        """The record fields that can be written here."""
        plain = {name for name, bound in self.fields.items() if bound.writable}
        return frozenset(plain | {name for name, bound in self.rows.items() if bound.writable})

    @cached_property
    def labels(self) -> tuple[Bound, ...]:
        return tuple(bound for name in LABEL_FIELDS if (bound := self.fields.get(name)) and not bound.related)

    def prefetch(self) -> tuple[models.Prefetch[Any], ...]:
        return tuple(bound.prefetch() for bound in self.rows.values())

    def read(self, obj: Any) -> Record:
        """The object's record. Raises whatever the host's own attributes raise."""
        values = {name: bound.get(obj) for name, bound in self.fields.items()}
        for name, rows in self.rows.items():
            values[name] = rows.read(rows.rows_of(obj), values.get("currency", ""))
        return self.record(**values)

    def label(self, obj: Any) -> str:
        """The record's label, from the object's own columns only."""
        return self.record(**{bound.name: bound.get(obj) for bound in self.labels}).label()

    def currency(self, obj: Any) -> str:
        bound = self.fields.get("currency")
        return str(bound.get(obj)) if bound is not None else ""


def make_table(adapter: ModelAdapter) -> Table:
    """Bind every field of the adapter; what does not fit is listed in the table, not raised."""
    record = record_class(adapter.kind)
    fields: dict[str, Bound] = {}
    rows: dict[str, BoundRows] = {}
    wrong: list[WrongField] = []
    usual = guesses.KINDS.get(adapter.kind, {}) if adapter.guess else {}
    for name, shape in shapes(record).items():
        place = Place(type(adapter).__name__, adapter.model, name, shape, _kind_named(adapter.kind, name),
                      name in record.computed)  # fmt: skip
        declared = adapter.fields.get(name, guesses.UNSAID)
        try:
            if isinstance(declared, Rows):
                rows[name] = declared.bind(place)
            elif bound := guesses.bind(place, declared, usual.get(name, ())):
                fields[name] = bound
        except WrongField as error:
            wrong.append(error)
    return Table(record, fields, rows, tuple(wrong))


def _kind_named(kind: str, name: str) -> str:
    """The kind that a reference field of this name names; "parent" names a record of the same kind."""
    if name == "parent":
        return kind
    return REF_KINDS.get(name, name if name in KINDS else "")


def problems(adapter: ModelAdapter) -> list[Problem]:
    """What is wrong with an adapter, each with the fix; empty when it is sound."""
    table, who = adapter.table, f"{type(adapter).__name__} ({adapter.model._meta.label})"
    found = [*_strangers(adapter, who), *(Problem(error.what, error.hint) for error in table.wrong)]
    # "PatronAdapter: name reads ...", "BillAdapter.lines: item reads ...": what is wrong is not missing, too.
    wrong = {one for error in table.wrong for one in _named(error)}
    for name in table.record.required:
        if name not in adapter.carried() and name not in wrong:
            hint = f"Name the attribute: fields = {{{name!r}: ...}}."
            if name == "lines":
                hint = "Say lines = quicksync.Lines('the reverse name of its lines')."
            found.append(Problem(f"{who} carries no {name}, without which QuickBooks takes no {adapter.kind}.", hint))
    if adapter.modified and not is_moment(adapter.model, adapter.modified):
        hint = "Name a DateTimeField(auto_now=True), or say modified = None: then every object is compared each time."
        found.append(Problem(f"{who} says modified = {adapter.modified!r}, which is no DateTimeField.", hint))
    if adapter.bulk and adapter.model._meta.parents:
        hint = "Say bulk = False: Django cannot create such models in bulk."
        found.append(Problem(f"{who} is bulk, but its model inherits another one's table.", hint))
    return found


def _strangers(adapter: ModelAdapter, who: str) -> Iterator[Problem]:
    """Names in `fields` that the record does not have."""
    known = record_class(adapter.kind).__struct_fields__
    for name, declared in adapter.fields.items():
        if name not in known and declared is not None:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            hint += f"The record's fields: {', '.join(known)}."
            yield Problem(f"{who} names {name!r}, which a record of kind {adapter.kind} does not have.", hint)


def _named(error: WrongField) -> tuple[str, str]:
    who, _, what = error.what.partition(": ")
    return what.partition(" ")[0], who.partition(".")[2]


def is_moment(model: type[models.Model], name: str) -> bool:
    """Whether the model has a DateTimeField of this name."""
    return any(column.name == name and isinstance(column, models.DateTimeField) for column in model._meta.fields)
