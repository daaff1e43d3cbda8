"""What people did on either side, and what quicksync may therefore show: the memory of a walk.

Every edit types a value that nobody typed before. Since both sides last said the same of a field,
only that value and those typed later may stand anywhere; anything else has come back from the past.
When both say the same again, it must be what was typed last on one of them, and whoever lost must
have been asked where the settings say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.walk.shown import ALIVE, KINDS, Shown, Side

SIDES = ("here", "there")
ABSENT, DELETED = "absent", "deleted"
_NONE = object()
Lines = tuple[tuple[str, str], ...]


def other(side: str) -> str:
    """The other side."""
    return "there" if side == "here" else "here"


def both(mine: Lines, theirs: Lines, agreed: Lines) -> Lines:
    """The lines of this side, with those that are new in QuickBooks; each is (text, amount)."""
    known = {text for text, _ in (*mine, *agreed)}
    return tuple(sorted((*mine, *(line for line in theirs if line[0] not in known))))


@dataclass
class Typed:
    """One value that somebody typed; `over` is the value that stood there before, `crossed` tells
    whether the other side was seen to show it, too.
    """

    number: int
    side: str
    value: Any
    over: Any
    crossed: bool = False


@dataclass
class Trail:
    """One field of one record; `seen_here` are the texts of all lines that this side ever had."""

    agreed: Any = _NONE
    agreed_at: int = 0
    typed: list[Typed] = field(default_factory=list)
    seen_here: set[str] = field(default_factory=set)

    def may_be(self, value: Any) -> bool:
        """Whether a side may show this: what was agreed, or what somebody typed since."""
        return value == self.agreed or any(one.value == value for one in self.typed)

    def unite(self, value: Any, number: int, *, asked: bool) -> bool:
        """Whether lines are those of this side with what a bookkeeper has added: both survive.

        From then on that is what stands there, over both. Where people are asked, nothing else that
        the bookkeeper changed may go.
        """
        agreed: Lines = () if self.agreed is _NONE else self.agreed
        for mine, theirs in itertools.product(self.typed, self.heads()):
            apart = (mine.side, theirs.side) == SIDES
            if apart and asked and not set(agreed) <= set(theirs.value):
                continue
            if apart and value == both(mine.value, theirs.value, agreed):
                mine.crossed = True
                self.typed += [Typed(number, "there", value, one.value) for one in (mine, theirs)]
                return True
        return False

    def see(self, side: str, lines: Lines) -> None:
        """Remember the lines that this side has shown: only these can it have removed."""
        if side == "here":
            self.seen_here |= {text for text, _ in lines}

    def not_taken_over(self, value: Lines) -> Lines:
        """What a bookkeeper has added, this side has never seen, and is not among these lines."""
        known = self.seen_here | {text for text, _ in value}
        heads = [one for one in self.heads() if one.side == "there"]
        return tuple(line for one in heads for line in one.value if line[0] not in known)

    def heads(self) -> list[Typed]:
        """What nobody typed over since."""
        return [
            one
            for place, one in enumerate(self.typed)
            if not any(
                later.over == one.value and later.value != one.value
                for later in self.typed[place + 1 :]
            )
        ]

    def shown(self, side: str, value: Any) -> None:
        """A side shows a value: if it was typed on the other side, it has come across."""
        for one in self.typed:
            one.crossed = one.crossed or (one.side != side and one.value == value != self.agreed)

    def taken_back(self, one: Typed) -> bool:
        """Whether whoever typed it only took back what had never come across: the side stands as if
        nobody had typed there, and the other one may pass over it.
        """
        crossed = any(before.crossed for before in self.typed if before.side == one.side)
        return one.value == self.agreed and not crossed

    def settle(self, value: Any, number: int) -> None:
        """Both sides show a value: nothing that was typed is open any more."""
        self.agreed, self.agreed_at, self.typed = value, number, []


@dataclass
class Life:
    """One record: how it stands on each side, and its fields. `on_its_way` is the end that a person
    gave it on a side and that the other has not shown yet: a run may have read it before somebody
    took it back. `pardon` tells of a person's own wish, which passes over what was typed, whether
    it has had its time; None when nobody wished anything.
    """

    tag: str
    state: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, ABSENT))
    ended_by: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, ""))
    on_its_way: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, ""))
    trails: dict[str, Trail] = field(default_factory=dict)
    pardon: Callable[[], bool] | None = None

    @property
    def kind(self) -> str:
        """The kind that the tag's letter stands for."""
        return KINDS[self.tag[0]]

    def trail(self, name: str) -> Trail:
        """What happened to one field."""
        return self.trails.setdefault(name, Trail())


