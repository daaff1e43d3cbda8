"""quicksync's pages in the Django admin: the place from which everything is set, seen and
started.
"""

from __future__ import annotations

from quicksync.admin import connections
from quicksync.admin.connection import bookmarks, categories, code_admin
from quicksync.admin.record import mapping_admin
from quicksync.admin.run import operation_admin, run_admin
from quicksync.admin.site import alerts, journal, webhooks
from quicksync.admin.site.placing import register_on

__all__ = [
    "alerts",
    "bookmarks",
    "categories",
    "code_admin",
    "connections",
    "journal",
    "mapping_admin",
    "operation_admin",
    "register_on",
    "run_admin",
    "webhooks",
]
