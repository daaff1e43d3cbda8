"""Everything secret that a day has brought forth, and every place in which it might have been left
readable.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connections
from django_q.models import OrmQ

from quicksync.simulator.running import Running


def planted(sim: Running, *more: str) -> frozenset[str]:
    """Every token and code that the simulator has ever given out, and what else is named."""
    issued = [
        row
        for table in ("token", "code")
        for row in sim.site.tokens.db.execute(f"SELECT value FROM {table}")
    ]
    found = {str(value) for (value,) in issued} | set(more)
    assert all(len(secret) >= 16 for secret in found), (
        "So short a text might stand there by chance."
    )
    return frozenset(found)


def client_secrets(client_id: str, secret: str) -> tuple[str, str]:
    """The client's secret as it is, and as it travels."""
    return secret, base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def in_database() -> Iterator[tuple[str, str]]:
    """(table, text) of every row of every table, with what packed texts hold."""
    with connections["default"].cursor() as cursor:
        for table in connections["default"].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from ((table, repr(row)) for row in cursor.fetchall())
    yield from (("queue", repr(row.task)) for row in OrmQ.objects.all())
    yield from (("session", repr(row.get_decoded())) for row in Session.objects.all())


def readable(
    secrets: frozenset[str], places: Iterator[tuple[str, str]] | list[tuple[str, Any]]
) -> set[str]:
    """The places in which one of the secrets can be read."""
    return {place for place, text in places if any(secret in str(text) for secret in secrets)}