class Journal:
    """All records of a walk."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.number = 0
        self.seen: dict[str, Side] = {"here": {}, "there": {}}
        # Kind -> the number since which people are asked about every conflict; missing when
        # something else decides.
        self.asked_since: dict[str, int] = dict.fromkeys(KINDS.values(), 0)

    def life(self, tag: str) -> Life:
        """The record of a tag, new if nobody has seen it."""
        return self.lives.setdefault(tag, Life(tag))

    # --- What people do ---------------------------------------------------------------------------

    def acted(self, side: str, now: Side) -> None:
        """Somebody worked on a side: whatever differs from before was typed there."""
        self.number += 1
        before = self.seen[side]
        for tag in now.keys() | before.keys():
            life, old, new = self.life(tag), before.get(tag, []), now.get(tag, [])
            state = new[0].state if new else DELETED
            if state != (old[0].state if old else ABSENT):
                life.state[side], life.ended_by[side] = state, "" if state == ALIVE else "person"
                life.on_its_way[side] = life.on_its_way[side] if state == ALIVE else state
            for name, value in new[0].fields.items() if new else ():
                was = old[0].fields.get(name, _NONE) if old else _NONE
                if was != value:
                    self.typed(tag, name, side, value, over=was)
        self.seen[side] = now

    def typed(self, tag: str, name: str, side: str, value: Any, *, over: Any = _NONE) -> None:
        """One value was typed over another."""
        self.number += 1
        trail = self.life(tag).trail(name)
        trail.typed.append(Typed(self.number, side, value, over))
        if name == "lines":
            trail.see(side, value)

    def pardon(self, tag: str, ended: Callable[[], bool]) -> None:
        """A person said which side is right, or sent the record expressly: what the other side says
        may go.
        """
        life = self.life(tag)
        before = life.pardon
        life.pardon = ended if before is None else lambda: before() and ended()

    # --- What quicksync made of it ----------------------------------------------------------------

    def observe(self, now: dict[str, Side]) -> list[str]:
        """What both sides show after workers were at it. Returns what is wrong."""
        self.number += 1
        wrong = []
        for tag in sorted(now["here"].keys() | now["there"].keys() | self.lives.keys()):
            life = self.life(tag)
            found = {side: now[side].get(tag, []) for side in SIDES}
            troubles = [*self._states(life, found), *self._fields(life, found)]
            if life.pardon is None:
                wrong += troubles
            elif life.pardon() and _same(found):
                life.pardon = None
        self.seen = now
        return wrong

    def _states(self, life: Life, found: dict[str, list[Shown]]) -> Iterator[str]:
        for side in SIDES:
            shown, before = found[side], life.state[side]
            if len(shown) > 1:
                yield (
                    f"twice: {life.tag} stands {len(shown)} times {side}:"
                    f" {[one.key for one in shown]}"
                )
            state = shown[0].state if shown else (DELETED if before != ABSENT else ABSENT)
            told = life.on_its_way[other(side)]
            if state == told:
                life.on_its_way[other(side)] = ""
            if state == before:
                continue
            if before == DELETED:
                yield (
                    f"came-back: {life.tag} was deleted {side} by {life.ended_by[side]}, and is"
                    f" {state} there again"
                )
            elif (
                before != ABSENT
                and state not in (ALIVE, told)
                and life.state[other(side)] in (ALIVE, ABSENT)
            ):
                yield (
                    f"taken: {life.tag} became {state} {side}, though nobody ended it {other(side)}"
                )
            elif (
                before not in (ABSENT, ALIVE)
                and state == ALIVE
                and life.state[other(side)] != ALIVE
            ):
                yield f"came-back: {life.tag} was {before} {side}, and is alive again"
            life.state[side], life.ended_by[side] = state, "" if state == ALIVE else "quicksync"

    def _fields(self, life: Life, found: dict[str, list[Shown]]) -> Iterator[str]:
        if any(found[side] and found[side][0].state != ALIVE for side in SIDES):
            return
        values = {side: found[side][0].fields for side in SIDES if found[side]}
        for name in sorted({name for fields in values.values() for name in fields}):
            trail = life.trail(name)
            shown = {side: fields[name] for side, fields in values.items() if name in fields}
            for side, value in shown.items():
                asked = self._asks(life, trail)
                if not (
                    trail.may_be(value)
                    or (name == "lines" and trail.unite(value, self.number, asked=asked))
                ):
                    yield self._strange(life, name, side, value)
                    trail.typed.append(Typed(self.number, side, value, _NONE))
                trail.shown(side, value)
                if name == "lines":
                    trail.see(side, value)
            if len(shown) == 2 and shown["here"] == shown["there"]:
                yield from self._agreed(life, name, trail, shown["here"])
                trail.settle(shown["here"], self.number)

    def _asks(self, life: Life, trail: Trail) -> bool:
        return self.asked_since.get(life.kind, 10**9) <= trail.agreed_at

    @staticmethod
    def _strange(life: Life, name: str, side: str, value: Any) -> str:
        trail = life.trail(name)
        live = [one.value for one in trail.heads()] or [trail.agreed]
        return f"reverted: {life.tag}.{name} says {value!r} {side}; what may stand is {live}"

    def _agreed(self, life: Life, name: str, trail: Trail, value: Any) -> Iterator[str]:
        heads = trail.heads()
        if not trail.typed or trail.agreed is _NONE:
            return
        lost = [one for one in heads if one.value != value]
        if name == "lines" and (gone := trail.not_taken_over(value)):
            yield (
                f"lost: {life.tag}.{name} says {value!r} on both sides, without what was added in"
                f" QuickBooks: {gone}"
            )
            return
        if len(lost) == len(heads):
            yield (
                f"lost: {life.tag}.{name} says {value!r} on both sides; typed since:"
                f" {[one.value for one in heads]}"
            )
        elif self._asks(life, trail):
            went = [(one.value, one.side) for one in lost if not trail.taken_back(one)]
            if went and len({one.side for one in heads}) > 1:
                yield f"not-asked: {life.tag}.{name} became {value!r}; {went} went silently"


def _same(found: dict[str, list[Shown]]) -> bool:
    here, there = found["here"], found["there"]
    if not (here and there):
        return True
    return all(here[0].fields[name] == there[0].fields.get(name) for name in here[0].fields)
