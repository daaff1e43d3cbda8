"""The month's metered reads of all companies against the plan at Intuit, and what is put off before
it blocks us.

Intuit meters reads of production companies by app, not by company, and refuses all of them until
the next month once the plan is used up. Before that, automatic runs come less often; what people
ask for comes at once.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from django.db.models import Min, Sum

from quicksync.conf import settings
from quicksync.models import Connection, ConnectionClock
from quicksync.quickbooks.loading import metered

# Percent of the plan that is kept for what people ask for.
RESERVE = 5
# The longest that automatic runs are put off: a company is still read once a day.
LONGEST = dt.timedelta(days=1)
# The first days say little: a first import is no habit.
LEAST_SECONDS = 3 * 86_400


@dataclass(frozen=True)
class Quota:
    """Metered reads of this calendar month; `forecast` is what they will come to. A limit of 0
    stands for none.
    """

    reads: int
    limit: int
    forecast: int

    @property
    def is_over(self) -> bool:
        return bool(self.limit) and self.reads >= self.limit

    @property
    def percent(self) -> int:
        """The used part of what the plan allows."""
        return self.reads * 100 // self.limit if self.limit else 0

    @property
    def longer(self) -> int:
        """How many times their interval automatic runs wait, so that the reads last; 0 stands for
        as long as can be.
        """
        spare = self.limit * (100 - RESERVE) // 100 - self.reads
        coming = self.forecast - self.reads
        if not self.limit or coming <= spare:
            return 1
        return -(-coming // spare) if spare > 0 else 0


def of_site(now: dt.datetime) -> Quota:
    """All companies that count against the plan; one query."""
    rows = ConnectionClock.objects.filter(
        connection__edition__in=metered(),
        connection__environment=Connection.Environment.PRODUCTION,
        calls_month=f"{now:%Y-%m}",
    )
    found = rows.aggregate(reads=Sum("reads"), first=Min("connection__connected_at"))
    reads = found["reads"] or 0
    return Quota(reads, settings.monthly_reads, forecast(reads, found["first"], now))


def forecast(reads: int, since: dt.datetime | None, now: dt.datetime) -> int:
    """What the month's reads come to if it goes on as it began; `since` is when they began, if in
    mid-month.
    """
    seconds = ((now.day - 1) * 24 + now.hour) * 3600 + now.minute * 60 + now.second
    left = monthrange(now.year, now.month)[1] * 86_400 - seconds
    if since and since > now - dt.timedelta(seconds=seconds):
        seconds = int((now - since).total_seconds())
    return reads + reads * max(0, left) // max(seconds, LEAST_SECONDS)


def stretched(interval: dt.timedelta, longer: int) -> dt.timedelta:
    """An interval while reads are short."""
    if longer == 1:
        return interval
    return max(interval, min(interval * longer, LONGEST) if longer else LONGEST)
