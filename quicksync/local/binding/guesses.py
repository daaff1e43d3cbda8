"""What a field map means: texts, functions and field objects, and the usual names for fields it
does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quicksync.local.binding import paths
from quicksync.local.binding.fields import Attr, Custom, Field, FieldSpec
from quicksync.local.binding.references import Code, Reference
from quicksync.local.bound import Bound, Place, WrongField
from quicksync.records import Address, Ref

# Stands for a field that the adapter does not name at all; None in its place leaves the field out.
UNSAID = Field()

MODIFIED = ("updated_at", "modified_at", "modified", "updated", "last_modified", "changed_at")
CODES = ("code", "number")


def as_field(spec: Any, place: Place) -> Field:
    """What a text, a function or a field object in `fields` means at its place."""
    if isinstance(spec, Field):
        return spec
    if isinstance(spec, str):
        return _named(spec, place)
    if callable(spec) and not isinstance(spec, type):
        return Custom(spec)
    what = (
        f"is the class {spec.__name__}, not made."
        if isinstance(spec, type)
        else f"is {spec!r}, which is not a field."
    )
    raise place.wrong(
        what, "Use an attribute's name in quotes, a function, or one of quicksync's field objects."
    )


def _named(spec: str, place: Place) -> Field:
    if place.shape.type is Ref:
        return Reference(spec) if paths.is_relation(place.model, spec) else Code(place.kind, spec)
    if place.shape.type is Address:
        raise place.wrong(
            "is an address in one text.", "Use AddressField(lines=..., city=..., ...)."
        )
    if place.shape.type is tuple:
        maker = "Lines" if place.name == "lines" else "Allocations"
        raise place.wrong(f"are {spec!r}.", f"Set {place.name} = quicksync.{maker}({spec!r}, ...).")
    return Attr(spec)


def bind(place: Place, declared: FieldSpec, usual: Sequence[str]) -> Bound | None:
    """The field as declared; undeclared (UNSAID), under the first of its usual names that the model
    has, if any.
    """
    if declared is None:
        return None
    if declared is not UNSAID:
        return as_field(declared, place).bind(place)
    for name in usual:
        if paths.has_column(place.model, name) and paths.is_relation(place.model, name) is (
            place.shape.type is Ref
        ):
            try:
                return as_field(name, place).bind(place)
            except WrongField:
                # A foreign key to a model without an adapter is not ours to guess; money that is
                # left out is told.
                if place.is_money:
                    raise
                return None
    return None


__all__ = ["CODES", "MODIFIED", "UNSAID", "as_field", "bind"]
