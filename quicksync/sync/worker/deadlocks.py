"""Two transactions that wait for each other: the database ends one of them, and whoever can do its
work again does.
"""

from __future__ import annotations

from django.db import OperationalError

# So often before the trouble is somebody else's.
TRIES = 4
# PostgreSQL's word for it; SQLite has one writer at a time.
_DEADLOCK = "40P01"


def is_one(error: OperationalError) -> bool:
    """Whether the database ended this transaction for one that it waited for in a circle."""
    return getattr(error.__cause__, "sqlstate", "") == _DEADLOCK
