"""Whether half a pair may be created on the other side: category, direction, start date, bookmark,
active or not.
"""

from __future__ import annotations

import datetime as dt

from quicksync.options.choices import StartBasis, SubCustomers
from quicksync.planning.case import Case
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Direction, Step
from quicksync.records import Record


def way(case: Case) -> Direction:
    """The side that half a pair would be created on."""
    return Direction.PUSH if case.here is not None else Direction.PULL


def out_of_scope(case: Case) -> Reason | None:
    """Why half a pair is not to be created on the other side; None when it is in scope.

    What a person asked for passes, and so does what a record in scope depends on (C9, D5); what a
    person skipped never.
    """
    candidate = case.candidate
    if candidate.excluded:
        return why("skipped-by-user", label=case.label())
    if (
        way(case) is Direction.PULL
        and case.policy.models
        and candidate.model not in case.policy.models
    ):
        return why("no-model", label=case.label(), plural=case.rules.info.plural)
    if candidate.forced is way(case):
        return None
    if candidate.forced is not Direction.NONE:
        return why(
            "no-partner", label=case.label(), side=side_word(candidate.forced is Direction.PULL)
        )
    if candidate.needed:
        return None
    return _by_settings(case)


def _by_settings(case: Case) -> Reason | None:
    policy, plural = case.policy, case.rules.info.plural
    push = way(case) is Direction.PUSH
    if not policy.enabled:
        return why("category-off", plural=plural)
    if not (policy.push if push else policy.pull):
        return why("not-in-direction", plural=plural, side=side_word(push))
    if (
        policy.start_date is not None
        and not case.candidate.past
        and before_start(case, policy.start_date)
    ):
        return why("before-start-date", start=policy.start_date.isoformat(), plural=plural)
    if push and not case.candidate.in_bookmark:
        return why("not-in-bookmark", plural=plural)
    record = case.here or case.there
    if policy.options.active_only and not getattr(record, "active", True):
        return why("inactive-not-imported", label=case.label(), plural=plural)
    below = getattr(record, "parent", None) is not None
    if below and policy.options.sub_customers is SubCustomers.LEFT_OUT:
        return why("below-another", label=case.label())
    return None


def is_wanted_if_named(step: Step) -> bool:
    """Whether a record was left out for what it is: a document that comes later in the plan brings
    it along all the same (C9).
    """
    codes = {reason.code for reason in step.reasons}
    return step.action is Action.SKIP and bool(codes & {"below-another", "inactive-not-imported"})


def before_start(case: Case, start: dt.date) -> bool:
    """Whether the half lies before the start date; what has no date at all does not."""
    candidate = case.candidate
    push = way(case) is Direction.PUSH
    document = candidate.here_date if push else candidate.there_date
    moment = candidate.here_modified if push else candidate.there_modified
    modified = moment.date() if moment else None
    order = (
        (document, modified)
        if case.options.start_basis is StartBasis.DOCUMENT
        else (modified, document)
    )
    day = order[0] or order[1]
    return day is not None and day < start


def is_voided(record: Record | None) -> bool:
    """Whether a document shows itself as voided; other kinds never do."""
    return bool(getattr(record, "voided", False))


def side_word(quickbooks: bool) -> str:
    """How sentences name a side."""
    return "QuickBooks" if quickbooks else "this system"
