"""The one table of an operation's moves, and the two ways to make one: in hand, and as an UPDATE.

Nobody else writes an operation's state, nor when it ended. What an operation carries with it (its
parcel, its bytes, when it is tried again) is its writer's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from quicksync.models import Operation, bulk, plain_rows
from quicksync.planning.reasons.reason import Reason
from quicksync.records import codec
from quicksync.sync.worker.illegal import IllegalMove

State = Operation.State

# From a state -> the states that may follow. What is done, failed, overtaken or cancelled stays so.
MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PENDING, State.SKIPPED, State.STALE, State.CANCELLED}),
    State.PENDING: frozenset({State.SENDING, State.DONE, State.FAILED, State.SKIPPED, State.STALE}),
    State.SENDING: frozenset({State.PENDING, State.UNKNOWN, State.DONE, State.FAILED, State.STALE}),
    State.UNKNOWN: frozenset(
        {State.SENDING, State.PENDING, State.UNKNOWN, State.DONE, State.FAILED, State.STALE}
    ),
    State.SKIPPED: frozenset({State.STALE}),  # a later look of its run finds something else
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.STALE: frozenset(),
    State.CANCELLED: frozenset(),
}
ENDED = frozenset(State) - {State.DRAFT, *Operation.OPEN}
# States that say why, whoever gives them; the others may.
SAYS_WHY = frozenset({State.FAILED, State.SKIPPED})
# What `move` writes to an operation in hand: whoever saves it saves these.
COLUMNS = ("state", "reason", "reason_values", "settled_at")


def sources(to: str) -> list[State]:
    """The states from which an operation may come to this one."""
    return [one for one, after in MOVES.items() if to in after]


def move(operation: Operation, to: str, *, why: Reason | None = None, at: dt.datetime) -> None:
    """Move an operation in hand; the caller saves its `COLUMNS`.

    Without a `why` it keeps the reason that it has, but what is done has none. Raises IllegalMove
    for a move that is not in the table.
    """
    if State(operation.state) not in sources(to):
        raise IllegalMove(f"{operation} is {operation.state}: that does not become {to}.")
    _checked(to, why.code if why is not None else operation.reason)
    operation.state, operation.settled_at = to, at if to in ENDED else None
    for name, value in _reason(to, why).items():
        setattr(operation, name, value)


def move_where(
    rows: QuerySet[Operation],
    to: str,
    *,
    why: Reason | None = None,
    at: dt.datetime | None = None,
    **also: Any,
) -> int:
    """Move the operations that a query finds, in one UPDATE; returns how many were moved.

    What the table does not allow is no row. `also` are columns that go with this move, such as
    `retry_at`.
    """
    return rows.filter(state__in=sources(to)).update(**_values(to, why, at), **also)


def move_telling(rows: QuerySet[Operation], to: str, *, why: Reason) -> list[int]:
    """The same; returns the keys of those that were moved."""
    return bulk.moved(rows.filter(state__in=sources(to)), _values(to, why, None))


def proposed(**what: Any) -> Operation:
    """A new operation, which nobody has approved yet."""
    return Operation(**what, state=State.DRAFT)


def landed(
    at: dt.datetime,
    same: Mapping[str, Any],
    fields: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """The history rows of what needed no decision, and is done as soon as it is written down."""
    same = {**same, "state": State.DONE, "settled_at": at}
    plain_rows.insert(Operation, same, fields, rows)


def noted(why: Reason, **what: Any) -> Operation:
    """The history row of what needed no wire and no landing."""
    now = timezone.now()
    return Operation(**what, state=State.DONE, settled_at=now, **_reason(State.SKIPPED, why))


def _values(to: str, why: Reason | None, at: dt.datetime | None) -> dict[str, Any]:
    if to in SAYS_WHY:
        _checked(to, why.code if why is not None else "")
    values = {"state": to, **_reason(to, why)}
    return values | {"settled_at": at or timezone.now()} if to in ENDED else values


def _checked(to: str, reason: str) -> None:
    if to in SAYS_WHY and not reason:
        raise IllegalMove(f"An operation that is {to} says why.")


def _reason(to: str, why: Reason | None) -> dict[str, Any]:
    if why is not None:
        return {"reason": why.code, "reason_values": codec.dump_value(why.values)}
    return {"reason": ""} if to == State.DONE else {}
