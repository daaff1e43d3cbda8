"""The column of options: JSON in the database, a struct with typed fields in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models.fields.json import KeyTransform

from quicksync.options import options_json
from quicksync.options.row import Options

T = TypeVar("T", bound=Options)

if TYPE_CHECKING:

    class JSONField(models.JSONField[T, T]):
        """As the stubs have it: what is set and what is read is a struct."""

else:
    JSONField = models.JSONField


class OptionsField(JSONField):
    """All options of a row. They are set as a whole: `row.options =
    row.options.replace(wins="ask")`.

    Migrations know it as the plain JSON that it is in the database, so that they do not depend on
    the options of today.
    """

    description = "Options"

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
        """Raises BadValue for a value that an option cannot have."""
        chosen = isinstance(value, Options)
        return options_json.dump(value) if chosen else super().get_prep_value(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(expression, KeyTransform) else options_json.load(self.of, found)

    def to_python(self, value: Any) -> Any:
        """What a fixture holds."""
        if isinstance(value, Options):
            return value
        return options_json.load(self.of, super().to_python(value))

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(options_json.dump(value), model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        """What goes into a fixture."""
        return options_json.dump(self.value_from_object(obj))
