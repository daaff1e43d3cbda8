"""A column of JSON that is a struct with typed fields in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.db import models
from django.db.models.fields.json import KeyTransform

T = TypeVar("T", bound=msgspec.Struct)

if TYPE_CHECKING:

    class JSONField(models.JSONField[T, T]):
        """As the stubs have it: what is set and what is read is a struct."""

else:
    JSONField = models.JSONField


def load(of: type[T], data: Any) -> T:
    """The struct that was stored, by this version or another.

    What it does not know is left out, and what cannot be read has its default: a row that another
    version wrote never stops a run.
    """
    stored = data if isinstance(data, dict) else {}
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(of):
        if field.name in stored:
            try:
                found[field.name] = msgspec.convert(stored[field.name], field.type)
            except msgspec.ValidationError:
                continue
    return of(**found)


class StructField(JSONField):
    """One struct. Migrations know the column as the plain JSON that it is in the database."""

    description = "Struct"

    def __init__(self, of: type[T], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": of, "editable": False, **kwargs})
        self.of = of

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return str(name), "django.db.models.JSONField", args, {**kwargs, "default": dict}

    def clone(self) -> Any:
        """What migrations compare with."""
        _name, _path, args, kwargs = self.deconstruct()
        return models.JSONField(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(_plain(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(expression, KeyTransform) else load(self.of, found)

    def to_python(self, value: Any) -> Any:
        """What a fixture holds."""
        return value if isinstance(value, self.of) else load(self.of, super().to_python(value))

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(_plain(value), model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        """What goes into a fixture."""
        return _plain(self.value_from_object(obj))


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
