"""How steps are drafted: one constructor for each thing that can be decided about a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from quicksync.planning.case import Case
from quicksync.planning.merge import changes, target_here, target_there
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.scope import side_word
from quicksync.planning.steps import WRITES, Action, Candidate, Direction, Step
from quicksync.records import Record


def step(case: Case, action: Action, direction: Direction = Direction.NONE, **more: Any) -> Step:
    """A step of this case. What neither side is told of is not agreed on, so that it is carried
    over once it is told.
    """
    one = Step(
        key=case.candidate.key, kind=case.candidate.kind, action=action, direction=direction, **more
    )
    unsaid = case.rules.unsaid(case.here, case.there) if one.agree or action in WRITES else ()
    return msgspec.structs.replace(one, leaves=(*one.leaves, *unsaid)) if unsaid else one


def skip(case: Case, reason: Reason) -> Step:
    """Out of scope."""
    return step(case, Action.SKIP, reasons=(reason,))


def hold(candidate: Candidate, *reasons: Reason, partner: int | None = None) -> Step:
    """The candidate waits for a person, or for another record."""
    return Step(
        key=candidate.key, kind=candidate.kind, action=Action.HOLD, reasons=reasons, partner=partner
    )


def create_there(case: Case, here: Record) -> Step:
    """QuickBooks gets what this side has."""
    record = target_there(case, here, None)
    return _create(case, record, Direction.PUSH, (*case.rules.fields, *case.rules.fixed))


def create_here(case: Case, there: Record) -> Step:
    """This side gets what QuickBooks has."""
    return _create(case, target_here(case, None, there), Direction.PULL, case.rules.fields)


def _create(case: Case, record: Record, direction: Direction, names: Iterable[str]) -> Step:
    blank = type(record)()
    filled = [name for name in names if getattr(record, name) != getattr(blank, name)]
    return step(
        case, Action.CREATE, direction, record=record, changes=changes(case, filled, direction)
    )


def conflict(case: Case, action: Action, names: Iterable[str], partner: int | None = None) -> Step:
    """Both sides say something else, and a person decides."""
    names = tuple(names)
    reason = why("conflict", fields=field_words(case, names), label=case.label())
    return step(case, action, reasons=(reason,), changes=changes(case, names), partner=partner)


def drift(case: Case, names: Iterable[str]) -> Reason:
    """Fields that were changed in QuickBooks, where they are not to be edited."""
    return why("drift-changed", fields=field_words(case, names), label=case.label())


def locked(case: Case, names: Iterable[str]) -> Reason:
    """Fields that were changed here, where they are not to be edited."""
    return why("read-only-here", fields=field_words(case, names), label=case.label())


def off_direction(case: Case, quickbooks: bool) -> Reason:
    """The category does not carry changes over to this side."""
    return why("not-in-direction", plural=case.rules.info.plural, side=side_word(quickbooks))


def field_words(case: Case, names: Iterable[str]) -> str:
    """Fields in words for people."""
    record = case.rules.info.record
    return ", ".join(record.field_label(name) for name in names)
