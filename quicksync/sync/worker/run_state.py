"""The one table of a run's moves. Nobody else writes a run's state, nor when it began and ended.

Runs are moved by an UPDATE always, of which the table is a condition: a worker moves its own under
its lease (`lease.keep`, `lease.release`), people and the line move those that nobody works on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from quicksync.models import SyncRun, bulk

State = SyncRun.State

# From a state -> the states that may follow. A run that has ended stays so.
MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.PLANNING, State.CANCELLED}),
    State.PLANNING: frozenset(
        {State.DRAFT, State.RUNNING, State.DONE, State.FAILED, State.CANCELLED}
    ),
    State.DRAFT: frozenset({State.APPROVED, State.CANCELLED}),
    # What its own writes have touched is planned once more, and may turn out unsafe.
    State.APPROVED: frozenset(
        {State.DRAFT, State.RUNNING, State.DONE, State.FAILED, State.CANCELLED}
    ),
    State.RUNNING: frozenset(
        {State.DRAFT, State.RUNNING, State.DONE, State.FAILED, State.CANCELLED}
    ),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


def sources(to: str) -> list[State]:
    """The states from which a run may come to this one."""
    return [one for one, after in MOVES.items() if to in after]


def move_where(
    rows: QuerySet[SyncRun], to: str, *, at: dt.datetime | None = None, **also: Any
) -> int:
    """Move the runs that a query finds, in one UPDATE; returns how many were moved.

    What the table does not allow is no row. `also` are columns that go with this move, such as
    `reason`.
    """
    return rows.filter(state__in=sources(to)).update(**columns(to, at), **also)


def move_telling(rows: QuerySet[SyncRun], to: str, **also: Any) -> list[int]:
    """The same; returns the keys of those that were moved."""
    return bulk.moved(rows.filter(state__in=sources(to)), columns(to) | also)


def columns(to: str, at: dt.datetime | None = None) -> dict[str, Any]:
    """What a move writes: an ended run has no worker any more, one whose turn has come begins."""
    if to in ENDED:
        return {"state": to, "finished_at": at or timezone.now(), "lease_until": None}
    if to == State.PLANNING:
        return {"state": to, "started_at": at or timezone.now()}
    return {"state": to}


def in_line(**what: Any) -> SyncRun:
    """A new run that waits until the one at work has ended."""
    return SyncRun(**what, state=State.QUEUED)
