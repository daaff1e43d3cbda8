"""The three-way merge: here against what was agreed here, there against what was agreed there,
field by field.

Fields that only make sense together (`Record.together`) are one value: both sides' edits of it are
never mixed.

Agreed is kept per side because the wire is lossy: each side is compared with its own past. The two
sides are compared with each other only to see whether they came to say the same, and then through
the links between references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from quicksync.options.choices import Authority, Wins
from quicksync.planning.case import Case
from quicksync.planning.compare import can_cross, cross, same, same_across, within
from quicksync.planning.names_there import as_here
from quicksync.planning.steps import (
    Agreed,
    Candidate,
    Direction,
    FieldChange,
    Judged,
    Verdict,
)
from quicksync.records import Record, is_empty
from quicksync.records.base import refs_in
from quicksync.records.spelling import fold


class Merge(msgspec.Struct, frozen=True):
    """All fields of one candidate, judged."""

    fields: tuple[Judged, ...]

    def names(self, *verdicts: Verdict) -> tuple[str, ...]:
        """The fields with one of these verdicts, in the record's order."""
        return tuple(one.name for one in self.fields if one.verdict in verdicts)

    def blocked(self) -> bool:
        """Whether a field that both sides changed waits for a person although the settings name a
        master.
        """
        return any(
            one.contested and one.verdict in (Verdict.DRIFT, Verdict.LOCKED) for one in self.fields
        )


def merge(case: Case, here: Record, there: Record) -> Merge:
    """Every compared field judged: against the agreement, or by the first-sync policy when there is
    none yet.

    Fields that are one value (`Record.together`) get one verdict where the sides differ: all of it
    is one side's. What is only taken over comes last.
    """
    judge = _first if case.agreed is None else _later
    found = {
        one.name: one
        for names in case.rules.groups
        for one in _no_edit(case, names, here, there) or judge(case, names, here, there)
    }
    judged = tuple(found[name] for name in case.rules.fields)
    pushes = any(one.verdict is Verdict.PUSH for one in judged)
    news = Verdict.PULL if case.can_pull and not pushes else Verdict.WAIT
    taken = (
        Judged(name, news if _is_news(case, name, here, there) else Verdict.SAME)
        for name in case.rules.taken
    )
    return Merge((*judged, *taken))


def _no_edit(case: Case, names: tuple[str, ...], here: Record, there: Record) -> tuple[Judged, ...]:
    """A field whose difference is nobody's edit: a loose reference to what the other side does not
    have, or a value at which a side has arrived by itself.
    """
    record, name = case.rules.info.record, names[0]
    verdict = None
    if name in record.loose:
        verdict = None if _crosses(case, name, here, there) else Verdict.WAIT
    elif name in record.arrives and not case.answer(name):
        verdict = _arrived(case, name, here, there)
    return (Judged(name, verdict),) if verdict is not None else ()


def _crosses(case: Case, name: str, here: Record, there: Record) -> bool:
    """Whether what either side names in a field is on the other side, or comes there."""
    company, links = case.company, case.links
    return all(
        ref in company.coming or links.to_there(ref) is not None
        for ref in refs_in(getattr(here, name))
    ) and all(
        ref in company.arriving or links.to_here(ref) is not None
        for ref in refs_in(getattr(there, name))
    )


def _arrived(case: Case, name: str, here: Record, there: Record) -> Verdict | None:
    """What becomes of a field at whose values a side arrives by itself: they are taken over and
    never sent, and nothing is sent over them. None where both sides' values are people's.
    """
    values, old = case.rules.info.record.arrives[name], case.agreed
    mine, theirs = getattr(here, name), getattr(there, name)
    was_mine = getattr(old.here, name) if old is not None else mine
    was_theirs = getattr(old.there, name) if old is not None else theirs
    if mine == theirs:
        return None
    over = Verdict.PULL if case.can_pull else Verdict.MET
    if theirs in values:
        asked = case.candidate.forced is Direction.PULL or old is None
        if theirs != was_theirs or asked:
            return over
        return Verdict.WAIT if mine != was_mine else Verdict.SAME
    if mine in values:
        if theirs != was_theirs:
            return over
        return Verdict.MET if mine != was_mine else Verdict.SAME
    if was_theirs not in values:
        return None
    # It is left there by itself as well.
    return _changed(case, name, True, False) if mine != was_mine else over


def _is_news(case: Case, name: str, here: Record, there: Record) -> bool:
    """Whether QuickBooks has worked out something else in a field that is only taken over.

    A value that was put in on this side stays until QuickBooks has news of its own; "Get" asks for
    what it shows in any case.
    """
    theirs, old = getattr(there, name), case.agreed
    if theirs is None or same_across(getattr(here, name), theirs, case.links):
        return False
    return (
        old is None
        or case.candidate.forced is Direction.PULL
        or not same(theirs, getattr(old.there, name))
    )


