"""build: candidates, settings and what is known of the company go in, a plan comes out: always the
same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from quicksync.planning.case import Case, Rules, rules_for
from quicksync.planning.claims import NOBODY, claims_of, clashes
from quicksync.planning.decide import decide, decide_couple
from quicksync.planning.drafts import hold, skip
from quicksync.planning.guards import Look, name_changes, objections, zero_total
from quicksync.planning.loose import loosened
from quicksync.planning.matching.match import Matching, match
from quicksync.planning.names_there import as_here, suffixed
from quicksync.planning.order import in_order
from quicksync.planning.outlook import Outlook, needs
from quicksync.planning.policy import Company, Policy
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.scope import out_of_scope
from quicksync.planning.steps import WRITES, Action, Candidate, Direction, Plan, Step
from quicksync.records import Record, kind_info

Drafts = dict[int, tuple[Step, ...]]
Taken = dict[str, int]  # claim -> the key of the candidate that has it

_REMOVES = frozenset({Action.VOID, Action.DELETE})


def build(
    candidates: Iterable[Candidate],
    policies: Mapping[str, Policy],
    company: Company,
) -> Plan:
    """Decide every candidate: at least one step each, whatever order they come in.

    `policies` is by kind; a kind without one counts as switched off.
    """
    known = {one.key: one for one in candidates}
    kinds = {one.kind for one in known.values()}
    settings = {kind: policies.get(kind, Policy(kind=kind, enabled=False)) for kind in kinds}
    outlook = Outlook((known[key] for key in sorted(known)), company)
    by_kind: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in known.values():
        by_kind[one.kind].append(one)
    steps: list[Step] = []
    taken: Taken = {}
    for kind in sorted(by_kind, key=lambda kind: (kind_info(kind).rank, kind)):
        steps.extend(
            _Kind(by_kind[kind], rules_for(settings[kind]), company, outlook, taken).steps()
        )
    return Plan(steps=_arranged(steps))


def _arranged(steps: list[Step]) -> tuple[Step, ...]:
    """Voids and deletions last, children first: a payment goes before the invoice it pays."""
    removes = [step for step in steps if step.action in _REMOVES]
    return tuple([step for step in steps if step.action not in _REMOVES] + removes[::-1])


class _Kind:
    """All candidates of one kind on their way from halves to steps."""

    def __init__(
        self,
        candidates: list[Candidate],
        rules: Rules,
        company: Company,
        outlook: Outlook,
        taken: Taken,
    ) -> None:
        self.rules = rules
        self.company = company
        self.outlook = outlook
        self.by_key = {one.key: one for one in candidates}
        self.by_model = {"": rules}
        self.taken = taken  # what earlier kinds and chunks of this plan claim

    def steps(self) -> list[Step]:
        """Match the halves, decide each candidate, then look at what speaks against each write."""
        halves = [one for one in self.by_key.values() if _is_half(one)]
        policy = self.rules.policy
        near = policy.options.hold_near_matches
        matching = match(policy.kind, halves, self.outlook.links, near=near, plain=self._plain)
        for here, there in matching.couples.items():
            self.outlook.links.join(self.by_key[here].here_ref, self.by_key[there].there_ref)
        cases = {key: self._case(one) for key, one in self.by_key.items()}
        drafts = self._drafts(matching, cases)
        ordered, circle = in_order(self.by_key.values(), matching.couples)
        self.outlook.circles |= circle
        claims = self._claims(drafts, cases)
        done: list[Step] = []
        for one in ordered:
            settled = tuple(self._settle(step, cases[step.key], claims) for step in drafts[one.key])
            self.outlook.decided(one.key, settled)
            done.extend(settled)
        self.taken.update({claim: key for claim, key in claims.items() if claim not in self.taken})
        # what others wait for comes first
        done.sort(key=lambda step: step.action is not Action.PAIR)
        return done

    def _plain(self, half: Candidate) -> Record | None:
        """A half there under the name that this side would have for it."""
        return as_here(self._case(half), half.there) if half.there is not None else None

    def _case(self, candidate: Candidate) -> Case:
        return Case(candidate, self._rules_of(candidate.model), self.company, self.outlook.links)

    def _rules_of(self, model: str) -> Rules:
        """Two models of one kind need not have a place for the same fields."""
        if model not in self.by_model:
            self.by_model[model] = rules_for(self.rules.policy.of(model))
        return self.by_model[model]

    def _drafts(self, matching: Matching, cases: dict[int, Case]) -> Drafts:
        drafts: Drafts = {}
        for mine, theirs in matching.couples.items():
            self._couple(self.by_key[mine], self.by_key[theirs], cases, drafts)
        for key, held in matching.held.items():
            skipped = out_of_scope(cases[key])
            step = (
                skip(cases[key], skipped)
                if skipped
                else hold(self.by_key[key], held.reason, partner=held.partner)
            )
            drafts[key] = (step,)
        for key, case in cases.items():
            if key not in drafts:
                drafts[key] = decide(case)
        elsewhere = (self.taken, self.company.claimed)
        return {
            key: tuple(suffixed(step, cases[key], elsewhere) for step in steps)
            for key, steps in drafts.items()
        }

    def _couple(
        self, mine: Candidate, theirs: Candidate, cases: dict[int, Case], drafts: Drafts
    ) -> None:
        """Two halves with one identity are paired if either of them is in scope."""
        here, there = mine.here, theirs.there
        outside = out_of_scope(cases[mine.key]) and out_of_scope(cases[theirs.key])
        if here is None or there is None or outside:
            return
        case = cases[mine.key] = self._case(_joined(mine, theirs))
        drafts[mine.key], other = decide_couple(case, here, there, theirs)
        drafts[theirs.key] = (other,)
        # nothing holds that back, so that others may count on it in any order
        if other.action is Action.PAIR:
            self.outlook.decided(mine.key, drafts[mine.key][:1])
            self.outlook.decided(theirs.key, (other,))

    def _claims(self, drafts: Drafts, cases: dict[int, Case]) -> Taken:
        """Who has what this kind's steps claim; NOBODY where several of them claim the same."""
        taken: Taken = {}
        for key, steps in drafts.items():
            for claim in {
                claim for step in steps for claim in claims_of(step, cases[key]).values()
            }:
                taken[claim] = NOBODY if taken.get(claim, key) != key else key
        return taken

    def _settle(self, step: Step, case: Case, taken: Taken) -> Step:
        """The step as it stands, or held back by its references, its guards, and what others of the
        plan claim.
        """
        if case.rules.info.record.loose:
            step = loosened(step, case, self.outlook, self.company.claimed, self.taken)
        mine, links = claims_of(step, case), step.claims
        if step.action not in WRITES or step.record is None:
            return msgspec.structs.replace(step, claims=tuple(mine.values()))
        lost = tuple(clashes(mine, (self.taken, self.company.claimed, taken), step, case))
        names = () if step.action in _REMOVES else self._names(step, case.rules)
        waits, reasons = needs(step, self.outlook, names, case.policy.parts)
        if step.direction is Direction.PULL:
            reasons += lost
            free = msgspec.structs.replace(step, waits_for=waits, claims=(*mine.values(), *links))
            return _held_back(step, reasons) if reasons else free
        look = Look(case, step, step.record, names, self.outlook)
        if step.action is Action.CREATE and (zero := tuple(zero_total(look))):
            return skip(case, zero[0])
        reasons += objections(look) + lost
        if reasons:
            return _held_back(step, reasons)
        warnings = (*step.warnings, *name_changes(look))
        return msgspec.structs.replace(
            step, waits_for=waits, warnings=warnings, claims=(*mine.values(), *links)
        )

    @staticmethod
    def _names(step: Step, rules: Rules) -> tuple[str, ...]:
        """The fields that a write puts on the other side."""
        if step.action is Action.UPDATE:
            return tuple(change.name for change in step.changes)
        fixed = rules.fixed if step.direction is Direction.PUSH else ()
        return (*rules.fields, *fixed)


def _held_back(step: Step, reasons: tuple[Reason, ...]) -> Step:
    """The step as a hold; its changes stay, so that people see what waits."""
    held = msgspec.structs.replace(step, action=Action.HOLD, direction=Direction.NONE, record=None)
    return msgspec.structs.replace(held, reasons=reasons, leaves=())


def _is_half(one: Candidate) -> bool:
    """Whether a candidate has one side only and never had the other."""
    return not (one.paired or one.here_gone or one.there_gone) and (one.here is None) is not (
        one.there is None
    )


def _joined(mine: Candidate, theirs: Candidate) -> Candidate:
    """Two halves as one candidate under the key of the half here."""
    return msgspec.structs.replace(
        mine,
        there=theirs.there,
        there_ref=theirs.there_ref,
        there_modified=theirs.there_modified,
        there_date=theirs.there_date,
        forced=mine.forced or theirs.forced,
        needed=mine.needed or theirs.needed,
        travels=mine.travels or theirs.travels,
        choice={**theirs.choice, **mine.choice},
    )
