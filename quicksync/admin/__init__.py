"""quicksync's pages in the Django admin: the place from which everything is set, seen and started."""

from __future__ import annotations

from quicksync.admin import (
    alerts,
    bookmarks,
    categories,
    codes,
    connections,
    journal,
    mappings,
    operations,
    runs,
    webhooks,
)
from quicksync.admin.placing import register_on

__all__ = [
    "alerts",
    "bookmarks",
    "categories",
    "codes",
    "connections",
    "journal",
    "mappings",
    "operations",
    "register_on",
    "runs",
    "webhooks",
]
