"""Many rows of quicksync's own tables in one statement, with nothing written that need not be.

Django's bulk_create prepares every column of every row through several calls and reads the new keys
back, and its bulk_update spells out a CASE for each row and field. Where a first pull writes each
record's rows several times, that is most of its time. Here columns are prepared as columns, by the
fields' own `get_db_prep_save`. Host models have a way of their own (`local.landing.inserts`): their
fields and managers may do anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import UpdateQuery

# Values of one statement: as many as SQLite takes since 3.32.
MOST_VALUES = 32_000

Column: TypeAlias = "models.Field[Any, Any]"

# Values of exactly these types reach the database as they are: what their fields' preparation would
# find out again.
_AS_IS: dict[type[Column], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.BigAutoField: int,
    models.ForeignKey: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.PositiveBigIntegerField: int,
}
# Types into which a text is turned by the assignment itself; a cast would cut what is too long.
_TEXTS = (models.CharField, models.TextField)


def save(rows: Collection[models.Model], fields: Sequence[str]) -> None:
    """Update these fields of rows of one table, each with values of its own, all or none."""
    if not rows:
        return
    model = type(next(iter(rows)))
    database = _database(model)
    if not _takes_given_rows(database):
        model._base_manager.using(database.alias).bulk_update(rows, fields)
        return
    key, columns = model._meta.pk, _columns(model, fields)
    _run(
        database,
        (
            (_update(database, model, key, columns, number), values)
            for number, values in _batches(database, [key, *columns], rows)
        ),
    )


def add(
    rows: Collection[models.Model],
    *,
    unique: Sequence[str] = (),
    fields: Sequence[str] = (),
    rising: str = "",
) -> None:
    """Insert rows of one table, all or none; those that are there by `unique` get these fields.

    One that is there with a higher number in the text column `rising` stays as it is, also when
    another worker has stored it a moment ago. The rows' keys stay unknown.
    """
    if not rows:
        return
    model = type(next(iter(rows)))
    database = _database(model)
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    suffix = or_update(database, model, unique, fields) + unless_higher(database, model, rising)
    _run(
        database,
        (
            (_insert(database, model, columns, number) + suffix, values)
            for number, values in _batches(database, columns, rows)
        ),
    )


def moved(
    rows: models.QuerySet[Any], values: Mapping[str, Any], *, column: str = "id"
) -> list[Any]:
    """Update the rows that a query finds, and tell what they have in this column: one statement,
    where that can be.
    """
    database = _database(rows.model)
    if not database.features.can_return_columns_from_insert:
        found = list(rows.values_list("pk", column))
        return [told for key, told in found if rows.filter(pk=key).update(**values)]
    query: Any = rows.order_by().query.chain(UpdateQuery)
    query.annotations = {}
    query.add_update_values(values)
    try:
        sql, params = query.get_compiler(database.alias).as_sql()
    except EmptyResultSet:
        return []
    (told,) = _names(database, _columns(rows.model, [column]))
    return _returned(database, f"{sql} RETURNING {told}", params)


def add_found(
    owners: models.QuerySet[Any],
    row: models.Model,
    owner: str,
    *,
    unique: Sequence[str],
    fields: Sequence[str],
) -> list[Any]:
    """A row like this one for each owner that a query finds, as its `owner`; those that are there
    by `unique` get these fields instead. Returns the owners' keys. One statement, where the
    database can say for whom it was.
    """
    database, model = _database(type(row)), type(row)
    if not (_takes_given_rows(database) and database.features.can_return_columns_from_insert):
        return _add_one_by_one(owners, row, owner, unique, fields)
    (of,) = _columns(model, [owner])
    columns = [one for one in model._meta.concrete_fields if not one.primary_key and one is not of]
    try:
        found, params = (
            owners.order_by()
            .values(found_key=models.F("pk"))
            .query.get_compiler(database.alias)
            .as_sql()
        )
    except EmptyResultSet:
        return []
    names = ", ".join(_names(database, [of, *columns]))
    values = ", ".join(_typed(database, one, "%s") for one in columns)
    into = ["INSERT INTO", database.ops.quote_name(model._meta.db_table), f"({names})"]
    sql = " ".join(
        [*into, "SELECT found.found_key,", values, "FROM (", found, ") AS found WHERE true"]
    )
    sql += f"{or_update(database, model, unique, fields)} RETURNING {_names(database, [of])[0]}"
    return _returned(
        database, sql, [*(_prepared(database, one, [row])[0] for one in columns), *params]
    )


def _add_one_by_one(
    owners: models.QuerySet[Any],
    row: models.Model,
    owner: str,
    unique: Sequence[str],
    fields: Sequence[str],
) -> list[Any]:
    model, keys = type(row), list(owners.order_by().values_list("pk", flat=True))
    (of,) = _columns(model, [owner])
    known = {
        one.attname: getattr(row, one.attname)
        for one in model._meta.concrete_fields
        if not one.primary_key
    }
    copies = [model(**known | {of.attname: key}) for key in keys]
    model._base_manager.bulk_create(
        copies, update_conflicts=True, unique_fields=unique, update_fields=fields
    )
    return keys


def _returned(database: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        cursor.execute(sql, params)
        return [key for (key,) in cursor.fetchall()]


def remove(rows: models.QuerySet[Any]) -> int:
    """Delete the rows that a query finds, as they stand under their locks. Returns how many.

    Django's own `delete()` looks for them first and then deletes by key, whatever has become of
    them in between.
    """
    model, database = rows.model, _database(rows.model)
    with transaction.atomic(using=database.alias):
        found = rows.order_by()
        if database.features.has_select_for_update:
            # In one order for all. Where nothing is locked, an order would lead SQLite past the
            # index of what is looked for.
            found = rows.order_by("pk").select_for_update()
        keys = list(found.values_list("pk", flat=True))
        if keys:
            model._base_manager.using(database.alias).filter(pk__in=keys).delete()
    return len(keys)


def add_new(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert rows of plain values, ready for the database; those that are there by any unique key
    stay as they are.

    Returns how many are new.
    """
    database, number = _database(model), 0
    by_name = {column.name: column for column in model._meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    into = (
        f"INSERT INTO {database.ops.quote_name(model._meta.db_table)}"
        f" ({', '.join(_names(database, columns))})"
    )
    size = max(1, MOST_VALUES // len(fields))
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        for start in range(0, len(rows), size):
            source, values = _given(database, columns, rows[start : start + size])
            cursor.execute(f"{into} {source} ON CONFLICT DO NOTHING", values)
            number += cursor.rowcount
    return number


def _given(
    database: BaseDatabaseWrapper, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]
) -> tuple[str, list[Any]]:
    """These rows as what an INSERT takes: to PostgreSQL's driver each value by itself costs more
    than the whole.
    """
    if database.vendor != "postgresql":
        return f"VALUES {_places(len(columns), len(rows))}", list(chain.from_iterable(rows))
    parts = ", ".join(
        f"CAST(value->>{n} AS {one.db_type(database)})" for n, one in enumerate(columns)
    )
    source = " ".join(["SELECT", parts, "FROM json_array_elements(%s::json)"])
    return source, [msgspec.json.encode(rows).decode()]


def _takes_given_rows(database: BaseDatabaseWrapper) -> bool:
    """Whether an UPDATE may take its values from rows given with it: SQLite learned it in 3.33."""
    if database.vendor == "sqlite":
        return sqlite3.sqlite_version_info >= (3, 33)
    return database.vendor == "postgresql"


def _columns(model: type[models.Model], names: Sequence[str]) -> list[Column]:
    return [column for column in model._meta.concrete_fields if column.name in names]


def _database(model: type[models.Model]) -> BaseDatabaseWrapper:
    return connections[router.db_for_write(model)]


def _run(database: BaseDatabaseWrapper, statements: Iterable[tuple[str, list[Any]]]) -> None:
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)


