"""Rows of our own tables as plain values, without an object for each: what a first pull writes by
the hundred thousand.

The caller gives values as Python has them; columns that it does not name have their defaults, and
those that are the same in all rows are given once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from quicksync.models.bulk import Column, or_update, unless_higher

Row = tuple[Any, ...]
_PLAIN = (str, int, bool, type(None))


def insert(
    model: type[models.Model],
    same: Mapping[str, Any],
    fields: Sequence[str],
    rows: Sequence[Row],
    *,
    unique: Sequence[str] = (),
    rising: str = "",
    known: bool = False,
) -> None:
    """Insert these rows; `same` are the values of columns that are the same in all of them.

    Those that are there by `unique` get the other fields instead, unless they are newer, as in
    `bulk.add`. Those that are there by any unique key stay as they are where some may be `known`.
    """
    if not rows:
        return
    database = connections[router.db_for_write(model)]
    news = [name for name in fields if name not in unique] if unique else ()
    tail = or_update(database, model, unique, news) + unless_higher(database, model, rising)
    tail = " ON CONFLICT DO NOTHING" if known else tail
    columns = [one for one in model._meta.concrete_fields if not one.primary_key]
    by_name = {name: one for one in columns for name in (one.name, one.attname)}
    varied = [by_name[name] for name in fields]
    shared = [one for one in columns if one not in varied]
    told = {by_name[name]: value for name, value in same.items()}
    common = [_prepare(database, one)(told.get(one, one.get_default())) for one in shared]
    names = ", ".join(database.ops.quote_name(str(one.column)) for one in (*varied, *shared))
    into = f"INSERT INTO {database.ops.quote_name(model._meta.db_table)} ({names})"
    ready = _ready(database, varied, rows)
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        if database.vendor == "postgresql":
            typed = [f"CAST(%s AS {one.db_type(database)})" for one in shared]
            values = ", ".join([*_read(database, varied), *typed])
            cursor.execute(f"{into} SELECT {values} {_FROM_JSON}{tail}", [*common, _json(ready)])
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"{into} VALUES ({places}){tail}", [(*row, *common) for row in ready]
            )


def update(
    model: type[models.Model], same: Mapping[str, Any], fields: Sequence[str], rows: Sequence[Row]
) -> None:
    """Update these rows, each with its key first; the columns of `same` get one value in all."""
    if not rows:
        return
    database = connections[router.db_for_write(model)]
    columns = {name: one for one in model._meta.concrete_fields for name in (one.name, one.attname)}
    varied, shared = [columns[name] for name in fields], [columns[name] for name in same]
    common = [_prepare(database, one)(same[name]) for one, name in zip(shared, same, strict=True)]
    key = model._meta.pk
    table, *names = (
        database.ops.quote_name(str(one))
        for one in (model._meta.db_table, key.column, *(one.column for one in (*shared, *varied)))
    )
    pk, names = names[0], names[1:]
    ready = _ready(database, [key, *varied], rows)
    with transaction.atomic(using=database.alias, savepoint=False), database.cursor() as cursor:
        if database.vendor == "postgresql":
            typed = [f"CAST(%s AS {one.db_type(database)})" for one in shared]
            mine = _read(database, [key, *varied])
            sets = ", ".join(map(" = ".join, zip(names, [*typed, *mine[1:]], strict=True)))
            sql = " ".join(["UPDATE", table, "SET", sets, _FROM_JSON, f"WHERE {table}.{pk} ="])
            cursor.execute(f"{sql} {mine[0]}", [*common, _json(ready)])
        else:
            sets = ", ".join(f"{name} = %s" for name in names)
            sql = " ".join(["UPDATE", table, "SET", sets, f"WHERE {pk} = %s"])
            cursor.executemany(sql, [(*common, *values, own) for own, *values in ready])


# To PostgreSQL's driver each value by itself costs more than the whole.
_FROM_JSON = "FROM json_array_elements(%s::json) AS given"


def _json(rows: Sequence[Row]) -> str:
    return msgspec.json.encode(rows).decode()


def _read(database: BaseDatabaseWrapper, columns: Sequence[Column]) -> list[str]:
    """A text becomes what its column is by itself; a cast would cut what is too long."""
    return [
        f"given->>{n}"
        if isinstance(one, models.CharField | models.TextField)
        else f"CAST(given->>{n} AS {_type(database, one)})"
        for n, one in enumerate(columns)
    ]


def _type(database: BaseDatabaseWrapper, column: Column) -> str:
    """A key's own type is that of a number which the database counts up."""
    return str(column.rel_db_type(database) if column.primary_key else column.db_type(database))


def _ready(
    database: BaseDatabaseWrapper, columns: Sequence[Column], rows: Sequence[Row]
) -> Sequence[Row]:
    """The rows as the database takes them; most columns are plain as they are."""
    made = []
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        plain = all(type(value) in _PLAIN for value in values)
        made.append(values if plain else tuple(map(_prepare(database, column), values)))
    return list(zip(*made, strict=True))


def _prepare(database: BaseDatabaseWrapper, column: Column) -> Callable[[Any], Any]:
    """What turns a value into one for the database. What stands in a JSON column may be JSON
    already, as text.
    """
    if isinstance(column, models.JSONField):
        return lambda value: value if value is None or type(value) is str else _text(value)
    return lambda value: column.get_db_prep_save(value, database)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
