"""An adapter's field map made ready for its model: how each field is read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from quicksync.local.binding import guesses
from quicksync.local.binding.child_rows import Rows
from quicksync.local.bound import Bound, Place, WrongField
from quicksync.local.bound_rows import BoundRows
from quicksync.local.convert import shapes
from quicksync.local.protocol import Adapter
from quicksync.records import Record, record_class

# What a mistake may raise while a field is made ready.
STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

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
        return tuple(
            dict.fromkeys(path for bound in self.fields.values() for path in bound.related)
        )

    @cached_property
    def writable(self) -> frozenset[str]:
        """The record fields that can be written here."""
        plain = {name for name, bound in self.fields.items() if bound.writable}
        return frozenset(plain | {name for name, bound in self.rows.items() if bound.writable})

    @cached_property
    def labels(self) -> tuple[Bound, ...]:
        return tuple(
            bound for name in LABEL_FIELDS if (bound := self.fields.get(name)) and not bound.related
        )

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


def make_table(adapter: Adapter) -> Table:
    """Bind every field of the adapter; what does not fit is listed in the table, not raised."""
    record = record_class(adapter.kind)
    fields: dict[str, Bound] = {}
    rows: dict[str, BoundRows] = {}
    wrong: list[WrongField] = []
    usual = record.usual if adapter.guess else {}
    for name, shape in shapes(record).items():
        place = Place(
            type(adapter).__name__,
            adapter.model,
            name,
            shape,
            record.references.get(name, ()),
            name in record.computed,
            record.choices.get(name, ()),
        )
        declared = adapter.fields.get(name, guesses.UNSAID)
        try:
            if isinstance(declared, Rows):
                rows[name] = _rows(declared, place)
            elif bound := guesses.bind(place, declared, usual.get(name, ())):
                fields[name] = bound
        except WrongField as error:
            wrong.append(error)
        except STUMBLES as error:  # a host's own field class, or arguments that nobody foresaw
            what = f"cannot be made ready: {type(error).__name__}: {error}"
            wrong.append(place.wrong(what, f"Look at what {name!r} is given in the adapter."))
    return Table(record, fields, rows, tuple(wrong))


def _rows(declared: Rows, place: Place) -> BoundRows:
    if not (isinstance(place.shape.part, type) and issubclass(place.shape.part, declared.part)):
        maker = type(declared).__name__
        raise place.wrong(
            f"has {maker}, but is none.", f"{maker} stands in the attribute of its own name."
        )
    return declared.bind(place)


def is_moment(model: type[models.Model], name: str) -> bool:
    """Whether the model has a DateTimeField of this name."""
    return any(
        column.name == name and isinstance(column, models.DateTimeField)
        for column in model._meta.fields
    )
