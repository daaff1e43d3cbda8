"""Which unpaired halves are one record. Exact identity pairs; everything less sure waits for a
person.

By what a record is known it says itself (`Record.identity`): a contact, product or list entry by
its folded name, an invoice by its number and customer, a payment by its customer, date, amount and
reference together. Nothing pairs across kinds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import msgspec

from quicksync.planning.compare import Links
from quicksync.planning.matching.near import alike, pairs_alike
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Candidate
from quicksync.records import KindInfo, Record, kind_info

__all__ = ["Held", "Matching", "match"]

_SHOWN = 5


class Held(msgspec.Struct, frozen=True):
    """A half that waits for a person, and the other half if there is one only."""

    reason: Reason
    partner: int | None = None


class Matching(msgspec.Struct):
    """What matching found: couples (key here -> key there) and the halves that wait."""

    couples: dict[int, int] = {}
    held: dict[int, Held] = {}

    def free(self, halves: Iterable[Candidate]) -> list[Candidate]:
        """The halves that nothing was found for yet."""
        done = self.couples.keys() | set(self.couples.values()) | self.held.keys()
        return [half for half in halves if half.key not in done]


def match(
    kind: str,
    halves: Sequence[Candidate],
    links: Links,
    *,
    plain: Callable[[Candidate], Record | None],
    near: bool = True,
) -> Matching:
    """Match the unpaired halves of one kind; `near` says that likeness holds a record back, and
    `plain` gives the record of a half there under the name that this side would have for it.
    """
    halves = sorted(halves, key=lambda half: half.key)
    found = Matching()
    info = kind_info(kind)
    _by_identity(info, halves, links, found)
    _by_plain_name(found.free(halves), links, plain, found)
    open_minded = [half for half in found.free(halves) if not (half.excluded or half.distinct)]
    _by_alias(open_minded, found, near=near)
    if near and info.spelt_freely:
        _by_likeness(found.free(open_minded), found)
    return found


def _by_identity(
    info: KindInfo, halves: Sequence[Candidate], links: Links, found: Matching
) -> None:
    groups: defaultdict[Hashable, list[Candidate]] = defaultdict(list)
    for half in halves:
        identity = _identity(half, links)
        if identity is not None:
            groups[identity].append(half)
    for group in groups.values():
        _pair_group(group, found, repeats=info.may_repeat)


def _by_plain_name(
    halves: Sequence[Candidate],
    links: Links,
    plain: Callable[[Candidate], Record | None],
    found: Matching,
) -> None:
    """Halves there that have a suffix behind their name, and those here without it (C14). Of those
    that are still free, each is the only one of its name on its side.
    """
    named = {half.key: plain(half) for half in halves if not half.excluded}
    here = {_identity(half, links): half for half in halves if named.get(half.key, half) is None}
    for half in halves:
        record = named.get(half.key)
        if record is not None and record is not half.there:
            mine = here.get(record.identity(lambda ref: ref))
            if mine is not None:
                found.couples[mine.key] = half.key


def _identity(half: Candidate, links: Links) -> Hashable:
    """Both sides' identities in terms of QuickBooks' references; one without a partner there is
    like no other.
    """
    if half.here is not None:
        return half.here.identity(lambda ref: links.to_there(ref) or ("here only", ref))
    return half.there.identity(lambda ref: ref) if half.there is not None else None


def _pair_group(group: list[Candidate], found: Matching, *, repeats: bool) -> None:
    """All halves of one identity: one on each side is a couple; anything else with two sides is for
    a person.
    """
    here = [half for half in group if half.here is not None and not half.excluded]
    there = [half for half in group if half.here is None and not half.excluded]
    if len(here) == len(there) == 1:
        found.couples[here[0].key] = there[0].key
    elif repeats:
        if here and there:
            _hold_each(here, there, "ambiguous-match", found)
    elif len(here) > 1 or len(there) > 1:
        _hold_side(here, there, "duplicate-here", found)
        _hold_side(there, here, "duplicate-there", found)
    elif here or there:
        _hold_beside_skipped(here or there, group, found)


def _hold_side(side: list[Candidate], other: list[Candidate], code: str, found: Matching) -> None:
    """Several of one identity are duplicates; one that faces several could be any of them."""
    if len(side) == 1:
        _hold(side[0], other, "ambiguous-match", found)
    for half in side if len(side) > 1 else ():
        found.held[half.key] = Held(
            why(code, label=_label(half), count=len(side), keys=_keys(side))
        )


def _hold_beside_skipped(alone: list[Candidate], group: list[Candidate], found: Matching) -> None:
    """The only one of its identity that is not skipped waits if one there is skipped."""
    half = alone[0]
    skipped = [
        one for one in group if one.excluded and (one.here is None) is not (half.here is None)
    ]
    if skipped:
        _hold(half, skipped, "match-skipped", found)


def _by_alias(halves: list[Candidate], found: Matching, *, near: bool) -> None:
    """Records that no name paired: the same alias, such as an e-mail address, once on each side.

    An address alone does not pair two different names, since families and firms share one; it makes
    them near.
    """
    groups: defaultdict[str, tuple[list[Candidate], list[Candidate]]] = defaultdict(
        lambda: ([], [])
    )
    for half in halves:
        record = half.here or half.there
        if record is not None and (alias := record.alias()):
            groups[alias][half.here is None].append(half)
    for here, there in groups.values():
        if len(here) == len(there) == 1 and _names_agree(here[0], there[0]):
            found.couples[here[0].key] = there[0].key
        elif near and here and there:
            _hold_each(here, there, "near-match", found)


def _names_agree(here: Candidate, there: Candidate) -> bool:
    left, right = _name(here), _name(there)
    return not left.strip() or not right.strip() or alike(left, right)


def _by_likeness(halves: list[Candidate], found: Matching) -> None:
    """Names that look alike hold both sides back until a person has looked."""
    here = {half.key: half for half in halves if half.here is not None}
    there = {half.key: half for half in halves if half.here is None}
    others: defaultdict[int, list[Candidate]] = defaultdict(list)
    for mine, theirs in pairs_alike(_names(here), _names(there)):
        others[mine].append(there[theirs])
        others[theirs].append(here[mine])
    for key, candidates in others.items():
        _hold(here.get(key) or there[key], candidates, "near-match", found)


def _hold_each(here: list[Candidate], there: list[Candidate], code: str, found: Matching) -> None:
    for half in here:
        _hold(half, there, code, found)
    for half in there:
        _hold(half, here, code, found)


def _hold(half: Candidate, others: list[Candidate], code: str, found: Matching) -> None:
    """One other half makes it near, several make it ambiguous."""
    single = others[0].key if len(others) == 1 else None
    code = "ambiguous-match" if code == "near-match" and single is None else code
    labels = [_label(one) for one in others[:_SHOWN]]
    found.held[half.key] = Held(
        why(code, label=_label(half), others=labels, keys=_keys(others)), single
    )


def _names(halves: Mapping[int, Candidate]) -> dict[int, str]:
    return {key: _name(half) for key, half in halves.items()}


def _name(half: Candidate) -> str:
    record = half.here or half.there
    return record.natural_key() if record else ""


def _label(half: Candidate) -> str:
    record = half.here or half.there
    return record.label() if record else half.kind


def _keys(halves: Iterable[Candidate]) -> list[int]:
    return [half.key for half in halves]
