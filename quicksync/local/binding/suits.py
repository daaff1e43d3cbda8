"""Which columns and values suit a field of a record: a text is not an amount, whole numbers are no
money by themselves.
"""

from __future__ import annotations

import datetime as dt
import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from quicksync.local.binding import paths
from quicksync.local.bound import Place

_TEXT = (models.CharField, models.TextField)
_NUMBER = (models.IntegerField, models.DecimalField, models.FloatField)
_TIME = (models.TimeField, models.DurationField)

# Shape of a record field -> the columns that cannot be it, and what to say instead.
_UNFIT: dict[type, tuple[tuple[type[models.Field[Any, Any]], ...], str]] = {
    Decimal: (
        (*_TEXT, models.BooleanField, models.DateField, *_TIME),
        "Numbers need a DecimalField; to work one out of something else say Custom(get, put).",
    ),
    dt.date: (
        (*_TEXT, *_NUMBER, models.BooleanField, *_TIME),
        (
            "Dates need a DateField or a DateTimeField; to work one out of something else say"
            " Custom(get, put)."
        ),
    ),
    bool: (
        (*_TEXT, models.DateField, *_TIME),
        (
            "Name the values that mean yes: Choice({path!r}, {{'a value here': True}},"
            " default=False); or Custom(get, put)."
        ),
    ),
    int: (
        (*_TEXT, models.BooleanField, models.DateField, *_TIME),
        (
            "Whole numbers need an IntegerField; to work one out of something else say Custom(get,"
            " put)."
        ),
    ),
    str: ((), ""),
}


def check_column(place: Place, path: str, column: models.Field[Any, Any] | None) -> None:
    """Raises WrongField when what stands in the column cannot be this field of a record."""
    if column is None:
        return
    if isinstance(column, models.ForeignKey):
        raise place.wrong(
            f"reads {path!r}, a foreign key.", f"Name what is wanted of it: '{path}__name'."
        )
    if place.shape.type is Decimal and isinstance(column, models.FloatField):
        raise place.wrong(f"reads {path!r}, a float.", "Amounts need a DecimalField.")
    if place.is_money and isinstance(column, models.IntegerField):
        raise place.wrong(
            f"reads {path!r}, which holds whole numbers.",
            f"If they are cents, use quicksync.Cents({path!r}); if they are whole units,"
            f" Cents({path!r}, places=0).",
        )
    unfit, hint = _UNFIT.get(place.shape.type, ((), ""))
    if isinstance(column, unfit):
        raise place.wrong(f"reads {path!r}, a {type(column).__name__}.", hint.format(path=path))
    if column.choices and place.legal:
        otherwise = f"Use Choice({path!r}, {{your value: the record's, ...}})."
        check_values(place, [value for value in _choices_of(column) if value], otherwise)


def _choices_of(column: models.Field[Any, Any] | None) -> list[Any]:
    return (
        [value for value, _ in column.flatchoices] if column is not None and column.choices else []
    )


