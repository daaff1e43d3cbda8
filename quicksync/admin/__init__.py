"""quicksync's pages in the Django admin: from here everything is set, seen and started."""

from __future__ import annotations

from quicksync.admin import connections
from quicksync.admin.connection import bookmark_admin, categories, code_admin
from quicksync.admin.record import mapping_admin
from quicksync.admin.run import operation_admin, run_admin
from quicksync.admin.site import alert_admin, journal, webhook_admin
from quicksync.admin.site.placing import register_on

__all__ = [
    "alert_admin",
    "bookmark_admin",
    "categories",
    "code_admin",
    "connections",
    "journal",
    "mapping_admin",
    "operation_admin",
    "register_on",
    "run_admin",
    "webhook_admin",
]
