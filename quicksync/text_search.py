"""Search for a part of a text, anywhere in it, among a million rows: with an index where PostgreSQL
has its extension pg_trgm, by reading the table elsewhere. Nothing needs to be installed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.apps import AppConfig
from django.db import DatabaseError, connections, router, transaction
from django.db.models import Case, F, Func, Model, Q, QuerySet, TextField, Value, When
from django.db.models.signals import post_migrate

log = logging.getLogger("quicksync.search")

EXTENSION = "pg_trgm"
# An index of trigrams knows no shorter ones; those are sought as whole words, which it does know.
SHORTEST = 3

T = TypeVar("T", bound=Model)


class Joined(Func):
    """Columns as one text, each with a blank before and behind it."""

    output_field = TextField()

    def as_sql(
        self, compiler: Any, connection: Any, *args: Any, **kwargs: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """The same on every database, and in the index."""
        compiled = [compiler.compile(column) for column in self.source_expressions]
        params = tuple(param for _sql, values in compiled for param in values)
        return joined(sql for sql, _values in compiled), params


def joined(columns: Iterable[str]) -> str:
    """SQL for `Joined`."""
    return "(' ' || " + " || ' ' || ".join(f"COALESCE({one}, '')" for one in columns) + " || ' ')"


@dataclass(frozen=True)
class SearchedText:
    """The columns of a model that are searched together; `name` is that of their index.

    A part of those in `whole` is not enough. `only` are the rows that are searched and in the
    index: a column and the values that it has.
    """

    model: type[Model]
    name: str
    columns: tuple[str, ...]
    whole: tuple[str, ...] = ()
    only: tuple[str, tuple[str, ...]] | None = None

    def holding(self, rows: QuerySet[T], term: str) -> QuerySet[T]:
        """Those that have every word of the term somewhere; words of one or two signs as wholes."""
        found: Any = rows.alias(searched_text=Joined(*map(F, (*self.columns, *self.whole))))
        if self.only:
            found = found.filter(**{f"{self.only[0]}__in": self.only[1]})
        for word in term.split():
            short = len(word) < SHORTEST
            found = found.filter(searched_text__icontains=f" {word} " if short else word)
            if self.whole and not short:
                parts = [Q(**{f"{column}__icontains": word}) for column in self.columns]
                wholes = [Q(**{f"{column}__iexact": word}) for column in self.whole]
                # As a case, of which PostgreSQL expects that half of them pass: of an OR it would
                # expect a few, and sort half a million of them.
                found = found.filter(_case(reduce(or_, [*parts, *wholes])))
        chosen: QuerySet[T] = found
        return chosen

    def ensure(self, using: str) -> bool:
        """Make the index where it can be and is not. Returns whether it is there."""
        database = connections[using]
        if database.vendor != "postgresql":
            return False
        table = self.model._meta.db_table
        with database.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [self.name])
            if cursor.fetchone()[0]:
                return True
            if not (schema := extension(using)):
                return False
            quote = database.ops.quote_name
            columns = (*self.columns, *self.whole)
            text = joined(map(quote, columns))
            # As `icontains` writes it.
            cursor.execute(
                f"CREATE INDEX {quote(self.name)} ON {quote(table)} USING gin"
                f" (UPPER({text}::text) {quote(schema)}.gin_trgm_ops) {self._condition(quote)}"
            )
            # How often a part occurs is known of an index only once it has been looked at.
            cursor.execute(f"ANALYZE {quote(table)}")
        return True

    def _condition(self, quote: Any) -> str:
        if self.only is None:
            return ""
        column, values = self.only
        listed = ", ".join(f"'{value}'" for value in values)
        return f"WHERE {quote(column)} IN ({listed})"


def _case(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def connect(config: AppConfig, *texts: SearchedText) -> None:
    """Have their indexes made whenever the tables are migrated, once that is possible."""

    def migrated(using: str, **kwargs: Any) -> None:
        tables = set(connections[using].introspection.table_names())
        for text in texts:
            if text.model._meta.db_table in tables and router.allow_migrate_model(
                using, text.model
            ):
                text.ensure(using)

    name = f"quicksync:search:{config.label}"
    post_migrate.connect(migrated, sender=config, dispatch_uid=name, weak=False)


def extension(using: str) -> str:
    """The schema that pg_trgm is in; made if it is not there and may be made, else ""."""
    if schema := _schema(using):
        return schema
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except DatabaseError as error:
        # The owner of a database may make it since PostgreSQL 13; some hosts take even that away.
        log.warning(
            "searches read whole tables: %s cannot be made (%s)",
            EXTENSION,
            type(error).__name__,
            extra={"action": "no_trigrams"},
        )
        return ""
    return _schema(using)


def _schema(using: str) -> str:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
            " WHERE extname = %s",
            [EXTENSION],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def lacks_index(text: SearchedText) -> bool:
    """Whether a search of this text reads the whole table although PostgreSQL could do without."""
    database = connections[QuerySet(text.model).db]
    if database.vendor != "postgresql":
        return False
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NULL",
            [text.model._meta.db_table, text.name],
        )
        return bool(cursor.fetchone()[0])
