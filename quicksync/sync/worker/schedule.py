"""The schedules of django-q2 that everything hangs on; people change them in django-q2's own admin
pages.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models.signals import post_migrate
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task

from quicksync.models import Connection

LABEL = "quicksync"
DISPATCH = "quicksync.tasks.dispatch"
ALERTS = "quicksync.tasks.alerts"
NIGHTLY = "quicksync.tasks.nightly"
DIGEST = "quicksync.tasks.digest"
# The hour of the site's own time zone in which few people work.
NIGHT = dt.time(2, 30)


def connect(config: AppConfig) -> None:
    """Have the schedules made whenever the tables are migrated."""
    post_migrate.connect(_migrated, sender=config, dispatch_uid="quicksync:schedules")


def ensure() -> int:
    """Make the schedules that are missing; those that are there stay as people have set them.
    Returns how many.
    """
    missing = [row for row in _rows() if not Schedule.objects.filter(func=row.func).exists()]
    Schedule.objects.bulk_create(missing)
    return len(missing)


def _rows() -> tuple[Schedule, ...]:
    return (
        Schedule(
            name="quicksync: due runs", func=DISPATCH, schedule_type=Schedule.MINUTES, minutes=1
        ),
        Schedule(name="quicksync: alerts", func=ALERTS, schedule_type=Schedule.HOURLY),
        Schedule(
            name="quicksync: digest",
            func=DIGEST,
            schedule_type=Schedule.WEEKLY,
            next_run=_next_monday(),
        ),
        Schedule(
            name="quicksync: nightly",
            func=NIGHTLY,
            schedule_type=Schedule.DAILY,
            next_run=_next_night(),
        ),
    )


def _migrated(using: str, **kwargs: Any) -> None:
    """Tables may be missing: a migration may end before django-q2's own, or have been `migrate
    quicksync zero`.
    """
    tables = connections[using].introspection.table_names()
    here = using == router.db_for_write(Schedule) and Schedule._meta.db_table in tables
    if Connection._meta.db_table in tables or using != router.db_for_write(Connection):
        if here:
            ensure()
        return
    if here:
        forget()
    if Permission._meta.db_table in tables:
        Permission.objects.using(using).filter(content_type__app_label=LABEL).delete()
    if ContentType._meta.db_table in tables:
        ContentType.objects.using(using).filter(app_label=LABEL).delete()
        ContentType.objects.clear_cache()


def forget() -> None:
    """After `migrate quicksync zero`: no schedule is left, and no task waits or is remembered."""
    Schedule.objects.filter(func__startswith=f"{LABEL}.").delete()
    Task.objects.filter(func__startswith=f"{LABEL}.").delete()
    waiting = [row.pk for row in OrmQ.objects.all() if str(row.func()).startswith(f"{LABEL}.")]
    OrmQ.objects.filter(pk__in=waiting).delete()


def _next_monday() -> dt.datetime:
    """The morning on which a week of work begins."""
    morning = timezone.localtime().replace(hour=7, minute=0, second=0, microsecond=0)
    return morning + dt.timedelta(days=7 - morning.weekday())


def _next_night() -> dt.datetime:
    now = timezone.localtime()
    night = now.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return night if night > now else night + dt.timedelta(days=1)