# --- Statements -----------------------------------------------------------------------------------


def _insert(
    database: BaseDatabaseWrapper, model: type[models.Model], columns: Sequence[Column], number: int
) -> str:
    table, names = (
        database.ops.quote_name(model._meta.db_table),
        ", ".join(_names(database, columns)),
    )
    return " ".join(["INSERT INTO", table, f"({names})", "VALUES", _places(len(columns), number)])


def or_update(
    database: BaseDatabaseWrapper,
    model: type[models.Model],
    unique: Sequence[str],
    fields: Sequence[str],
) -> str:
    """What an INSERT does with rows that are there by `unique`: they get these fields."""
    if not unique:
        return ""
    known = ", ".join(_names(database, _columns(model, unique)))
    sets = ", ".join(
        f"{name} = EXCLUDED.{name}" for name in _names(database, _columns(model, fields))
    )
    return f" ON CONFLICT ({known}) DO UPDATE SET {sets}"


def unless_higher(database: BaseDatabaseWrapper, model: type[models.Model], rising: str) -> str:
    """Whole numbers as text: of two, the longer one is the higher one."""
    if not rising:
        return ""
    (name,) = _names(database, _columns(model, [rising]))
    there = f"{database.ops.quote_name(model._meta.db_table)}.{name}"
    lengths = f"length({there}) < length(EXCLUDED.{name})"
    return (
        f" WHERE {lengths} OR (length({there}) = length(EXCLUDED.{name}) AND {there} <="
        f" EXCLUDED.{name})"
    )