def changed_since(
    record: Record,
    agreed: Record,
    fields: Iterable[str],
    shown: Mapping[str, frozenset[str]],
) -> tuple[str, ...]:
    """The fields in which a side differs from what was agreed on it; `shown` as in Policy."""

    def told(one: Record, name: str) -> object:
        return within(getattr(one, name), shown.get(name))

    return tuple(name for name in fields if not same(told(record, name), told(agreed, name)))


def is_arrival(name: str, record: Record, agreed: Record) -> bool:
    """Whether a side has come to its value, or left its former one, by itself."""
    values = record.arrives.get(name, frozenset())
    return getattr(record, name) in values or getattr(agreed, name) in values


def changes(
    case: Case, names: Iterable[str], direction: Direction = Direction.NONE
) -> tuple[FieldChange, ...]:
    """The named fields as people see them. `will` is what the writing side says, if one writes."""
    here, there, agreed = case.here, case.there, case.agreed
    taken = as_here(case, there) if there is not None else None
    rows = []
    for name in names:
        mine = getattr(here, name, None)
        theirs = getattr(there, name, None)
        rows.append(
            FieldChange(
                name=name,
                agreed=getattr(agreed.here, name) if agreed else None,
                here=mine,
                there=theirs,
                will={
                    Direction.PUSH: case.rules.fixed.get(name, mine),
                    Direction.PULL: getattr(taken, name, None),
                }.get(direction),
                conflict=direction is Direction.NONE,
            )
        )
    return tuple(rows)


def target_there(
    case: Case, here: Record, there: Record | None, pulled: Iterable[str] = ()
) -> Record:
    """What QuickBooks shall show, in references of here: this side's record, with what the other
    side won.
    """
    values: dict[str, Any] = {}
    theirs = as_here(case, there) if there is not None else None
    for name in pulled:
        value = getattr(theirs, name)
        if can_cross(value, case.links.to_here):
            values[name] = cross(value, case.links.to_here)
    if there is None:
        values |= case.rules.left_alone
    return _with(here, {**values, **case.rules.absent, **case.rules.fixed})


def target_here(
    case: Case, here: Record | None, there: Record, pushed: Iterable[str] = ()
) -> Record:
    """What this side shall show, in references of there: theirs, with what this side won."""
    values: dict[str, Any] = {}
    for name in pushed:
        value = getattr(here, name)
        if can_cross(value, case.links.to_there):
            values[name] = cross(value, case.links.to_there)
    if here is None:
        values |= case.rules.left_alone
    return _with(as_here(case, there), {**values, **case.rules.absent})


def fixed_apart(case: Case, there: Record) -> tuple[str, ...]:
    """The fields with a fixed value that QuickBooks does not show: they go along with any write."""
    fixed = case.rules.fixed
    return tuple(
        name
        for name, value in fixed.items()
        if not same_across(value, getattr(there, name), case.links)
    )


def agreement(
    before: Agreed | None, here: Record, there: Record, leaves: Iterable[str] = ()
) -> Agreed:
    """What to store as agreed once a step has settled: what both sides show, but the old values in
    what it leaves.

    Where nothing was agreed before, a field that is left counts as empty on both sides until then.
    """
    names = tuple(leaves)
    old = before or Agreed(type(here)(), type(there)())
    return Agreed(
        here=_with(here, {name: getattr(old.here, name) for name in names}),
        there=_with(there, {name: getattr(old.there, name) for name in names}),
    )


def winner(wins: Wins, candidate: Candidate) -> Direction:
    """Who wins a field that both sides changed; NONE when a person must say. Equal or unknown times
    ask too.
    """
    if wins is Wins.HERE:
        return Direction.PUSH
    if wins is Wins.QUICKBOOKS:
        return Direction.PULL
    mine, theirs = candidate.here_modified, candidate.there_modified
    if wins is Wins.ASK or mine is None or theirs is None or mine == theirs:
        return Direction.NONE
    return Direction.PUSH if mine > theirs else Direction.PULL


def _first(case: Case, names: tuple[str, ...], here: Record, there: Record) -> Iterator[Judged]:
    """One value of a pair without an agreement."""
    apart = _apart(case, names, here, there)
    taken = as_here(case, there)
    mine, theirs = [getattr(here, name) for name in apart], [getattr(taken, name) for name in apart]
    verdict = _at_first(case, apart[0], mine, theirs) if apart else Verdict.SAME
    for name in names:
        if name not in apart or verdict is Verdict.SAME:
            yield Judged(name, Verdict.SAME)
        elif verdict is Verdict.ASK:
            yield Judged(name, verdict, contested=True)
        else:
            yield _allowed_first(case, name, verdict, getattr(there, name))


