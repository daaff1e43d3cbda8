"""The runner django-q2: its cluster takes tasks from a broker, and has schedules of its own, which
people change in its admin pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

from quicksync.sync.worker import routines

# The path of our tasks.
OURS = "quicksync.tasks."
DISPATCH = f"{OURS}dispatch"


class DjangoQ2:
    """`quicksync.sync.worker.queue.Runner` says what each part is for."""

    model = Schedule
    command = "manage.py qcluster"
    setting = "Q_CLUSTER"
    apps = ("django_q",)

    def enqueue(self, task: str, ids: Sequence[int]) -> None:
        async_task(f"{OURS}{task}", *ids, q_options={"ack_failure": True, "save": False})

    def answers(self) -> bool:
        return bool(get_broker().ping())

    def ensure(self) -> int:
        """Those that are there stay as people have set them."""
        missing = [row for row in _rows() if not Schedule.objects.filter(func=row.func).exists()]
        Schedule.objects.bulk_create(missing)
        return len(missing)

    def forget(self) -> None:
        Schedule.objects.filter(func__startswith=OURS).delete()
        Task.objects.filter(func__startswith=OURS).delete()
        waiting = [row.pk for row in OrmQ.objects.all() if str(row.func()).startswith(OURS)]
        OrmQ.objects.filter(pk__in=waiting).delete()

    def next_look(self) -> dt.datetime | None:
        row = Schedule.objects.filter(func=DISPATCH).order_by("-next_run").first()
        found: dt.datetime | None = row.next_run if row else None
        return found


def _rows() -> tuple[Schedule, ...]:
    now = timezone.now()
    return (
        Schedule(
            name="quicksync: due runs",
            func=DISPATCH,
            schedule_type=Schedule.MINUTES,
            minutes=1,
            next_run=now,
        ),
        Schedule(
            name="quicksync: alerts",
            func=f"{OURS}alerts",
            schedule_type=Schedule.HOURLY,
            next_run=now,
        ),
        Schedule(
            name="quicksync: digest",
            func=f"{OURS}digest",
            schedule_type=Schedule.WEEKLY,
            next_run=routines.next_monday(),
        ),
        Schedule(
            name="quicksync: nightly",
            func=f"{OURS}nightly",
            schedule_type=Schedule.DAILY,
            next_run=routines.next_night(),
        ),
    )
