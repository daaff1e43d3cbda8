"""A pure model of both sides and of an engine that carries plans out, for property tests."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from quicksync.planning.build import build
from quicksync.planning.compare import cross
from quicksync.planning.merge import agreement
from quicksync.planning.policy import Company, Policy
from quicksync.planning.steps import Action, Agreed, Candidate, Direction, Plan, Step
from quicksync.records import Record, Ref, kind_info


@dataclasses.dataclass
class Pair:
    """One mapping: the keys of its two halves, what was agreed, and what a person said."""

    kind: str
    here: str | None = None
    there: str | None = None
    agreed: Agreed | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)


class World:
    """Records on both sides and the pairs between them."""

    def __init__(self, policies: dict[str, Policy]) -> None:
        self.policies = policies
        self.here: dict[Ref, Record] = {}
        self.there: dict[Ref, Record] = {}
        self.pairs: dict[int, Pair] = {}
        self.partners: dict[Ref, Ref] = {}

    def __repr__(self) -> str:
        """Short enough to read: what differs from the defaults."""
        chosen = {kind: _chosen(one) for kind, one in self.policies.items()}
        sides = [
            {ref.id: msgspec.to_builtins(one) for ref, one in side.items()}
            for side in (self.here, self.there)
        ]
        return f"World({chosen}\n here={sides[0]}\n there={sides[1]}\n pairs={self.pairs})"

    # --- What planning sees -----------------------------------------------------------------------

    def company(self) -> Company:
        """What is known of the company: which references are the same record."""
        both = [
            (self.ref_here(one), self.ref_there(one))
            for one in self.pairs.values()
            if one.here and one.there
        ]
        return Company(links={theirs: mine for mine, theirs in both}, links_back=dict(both))

    def candidates(self) -> list[Candidate]:
        """All pairs and halves, as a run would gather them."""
        return [self._candidate(key, one) for key, one in self.pairs.items()]

    def _candidate(self, key: int, one: Pair) -> Candidate:
        mine = self.here.get(self.ref_here(one)) if one.here else None
        theirs = self.there.get(self.ref_there(one)) if one.there else None
        values = {
            "here_ref": self.ref_here(one) if one.here else None,
            "there_ref": self.ref_there(one) if one.there else None,
            "here": mine,
            "there": theirs,
            "agreed": one.agreed,
            "paired": bool(one.here and one.there),
            "here_gone": bool(one.here) and mine is None,
            "there_gone": bool(one.there) and theirs is None,
        }
        return Candidate(**{"key": key, "kind": one.kind, **values, **one.extra})

    def plan(self) -> Plan:
        """What the planner makes of the world as it stands."""
        return build(self.candidates(), self.policies, self.company())

    @staticmethod
    def ref_here(one: Pair) -> Ref:
        """How a pair is named on this side."""
        return Ref(one.kind, one.here or "")

    @staticmethod
    def ref_there(one: Pair) -> Ref:
        """How a pair is named in QuickBooks."""
        return Ref(one.kind, one.there or "")

    # --- What an engine does ----------------------------------------------------------------------

    def apply(self, plan: Plan) -> None:
        """Do what a plan says, to both sides and to what was agreed."""
        for step in plan.steps:
            if step.key in self.pairs:
                self._apply(step, self.pairs[step.key])

    def _apply(self, step: Step, one: Pair) -> None:
        if step.action is Action.PAIR and step.partner is not None:
            if one.here is None:
                return  # the half here speaks for both
            other = self.pairs.pop(step.partner)
            assert one.here
            assert other.there
            assert not one.there
            assert not other.here
            one.there = other.there
        if step.agree:
            self._agree(one)
        if step.direction is not Direction.NONE:
            self._write(step, one)
            self._agree(one, step.leaves)

    def _agree(self, one: Pair, leaves: tuple[str, ...] = ()) -> None:
        mine, theirs = self.here.get(self.ref_here(one)), self.there.get(self.ref_there(one))
        if mine is not None and theirs is not None:
            one.agreed = agreement(one.agreed, mine, theirs, leaves)

    def _write(self, step: Step, one: Pair) -> None:
        push = step.direction is Direction.PUSH
        side, ref = (self.there, self.ref_there(one)) if push else (self.here, self.ref_here(one))
        if step.action is Action.CREATE:
            assert ref not in side, "a second partner"
            one.there, one.here = (
                (f"n{step.key}", one.here) if push else (one.there, f"n{step.key}")
            )
            side[self.ref_there(one) if push else self.ref_here(one)] = self._crossed(
                step.record, push
            )
        elif step.action is Action.UPDATE:
            values = {change.name: cross(change.will, self._move(push)) for change in step.changes}
            side[ref] = side[ref].replace(**values)
        elif step.action is Action.VOID:
            side[ref] = side[ref].replace(
                **({"voided": True} if kind_info(one.kind).is_document else {"active": False})
            )
        else:
            del side[ref]

    def _crossed(self, record: Any, push: bool) -> Record:
        move = self._move(push)
        return record.replace(
            **{name: cross(getattr(record, name), move) for name in record.__struct_fields__}
        )

    def _move(self, push: bool) -> Any:
        """References of the writing side must have a partner by the time they are sent."""
        company = self.company()
        links = company.links_back if push else company.links
        return lambda ref: links[ref]


def _chosen(one: Policy) -> dict[str, str]:
    plain = Policy(kind=one.kind, fields=one.fields)
    names = one.__struct_fields__
    return {
        name: str(getattr(one, name))
        for name in names
        if getattr(one, name) != getattr(plain, name)
    }


def quiet(plan: Plan) -> bool:
    """Whether a plan would change nothing, not even our own books."""
    return not any(
        step.direction or step.agree or step.action is Action.PAIR for step in plan.steps
    )


def mirrored(world: World) -> World:
    """The same world seen from the other side."""
    other = World({kind: _mirrored_policy(one) for kind, one in world.policies.items()})
    other.here, other.there = dict(world.there), dict(world.here)
    for key, one in world.pairs.items():
        agreed = Agreed(one.agreed.there, one.agreed.here) if one.agreed else None
        other.pairs[key] = Pair(one.kind, one.there, one.here, agreed, _mirrored_extra(one.extra))
    return other


_SWAPPED = {
    "here": "quickbooks",
    "quickbooks": "here",
    "push": "pull",
    "pull": "push",
    "there": "here",
}


def _mirrored_policy(one: Policy) -> Policy:
    chosen = one.options
    swap = {
        name: _SWAPPED.get(value, value)
        for name in ("wins", "first_sync", "authority")
        if (value := getattr(chosen, name))
    }
    deletes = {"on_delete_here": chosen.on_delete_there, "on_delete_there": chosen.on_delete_here}
    return Policy(
        kind=one.kind,
        fields=one.fields,
        push=one.pull,
        pull=one.push,
        options=chosen.replace(**swap, **deletes),
    )


def _mirrored_extra(extra: dict[str, Any]) -> dict[str, Any]:
    names = {"here_modified": "there_modified", "there_modified": "here_modified"}
    swapped = {names.get(name, name): value for name, value in extra.items()}
    if "forced" in swapped:
        swapped["forced"] = Direction(_SWAPPED.get(swapped["forced"], ""))
    if "choice" in swapped:
        swapped["choice"] = {
            name: {"here": "there", "there": "here"}[side]
            for name, side in swapped["choice"].items()
        }
    return swapped