def check_choice(
    place: Place,
    path: str,
    column: models.Field[Any, Any] | None,
    values: Mapping[Any, Any],
    default: Any,
) -> None:
    """Raises WrongField for values that either side cannot have, for a map the wrong way round, and
    for gaps in it.
    """
    legal, known = legal_values(place), _choices_of(column)
    if _is_turned(values, legal, known):
        right = {meant: host for host, meant in values.items()}
        raise place.wrong(
            "has its Choice the wrong way round.", f"Yours first: Choice({path!r}, {right!r})."
        )
    check_values(place, [*values.values(), *(() if default is None else (default,))])
    if known and (strange := [value for value in values if value not in known]):
        near = difflib.get_close_matches(str(strange[0]), [str(value) for value in known], n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        hint += f"It can be: {', '.join(repr(str(value)) for value in known)}."
        raise place.wrong(f"has a Choice for {strange[0]!r}, which {path!r} cannot be.", hint)
    if default is None and not place.shape.optional:
        left = [value for value in known if value not in values] or (
            not known and len(set(values.values())) < 2
        )
        if left:
            hint = "Name what is left, or say what all others mean: default=..."
            raise place.wrong(
                f"has a Choice of {path!r} that does not say what every value means.", hint
            )


def _is_turned(values: Mapping[Any, Any], legal: Sequence[Any], known: Sequence[Any]) -> bool:
    """Whether the keys could be the record's values, or the values the host's, but do not."""
    if legal:
        return not all(value in legal for value in values.values()) and all(
            key in legal for key in values
        )
    return (
        bool(known)
        and not any(key in known for key in values)
        and all(value in known for value in values.values())
    )


def check_values(place: Place, values: Iterable[Any], otherwise: str = "") -> None:
    """Raises WrongField for a value that the record's field cannot have."""
    wrong = [value for value in values if not _can_be(place, value)]
    if not wrong:
        return
    legal = [repr(value) for value in legal_values(place)]
    near = difflib.get_close_matches(str(wrong[0]), [str(value) for value in place.legal], n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    hint += (
        f"It can be: {', '.join(legal)}. {otherwise}"
        if legal
        else _NEEDED.get(place.shape.type, "")
    )
    raise place.wrong(f"cannot be {wrong[0]!r}.", hint.strip())


_CURRENCY = re.compile(r"([A-Z]{3})?")
_NEEDED = {
    Decimal: "Amounts are Decimal('1.50'), a whole number or a text; a float has no exact cents.",
    str: "Currencies have three capital letters (ISO 4217), such as 'USD'.",
    dt.date: "It is a datetime.date.",
    int: "It is a whole number.",
}


def legal_values(place: Place) -> tuple[Any, ...]:
    """The only values that the field can have; empty where there are too many to name."""
    return (True, False) if place.shape.type is bool else place.legal


def _can_be(place: Place, value: Any) -> bool:
    if value is None:
        return place.shape.optional
    if place.legal:
        return value in place.legal
    if place.shape.type is str:
        return place.name != "currency" or bool(_CURRENCY.fullmatch(str(value)))
    if place.shape.type is Decimal:
        return isinstance(value, Decimal | int | str) and not isinstance(value, bool)
    if place.shape.type is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, place.shape.type)


def check_callable(place: Place, function: Any, what: str, arguments: Sequence[str]) -> None:
    """Raises WrongField when `function` cannot be called with so many arguments."""
    if not callable(function):
        raise place.wrong(
            f"has {function!r} for {what}, which is not a function.", _signature(what, arguments)
        )
    if not takes(function, *arguments):
        raise place.wrong(
            f"has a function for {what} with other arguments.", _signature(what, arguments)
        )


def _signature(what: str, arguments: Sequence[str]) -> str:
    return f"{what} is called with {' and '.join(arguments)}: lambda {', '.join(arguments)}: ..."


def takes(function: Callable[..., Any], *arguments: Any, **named: Any) -> bool:
    """Whether a function can be called so; True where Python cannot tell."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # functions written in C
        return True
    try:
        signature.bind(*arguments, **named)
    except TypeError:
        return False
    return True


def check_related(place: Place, related: Any) -> None:
    """Raises WrongField for paths that no query can select along."""
    if isinstance(related, str) or not isinstance(related, Sequence):
        raise place.wrong(
            f"says related={related!r}.", "It is a tuple of relations: related=('contact',)."
        )
    for path in related:
        paths.follow(place, str(path))


def check_columns(place: Place, columns: Any) -> None:
    """Raises WrongField for columns that the model does not have."""
    if isinstance(columns, str) or not isinstance(columns, Sequence):
        raise place.wrong(
            f"says columns={columns!r}.", "It is a tuple of column names: columns=('price',)."
        )
    for name in columns:
        if not paths.has_column(place.model, str(name)):
            raise paths.missing(place, place.model, str(name), str(name), "sets")
