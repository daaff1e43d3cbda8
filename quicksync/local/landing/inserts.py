"""New host objects in one statement, checked by plain comparisons, as far as nothing but fields of
Django itself is concerned.

`bulk_create` asks each column of each row the same questions again, and `clean_fields` asks each
text through several validators whether it is too long. What columns a model has does not change: it
is looked at once, and rows are then written column by column. Models that have ways of their own go
through Django.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias

from django.core import validators
from django.core.exceptions import ValidationError
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields import NOT_PROVIDED

# A field of Django, with what the stubs keep to themselves.
Column: TypeAlias = Any
Fine: TypeAlias = Callable[[Any], bool]

# Values of one statement: as many as SQLite takes since 3.32.
MOST_VALUES = 32_000
# What every database keeps in its smallest whole number.
_SMALL = 32_767
_WHOLE = (
    *(models.IntegerField, models.SmallIntegerField, models.BigIntegerField),
    *(models.PositiveIntegerField, models.PositiveSmallIntegerField),
    models.PositiveBigIntegerField,
)
# Values of exactly these types reach the database as they are.
_PLAIN = (str, int, bool, type(None))
_PLAIN_COLUMNS = (
    *(models.CharField, models.TextField, models.EmailField, models.URLField, models.SlugField),
    *(models.BooleanField, models.ForeignKey, models.OneToOneField, *_WHOLE),
)


def create(objects: Sequence[models.Model]) -> None:
    """Save new objects of one model, as bulk_create does."""
    if not objects:
        return
    model = type(objects[0])
    database = connections[router.db_for_write(model)]
    columns = _columns(model)
    values = _values(columns, objects, database) if columns and _fits(database) else None
    if columns is None or values is None or any(one.pk is not None for one in objects):
        model._base_manager.bulk_create(objects)
        return
    size = MOST_VALUES // len(columns)
    names = ", ".join(database.ops.quote_name(str(column.column)) for column in columns)
    table = database.ops.quote_name(model._meta.db_table)
    key = database.ops.quote_name(str(model._meta.pk.column))
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        for start in range(0, len(objects), size):
            some = values[start : start + size]
            places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(some))
            into = ["INSERT INTO", table, f"({names})", "VALUES", places, "RETURNING", key]
            cursor.execute(" ".join(into), list(chain.from_iterable(some)))
            for obj, (pk,) in zip(objects[start : start + size], cursor.fetchall(), strict=True):
                obj.pk = pk
                obj._state.adding, obj._state.db = False, database.alias


def _fits(database: BaseDatabaseWrapper) -> bool:
    """SQLite tells the new keys since 3.35, and takes so many values by then."""
    known = database.vendor in ("sqlite", "postgresql")
    return known and database.features.can_return_rows_from_bulk_insert


@cache
def _columns(model: type[models.Model]) -> tuple[Column, ...] | None:
    """The columns to be written; None where a model, or one of its fields, has ways of its own."""
    meta = model._meta
    told = meta.db_returning_fields
    if meta.parents or type(model._base_manager) is not models.Manager or told != [meta.pk]:
        return None
    if not isinstance(meta.pk, models.AutoField | models.BigAutoField):
        return None
    columns = [column for column in meta.local_concrete_fields if column is not meta.pk]
    own = any(
        column.generated
        or column.db_default is not NOT_PROVIDED
        # A field may put an expression of its own into the statement; Django 6.1 has a new name for
        # that.
        or hasattr(column, "get_placeholder")
        or hasattr(column, "get_placeholder_sql")
        for column in columns
    )
    return None if own else tuple(columns)


def _values(
    columns: Sequence[Column], objects: Sequence[models.Model], database: BaseDatabaseWrapper
) -> list[tuple[Any, ...]] | None:
    """The rows as the database takes them; None where a value is an expression."""
    made = []
    for column in columns:
        if column.is_relation:
            _follow(column, objects)
        found = [_before_save(column)(one) for one in objects]
        if any(hasattr(value, "resolve_expression") for value in found):
            return None
        if type(column) in _PLAIN_COLUMNS and all(type(value) in _PLAIN for value in found):
            made.append(found)
            continue
        ready: dict[Any, Any] = {}
        for value in set(found) if _is_hashable(column) else ():
            ready[value] = column.get_db_prep_save(value, database)
        made.append(
            [ready[value] for value in found]
            if ready
            else [column.get_db_prep_save(value, database) for value in found]
        )
    return list(zip(*made, strict=True))


def _is_hashable(column: Column) -> bool:
    """Equal values of these are stored as the same."""
    return type(column) in (models.DecimalField, models.DateField, models.DateTimeField)


@cache
def _before_save(column: Column) -> Callable[[Any], Any]:
    own = type(column).pre_save is not models.Field.pre_save
    dated = isinstance(column, models.DateField) and type(column) in (
        models.DateField,
        models.DateTimeField,
    )
    if own and not (dated and not (column.auto_now or column.auto_now_add)):
        return lambda obj: column.pre_save(obj, True)
    return attrgetter(column.attname)


def _follow(column: Column, objects: Sequence[Any]) -> None:
    """Rows name their parent by the object, which has its key only now."""
    for obj in objects:
        if getattr(obj, column.attname) is None and column.is_cached(obj):
            obj._prepare_related_fields_for_save(operation_name="bulk_create")


# --- Checking -------------------------------------------------------------------------------------


def check(obj: models.Model) -> None:
    """What full_clean() checks without asking the database; unique values and keys it checks itself
    when saving.
    """
    if type(obj).clean_fields is models.Model.clean_fields:
        _clean_fields(obj)
    else:
        obj.clean_fields(exclude=[one.name for one in obj._meta.fields if one.is_relation])
    obj.clean()


def _clean_fields(obj: models.Model) -> None:
    """As Django's own, but that nobody is asked about what is surely fine."""
    errors: dict[str, Any] = {}
    for column, is_fine in _checks(type(obj)):
        value = getattr(obj, column.attname)
        if is_fine(value):
            continue
        if (column.blank and value in column.empty_values) or isinstance(value, DatabaseDefault):
            continue
        try:
            setattr(obj, column.attname, column.clean(value, obj))
        except ValidationError as error:
            errors[column.name] = error.error_list
    if errors:
        raise ValidationError(errors)


