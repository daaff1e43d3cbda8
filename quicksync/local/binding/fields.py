"""Field objects: how one field of a record is read from, and written to, a host object.

In an adapter's `fields` a text is an attribute path ("reference", "contact__email"), a callable
computes a value from the object (read-only), None leaves a field out, and the classes here say the
rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from django.db import models

from quicksync.exceptions import BadValue
from quicksync.local.binding import paths, suits
from quicksync.local.bound import Bound, Get, Known, Place, Put
from quicksync.local.convert import to_column, to_record
from quicksync.records import Ref


class Field:
    """Base of the field objects, and of a host's own: give it `get_value`, and `set_value` if it
    can be written.

    `related` names the relations that `get_value` follows, so that they are read in the same query;
    `columns` the host's columns that `set_value` sets.
    """

    related: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def get_value(self, obj: Any) -> Any:
        """The record's value, read from the host object."""
        raise BadValue(f"{type(self).__name__} cannot be read.")

    def set_value(self, obj: Any, value: Any) -> None:
        """Write a record's value to the host object; it is saved later."""

    def bind(self, place: Place) -> Bound:
        """Ready for its place. Raises WrongField when it does not fit."""
        if type(self).get_value is Field.get_value:
            hint = (
                "Give it a method get_value(self, obj), and set_value(self, obj, value) if it can"
                " be written."
            )
            raise place.wrong(f"is a {type(self).__name__}, which cannot be read.", hint)
        written = type(self).set_value is not Field.set_value
        return Custom(
            self.get_value, self.set_value if written else None, self.related, self.columns
        ).bind(place)


@dataclass(frozen=True)
class Attr(Field):
    """An attribute of the host object, or of one it points at ("contact__email", read-only).

    `write=False` keeps the host's value whatever QuickBooks says; `write=True` lets totals and
    other computed fields be written too.
    """

    path: str
    write: bool | None = None

    def bind(self, place: Place) -> Bound:
        path = paths.resolve(place, self.path)
        suits.check_column(place, self.path, path.column)
        convert, read = to_record(place.shape), path.read
        return Bound(
            place.name,
            get=lambda obj: convert(read(obj)),
            put=setter_of(path, exact=place.is_amount) if path.settable else None,
            related=path.related,
            columns=(self.path,) if path.column is not None and path.settable else (),
            own=place.computed if self.write is None else not self.write,
            places=_places(path.column),
            only_sets=path.column is not None and path.settable,
        )


def setter_of(path: paths.Path, *, exact: bool = False) -> Put:
    """What sets the attribute of a path. An amount of money is never stored as another one."""
    name, column = path.name, path.column
    if column is None:
        return lambda obj, value, known: setattr(obj, name, value)

    def put(obj: Any, value: Any, known: Known) -> None:
        fitted = to_column(value, column, getattr(obj, name))
        if exact and isinstance(value, Decimal) and fitted != value:
            raise BadValue(f"{column.verbose_name} cannot hold {value}: it would become {fitted}.")
        setattr(obj, name, fitted)

    return put


def _places(column: models.Field[Any, Any] | None) -> int | None:
    if isinstance(column, models.DecimalField):
        return column.decimal_places
    return 0 if isinstance(column, models.IntegerField) else None


@dataclass(frozen=True)
class Cents(Field):
    """Money kept as a whole number of cents in an integer column: `Cents("price_cents")`.

    `places` are the decimals of its unit: 2 for cents, 3 for fils, 0 for whole yen. An amount with
    more decimals is refused, so that no total is stored as another one; a price for one unit is
    rounded half up, as in a DecimalField.
    """

    path: str
    places: int = 2
    write: bool | None = None

    def bind(self, place: Place) -> Bound:
        path = paths.resolve(place, self.path)
        if not place.is_money:
            raise place.wrong("is not an amount of money.", "Cents is for prices and amounts.")
        if path.column is not None and not isinstance(path.column, models.IntegerField):
            raise place.wrong(
                f"reads {self.path!r}, a {type(path.column).__name__}.",
                f"Cents is for whole numbers; a DecimalField is named as it is: {self.path!r}.",
            )
        convert, read, name, unit = (
            to_record(place.shape),
            path.read,
            path.name,
            Decimal(1).scaleb(-self.places),
        )

        def get(obj: Any) -> Any:
            value = convert(read(obj))
            return None if value is None else (value * unit).quantize(unit)

        def put(obj: Any, value: Decimal | None, known: Known) -> None:
            whole = None if value is None else _whole(value, unit, exact=place.is_amount)
            setattr(
                obj, name, to_column(whole, path.column, None) if path.column is not None else whole
            )

        return Bound(
            place.name,
            get,
            put if path.settable else None,
            related=path.related,
            columns=(self.path,) if path.column is not None and path.settable else (),
            own=place.computed if self.write is None else not self.write,
            places=self.places,
            only_sets=path.column is not None and path.settable,
        )


