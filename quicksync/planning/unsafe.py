"""Unsafe plans: so much would change that a person has to say that it is meant."""

from __future__ import annotations

from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Unsafe
from quicksync.records import kind_info

# Fewer changes than these, or a smaller share of a kind's pairs, are an ordinary day's work.
CHANGED_LEAST = 10
CHANGED_SHARE = 0.3
# Deletions are rarer than changes, so fewer of them are suspicious.
DELETED_LEAST = 3
DELETED_SHARE = 0.1


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
