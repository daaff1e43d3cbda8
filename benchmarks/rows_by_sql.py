"""Rows that PostgreSQL makes itself, as many as one likes, in tables without indexes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import models


@contextmanager
def bare_tables(cursor: Any) -> Iterator[None]:
    """Without indexes and foreign keys, which are made once all rows are there."""
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = current_schema()"
        " AND (tablename LIKE 'quicksync%' OR tablename LIKE 'books%') AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
    )
    indexes = cursor.fetchall()
    for name, _made in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, made in indexes:
        cursor.execute(made)
    cursor.execute("SET session_replication_role = DEFAULT")


def insert(cursor: Any, model: type[models.Model], rows: str, values: Mapping[str, str]) -> None:
    """Rows of `rows`, a query that gives `m` and perhaps `n`; columns that are not named have their
    model's default.
    """
    columns = {
        field.column: values.get(field.attname) or _default(field)
        for field in model._meta.concrete_fields
        if not (field.primary_key and "id" not in values and field.attname == "id")
    }
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns.values())} FROM ({rows}) AS r'
    )
    if "id" in columns:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _default(field: Any) -> str:
    if field.null:
        return "NULL"
    if isinstance(field, models.DateTimeField):
        return "now()"
    found = field.get_default()
    if isinstance(field, models.JSONField):
        return f"'{json.dumps(field.get_prep_value(found))}'"
    if isinstance(found, bool | int | Decimal):
        return str(found)
    return f"'{found or ''}'"


def copied(cursor: Any, model: type[models.Model], rows: str, values: Mapping[str, str]) -> None:
    """A copy of each row `r` for each `c` of `FROM rows`, with other `values` in some columns."""
    columns = {
        field.column: values.get(field.attname, f"r.{field.column}")
        for field in model._meta.concrete_fields
        if field.attname != "id" or "id" in values
    }
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(columns.values())}'
        f' FROM "{table}" AS r, {rows}'
    )
    if "id" in values:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def numbers(records: int, *, first: int = 1, only: str = "true") -> str:
    """A row for each number `m`."""
    return f"SELECT m FROM generate_series({first}, {first + records - 1}) AS m WHERE {only}"
