"""What the clock brings, where the runner has no schedules of its own: when each thing is done
next, and which of several workers does it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils import timezone

from quicksync.models import Routine
from quicksync.sync.worker import clock

DISPATCH, ALERTS, DIGEST, NIGHTLY = "dispatch", "alerts", "digest", "nightly"
# The hour of the site's own time zone in which few people work.
NIGHT = dt.time(2, 30)


class Rule(NamedTuple):
    """`again`: so long after one has begun with it another worker may, unless it was `done`; then
    it is done next when `following` says, if that is another time.
    """

    again: dt.timedelta
    following: Callable[[], dt.datetime] | None = None


def next_hour() -> dt.datetime:
    """In an hour."""
    return timezone.now() + dt.timedelta(hours=1)


def next_monday() -> dt.datetime:
    """The morning on which a week of work begins."""
    morning = timezone.localtime().replace(hour=7, minute=0, second=0, microsecond=0)
    return morning + dt.timedelta(days=7 - morning.weekday())


def next_night() -> dt.datetime:
    """The night that comes."""
    now = timezone.localtime()
    night = now.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return night if night > now else night + dt.timedelta(days=1)


# By the names of functions in `quicksync.tasks`.
RULES: Mapping[str, Rule] = {
    DISPATCH: Rule(dt.timedelta(minutes=1)),
    ALERTS: Rule(dt.timedelta(minutes=10), next_hour),
    DIGEST: Rule(dt.timedelta(hours=1), next_monday),
    NIGHTLY: Rule(dt.timedelta(hours=6), next_night),
}
# Their first time; the others begin at once.
FIRST = {DIGEST: next_monday, NIGHTLY: next_night}


def ensure() -> int:
    """Make the rows that are missing. Returns how many."""
    there = set(Routine.objects.values_list("name", flat=True))
    missing = [
        Routine(name=name, next_at=FIRST.get(name, timezone.now)())
        for name in RULES
        if name not in there
    ]
    Routine.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def due() -> list[tuple[str, dt.datetime]]:
    """What is to be done now, and since when."""
    rows = Routine.objects.filter(name__in=RULES, next_at__lte=clock.now()).order_by("next_at")
    return list(rows.values_list("name", "next_at"))


def take(name: str, since: dt.datetime) -> dt.datetime | None:
    """Be the one who does what was due since then. Returns when it will be due again; None when
    somebody else does it.
    """
    again = clock.now() + RULES[name].again
    mine = Routine.objects.filter(name=name, next_at=since).update(next_at=again)
    return again if mine else None


def done(name: str) -> None:
    """It is done; its next time comes."""
    if following := RULES[name].following:
        Routine.objects.filter(name=name).update(next_at=following())


def hasten(name: str) -> None:
    """Have it done now."""
    now = clock.now()
    Routine.objects.filter(name=name, next_at__gt=now).update(next_at=now)


def next_look() -> dt.datetime | None:
    """When the dispatch is due, or was; None without a row."""
    return Routine.objects.filter(name=DISPATCH).values_list("next_at", flat=True).first()
