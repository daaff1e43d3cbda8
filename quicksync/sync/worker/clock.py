"""The clock by which workers respect each other's leases: the database's, since a machine's own may
be hours off.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from quicksync.models import SyncRun

# The difference is measured anew after so many seconds.
MEASURED_FOR = 60.0
# A lease that ends so much later than any that is given now was given by a clock that was wrong.
WRONG = dt.timedelta(minutes=10)

_measured: dict[str, tuple[float, dt.datetime]] = {}


def now() -> dt.datetime:
    """This moment, as all workers see it."""
    database = connections[router.db_for_write(SyncRun)]
    if not _is_elsewhere(database):
        return timezone.now()
    ticks = time.monotonic()
    known = _measured.get(database.alias)
    if known is None or ticks - known[0] >= MEASURED_FOR:
        known = _measured[database.alias] = ticks, _ask(database)
    return known[1] + dt.timedelta(seconds=ticks - known[0])


def forget() -> None:
    """Measure again."""
    _measured.clear()


def _is_elsewhere(database: BaseDatabaseWrapper) -> bool:
    """Whether workers may be on several machines: all that share a SQLite file share its machine's
    clock.
    """
    return database.vendor == "postgresql"


def _ask(database: BaseDatabaseWrapper) -> dt.datetime:
    with database.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


__all__ = ["WRONG", "forget", "now"]
