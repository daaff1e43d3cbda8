"""Loose references: a record neither brings along nor waits for what they name, as an invoice does
not for its estimate (F18). Where that is not on the other side, and does not come there by its own
category's settings, the record goes without them, and its next look tries again.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

import msgspec

from quicksync.planning.case import Case
from quicksync.planning.outlook import Outlook, comes, is_lost
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Direction, Step
from quicksync.records import Record, Ref, kind_info
from quicksync.records.base import refs_in

CLAIM = "link:"
"""What the claim of a link begins with."""
Held = MutableMapping[str, int]
"""What is taken already: claim -> the key of the candidate that has it."""


def loosened(
    step: Step, case: Case, outlook: Outlook, claimed: Mapping[str, int], taken: Held
) -> Step:
    """The step without the loose references that it cannot take along; nothing is left of an update
    that was about these alone. `taken` learns which links the step makes, so that no other of the
    plan makes them again.
    """
    record = step.record
    if record is None:
        return step
    written = {change.name for change in step.changes}
    ends: dict[str, Reason | None] = {}
    for name in sorted(record.loose & written):
        for ref in refs_in(getattr(record, name)):
            told = _left_out(step, case, outlook, ref)
            claim = f"{CLAIM}{name}:{ref.kind}:{ref.id}"
            if told is None and step.direction is Direction.PUSH:
                if _others(claim, step.key, claimed, taken):
                    told = "It has another invoice already."
                else:
                    taken[claim] = step.key
                    step = msgspec.structs.replace(step, claims=(*step.claims, claim))
            if told is not None:
                ends[name] = _reason(step, outlook, name, ref, told) if told else None
    return _without(step, case, ends) if ends else step


def _left_out(step: Step, case: Case, outlook: Outlook, ref: Ref) -> str | None:
    """Why the step cannot take this along, None where it can; "" where what it names stays where it
    is, which is told of that record itself.
    """
    if comes(ref, step, outlook):
        return None
    partner = outlook.linked(ref, step.direction)
    if partner is None:
        return ""
    if is_lost(ref, partner, step, outlook):
        return "It was deleted or voided."
    named = outlook.company.loosely.get(partner) if step.direction is Direction.PUSH else None
    if named is None or step.record is None or _is_there(step, case, partner):
        return None
    if named.is_taken():
        return "It is invoiced or closed there already."
    owner = step.record.owner()
    if owner is not None and named.owner() not in (None, case.links.to_there(owner)):
        return "It belongs to somebody else."
    return None


def _is_there(step: Step, case: Case, partner: Ref) -> bool:
    """Whether the record there names it already: then nothing new is linked."""
    there = case.there
    return there is not None and any(
        partner in refs_in(getattr(there, name)) for name in there.loose
    )


def _others(claim: str, key: int, *held: Mapping[str, int]) -> bool:
    return any(one.get(claim, key) != key for one in held)


def _reason(step: Step, outlook: Outlook, name: str, ref: Ref, because: str) -> Reason:
    partner = outlook.linked(ref, step.direction)
    named = outlook.company.loosely.get(partner) if partner is not None else None
    other = named.label() if named is not None else f"the {kind_info(ref.kind).singular}"
    label = step.record.label() if step.record else step.kind
    return why(
        "link-left-out", name, label=label, other=other, kind=ref.kind, ref=ref.id, because=because
    )


def _without(step: Step, case: Case, ends: Mapping[str, Reason | None]) -> Step:
    record: Record | None = step.record
    changes = tuple(change for change in step.changes if change.name not in ends)
    if step.action is Action.UPDATE and not changes:
        # A pair that nothing was agreed on yet is agreed on, but for these.
        first = case.agreed is None and not step.partner
        return Step(
            key=step.key,
            kind=step.kind,
            action=Action.UNCHANGED,
            agree=first,
            leaves=tuple(ends) if first else (),
        )
    blank = type(record)() if record is not None else None
    values = {name: getattr(blank, name) for name in ends}
    return msgspec.structs.replace(
        step,
        record=record.replace(**values) if record is not None else None,
        changes=changes,
        # What goes there is agreed on as it is sent; what QuickBooks shows is more than comes here.
        leaves=step.leaves if step.direction is Direction.PUSH else (*step.leaves, *ends),
        warnings=(*step.warnings, *(reason for reason in ends.values() if reason is not None)),
    )
