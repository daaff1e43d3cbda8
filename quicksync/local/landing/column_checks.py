"""Host objects checked by plain comparisons, as far as nothing but fields of Django itself is
concerned.

`clean_fields` asks each text of each object through several validators whether it is too long.
What there is to ask of a column does not change: it is looked at once for each model. What is not
surely fine is Django's to judge, and to say.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import DatabaseDefault

# A field of Django, with what the stubs keep to themselves.
Column: TypeAlias = Any
Fine: TypeAlias = Callable[[Any], bool]

# What every database keeps in its smallest whole number.
_SMALL = 32_767
WHOLE = (
    *(models.IntegerField, models.SmallIntegerField, models.BigIntegerField),
    *(models.PositiveIntegerField, models.PositiveSmallIntegerField),
    models.PositiveBigIntegerField,
)
_TEXTS = (models.CharField, models.TextField, models.EmailField)
# What a text or a number checks by itself, and what a whole number does.
_USUAL = (validators.MaxLengthValidator, validators.DecimalValidator)
_RANGE = (validators.MinValueValidator, validators.MaxValueValidator)
# Nothing that an object holds.
_NOTHING = object()


class _Check(NamedTuple):
    """One column to be checked; what all new objects have there may be `known` to be fine."""

    column: Column
    name: str
    known: Any
    is_fine: Fine


def check(obj: models.Model) -> None:
    """What full_clean() checks without asking the database; unique values and keys it checks itself
    when saving.
    """
    if type(obj).clean_fields is models.Model.clean_fields:
        clean_fields(obj)
    else:
        obj.clean_fields(exclude=[one.name for one in obj._meta.fields if one.is_relation])
    obj.clean()


def clean_fields(obj: models.Model) -> None:
    """As Django's own, but that nobody is asked about what is surely fine."""
    errors: dict[str, Any] = {}
    values = obj.__dict__
    for column, name, known, is_fine in _checks(type(obj)):
        value = values[name] if name in values else getattr(obj, name)
        if value is known or is_fine(value):
            continue
        if (column.blank and value in column.empty_values) or isinstance(value, DatabaseDefault):
            continue
        try:
            setattr(obj, name, column.clean(value, obj))
        except ValidationError as error:
            errors[column.name] = error.error_list
    if errors:
        raise ValidationError(errors)


@cache
def _checks(model: type[models.Model]) -> tuple[_Check, ...]:
    made = []
    for column in model._meta.fields:
        if not (column.is_relation or column.generated):
            is_fine = _fine(column)
            usual = column.default if column.has_default() else ""
            known = usual if type(usual) in (str, bool, Decimal) and is_fine(usual) else _NOTHING
            made.append(_Check(column, column.attname, known, is_fine))
    return tuple(made)


def _fine(column: Column) -> Fine:
    """Whether a value is surely fine, and is stored as it is; what is not may be so all the
    same.
    """
    asked = [*column.default_validators, *column._validators]
    usual = _RANGE if type(column) in WHOLE and not asked else _USUAL
    if any(type(one) not in usual for one in column.validators if one not in asked):
        return _never
    plain = _plain(column)
    return _also(plain, asked) if asked and plain is not _never else plain


def _also(plain: Fine, asked: Sequence[Callable[[Any], None]]) -> Fine:
    """What a host or a field of Django asks beside; nobody is asked about what is empty."""
    questions = [_question(one) for one in asked]

    def is_fine(value: Any) -> bool:
        if not plain(value):
            return False
        if value is None or value == "":
            return True
        try:
            return all(question(value) for question in questions)
        except ValidationError:
            return False  # Django says so in its own words

    return is_fine


def _question(validator: Any) -> Callable[[Any], bool]:
    if type(validator) is validators.RegexValidator and not validator.inverse_match:
        search = re.compile(validator.regex).search
        return lambda value: search(value) is not None

    def ask(value: Any) -> bool:
        validator(value)
        return True

    return ask


def _plain(column: Column) -> Fine:
    """The same without what validators say."""
    sort, blank = type(column), column.blank
    if column.flatchoices:
        return _choice(column)
    if sort in _TEXTS:
        longest = None if sort is models.TextField else column.max_length
        most = sys.maxsize if longest is None else longest
        least = 0 if blank else 1
        return lambda value: type(value) is str and least <= len(value) <= most
    if sort is models.BooleanField:
        return lambda value: type(value) is bool
    if sort is models.DateField:
        return lambda value: type(value) is dt.date or (value is None and column.null and blank)
    if sort is models.DecimalField:
        return _decimal(column)
    if sort in WHOLE:
        return lambda value: type(value) is int and 0 <= value <= _SMALL
    return _never


def _choice(column: Column) -> Fine:
    """One of the choices of a text is no longer than they are."""
    if type(column) is not models.CharField:
        return _never
    most = column.max_length or 0
    known = {one for one, _ in column.flatchoices if type(one) is str and 0 < len(one) <= most}
    return lambda value: type(value) is str and value in known


def _decimal(column: Any) -> Fine:
    digits, places = column.max_digits, column.decimal_places
    if digits is None or places is None:
        return _never
    limit = Decimal(10) ** (digits - places)

    def is_fine(value: Any) -> bool:
        if type(value) is not Decimal or not value.is_finite():
            return False
        exponent = value.as_tuple().exponent
        return isinstance(exponent, int) and exponent >= -places and abs(value) < limit

    return is_fine


def _never(value: Any) -> bool:
    return False
