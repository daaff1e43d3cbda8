"""How connections stand, in figures: access, lag, what is owed, problems by cause, calls, the runs
of a month (I14).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum, prefetch_related_objects
from django.db.models.functions import TruncDate
from django.utils import timezone

from quicksync.conf import settings
from quicksync.models import Connection, EntityMapping, Operation, SyncRun
from quicksync.sync.access import app_keys, quota, standing
from quicksync.sync.plan import first_run

MONTH = 30
PROBLEMS = (
    EntityMapping.State.FAILED,
    EntityMapping.State.CONFLICT,
    EntityMapping.State.HELD,
    EntityMapping.State.UNKNOWN,
    EntityMapping.State.DRIFTED,
)


@dataclass(frozen=True)
class Cause:
    """One reason, and how many records it stops."""

    code: str
    count: int


@dataclass(frozen=True)
class Usage:
    """Calls of one connection in this calendar month; `forecast` are the metered reads that it will
    come to.
    """

    calls: int
    reads: int
    forecast: int


@dataclass(frozen=True)
class Day:
    """What ran on one day of the site's own time zone; `records` were compared or carried over."""

    date: dt.date
    good: int = 0
    failed: int = 0
    records: int = 0


@dataclass(frozen=True)
class Health:
    """One connection. `lag` is how long QuickBooks has not been read; None before the first time.

    `keyed` are the environments for which there are keys of the app at Intuit; `readable` tells
    whether an encryption key fits the access.
    """

    connection: Connection
    days_left: int | None
    lag: dt.timedelta | None
    owed: int
    unknown: int
    states: Mapping[str, int]
    causes: tuple[Cause, ...]
    usage: Usage
    works: bool
    readable: bool
    unsafe_run: int | None = None
    stuck_run: int | None = None
    keyed: frozenset[str] = frozenset()

    @property
    def problems(self) -> int:
        """Records that wait for a person."""
        return sum(self.states.values())


def of(connections: Sequence[Connection]) -> list[Health]:
    """The health of connections, in their order: nine queries, however many they are."""
    now = timezone.now()
    ids = [connection.pk for connection in connections]
    operations, states, causes = _owed(ids), _states(ids), _causes(ids)
    unsafe, stuck, keyed = _unsafe(ids), _stuck(ids, now), app_keys.keyed()
    access = standing.of(ids)
    prefetch_related_objects(connections, "clock")
    works = set(
        Connection.objects.filter(first_run.something_approved(), pk__in=ids).values_list(
            "pk", flat=True
        )
    )
    return [
        Health(
            connection=one,
            days_left=access[one.pk].days_left if one.is_live else None,
            lag=now - one.clock.read_at if one.clock.read_at else None,
            owed=sum(operations[one.pk].values()),
            unknown=operations[one.pk].get(Operation.State.UNKNOWN, 0),
            states=states[one.pk],
            causes=tuple(causes[one.pk]),
            usage=usage(one, now),
            works=one.pk in works,
            readable=access[one.pk].readable,
            unsafe_run=unsafe.get(one.pk),
            stuck_run=stuck.get(one.pk),
            keyed=keyed,
        )
        for one in connections
    ]


def _owed(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = Operation.objects.filter(connection__in=ids, state__in=Operation.OPEN).order_by()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, state, number in rows.values_list("connection", "state").annotate(n=Count("id")):
        found[pk][state] = number
    return found


def _waiting(ids: Sequence[int]) -> QuerySet[EntityMapping]:
    """Not in step is said twice, so that the index of these few can be used among a million."""
    rows = EntityMapping.objects.filter(connection__in=ids, state__in=PROBLEMS)
    return rows.exclude(state=EntityMapping.State.IN_SYNC).order_by()


def _states(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = _waiting(ids)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, state, number in rows.values_list("connection", "state").annotate(n=Count("id")):
        found[pk][state] = number
    return found


def _causes(ids: Sequence[int]) -> dict[int, list[Cause]]:
    rows = _waiting(ids).exclude(reason="")
    found: dict[int, list[Cause]] = defaultdict(list)
    counted = (
        rows.values_list("connection", "reason").annotate(n=Count("id")).order_by("-n", "reason")
    )
    for pk, code, number in counted:
        found[pk].append(Cause(code, number))
    return found


def _unsafe(ids: Sequence[int]) -> dict[int, int]:
    """The newest plan of each that waits for a separate yes."""
    rows = SyncRun.objects.filter(
        connection__in=ids, state=SyncRun.State.DRAFT, reason="unsafe-plan"
    )
    return dict(rows.order_by("id").values_list("connection", "id"))


def _stuck(ids: Sequence[int], now: dt.datetime) -> dict[int, int]:
    """Runs without a sign of life for so long that a worker should have taken them over."""
    silent = now - dt.timedelta(seconds=settings.lease_seconds * 3)
    quiet = Q(heartbeat_at__lt=silent) | Q(heartbeat_at=None, started_at__lt=silent)
    due = Q(resume_at=None) | Q(resume_at__lt=silent)
    rows = SyncRun.objects.filter(quiet & due, connection__in=ids, state__in=SyncRun.ACTIVE)
    return dict(rows.order_by("id").values_list("connection", "id"))


def usage(connection: Connection, now: dt.datetime) -> Usage:
    """Calls of this month, and what its reads come to if it goes on like this."""
    clock = connection.clock
    calls, reads = (clock.calls, clock.reads) if clock.calls_month == f"{now:%Y-%m}" else (0, 0)
    return Usage(calls, reads, quota.forecast(reads, connection.connected_at, now))


def days(connections: Iterable[Connection] | None = None) -> list[Day]:
    """The last 30 days, the oldest first, days without runs included; of all connections when none
    are named.

    Runs in which nothing happened are forgotten after `KEEP_IDLE_RUNS_DAYS` and then missing here
    too.
    """
    today = timezone.localdate()
    first = today - dt.timedelta(days=MONTH - 1)
    start = timezone.make_aware(dt.datetime.combine(first, dt.time()))
    runs = SyncRun.objects.filter(finished_at__gte=start)
    if connections is not None:
        runs = runs.filter(connection__in=list(connections))
    failed = Count("id", filter=Q(state=SyncRun.State.FAILED))
    good = Count("id", filter=Q(state=SyncRun.State.DONE))
    rows = runs.order_by().annotate(day=TruncDate("finished_at")).values_list("day")
    counted = rows.annotate(good=good, failed=failed, records=Sum("done")).values_list(
        "day", "good", "failed", "records"
    )
    found = {row[0]: Day(*row) for row in counted}
    return [
        found.get(day, Day(day)) for day in (first + dt.timedelta(days=n) for n in range(MONTH))
    ]
