"""References of a step: linked already, created earlier in this plan, or a reason to wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quicksync.planning.compare import Links
from quicksync.planning.policy import Company
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain, why
from quicksync.planning.scope import is_voided
from quicksync.planning.steps import Action, Candidate, Direction, Step
from quicksync.records import Record, Ref, kind_info
from quicksync.records.base import refs_in

_UNKNOWN = "it is not known there."
_WAITS = "it needs a decision, or was left out."


class Outlook:
    """What the plan knows of the records that others refer to: who they are, and what was decided
    about them.
    """

    def __init__(self, candidates: Iterable[Candidate], company: Company) -> None:
        self.company = company
        self.links = Links(company)
        self.circles: set[int] = set()
        self._here: dict[Ref, Candidate] = {}
        self._there: dict[Ref, Candidate] = {}
        self._decided: dict[int, tuple[Step, ...]] = {}
        for one in candidates:
            if one.here_ref is not None:
                self._here[one.here_ref] = one
            if one.there_ref is not None:
                self._there[one.there_ref] = one
            self.links.join(one.here_ref, one.there_ref)

    def decided(self, key: int, steps: tuple[Step, ...]) -> None:
        """From now on references to this candidate know what becomes of it."""
        self._decided[key] = steps

    def candidate(self, ref: Ref, direction: Direction) -> Candidate | None:
        """The candidate that a reference of the writing side names."""
        return (self._here if direction is Direction.PUSH else self._there).get(ref)

    def record_here(self, ref: Ref | None) -> Record | None:
        """The record of this side that one of its references names, if it is part of the plan."""
        one = self._here.get(ref) if ref is not None else None
        return one.here if one else None

    def arrives(self, one: Candidate, direction: Direction) -> bool:
        """Whether another step of this plan brings the candidate to the side that is written."""
        steps = self._decided.get(one.key, ())
        created = any(
            step.action is Action.CREATE and step.direction is direction for step in steps
        )
        return created or any(
            step.action is Action.PAIR and step.partner is not None for step in steps
        )

    def goes(self, ref: Ref, direction: Direction) -> bool:
        """Whether the pair is deleted or voided on a side: the other side has lost it, or is about
        to.
        """
        one = self.candidate(ref, direction)
        if one is None:
            return False
        return one.here_gone or one.there_gone or is_voided(one.here) or is_voided(one.there)

    def linked(self, ref: Ref, direction: Direction) -> Ref | None:
        """The partner of a reference, where it stands already: halves that this plan only joins do
        not count.
        """
        company = self.company
        known = (company.links_back if direction is Direction.PUSH else company.links).get(ref)
        one = self.candidate(ref, direction)
        if known is not None or one is None:
            return known
        return one.there_ref if direction is Direction.PUSH else one.here_ref

    def label(self, ref: Ref, direction: Direction) -> str:
        """How people call what a reference names."""
        one = self.candidate(ref, direction)
        record = (one.here or one.there) if one else None
        return record.label() if record else self.company.entries.get(ref, ref.id)

    def because(self, one: Candidate) -> str:
        """Why a candidate does not come to the other side, in words."""
        reasons = [reason for step in self._decided.get(one.key, ()) for reason in step.reasons]
        return explain(reasons[0], one.kind).sentence if reasons else _UNKNOWN


def needs(
    step: Step, outlook: Outlook, names: Iterable[str], parts: Mapping[str, frozenset[str]]
) -> tuple[tuple[Ref, ...], tuple[Reason, ...]]:
    """What a write waits for, and the reasons for which it cannot go on, from the references in the
    named fields.

    What this side has no place for in its lines (`parts`) may well name something that has no
    partner here.
    """
    waits: dict[Ref, None] = {}
    reasons: dict[tuple[str, Ref], Reason] = {}
    for name in names:
        places = parts.get(name) if step.direction is Direction.PULL else None
        for ref in refs_in(getattr(step.record, name, None), places):
            if comes(ref, step, outlook):
                waits[ref] = None
            else:
                reasons.update(
                    {(reason.code, ref): reason for reason in _obstacles(name, ref, step, outlook)}
                )
    return tuple(waits), tuple(reasons.values())


def comes(ref: Ref, step: Step, outlook: Outlook) -> bool:
    """Whether what a reference of the writing side names comes to the other side with this plan."""
    push = step.direction is Direction.PUSH
    if ref in (outlook.company.coming if push else outlook.company.arriving):
        return True
    one = outlook.candidate(ref, step.direction)
    return one is not None and outlook.arrives(one, step.direction)


def _obstacles(name: str, ref: Ref, step: Step, outlook: Outlook) -> Iterator[Reason]:
    """Why a reference cannot be used as it stands."""
    partner = outlook.linked(ref, step.direction)
    values: dict[str, Any] = {
        "other": outlook.label(ref, step.direction),
        "kind": ref.kind,
        "ref": ref.id,
    }
    if partner is None:
        yield _not_there(name, ref, step, outlook, values)
    elif is_lost(ref, partner, step, outlook):
        yield why("missing-reference", name, **values)
    elif step.direction is Direction.PUSH:
        own = step.record is not None and name in step.record.own_accounts
        yield from _unusable(name, ref, partner, outlook.company, values, own=own)


def is_lost(ref: Ref, partner: Ref, step: Step, outlook: Outlook) -> bool:
    """Whether what it names is deleted or voided, on either side."""
    return partner in outlook.company.missing or outlook.goes(ref, step.direction)


def _unusable(
    name: str, ref: Ref, partner: Ref, company: Company, values: dict[str, Any], *, own: bool
) -> Iterator[Reason]:
    if partner in company.inactive:
        yield why("inactive-reference", name, **values)
    if ref in company.outdated:
        yield why("tax-code-outdated", name, **values)
    if partner in company.receivable_accounts and not own:
        yield why("receivable-account-on-line", name, **values)


def _not_there(name: str, ref: Ref, step: Step, outlook: Outlook, values: dict[str, Any]) -> Reason:
    one = outlook.candidate(ref, step.direction)
    label = step.record.label() if step.record else step.kind
    # A code of this side is mended by choosing its partner, whatever holds the entry itself back
    # (H10).
    chosen_here = step.direction is Direction.PUSH and step.kind != ref.kind
    if kind_info(ref.kind).is_list and (one is None or chosen_here):
        if step.direction is Direction.PULL:
            return why("entry-unmapped", name, what=kind_info(ref.kind).singular, **values)
        return why(kind_info(ref.kind).unmapped, name, **values)
    if one is not None and {one.key, step.key} <= outlook.circles:
        return why("reference-cycle", name, label=label, **values)
    company = outlook.company
    refused = (company.refused if step.direction is Direction.PUSH else company.refused_there).get(
        ref
    )
    if one is None and refused is not None:
        return why(
            "reference-not-synced",
            name,
            label=label,
            because=_WAITS,
            **{**values, "other": refused},
        )
    because = outlook.because(one) if one else _UNKNOWN
    return why("reference-not-synced", name, label=label, because=because, **values)