def _whole(value: Decimal, unit: Decimal, *, exact: bool) -> int:
    rounded = value.quantize(unit, ROUND_HALF_UP)
    if exact and rounded != value:
        raise BadValue(f"{value} is not a whole number of cents here: it would become {rounded}.")
    return int(rounded / unit)


@dataclass(frozen=True)
class Const(Field):
    """The same value for every object, such as the currency of a host that knows only one."""

    value: Any

    def bind(self, place: Place) -> Bound:
        suits.check_values(place, [self.value])
        value = to_record(place.shape)(self.value)
        return Bound(place.name, get=lambda obj: value)


@dataclass(frozen=True)
class Custom(Field):
    """Two functions: `get(obj)` gives the record's value, `put(obj, value)` writes it; without it,
    read-only.

    Addresses are `quicksync.Address`, lines a list of `quicksync.SalesLine`, other records
    `quicksync.Ref`. `related` names the relations that `get` follows, so that they are read in one
    query; `columns` the columns that `put` sets.
    """

    get: Get
    put: Callable[[Any, Any], None] | None = None
    related: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def bind(self, place: Place) -> Bound:
        convert, get, write = to_record(place.shape), self.get, self.put
        suits.check_callable(place, get, "get", ("obj",))
        suits.check_related(place, self.related)
        suits.check_columns(place, self.columns)
        if write is not None:
            suits.check_callable(place, write, "put", ("obj", "value"))
        put: Put | None = None if write is None else lambda obj, value, known: write(obj, value)

        def read(obj: Any) -> Any:
            value = convert(get(obj))
            if isinstance(value, Ref) and value.kind not in place.kinds:
                raise BadValue(f"{place.name} expects a {place.words}, not a {value.kind}.")
            return value

        return Bound(place.name, read, put, tuple(self.related), tuple(self.columns))


@dataclass(frozen=True)
class Choice(Field):
    """What the host's values mean: `Choice("state", {"archived": False, "live": True})`, yours
    before the record's.

    Several host values may mean the same; the first of them is written. `default` is the record
    value of all others.
    """

    path: str
    values: Mapping[Any, Any]
    default: Any = None

    def bind(self, place: Place) -> Bound:
        path = paths.resolve(place, self.path)
        self._check(place, path)
        values, default, name = dict(self.values), self.default, path.name
        back: dict[Any, Any] = {}
        for host, meant in values.items():
            back.setdefault(meant, host)

        def get(obj: Any) -> Any:
            host = path.read(obj)
            value = values.get(host, default)
            if value is None and not place.shape.optional:
                raise BadValue(f"{name} is {host!r}, and the adapter does not say what that means.")
            return value

        def put(obj: Any, value: Any, known: Known) -> None:
            if value not in back:
                raise BadValue(f"{name} has no value for {value!r}.")
            # A host value that means the same already stays: "sent" and "late" may both be an open
            # invoice.
            if values.get(getattr(obj, name), default) != value:
                setattr(obj, name, back[value])

        return Bound(
            place.name,
            get=get,
            put=put if path.settable else None,
            related=path.related,
            columns=(self.path,) if path.settable and path.column is not None else (),
            own=place.computed,
            only_sets=path.settable and path.column is not None,
        )

    def _check(self, place: Place, path: paths.Path) -> None:
        """Raises WrongField for values that either side cannot have, and for a map the wrong way
        round.
        """
        if not isinstance(self.values, Mapping):
            raise place.wrong(
                f"has {self.values!r} for its values.", "Use {your value: the record's, ...}."
            )
        suits.check_choice(place, self.path, path.column, dict(self.values), self.default)


FieldSpec: TypeAlias = str | Field | Get | None

__all__ = [
    "Attr",
    "Bound",
    "Cents",
    "Choice",
    "Const",
    "Custom",
    "Field",
    "FieldSpec",
    "Known",
    "Place",
    "setter_of",
]
