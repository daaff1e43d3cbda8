"""A condition on a column and many values, told to the database as one parameter.

Django's `__in` spells out a placeholder for each value, asks the column's field about it twice, and
makes another statement of each number of values. For the keys of a page that is most of a query.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# Values of these fields stand in the database as they are; others are prepared one by one.
_PLAIN: dict[type[models.Field[Any, Any]], type] = {
    models.AutoField: int,
    models.BigAutoField: int,
    models.BigIntegerField: int,
    models.IntegerField: int,
    models.CharField: str,
}


class Among(models.Func):
    """Rows whose column has one of these values: `rows.filter(Among("remote_id", ids))`.

    It reads as `column IN (...)`: nothing is among no values, nor is what has none.
    """

    output_field = models.BooleanField()

    def __init__(self, column: str, values: Iterable[Any]) -> None:
        super().__init__(models.F(column))
        self.values = list(values)

    def as_sql(
        self,
        compiler: Any,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> Any:
        """Spelled out, for a database that takes no list."""
        (column,) = self.source_expressions
        field: Any = column.output_field
        known = dict.fromkeys(field.get_db_prep_value(one, connection) for one in self.values)
        known.pop(None, None)
        if not known:
            raise EmptyResultSet
        sql, params = compiler.compile(column)
        return f"{sql} IN ({', '.join(['%s'] * len(known))})", (*params, *known)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        """As one text that the database takes apart."""
        if not self._is_plain():
            return self.as_sql(compiler, connection)
        sql, params = compiler.compile(self.source_expressions[0])
        told = msgspec.json.encode(self.values).decode()
        return " ".join([sql, "IN", "(SELECT value FROM json_each(%s))"]), (*params, told)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        """As an array."""
        if not self._is_plain():
            return self.as_sql(compiler, connection)
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s)", (*params, self.values)

    def _is_plain(self) -> bool:
        (column,) = self.source_expressions
        wanted = _PLAIN.get(type(column.output_field))
        if isinstance(column.output_field, models.ForeignKey):
            wanted = _PLAIN.get(type(column.output_field.target_field))
        return bool(self.values) and all(type(one) is wanted for one in self.values)
