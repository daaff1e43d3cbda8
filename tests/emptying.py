"""Tables are emptied after a test that commits, as Django's own `flush` leaves them, in a twentieth
of its time.

`flush` truncates every table, which PostgreSQL does file by file on the disk, and then works out
anew every content type and every permission there is. Here only what has rows is deleted, and the
content types and permissions stay unless the test changed them.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, transaction
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase

PERMISSIONS = "django.contrib.auth.management.create_permissions"
flush = TransactionTestCase._fixture_teardown
# Database -> the apps, content types and permissions that it had when `flush` had made them anew.
_made: dict[str, Any] = {}


def empty(case: TransactionTestCase) -> None:
    """In place of a test case's own way of clearing up."""
    for alias in case._databases_names(include_mirrors=False):
        if case.available_apps is not None or _made.get(alias) != _standing(alias):
            flush(case)
            _made.update({alias: _standing(alias)})
        else:
            _delete(alias)
            _others_after_migrating(alias)


def _standing(alias: str) -> Any:
    types = ContentType.objects.using(alias).order_by("pk").values_list()
    permissions = Permission.objects.using(alias).order_by("pk").values_list()
    return tuple(apps.app_configs), list(types), list(permissions)


def _delete(alias: str) -> None:
    connection = connections[alias]
    kept = {ContentType._meta.db_table, Permission._meta.db_table}
    tables = set(connection.introspection.django_table_names(only_existing=True)) - kept
    with connection.cursor() as cursor:
        rows = (f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM \"{one}\")" for one in sorted(tables))
        cursor.execute(" UNION ALL ".join(rows))
        filled = [name for (name,) in cursor.fetchall()]
        # In any order: the foreign keys of Django's tables are looked at when the transaction ends.
        with transaction.atomic(using=alias):
            for name in filled:
                cursor.execute(f'DELETE FROM "{name}"')


def _others_after_migrating(alias: str) -> None:
    """All who fill tables after a migration, but for those whose rows stayed."""
    ContentType.objects.clear_cache()
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid=PERMISSIONS)
    try:
        emit_post_migrate_signal(0, False, alias)
    finally:
        post_migrate.connect(create_contenttypes)
        post_migrate.connect(create_permissions, dispatch_uid=PERMISSIONS)
