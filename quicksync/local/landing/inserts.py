"""New host objects in one statement, as far as nothing but fields of Django itself is concerned.

`bulk_create` asks each column of each row the same questions again. What columns a model has does
not change: it is looked at once, and rows are then written column by column. Models that have ways
of their own go through Django. Afterwards the objects hold what the database would give back.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from quicksync.local.landing.column_checks import WHOLE, Column

# Values of one statement: as many as SQLite takes since 3.32.
MOST_VALUES = 32_000
# Values of exactly these types reach the database as they are.
_PLAIN = frozenset({str, int, bool, type(None)})
_TEXT = frozenset({str})
_TEXTS = (
    *(models.CharField, models.TextField),
    *(models.EmailField, models.URLField, models.SlugField),
)
_PLAIN_COLUMNS = (
    *_TEXTS,
    *(models.BooleanField, models.ForeignKey, models.OneToOneField, *WHOLE),
)
# Values of these types come back from their columns as equal ones, and equal ones are stored as the
# same.
_EXACT: dict[type[Any], frozenset[type]] = {
    models.DecimalField: frozenset({Decimal, type(None)}),
    models.DateField: frozenset({dt.date, type(None)}),
    models.DateTimeField: frozenset({dt.datetime, type(None)}),
}
_NONE: frozenset[type] = frozenset()


def create(objects: Sequence[models.Model]) -> bool:
    """Save new objects of one model, as bulk_create does. Returns whether they hold by then what
    the database would give back, if it does nothing by itself.
    """
    if not objects:
        return True
    model = type(objects[0])
    database = connections[router.db_for_write(model)]
    columns = _columns(model)
    ready = _ready(columns, objects, database) if columns and _fits(database) else None
    if columns is None or ready is None or any(one.pk is not None for one in objects):
        model._base_manager.bulk_create(objects)
        return False
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        keys = _insert(cursor, database, model, columns, list(zip(*ready.values, strict=True)))
    name = str(model._meta.pk.attname)
    for obj, key in zip(objects, keys, strict=True):
        obj.__dict__[name] = key
        obj._state.adding, obj._state.db = False, database.alias
    return ready.exact


def _insert(
    cursor: Any,
    database: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: Sequence[Column],
    rows: Sequence[tuple[Any, ...]],
) -> list[Any]:
    """The keys of the new rows, in their order."""
    quoted = database.ops.quote_name
    names = ", ".join(quoted(str(column.column)) for column in columns)
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({names})"
    told = f"RETURNING {quoted(str(model._meta.pk.column))}"
    if database.vendor == "postgresql":
        # To its driver each value by itself costs more than the whole.
        given = ", ".join(_given(database, n, column) for n, column in enumerate(columns))
        source = "FROM json_array_elements(%s::json) WITH ORDINALITY AS given(value, place)"
        sql = " ".join([into, "SELECT", given, source, "ORDER BY place", told])
        cursor.execute(sql, [msgspec.json.encode(rows).decode()])
        return [key for (key,) in cursor.fetchall()]
    keys: list[Any] = []
    size = MOST_VALUES // len(columns)
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(some))
        cursor.execute(" ".join([into, "VALUES", places, told]), list(chain.from_iterable(some)))
        keys += [key for (key,) in cursor.fetchall()]
    return keys


def _given(database: BaseDatabaseWrapper, place: int, column: Column) -> str:
    """One value of a row that is given as JSON. A cast to a text would cut what is too long."""
    sort = column.db_type(database)
    value = f"value->>{place}"
    return value if sort.startswith(("varchar", "text")) else f"CAST({value} AS {sort})"


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


class _Ready(NamedTuple):
    """The columns as the database takes them, and whether the objects hold the same by now."""

    values: list[list[Any]]
    exact: bool


def _ready(
    columns: Sequence[Column], objects: Sequence[models.Model], database: BaseDatabaseWrapper
) -> _Ready | None:
    """None where a value is an expression, or one that only its field can prepare."""
    made, exact = [], True
    for column in columns:
        if column.is_relation:
            _follow(column, objects)
        found = _as_text(column, objects, _before_save(column)(objects))
        kinds, sort = frozenset(map(type, found)), type(column)
        if kinds <= _PLAIN and sort in _PLAIN_COLUMNS:
            made.append(found)
            continue
        if any(hasattr(value, "resolve_expression") for value in found):
            return None
        exact &= kinds <= _EXACT.get(sort, _NONE) and _keeps(column, database)
        made.append(_prepared(column, found, database))
        if sort is models.DecimalField:
            _round(column, objects, found)
    return _Ready(made, exact) if exact or database.vendor != "postgresql" else None


def _keeps(column: Column, database: BaseDatabaseWrapper) -> bool:
    """Whether the database keeps every digit: in SQLite a number with decimals is a float."""
    digits = getattr(column, "max_digits", None) or 0
    return database.vendor != "sqlite" or digits <= sys.float_info.dig


def _prepared(column: Column, found: Sequence[Any], database: BaseDatabaseWrapper) -> list[Any]:
    if type(column) not in _EXACT:
        return [column.get_db_prep_save(value, database) for value in found]
    ready = {value: column.get_db_prep_save(value, database) for value in set(found)}
    return [ready[value] for value in found]


def _as_text(column: Column, objects: Sequence[Any], found: list[Any]) -> list[Any]:
    """A choice comes back as the text that it is."""
    kinds = set(map(type, found))
    if kinds == _TEXT or type(column) not in _TEXTS:
        return found
    if not all(issubclass(kind, str) for kind in kinds):
        return found
    texts = [str.__str__(value) for value in found]
    for obj, text in zip(objects, texts, strict=True):
        obj.__dict__[column.attname] = text
    return texts


def _round(column: Column, objects: Sequence[Any], found: Sequence[Any]) -> None:
    """A number comes back with all decimals of its column."""
    if column.decimal_places is None or column.max_digits is None:
        return
    unit = Decimal(1).scaleb(-column.decimal_places)
    shown = {
        value: value.quantize(unit)
        for value in set(found)
        if type(value) is Decimal and value.is_finite() and value.adjusted() < column.max_digits
    }
    for obj, value in zip(objects, found, strict=True):
        obj.__dict__[column.attname] = shown.get(value, value)


Values = Callable[[Sequence[Any]], list[Any]]


@cache
def _before_save(column: Column) -> Values:
    """Reads a column of objects that are about to be saved."""
    read, sort = attrgetter(column.attname), type(column)
    if sort is models.DateTimeField and (column.auto_now or column.auto_now_add):
        return lambda objects: _stamped(column, objects)
    dated = sort in (models.DateField, models.DateTimeField)
    usual = dated and not (column.auto_now or column.auto_now_add)
    if sort.pre_save is not models.Field.pre_save and not usual:
        return lambda objects: [column.pre_save(one, True) for one in objects]
    return lambda objects: list(map(read, objects))


def _stamped(column: Column, objects: Sequence[Any]) -> list[Any]:
    """All that are saved in one have one moment."""
    now = timezone.now()
    for obj in objects:
        setattr(obj, column.attname, now)
    return [now] * len(objects)


def _follow(column: Column, objects: Sequence[Any]) -> None:
    """Rows name their parent by the object, which has its key only now."""
    for obj in objects:
        if obj.__dict__.get(column.attname) is None and column.is_cached(obj):
            obj._prepare_related_fields_for_save(operation_name="bulk_create", fields=[column])
