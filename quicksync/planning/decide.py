"""The decision table: what becomes of one candidate, before guards and references are looked at."""

from __future__ import annotations

import msgspec

from quicksync.planning.case import Case
from quicksync.planning.drafts import (
    conflict,
    create_here,
    create_there,
    drift,
    locked,
    off_direction,
    skip,
    step,
)
from quicksync.planning.lost import decide_gone, decide_voided
from quicksync.planning.merge import (
    Merge,
    changes,
    fixed_apart,
    merge,
    target_here,
    target_there,
)
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.scope import is_voided, out_of_scope
from quicksync.planning.steps import Action, Candidate, Direction, Step, Verdict
from quicksync.records import Record

Steps = tuple[Step, ...]


def decide(case: Case) -> Steps:
    """The steps of a candidate that holds all that is known of both sides: one, or two when each
    side won a field.
    """
    if case.joined:
        return _decide_joined(case)
    record = case.here or case.there
    if record is None:
        return (step(case, Action.GONE),)
    skipped = out_of_scope(case)
    if skipped is None and is_voided(record):
        skipped = why("voided-not-taken", label=case.label())
    if skipped is not None:
        return (skip(case, skipped),)
    return (create_here(case, record) if case.here is None else create_there(case, record),)


def decide_couple(case: Case, here: Record, there: Record, other: Candidate) -> tuple[Steps, Step]:
    """Two halves that turned out to be one record: the steps of the half here, and that of the half
    there (`other`).

    `case` has both halves under the key of the half here, which carries the writes; the other
    half's step only names its partner.
    """
    if is_voided(here) is is_voided(there):
        steps = _first_sync(case, here, there, Action.HOLD, partner=other.key)
    else:
        steps = (conflict(case, Action.HOLD, ("voided",), partner=other.key),)
    first = steps[0]
    agree = first.agree and len(steps) == 1
    return steps, msgspec.structs.replace(
        first, key=other.key, partner=case.candidate.key, agree=agree
    )


def _decide_joined(case: Case) -> Steps:
    candidate, policy = case.candidate, case.policy
    here, there = case.here, case.there
    forced = candidate.forced is not Direction.NONE
    if candidate.excluded:
        return (skip(case, why("skipped-by-user", label=case.label())),)
    both = here is not None and there is not None
    if not (policy.enabled or forced or (both and candidate.travels is not Direction.NONE)):
        return (skip(case, why("category-off", plural=case.rules.info.plural)),)
    if here is None or there is None:
        return (decide_gone(case),)
    voided = decide_voided(case, here, there)
    if voided is not None:
        return (voided,)
    if not (candidate.in_bookmark or candidate.needed or forced):
        return (skip(case, why("not-in-bookmark", plural=case.rules.info.plural)),)
    if candidate.resend:
        return _resend(case, here, there)
    return (
        _first_sync(case, here, there, Action.CONFLICT)
        if case.agreed is None
        else _later_sync(case, here, there)
    )


def _first_sync(
    case: Case, here: Record, there: Record, held: Action, partner: int | None = None
) -> Steps:
    """A pair without an agreement: joined, with the first-sync policy settling what differs, or
    held to be asked.
    """
    merged = merge(case, here, there)
    asked = merged.names(Verdict.ASK)
    if asked:
        return (conflict(case, held, asked, partner),)
    writes = _writes(case, here, there, merged, partner=partner)
    if writes and partner is None:
        return writes
    waits = merged.names(Verdict.WAIT)
    return (step(case, Action.PAIR, partner=partner, agree=not writes, leaves=waits), *writes)


def _later_sync(case: Case, here: Record, there: Record) -> Steps:
    merged = merge(case, here, there)
    asked = merged.names(Verdict.ASK)
    if asked:
        return (conflict(case, Action.CONFLICT, asked),)
    writes = (
        () if merged.blocked() else _writes(case, here, there, merged, left=merged.names(*_LEFT))
    )
    return writes or (_without_writes(case, merged),)


def _writes(
    case: Case,
    here: Record,
    there: Record,
    merged: Merge,
    *,
    left: tuple[str, ...] = (),
    partner: int | None = None,
) -> Steps:
    """The updates of a merge: one for each side that has to change. What each leaves to the other
    stays unagreed.
    """
    pushed, pulled = merged.names(Verdict.PUSH), merged.names(Verdict.PULL)
    left += merged.names(Verdict.WAIT)
    warnings = _breaches(case, merged)
    steps = []
    if pushed:
        names = (*pushed, *fixed_apart(case, there))
        record = target_there(case, here, there, pulled)
        steps.append(_update(case, Direction.PUSH, record, names, leaves=pulled + left))
    if pulled:
        record = target_here(case, here, there, pushed)
        steps.append(_update(case, Direction.PULL, record, pulled, leaves=pushed + left))
    return tuple(msgspec.structs.replace(one, warnings=warnings, partner=partner) for one in steps)


def _update(
    case: Case,
    direction: Direction,
    record: Record,
    names: tuple[str, ...],
    leaves: tuple[str, ...] = (),
) -> Step:
    rows = changes(case, names, direction)
    return step(case, Action.UPDATE, direction, record=record, changes=rows, leaves=leaves)


def _breaches(case: Case, merged: Merge) -> tuple[Reason, ...]:
    """Edits on the side that is not to be edited, in words."""
    drifted, forbidden = merged.names(Verdict.DRIFT), merged.names(Verdict.LOCKED)
    reasons = (drift(case, drifted),) if drifted else ()
    return (*reasons, locked(case, forbidden)) if forbidden else reasons


def _without_writes(case: Case, merged: Merge) -> Step:
    """Nothing is to be written, for the reason that counts most."""
    drifted, forbidden = merged.names(Verdict.DRIFT), merged.names(Verdict.LOCKED)
    if drifted or forbidden:
        action = Action.DRIFT if drifted else Action.HOLD
        return step(
            case,
            action,
            reasons=_breaches(case, merged),
            changes=changes(case, drifted + forbidden),
        )
    idle = merged.names(Verdict.IDLE)
    if idle and case.candidate.forced is Direction.NONE:
        if not case.policy.enabled:
            return skip(case, why("category-off", plural=case.rules.info.plural))
        return skip(case, off_direction(case, quickbooks=not case.can_push))
    # What changed on the side that a person did not ask about is for the next look to judge, by the
    # settings. And what may not be taken over now is not agreed on with what is.
    met = bool(merged.names(Verdict.MET))
    leaves = idle + (merged.names(Verdict.WAIT) if met else ())
    return step(case, Action.UNCHANGED, agree=met, leaves=leaves)


def _resend(case: Case, here: Record, there: Record) -> Steps:
    """Every mapped field once more, as a person asked (B10), whatever the other side says."""
    if case.candidate.forced is Direction.PULL:
        names = (*case.rules.fields, *case.rules.taken)
        return (_update(case, Direction.PULL, target_here(case, here, there), names),)
    if not case.can_push:
        return (skip(case, off_direction(case, quickbooks=True)),)
    names = tuple(
        name for name in (*case.rules.fields, *case.rules.fixed) if name not in here.create_only
    )
    return (_update(case, Direction.PUSH, target_there(case, here, there), names),)


_LEFT = (Verdict.DRIFT, Verdict.LOCKED, Verdict.IDLE)
