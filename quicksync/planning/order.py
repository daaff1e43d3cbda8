"""Parents before children: within a kind by the record above, across kinds by rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from quicksync.planning.steps import Candidate
from quicksync.records import Record, Ref


def in_order(
    candidates: Iterable[Candidate], couples: Mapping[int, int]
) -> tuple[list[Candidate], frozenset[int]]:
    """Candidates of one kind, parents first and by key, and the keys of those that stand above
    themselves.

    Those in a circle, and those below one, come last. The halves of `couples` are below each
    other's parents.
    """
    ordered = sorted(candidates, key=lambda one: one.key)
    parents = _parents(ordered)
    for mine, theirs in couples.items():
        shared = parents.get(mine, frozenset()) | parents.get(theirs, frozenset())
        if shared:
            parents[mine] = parents[theirs] = shared
    if not parents:
        return ordered, frozenset()
    level = _levels(parents)
    last = len(parents) + 1
    circle = frozenset(_circles(parents, {key for key in parents if key not in level}))
    ordered.sort(key=lambda one: (level.get(one.key, last) if one.key in parents else 0, one.key))
    return ordered, circle


def _parents(candidates: Sequence[Candidate]) -> dict[int, frozenset[int]]:
    """Key -> keys of the records above it, on either side, for those with any among them."""
    here: dict[Ref, int] = {one.here_ref: one.key for one in candidates if one.here_ref}
    there: dict[Ref, int] = {one.there_ref: one.key for one in candidates if one.there_ref}
    found = {}
    for one in candidates:
        above = {*_above(one.here, here), *_above(one.there, there)}
        if above:
            found[one.key] = frozenset(above)
    return found


def _above(record: Record | None, index: Mapping[Ref, int]) -> Iterable[int]:
    parent = getattr(record, "parent", None)
    return (index[parent],) if parent is not None and parent in index else ()


def _levels(parents: Mapping[int, frozenset[int]]) -> dict[int, int]:
    """How deep each record with parents lies; those in or below a circle have no level."""
    waiting = {key: sum(above in parents for above in keys) for key, keys in parents.items()}
    children: defaultdict[int, list[int]] = defaultdict(list)
    for key, keys in parents.items():
        for above in keys:
            children[above].append(key)
    ready = [key for key, count in waiting.items() if count == 0]
    level = dict.fromkeys(ready, 1)
    while ready:
        key = ready.pop()
        for child in children[key]:
            waiting[child] -= 1
            if waiting[child] == 0:
                level[child] = 1 + max(level.get(above, 0) for above in parents[child])
                ready.append(child)
    return level


def _circles(parents: Mapping[int, frozenset[int]], stuck: set[int]) -> set[int]:
    """Of the records without a level, those that something else without a level hangs below."""
    while True:
        above = {key for one in stuck for key in parents[one]} & stuck
        if above == stuck:
            return stuck
        stuck = above
