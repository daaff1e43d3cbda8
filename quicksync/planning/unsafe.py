"""Unsafe plans: so much would change that a person has to say that it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Candidate, Direction, Step, Unsafe
from quicksync.records import kind_info

# Fewer changes than these, or a smaller share of a kind's pairs, are an ordinary day's work.
CHANGED_LEAST = 10
CHANGED_SHARE = 0.3
# Deletions are rarer than changes, so fewer of them are suspicious.
DELETED_LEAST = 3
DELETED_SHARE = 0.1

_REMOVES = frozenset({Action.VOID, Action.DELETE})


def unsafe(
    candidates: Mapping[int, Candidate], steps: Iterable[Step], pairs: Mapping[str, int]
) -> tuple[Unsafe, ...]:
    """The kinds of which too many pairs would be changed or deleted. What a person asked for singly
    does not count.
    """
    changed: dict[str, set[int]] = {}
    deleted: dict[str, set[int]] = {}
    for step in steps:
        one = candidates[step.key]
        if (
            one.paired
            and one.forced is Direction.NONE
            and not one.resend
            and step.action in _REMOVES | {Action.UPDATE}
        ):
            (deleted if step.action in _REMOVES else changed).setdefault(step.kind, set()).add(
                step.key
            )
    return tuple(
        row
        for kind in sorted(changed.keys() | deleted.keys())
        if (row := judge(kind, len(changed.get(kind, ())), len(deleted.get(kind, ())), pairs[kind]))
    )


def judge(kind: str, changed: int, deleted: int, pairs: int) -> Unsafe | None:
    """The verdict on one kind, by its numbers; None when the plan is safe."""
    touched = changed + deleted
    many = touched >= CHANGED_LEAST and touched > pairs * CHANGED_SHARE
    mass = deleted >= DELETED_LEAST and deleted > pairs * DELETED_SHARE
    if not (many or mass):
        return None
    plural = kind_info(kind).plural
    reason = why("unsafe-plan", changed=changed, deleted=deleted, pairs=pairs, plural=plural)
    return Unsafe(kind=kind, changed=changed, deleted=deleted, pairs=pairs, reason=reason)