def _update(
    database: BaseDatabaseWrapper,
    model: type[models.Model],
    key: Column,
    columns: Sequence[Column],
    number: int,
) -> str:
    table, (pk, *names) = (
        database.ops.quote_name(model._meta.db_table),
        _names(database, [key, *columns]),
    )
    sets = ", ".join(
        f"{name} = {_typed(database, column, f'given.{name}')}"
        for name, column in zip(names, columns, strict=True)
    )
    given = [
        "WITH given",
        f"({', '.join([pk, *names])})",
        "AS (VALUES",
        _places(len(columns) + 1, number),
        ")",
    ]
    return " ".join(
        [*given, "UPDATE", table, "SET", sets, "FROM given WHERE", f"{table}.{pk} = given.{pk}"]
    )


def _typed(database: BaseDatabaseWrapper, column: Column, value: str) -> str:
    """A given value as the type that it goes to: PostgreSQL takes a column of NULLs for text."""
    if not database.features.requires_casted_case_in_updates or isinstance(column, _TEXTS):
        return value
    return f"CAST({value} AS {column.db_type(database)})"


def _names(database: BaseDatabaseWrapper, columns: Sequence[Column]) -> list[str]:
    return [database.ops.quote_name(str(column.column)) for column in columns]


def _places(width: int, number: int) -> str:
    return ", ".join([f"({', '.join(['%s'] * width)})"] * number)


# --- Values ---------------------------------------------------------------------------------------


def _batches(
    database: BaseDatabaseWrapper, columns: Sequence[Column], rows: Collection[models.Model]
) -> Iterator[tuple[int, list[Any]]]:
    """As many rows at once as a statement takes: their number, and their values in a row."""
    found = list(rows)
    size = max(1, _most(database, columns, found))
    for start in range(0, len(found), size):
        some = found[start : start + size]
        values = zip(*(_prepared(database, column, some) for column in columns), strict=True)
        yield len(some), list(chain.from_iterable(values))


def _most(
    database: BaseDatabaseWrapper, columns: Sequence[Column], rows: Sequence[models.Model]
) -> int:
    """Django takes SQLite for what it was before 3.32."""
    if database.vendor == "sqlite" and sqlite3.sqlite_version_info >= (3, 32):
        return MOST_VALUES // len(columns)
    return database.ops.bulk_batch_size(columns, rows)


def _prepared(
    database: BaseDatabaseWrapper, column: Column, rows: Sequence[models.Model]
) -> list[Any]:
    """One column of these rows, as the database takes it."""
    if getattr(column, "auto_now_add", False):
        values = [column.pre_save(row, row._state.adding) for row in rows]
    else:
        values = list(map(attrgetter(column.attname), rows))
    as_is = _AS_IS.get(type(column))
    prepare = _remembering(lambda value: column.get_db_prep_save(value, database))
    return [value if type(value) is as_is else prepare(value) for value in values]


def _remembering(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Rows of one chunk share much: nothing at all, an empty list, the time of the chunk."""
    empty: dict[type, Any] = {}
    last, ready = object(), None

    def remembered(value: Any) -> Any:
        nonlocal last, ready
        if not value and value.__class__ in (dict, list, type(None)):
            if value.__class__ not in empty:
                empty[value.__class__] = prepare(value)
            return empty[value.__class__]
        if value is not last:
            last, ready = value, prepare(value)
        return ready

    return remembered
