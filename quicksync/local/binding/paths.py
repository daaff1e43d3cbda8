"""Attribute paths of host models: what "contact__email" leads to, how it is read, whether it can be
set.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models

if TYPE_CHECKING:
    from quicksync.local.bound import Place


@dataclass(frozen=True)
class Path:
    """A path resolved on a model. `column` is the concrete field at its end; `related` what to
    select along with it.
    """

    name: str
    read: Callable[[Any], Any]
    column: models.Field[Any, Any] | None
    settable: bool
    related: tuple[str, ...]


def resolve(place: Place, path: str) -> Path:
    """The path on the place's model. Raises WrongField, naming the nearest attribute, when it leads
    nowhere.
    """
    if not isinstance(path, str):
        raise place.wrong(
            f"reads {path!r}, which is not a name.", "Name an attribute of the model, in quotes."
        )
    *way, last = path.split("__")
    model, related, steps = follow(place, "__".join(way), path), way, [*way, last]
    column = _column(model, last)
    if column is None and not hasattr(model, last):
        raise missing(place, model, last, path, "reads")
    read = _reader(model, steps, last)
    select = ("__".join(related),) if related else ()
    return Path(last, read, column, len(steps) == 1 and _settable(model, last, column), select)


def follow(place: Place, path: str, whole: str = "") -> type[models.Model]:
    """The model that a path of relations leads to. Raises WrongField where it leads nowhere."""
    model = place.model
    for step in path.split("__") if path else ():
        target = _target(model, step)
        if target is None:
            raise missing(place, model, step, whole or path, "leads through")
        model = target
    return model


def missing(place: Place, model: type[models.Model], step: str, path: str, verb: str) -> Exception:
    """The error for a step that the model does not have."""
    near = difflib.get_close_matches(step, attributes(model), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(attributes(model))}."
    inside = "" if step == path else f" (in {path!r})"
    return place.wrong(f"{verb} {step!r}{inside}, which {model._meta.label} does not have.", hint)


def attributes(model: type[models.Model]) -> list[str]:
    """The names of a model's own columns."""
    return [column.name for column in model._meta.concrete_fields]


def has_column(model: type[models.Model], name: str) -> bool:
    """Whether the model has a concrete column of this name."""
    return _column(model, name) is not None


def is_relation(model: type[models.Model], name: str) -> bool:
    """Whether the name is a foreign key of the model."""
    return isinstance(_column(model, name), models.ForeignKey)


def relation(place: Place, name: str) -> models.ForeignKey[Any, Any]:
    """The foreign key of this name. Raises WrongField when it is none."""
    column = _column(place.model, name)
    if column is None:
        raise missing(place, place.model, name, name, "reads")
    if not isinstance(column, models.ForeignKey):
        raise place.wrong(
            f"reads {name!r}, which is not a foreign key.",
            f"For plain text, use Code(kind, {name!r}).",
        )
    return column


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any] | None:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and found.concrete else None


def _target(model: type[models.Model], name: str) -> type[models.Model] | None:
    """The model that a foreign key, or a one-to-one relation from either side, leads to."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    single = found.many_to_one or found.one_to_one
    return cast("type[models.Model]", found.related_model) if single else None


def _settable(model: type[models.Model], name: str, column: models.Field[Any, Any] | None) -> bool:
    if column is not None:
        automatic = getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False)
        return not (automatic or column.primary_key or column.generated)
    found = getattr(model, name, None)
    return name != "pk" and isinstance(found, property) and found.fset is not None


def _reader(model: type[models.Model], steps: list[str], last: str) -> Callable[[Any], Any]:
    """Reads the path from an object; nothing along the way reads as None. Methods without arguments
    are called.
    """
    called = callable(getattr(model, last, None)) and not isinstance(
        getattr(model, last, None), property
    )
    if len(steps) == 1 and not called:
        return operator.attrgetter(last)

    def read(obj: Any) -> Any:
        for step in steps:
            try:
                obj = getattr(obj, step)
            except ObjectDoesNotExist:
                return None
            if obj is None:
                return None
        return obj() if called and callable(obj) else obj

    return read
