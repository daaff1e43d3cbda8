"""Values of host columns <-> values of records: text, decimals, dates, flags, whole numbers."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from django.db import models
from django.utils import timezone

from quicksync.exceptions import BadValue
from quicksync.records import Address, Ref, fields_of
from quicksync.records.money import exact


class Shape(msgspec.Struct, frozen=True):
    """The type of a record's field, and whether it may be None; `part` is the type of its lines or
    allocations.
    """

    type: type
    optional: bool
    part: Any = None


def shapes(record: type[msgspec.Struct]) -> dict[str, Shape]:
    """Field name -> shape, for a record or for a part of one such as a line."""
    hints = typing.get_type_hints(record)
    return {name: _shape(hints[name]) for name in fields_of(record)}


def _shape(hint: Any) -> Shape:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        parts = [part for part in typing.get_args(hint) if part is not type(None)]
        return Shape(_plain(parts[0]), optional=True)
    part = next((one for one in typing.get_args(hint) if isinstance(one, type)), None)
    return Shape(_plain(hint), optional=False, part=part)


def _plain(hint: Any) -> type:
    plain: type = typing.get_origin(hint) or hint
    return plain


def to_record(shape: Shape) -> Callable[[Any], Any]:
    """What turns a host value into a record value of this shape. It raises BadValue for what has no
    exact meaning.
    """
    return _TO_RECORD[shape.type](shape)


def _text(shape: Shape) -> Callable[[Any], Any]:
    return lambda value: "" if value is None else str(value)


def _number(shape: Shape) -> Callable[[Any], Any]:
    nothing = None if shape.optional else Decimal(0)
    return lambda value: nothing if value is None else exact(value)


def _flag(shape: Shape) -> Callable[[Any], Any]:
    return bool


def _count(shape: Shape) -> Callable[[Any], Any]:
    return lambda value: None if value is None else int(value)


def _day(shape: Shape) -> Callable[[Any], Any]:
    return to_date


def _is_a(shape: Shape) -> Callable[[Any], Any]:
    """Addresses and references come ready-made."""

    def checked(value: Any) -> Any:
        if value is None or isinstance(value, shape.type):
            return value
        raise BadValue(f"{value!r} is not a quicksync.{shape.type.__name__}.")

    return checked


def _parts(shape: Shape) -> Callable[[Any], Any]:
    """Lines and allocations come ready-made; what is in them is converted like other values."""
    part = shape.part
    converters = {name: to_record(inner) for name, inner in shapes(part).items()}

    def checked(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise BadValue(f"{value!r} is not a list of quicksync.{part.__name__}.")
        for one in value:
            if not isinstance(one, part):
                raise BadValue(f"{one!r} is not a quicksync.{part.__name__}.")
        return tuple(
            part(
                **{name: convert(getattr(one, name)) for name, convert in converters.items()}
            ).worked_out()
            for one in value
        )

    return checked


_TO_RECORD: dict[type, Callable[[Shape], Callable[[Any], Any]]] = {
    str: _text,
    Decimal: _number,
    bool: _flag,
    int: _count,
    dt.date: _day,
    Ref: _is_a,
    Address: _is_a,
    tuple: _parts,
}


def to_date(value: Any) -> dt.date | None:
    """A date as it stands, a moment as the date it has in the site's time zone."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if value is None or isinstance(value, dt.date):
        return value
    raise BadValue(f"{value!r} is not a date.")


def to_column(value: Any, column: models.Field[Any, Any], before: Any) -> Any:
    """A record value as the host's column takes it; `before` is what stands there now."""
    if value is None or value == "":
        return _nothing(value, column)
    if isinstance(value, Decimal):
        return _decimal(value, column)
    if isinstance(value, dt.date) and isinstance(column, models.DateTimeField):
        return (
            before
            if to_date(before) == value
            else timezone.make_aware(dt.datetime.combine(value, dt.time()))
        )
    return value


def _nothing(value: Any, column: models.Field[Any, Any]) -> Any:
    """No value: NULL where it is allowed and empty text would clash or not fit, else a default."""
    is_text = isinstance(column, models.CharField | models.TextField)
    if column.null and not (is_text and value == "" and not column.unique):
        return None
    if is_text:
        return ""
    return column.get_default() if value is None else value


def _decimal(value: Decimal, column: models.Field[Any, Any]) -> Any:
    """Rounded half up to the column's decimals: QuickBooks keeps seven for prices."""
    if isinstance(column, models.DecimalField) and column.decimal_places is not None:
        return value.quantize(Decimal(1).scaleb(-column.decimal_places), ROUND_HALF_UP)
    if isinstance(column, models.IntegerField):
        if value != value.to_integral_value():
            raise BadValue(f"{column.verbose_name} takes whole numbers only, not {value}.")
        return int(value)
    return value