def _at_first(case: Case, name: str, mine: list[Any], theirs: list[Any]) -> Verdict:
    """An empty side takes over the other's value, unless a person is asked; `name` is a field."""
    answer = _ANSWERS.get(case.answer(name))
    empty_here, empty_there = all(map(is_empty, mine)), all(map(is_empty, theirs))
    if empty_here or empty_there:
        if case.options.first_sync is Wins.ASK and answer is None:
            return Verdict.SAME
        return answer or (Verdict.PULL if empty_here else Verdict.PUSH)
    if answer is not None:
        return answer
    won = _BY_WINNER[winner(case.options.first_sync, case.candidate)]
    if won is Verdict.ASK and all(map(_spelt_alike, mine, theirs)):
        return Verdict.SAME
    return won


def _spelt_alike(mine: Any, theirs: Any) -> bool:
    """Nobody is asked about capitals and spaces: what they paired by may differ in them."""
    return isinstance(mine, str) and isinstance(theirs, str) and fold(mine) == fold(theirs)


def _allowed_first(case: Case, name: str, verdict: Verdict, theirs: Any) -> Judged:
    """At the first sync a field that may not be carried over is agreed on as each side shows it."""
    record = case.here
    frozen = record is not None and name in record.create_only and not is_empty(theirs)
    if verdict is Verdict.PUSH and (frozen or not _may(case, name, Verdict.PUSH)):
        return Judged(name, Verdict.IDLE)
    if verdict is Verdict.PULL and not _may(case, name, Verdict.PULL):
        return Judged(name, Verdict.IDLE)
    return Judged(name, verdict)


def _later(case: Case, names: tuple[str, ...], here: Record, there: Record) -> Iterator[Judged]:
    """One value of a pair with an agreement. What both sides changed to the same is no dispute."""
    old: Any = case.agreed
    shown = case.policy.shown
    left = changed_since(here, old.here, names, shown)
    right = changed_since(there, old.there, names, shown)
    changed = {*left, *right}
    apart = _apart(case, [name for name in names if name in changed], here, there)
    mine, theirs = not set(left).isdisjoint(apart), not set(right).isdisjoint(apart)
    verdict = _changed(case, apart[0], mine, theirs) if apart else Verdict.MET
    for name in names:
        if name in apart:
            yield Judged(name, verdict, contested=mine and theirs)
        else:
            yield Judged(name, Verdict.MET if name in changed else Verdict.SAME)


def _apart(case: Case, names: Iterable[str], here: Record, there: Record) -> tuple[str, ...]:
    """Those in which the sides say something else, under whichever name QuickBooks has it."""
    shown, taken = case.policy.shown, as_here(case, there)
    ways = (there,) if taken is there else (there, taken)

    def met(name: str) -> bool:
        mine, parts = getattr(here, name), shown.get(name)
        return any(same_across(mine, within(getattr(one, name), parts), case.links) for one in ways)

    return tuple(name for name in names if not met(name))


def _changed(case: Case, name: str, left: bool, right: bool) -> Verdict:
    """A value that changed on one side or on both; `name` is one of its fields."""
    verdict = (
        _ANSWERS.get(case.answer(name))
        or _by_authority(case, left, right)
        or _by_winner(case, left, right)
    )
    return _by_direction(case, name, verdict)


def _by_authority(case: Case, left: bool, right: bool) -> Verdict | None:
    """A change on the side that is not to be edited; "Send" and "Get" on this very record pass over
    it.
    """
    authority, forced = case.options.authority, case.candidate.forced
    breach = Verdict.DRIFT if authority is Authority.HERE and right else None
    if authority is Authority.QUICKBOOKS and left:
        breach = Verdict.LOCKED
    if breach is None or forced is Direction.NONE:
        return breach
    return Verdict.PUSH if forced is Direction.PUSH else Verdict.PULL


def _by_winner(case: Case, left: bool, right: bool) -> Verdict:
    if left and right:
        return _BY_WINNER[winner(case.options.wins, case.candidate)]
    return Verdict.PUSH if left else Verdict.PULL


def _by_direction(case: Case, name: str, verdict: Verdict) -> Verdict:
    """A change that the category does not carry over: of a document in QuickBooks, drift (I13)."""
    if verdict not in (Verdict.PUSH, Verdict.PULL) or _may(case, name, verdict):
        return verdict
    forced = case.candidate.forced
    if verdict is Verdict.PULL and case.rules.info.is_document and not case.policy.pull:
        return Verdict.PUSH if forced is Direction.PUSH else Verdict.DRIFT
    return Verdict.IDLE


def _may(case: Case, name: str, verdict: Verdict) -> bool:
    """A person's answer about a field passes over the category's direction."""
    if _ANSWERS.get(case.answer(name)) is verdict:
        return True
    return case.can_push if verdict is Verdict.PUSH else case.can_pull


def _with(record: Record, values: dict[str, Any]) -> Record:
    copy: Record = record.replace(**values) if values else record
    return copy


_BY_WINNER = {
    Direction.PUSH: Verdict.PUSH,
    Direction.PULL: Verdict.PULL,
    Direction.NONE: Verdict.ASK,
}
_ANSWERS = {"here": Verdict.PUSH, "there": Verdict.PULL}
