"""Columns of JSON that are structs with typed fields in Python."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.db import models
from django.db.models.fields.json import KeyTransform

T = TypeVar("T", bound=msgspec.Struct)


def load(of: type[T], data: Any) -> T:
    """The struct that was stored, by this version or another.

    What it does not know is left out, and what cannot be read has its default: a row that another
    version wrote never stops a run.
    """
    stored = data if isinstance(data, dict) else {}
    found: dict[str, Any] = {}
    for field in _fields(of):
        if field.name in stored:
            try:
                found[field.name] = msgspec.convert(stored[field.name], field.type)
            except msgspec.ValidationError:
                continue
    return of(**found)


@cache
def _fields(of: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Worked out from the annotations each time, which takes longer than all the rest."""
    return msgspec.structs.fields(of)


def load_all(of: type[T], data: Any) -> list[T]:
    """The structs that were stored. None of them gets lost: what cannot be read at all is one of
    nothing but defaults.
    """
    stored = data if isinstance(data, list) else [data] if data else []
    return [load(of, one) for one in stored]


class _Structs(models.JSONField):
    """What both columns share. Migrations know them as plain JSON, as they are stored."""

    # As it is stored where nothing was said.
    empty: type

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return str(name), "django.db.models.JSONField", args, {**kwargs, "default": self.empty}

    def clone(self) -> Any:
        """What migrations compare with."""
        _name, _path, args, kwargs = self.deconstruct()
        return models.JSONField(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(_plain(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(expression, KeyTransform) else self.read(found)

    def to_python(self, value: Any) -> Any:
        """What a fixture holds; structs stay what they are."""
        found = super().to_python(value)
        return self.read(found) if found == _plain(found) else found

    def read(self, stored: Any) -> Any:
        """What was stored, as it is in Python."""
        return stored

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(_plain(value), model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        """What goes into a fixture."""
        return _plain(self.value_from_object(obj))


if TYPE_CHECKING:

    class _One(models.JSONField[T, T]):
        """As the stubs have it: what is set and what is read is a struct."""

else:
    _One = _Structs


class StructField(_One):
    """One struct."""

    description = "Struct"
    empty = dict

    def __init__(self, of: type[T], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": of, "editable": False, **kwargs})
        self.of = of

    def read(self, stored: Any) -> Any:
        """What was stored, as it is in Python."""
        return load(self.of, stored)


class StructsField(_Structs):
    """Several structs, in a list."""

    description = "List of structs"
    empty = list

    def __init__(self, of: type[T], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "editable": False, **kwargs})
        self.of = of

    def read(self, stored: Any) -> Any:
        """What was stored, as it is in Python."""
        return load_all(self.of, stored)


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value) if isinstance(value, msgspec.Struct | list) else value
