"""A window of dates: which records of the past a run takes in, although they lie before their start
date (A15).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from quicksync.models import Connection, EntityMapping
from quicksync.models.run_values import Past, Scope
from quicksync.quickbooks.messages import moment
from quicksync.sync.pairs.sides import Both, date_of

# The name under which a run's scope keeps its window, and under which a half remembers that it was
# wanted.
NAME = "past"
BEFORE_START = "before-start-date"


@dataclass(frozen=True)
class Window:
    """From `since` to `until`, both included; `direction` is "push", "pull" or "" for both ways."""

    since: dt.date
    until: dt.date
    kinds: tuple[str, ...]
    direction: str = ""

    @classmethod
    def of(cls, scope: Scope) -> Window | None:
        """The window of a run, if it has one."""
        past = scope.past
        return cls(past.since, past.until, past.kinds, past.direction) if past else None

    def as_scope(self) -> Scope:
        """For the scope of a run."""
        return Scope(past=Past(self.since, self.until, self.kinds, self.direction))

    def halves(self, connection: Connection | int) -> QuerySet[EntityMapping]:
        """What stayed out for its date, on the side that is read; whether it lies in the window
        shows its record.
        """
        rows = EntityMapping.objects.filter(
            connection=connection, kind__in=self.kinds, reason=BEFORE_START
        )
        rows = rows.filter(
            Q(object_key=None) | Q(remote_id=None), state=EntityMapping.State.OUTSIDE
        )
        return rows.filter(object_key__isnull=self.direction == "pull") if self.direction else rows

    def takes(self, side: Both) -> bool:
        """Whether a record lies in the window: by its own date, or when it was last changed if it
        has none.
        """
        mapping = side.mapping
        if mapping.is_pair or mapping.kind not in self.kinds:
            return False
        if self.direction and self.direction != ("pull" if mapping.object_key is None else "push"):
            return False
        day = _day(side)
        return day is not None and self.since <= day <= self.until


def _day(side: Both) -> dt.date | None:
    found = side.found
    own = found.date if found else date_of(side.there)
    if own is not None:
        return own
    changed = (
        found.modified if found else moment(side.there_row.modified) if side.there_row else None
    )
    return timezone.localtime(changed).date() if changed else None
