"""What a record is called in QuickBooks, where that is not quite its name here: without what
QuickBooks refuses in names (X11), and with a suffix where another sort of contact has the name
already (C14).

A pair keeps what each side shows, so neither the one nor the other looks like a change later. Only
where a name crosses from QuickBooks to this side does the suffix have to be taken off: `as_here`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from quicksync.options.category import CategoryOptions
from quicksync.planning.case import Case
from quicksync.planning.policy import NameEntry
from quicksync.planning.steps import Action, Direction, Step
from quicksync.records import Record
from quicksync.records.limits import FieldLimit, cleaned
from quicksync.records.spelling import fold

_WRITES_NAMES = frozenset({Action.CREATE, Action.UPDATE})


def tail_by(options: CategoryOptions) -> str:
    """What is put behind a name that is taken, with its space; "" where such a record waits."""
    return f" {options.name_suffix}" if options.name_suffix else ""


def with_tail(name: str, tail: str, limit: FieldLimit | None) -> str:
    """The name with its tail as QuickBooks takes it: where that is too long, the name is cut."""
    if limit is not None and limit.length is not None:
        limit = FieldLimit(limit.length - len(tail), limit.forbidden)
    return cleaned(name, limit) + tail


def without_tail(name: str, tail: str) -> str:
    """The name without its tail; a name that is nothing else keeps it."""
    cut = name[: -len(tail)].rstrip() if tail else ""
    return cut if cut and name[-len(tail) :].lower() == tail.lower() else name


def as_here(case: Case, there: Record) -> Record:
    """QuickBooks' record under the name that this side has for it; the very same record where that
    is no other.

    Beside a record of its own kind with the plain name, the suffix is a part of the name.
    """
    name, tail = getattr(there, "name", ""), tail_by(case.options)
    plain = without_tail(name, tail) if tail else name
    if plain == name or _own_kind_has(case, plain):
        return there
    named: Record = there.replace(name=plain)
    return named


def _own_kind_has(case: Case, name: str) -> bool:
    ref = case.candidate.there_ref
    return any(
        one.kind == case.candidate.kind and (ref is None or one.id != ref.id)
        for one in case.company.names.get(name_key(case, name), ())
    )


def name_key(case: Case, name: str) -> str:
    """The key of a name in `Company.names`."""
    info = case.rules.info
    return fold(name) if info.shares_names else f"{info.named_there}:{fold(name)}"


def name_as_sent(case: Case, name: str) -> str:
    """A name as QuickBooks will show it: without the characters it reserves, cut to its length."""
    return cleaned(name, _limit(case))


def _limit(case: Case) -> FieldLimit | None:
    return case.company.limits.get((case.candidate.kind, "name"))


def called(step: Step) -> str:
    """The name that a write gives its record."""
    told = next((change.will for change in step.changes if change.name == "name"), None)
    return str(told or getattr(step.record, "name", ""))


def others(case: Case, name: str) -> list[NameEntry]:
    """The records of QuickBooks that have the name, without the candidate's own."""
    ref = case.candidate.there_ref
    own = (case.candidate.kind, ref.id if ref else "")
    entries = case.company.names.get(name_key(case, name), ())
    return [one for one in entries if (one.kind, one.id) != own]


def suffixed(step: Step, case: Case, taken: Iterable[Mapping[str, int]]) -> Step:
    """The step, with the suffix behind its name if the name is another kind's: in QuickBooks, or by
    what `taken` say that others of the plan claim. What is no better with it stays as it is.
    """
    tail = tail_by(case.options)
    names = [change for change in step.changes if change.name == "name"]
    writes = step.direction is Direction.PUSH and step.action in _WRITES_NAMES
    if not (tail and names and writes):
        return step
    name, claimed = called(step), tuple(taken)
    sent = name_as_sent(case, name)
    holders = others(case, sent)
    if any(one.kind == case.candidate.kind for one in holders):
        return step
    longer = with_tail(without_tail(name, tail), tail, _limit(case))
    is_taken = holders or _is_claimed(sent, step, case, claimed)
    if not is_taken or others(case, longer) or _is_claimed(longer, step, case, claimed):
        return step
    changes = tuple(
        msgspec.structs.replace(change, will=longer) if change.name == "name" else change
        for change in step.changes
    )
    return msgspec.structs.replace(step, changes=changes)


def _is_claimed(name: str, step: Step, case: Case, taken: tuple[Mapping[str, int], ...]) -> bool:
    key = name_key(case, name)
    return any(held.get(key, step.key) != step.key for held in taken)
