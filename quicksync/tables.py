"""Whether the database has the tables that the code expects."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Migrations that are named; the others are counted.
NAMED = 3
FIX = "Run manage.py migrate."


def behind(*apps: str) -> str:
    """The migrations that these apps still need, by name where they are few; "" when there are
    none.
    """
    executor = MigrationExecutor(connection)
    known = {label for label, _ in executor.loader.graph.leaf_nodes()}
    leaves = [
        leaf for app in apps if app in known for leaf in executor.loader.graph.leaf_nodes(app)
    ]
    plan = executor.migration_plan(leaves)
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