@cache
def _checks(model: type[models.Model]) -> tuple[tuple[Column, Fine], ...]:
    return tuple(
        (column, _fine(column))
        for column in model._meta.fields
        if not (column.is_relation or column.generated)
    )


def _fine(column: Column) -> Fine:
    """Whether a value is surely fine, and is stored as it is; what is not may be so all the
    same.
    """
    sort, blank = type(column), column.blank
    if column._validators or column.default_validators or not _says_no_more(column):
        return _never
    if column.flatchoices:
        return _choice(column)
    if sort in (models.CharField, models.TextField):
        longest = column.max_length if sort is models.CharField else None
        most = sys.maxsize if longest is None else longest
        least = 0 if blank else 1
        return lambda value: type(value) is str and least <= len(value) <= most
    if sort is models.BooleanField:
        return lambda value: type(value) is bool
    if sort is models.DateField:
        return lambda value: type(value) is dt.date or (value is None and column.null and blank)
    if sort is models.DecimalField:
        return _decimal(column)
    if sort in _WHOLE:
        return lambda value: type(value) is int and 0 <= value <= _SMALL
    return _never


def _says_no_more(column: Column) -> bool:
    """Whether nothing has been added to what a text or a number checks by itself."""
    usual = (validators.MaxLengthValidator, validators.DecimalValidator)
    numbers = (validators.MinValueValidator, validators.MaxValueValidator)
    return all(
        type(one) in (numbers if type(column) in _WHOLE else usual) for one in column.validators
    )


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
