"""The one table of a pair's moves: which states there are, who may move it from which to which, and
what a move writes.

Nobody else writes a pair's state, nor the columns that go with it. There are two ways to make a
move: `move` for a row in hand, which the caller saves, and `move_where` for an UPDATE, of which the
table is a condition: of two who move one pair at the same moment the second finds it as the first
has left it.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from quicksync.models import EntityMapping, bulk, plain_rows
from quicksync.planning.reasons.reason import Reason
from quicksync.records import codec
from quicksync.sync.worker.illegal import IllegalMove

State = EntityMapping.State


class By(enum.Enum):
    """Who moves a pair."""

    PLAN = "plan"  # a look at both sides, or the approval of what it found
    EXCHANGE = "exchange"  # what became of a change: sent, landed, refused, lost
    PERSON = "person"  # somebody's word about this very record


ANY = frozenset(State)
# What a person left out is taken in again by a person only.
LEFT_IN = ANY - {State.EXCLUDED}

# Who -> the state that a pair is to have -> the states from which it may come to have it.
MOVES: Mapping[By, Mapping[State, frozenset[State]]] = {
    By.PLAN: {
        State.PENDING: LEFT_IN,
        State.IN_SYNC: LEFT_IN,
        State.HELD: LEFT_IN,
        State.CONFLICT: LEFT_IN,
        State.OUTSIDE: LEFT_IN,
        State.DRIFTED: LEFT_IN,
        State.GONE: LEFT_IN,
        State.EXCLUDED: frozenset({State.EXCLUDED}),
    },
    By.EXCHANGE: {
        State.PENDING: LEFT_IN,  # what was known of it is out of date: it is compared again
        State.IN_SYNC: LEFT_IN,
        State.GONE: LEFT_IN,
        State.FAILED: LEFT_IN,
        State.HELD: LEFT_IN,
        State.UNKNOWN: frozenset({State.PENDING, State.HELD}),
        # its record in QuickBooks is another one's: a person has to say whose it is
        State.EXCLUDED: LEFT_IN,
    },
    By.PERSON: dict.fromkeys(ANY - {State.FAILED, State.UNKNOWN}, ANY),
}
# States that say why; to be waiting needs no reason, and has none.
SAYS_WHY = frozenset(
    {
        State.HELD,
        State.CONFLICT,
        State.FAILED,
        State.UNKNOWN,
        State.EXCLUDED,
        State.OUTSIDE,
        State.DRIFTED,
    }
)
NO_REASON = Reason("")
# A held record is looked at again by itself after so long; a change on either side does it at once.
LOOK_AGAIN = dt.timedelta(hours=1)

# What `move` writes to a row in hand, and to one that the caller holds locked.
COLUMNS = ("state", "reason", "reason_values", "since", "retry_at", "choice")
LOCKED = (*COLUMNS, "version")


def move(
    mapping: EntityMapping,
    to: str,
    by: By,
    *,
    why: Reason = NO_REASON,
    at: dt.datetime,
    locked: bool = False,
) -> None:
    """Move a row in hand; the caller saves its `COLUMNS`, or those of a `locked` row, `LOCKED`.

    A plan that finds a pair as it was leaves its `since`. What has been carried over answers the
    questions that were asked about it. Raises IllegalMove for a move that is not in the table, and
    for a state that the pair is not fit for.
    """
    state = _checked(to, by, why)
    if State(mapping.state) not in MOVES[by][state]:
        raise IllegalMove(
            f"{mapping} is {mapping.state}: that is not made {state} by the {by.value}."
        )
    if state == State.IN_SYNC and not _in_step(mapping):
        raise IllegalMove(
            f"{mapping} is not in step: one side is missing, or nothing was agreed on."
        )
    if by is not By.PLAN or (mapping.state, mapping.reason) != (state, why.code):
        mapping.since = at
    mapping.state, mapping.reason, mapping.reason_values = state, why.code, _plain(why)
    mapping.retry_at = _retry_at(state, at)
    if _answers(state, by):
        mapping.choice = {}
    if locked:
        mapping.version += 1


def move_where(
    rows: QuerySet[EntityMapping],
    to: str,
    by: By,
    *,
    why: Reason = NO_REASON,
    at: dt.datetime | None = None,
    looks: bool = True,
    **also: Any,
) -> list[int]:
    """Move the rows that a query finds, in one UPDATE; returns the keys of those that were moved.

    What the table does not allow is no row. A pair that is to wait is looked at again, unless
    somebody has looked already (`looks`); one that is left out is not. `also` are columns that say
    nothing of the state, such as `note`.
    """
    state, now = _checked(to, by, why), at or timezone.now()
    values: dict[str, Any] = {
        "state": state,
        "reason": why.code,
        "reason_values": _plain(why),
        "since": now,
    }
    values["retry_at"] = _retry_at(state, now)
    if state in (State.PENDING, State.EXCLUDED):
        values["touched_at"] = now if looks and state == State.PENDING else None
    if by is not By.EXCHANGE:
        values["version"] = F("version") + 1
    elif _answers(state, by):
        values["choice"] = {}
    allowed = Q(state__in=sorted(MOVES[by][state]))
    if state == State.IN_SYNC:
        allowed &= Q(object_key__isnull=False, remote_id__isnull=False)
        allowed &= Q(agreed_here__isnull=False, agreed_there__isnull=False)
    return bulk.moved(rows.filter(allowed), values | also)


def _checked(to: str, by: By, why: Reason) -> State:
    """Raises IllegalMove for a state that nobody of this sort gives, that lacks its reason, or has
    one too many.
    """
    state = State(to)
    if state not in MOVES[by]:
        raise IllegalMove(f"No pair is made {state} by the {by.value}.")
    if state in SAYS_WHY and not why.code:
        raise IllegalMove(f"A pair that is {state} says why.")
    if state == State.PENDING and why.code:
        raise IllegalMove(f"A pair that only waits has no reason to: {why.code}.")
    return state


def _in_step(mapping: EntityMapping) -> bool:
    return mapping.is_pair and mapping.agreed_here is not None and mapping.agreed_there is not None


def _retry_at(state: State, at: dt.datetime) -> dt.datetime | None:
    return at + LOOK_AGAIN if state == State.HELD else None


def _answers(state: State, by: By) -> bool:
    return by is By.EXCHANGE and state in (State.IN_SYNC, State.GONE)


def _plain(why: Reason) -> dict[str, Any]:
    plain: dict[str, Any] = codec.dump_value(why.values)
    return plain


# --- What goes with a state without being a move --------------------------------------------------


def born(at: dt.datetime, **identity: Any) -> EntityMapping:
    """The mapping of a record that had none: it waits, and wants to be looked at."""
    return EntityMapping(**identity, touched_at=at)


def born_many(
    at: dt.datetime,
    same: Mapping[str, Any],
    fields: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    known: bool = False,
) -> None:
    """The mappings of records that had none, each with its values of these fields. Some may be
    `known`, and stay as they are.
    """
    plain_rows.insert(EntityMapping, {**same, "touched_at": at}, fields, rows, known=known)


def touch(rows: QuerySet[EntityMapping], at: dt.datetime | None = None) -> int:
    """Have these pairs looked at again. Returns how many there are."""
    return rows.update(touched_at=at or timezone.now())


def touched(rows: QuerySet[EntityMapping], column: str) -> set[Any]:
    """Have these pairs looked at again. Returns what they have in this column."""
    return set(bulk.moved(rows, {"touched_at": timezone.now()}, column=column))


# What `born` writes to a mapping that was there already.
TOUCHED = ("touched_at",)


def touch_keys(keys: Any, at: dt.datetime | None = None) -> int:
    """The same by their keys, or by a query for them."""
    return touch(EntityMapping.objects.filter(pk__in=keys), at)


def ask_now(rows: QuerySet[EntityMapping]) -> int:
    """A person wants to know: these are looked at now, whatever they were to wait for."""
    return rows.update(touched_at=timezone.now(), retry_at=None)


def changed(rows: QuerySet[EntityMapping], at: dt.datetime, **values: Any) -> int:
    """These pairs have another partner or other answers: whoever saw them before looks again, and
    so does the plan.
    """
    return rows.update(**values, touched_at=at, version=F("version") + 1)


def joined(mapping: EntityMapping, partner: EntityMapping, at: dt.datetime) -> None:
    """A locked half in hand has got its other half; the caller saves `JOINED`."""
    mapping.remote_type, mapping.remote_id = partner.remote_type, partner.remote_id
    mapping.choice = {**partner.choice, **mapping.choice}
    mapping.touched_at, mapping.version = at, mapping.version + 1


JOINED = ("remote_type", "remote_id", "choice", "touched_at", "version")


def arrived(at: dt.datetime, rows: Sequence[tuple[Any, ...]]) -> None:
    """Locked halves that have got their other halves by being made here, looked at and landed in
    one: their keys, and what `ARRIVED` names. They waited, and somebody else's reason may be given
    to those that are in step all the same.
    """
    same = {
        "state": _checked(State.IN_SYNC, By.EXCHANGE, NO_REASON),
        "since": at,
        "retry_at": None,
        "touched_at": None,
        "choice": {},
        "keyed": True,
    }
    plain_rows.update(EntityMapping, same, ARRIVED, rows)


ARRIVED = (
    *("model_label", "object_key", "label", "block", "alias", "agreed_here", "agreed_there"),
    *("line_ids", "reason", "reason_values", "version"),
)


def landed(at: dt.datetime, rows: Sequence[tuple[Any, ...]]) -> None:
    """Locked halves that have got their other halves by being made here, as they were planned:
    their keys, and what `LANDED` names. They are in step, as with `arrived`.
    """
    same = {
        "state": _checked(State.IN_SYNC, By.EXCHANGE, NO_REASON),
        "since": at,
        "retry_at": None,
        "choice": {},
    }
    plain_rows.update(EntityMapping, same, LANDED, rows)


LANDED = (
    *("model_label", "object_key", "label", "agreed_here", "agreed_there"),
    *("line_ids", "reason", "reason_values", "version"),
)


def as_decided(mapping: EntityMapping, row: EntityMapping) -> None:
    """What a person has decided in `row` meanwhile counts for the row in hand too."""
    for name in COLUMNS:
        setattr(mapping, name, getattr(row, name))


def as_held(mapping: EntityMapping, row: EntityMapping, *, moved: bool) -> None:
    """The row in hand has the version of the one that is held, one more if its pair has `moved`."""
    mapping.version = row.version + moved


def planned(rows: QuerySet[EntityMapping]) -> int:
    """A plan has looked at these pairs: whatever rested on an earlier look is overtaken."""
    return rows.update(version=F("version") + 1)


def consumed(rows: QuerySet[EntityMapping]) -> int:
    """What touched these pairs has been looked at."""
    return rows.update(touched_at=None)
