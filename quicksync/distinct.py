"""The few different values of a column, found without reading the table.

An index knows them: each is looked for behind the last one, in one statement. PostgreSQL does not
do so by itself for DISTINCT.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL


def is_indexed(model: type[models.Model], column: str) -> bool:
    """Whether an index of all rows begins with the column."""
    field: Any = model._meta.get_field(column)
    whole = [one for one in model._meta.indexes if one.fields and not one.condition]
    firsts = {one.fields[0].lstrip("-") for one in whole}
    return field.db_index or field.unique or column in firsts


def can_step(rows: models.QuerySet[Any], column: str) -> bool:
    """Whether `steps` is quick: an index begins with the column, and nothing else is asked of the
    rows.
    """
    query = rows.query
    plain = not (query.where or query.is_sliced or query.distinct or query.combinator)
    return plain and is_indexed(rows.model, column)


def steps(rows: models.QuerySet[Any], column: str) -> list[Any]:
    """The values that the column has in these rows, in their order."""
    found = rows.filter(**{f"{column}__isnull": False}).order_by(column).values(column)
    database = connections[rows.db]
    first, given = found[:1].query.get_compiler(connection=database).as_sql()
    behind = found.filter(**{f"{column}__gt": RawSQL("found.value", ())})[:1].query
    following, told = behind.get_compiler(connection=database).as_sql()
    begun = ["WITH RECURSIVE found(value) AS (SELECT * FROM (", first, ") AS first"]
    steps = ["UNION ALL SELECT (", following, ") FROM found WHERE found.value IS NOT NULL)"]
    sql = " ".join([*begun, *steps, "SELECT value FROM found"])
    with database.cursor() as cursor:
        cursor.execute(sql, [*given, *told])
        return [value for (value,) in cursor.fetchall() if value is not None]
