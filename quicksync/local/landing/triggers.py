"""Whether a host's table does anything by itself when a row is written."""

from __future__ import annotations

from functools import cache

from django.db import connections

_QUESTIONS = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s LIMIT 1",
    "postgresql": (
        "SELECT 1 FROM pg_class AS t WHERE t.oid = to_regclass(quote_ident(%s)) AND (t.relhasrules"
        " OR EXISTS (SELECT 1 FROM pg_trigger AS g WHERE g.tgrelid = t.oid AND NOT"
        " g.tgisinternal))"
    ),
}


@cache
def acts(using: str, table: str) -> bool:
    """Asked once for each table and process: triggers come with releases. Unknown databases may."""
    question = _QUESTIONS.get(connections[using].vendor)
    if question is None:
        return True
    with connections[using].cursor() as cursor:
        cursor.execute(question, [table])
        return cursor.fetchone() is not None
