"""Claims: names, numbers and identities that a plan gives away, each once, both ways.

QuickBooks refuses a second record of a name or number, and two records of one identity would become
duplicates. What is there already the guards see; claims are about what one plan makes: over all of
its chunks, and across the kinds that share a list of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from quicksync.planning.case import Case
from quicksync.planning.names_there import called, name_as_sent, name_key
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Direction, Step
from quicksync.records import Record

NOBODY = -1  # the key of a claim that several make at once
# What a claim is about -> the reason of the record that comes second.
_CODES = {
    "here": "duplicate-here",
    "there": "duplicate-there",
    "name": "name-taken",
    "number": "number-taken",
}


def claims_of(step: Step, case: Case) -> dict[str, str]:
    """What a step takes for itself: what it is about -> claim."""
    claims: dict[str, str] = {}
    created = step.direction if step.action is Action.CREATE else None
    joined = step.action is Action.PAIR and case.here is not None and case.there is not None
    if created is Direction.PUSH or joined:
        claims |= _identity("here", case, case.here)
    if created is Direction.PULL or joined:
        claims |= _identity("there", case, case.there)
    if step.direction is Direction.PUSH and step.action in (Action.CREATE, Action.UPDATE):
        claims |= _unique_there(step, case)
    return claims


def clashes(
    mine: Mapping[str, str], taken: Iterable[Mapping[str, int]], step: Step, case: Case
) -> tuple[Reason, ...]:
    """Why a step cannot have what it claims; `taken` map claims to the keys of those that have
    them.

    A duplicate is said to be one; that its name is taken as well says nothing more.
    """
    others = {
        about: key
        for about, claim in mine.items()
        for key in [next((held[claim] for held in taken if claim in held), step.key)]
        if key != step.key
    }
    doubles = [about for about in others if about in ("here", "there")]
    return tuple(_reason(about, others[about], step, case) for about in doubles[:1] or others)


def _identity(side: str, case: Case, record: Record | None) -> dict[str, str]:
    """By what a record is known on its own side, for kinds of which there are no two alike."""
    identity = record.identity(lambda ref: ref.id) if record is not None else None
    if identity is None or case.rules.info.may_repeat:
        return {}
    parts = identity if isinstance(identity, tuple) else (identity,)
    return {side: "|".join([side, case.candidate.kind, *(str(part) for part in parts)])}


def _unique_there(step: Step, case: Case) -> dict[str, str]:
    """The name and number that a write to QuickBooks takes there."""
    changed = {change.name for change in step.changes}
    claims = {}
    record = step.record
    name = called(step)
    number = record.number_key(lambda ref: ref.id) if record is not None else ""
    if name and "name" in changed:
        claims["name"] = name_key(case, name_as_sent(case, name))
    if number and record is not None and {"number", record.party} & changed:
        claims["number"] = f"number:{step.kind}:{number}"
    return claims


def _reason(about: str, other: int, step: Step, case: Case) -> Reason:
    if about in ("here", "there"):
        keys = [key for key in (other, step.key) if key != NOBODY]
        return why(_CODES[about], label=case.label(), count=2, keys=keys)
    values: dict[str, Any] = {
        about: called(step) if about == "name" else getattr(step.record, about),
        "singular": case.rules.info.singular,
    }
    return why(_CODES[about], about, other="another record of this plan", **values)
