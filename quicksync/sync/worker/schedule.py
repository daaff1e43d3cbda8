"""The schedules that everything hangs on are made when the tables are migrated, and leave with
them; whose they are is the runner's affair.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models.signals import post_migrate

from quicksync.models import Connection
from quicksync.sync.worker import queue
from quicksync.sync.worker.queue import Runner

LABEL = "quicksync"


def connect(config: AppConfig) -> None:
    """Have the schedules made whenever the tables are migrated."""
    post_migrate.connect(_migrated, sender=config, dispatch_uid="quicksync:schedules")


def ensure() -> int:
    """Make the schedules that are missing; those that are there stay. Returns how many."""
    return queue.runner().ensure()


def _migrated(using: str, **kwargs: Any) -> None:
    """Tables may be missing: a migration may end before those of the runner, or have been `migrate
    quicksync zero`.
    """
    tables = set(connections[using].introspection.table_names())
    here = [one for one in queue.usable() if _is_here(one, using, tables)]
    if Connection._meta.db_table in tables or using != router.db_for_write(Connection):
        _change_over(here)
        return
    for one in here:
        one.forget()
    if Permission._meta.db_table in tables:
        Permission.objects.using(using).filter(content_type__app_label=LABEL).delete()
    if ContentType._meta.db_table in tables:
        ContentType.objects.using(using).filter(app_label=LABEL).delete()
        ContentType.objects.clear_cache()


def _change_over(here: list[Runner]) -> None:
    """The schedules of the runner that is chosen, and of no other: a digest comes once."""
    chosen = queue.name()
    if queue.trouble_with(chosen):
        return
    mine = queue.runner()
    for other in here:
        if other.model is not mine.model:
            other.forget()
    if mine in here:
        mine.ensure()


def _is_here(runner: Runner, using: str, tables: set[str]) -> bool:
    """Whether its schedules stand in this database."""
    model = runner.model
    return using == router.db_for_write(model) and model._meta.db_table in tables
