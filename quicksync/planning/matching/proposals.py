"""Which entry of QuickBooks' lists a code of this side means: by number, then by name, with a
confidence in percent.

What speaks against two entries being one (another type of account, another rate) caps the
confidence, and so does a second entry that fits as well: a code is never joined by luck.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from rapidfuzz import fuzz

from quicksync.planning.matching.names import numbers_in, words_of
from quicksync.planning.matching.near import ALIKE
from quicksync.records import Record
from quicksync.records.spelling import fold

# From here on a guess is used by itself; below, a person confirms it first.
SURE = 90
CERTAIN, NUMBER, WHOLE_NAME, OWN_NAME = 100, 98, 96, 92
NUMBER_ONLY = 75  # the same number stands beside quite another name
SAME_DETAIL = 60  # nothing but the same rate, or the same number of days
WORTH_A_LOOK = 75  # likeness of names, of 100
AMBIGUOUS, CONTRADICTED = 55, 50
MOST_GUESSES = 3


class Entry(msgspec.Struct, frozen=True):
    """One entry of a list: the code here or the id there, and what is known of it."""

    id: str
    record: Record


class Guess(msgspec.Struct, frozen=True):
    """An entry of QuickBooks that a code may mean."""

    id: str
    confidence: int


def guesses(here: Iterable[Entry], there: Iterable[Entry]) -> dict[str, tuple[Guess, ...]]:
    """Code -> the best guesses, the best first; () for codes that nothing is like. Both sides are
    of one kind.
    """
    entries = _Entries(there)
    return {entry.id: entries.for_code(entry) for entry in here}


class _Entries:
    """QuickBooks' side of one list, ready to be looked up."""

    def __init__(self, there: Iterable[Entry]) -> None:
        self.entries = [entry for entry in there if getattr(entry.record, "active", True)]
        self.texts = {entry.id: _texts(entry) for entry in self.entries}

    def for_code(self, mine: Entry) -> tuple[Guess, ...]:
        scored = [
            Guess(entry.id, score) for entry in self.entries if (score := self._score(mine, entry))
        ]
        scored.sort(key=lambda guess: (-guess.confidence, len(guess.id), guess.id))
        best = scored[:MOST_GUESSES]
        if len(best) > 1 and best[0].confidence == best[1].confidence:
            best = [Guess(one.id, min(one.confidence, AMBIGUOUS)) for one in best]
        return tuple(best)

    def _score(self, mine: Entry, entry: Entry) -> int:
        score = max(_scores(mine, entry, self.texts[entry.id]), default=0)
        return (
            min(score, CONTRADICTED) if score and mine.record.contradicts(entry.record) else score
        )


def _scores(mine: Entry, entry: Entry, texts: Mapping[str, str]) -> Iterator[int]:
    """Everything that speaks for the two being one."""
    own = _texts(mine)
    names = {own["whole"], own["name"], own["code"]} - {""}
    alike = max(
        (_likeness(name, texts[word]) for name in names for word in ("whole", "name")), default=0
    )
    if texts["number"] and texts["number"] in {own["number"], own["code"]}:
        # A code that is its own name says nothing against the number.
        named = names - {own["code"], own["number"]}
        yield CERTAIN if alike >= ALIKE else NUMBER_ONLY if named else NUMBER
    if texts["whole"] in names:
        yield WHOLE_NAME
    if texts["name"] in names:
        yield OWN_NAME
    if alike >= WORTH_A_LOOK:
        yield min(int(alike * 0.85), SURE - 1)
    if mine.record.has_detail_of(entry.record):
        yield SAME_DETAIL


def _texts(entry: Entry) -> dict[str, str]:
    record: Any = entry.record
    name = getattr(record, "name", "")
    return {
        "code": fold(entry.id),
        "number": fold(getattr(record, "number", "")),
        "name": fold(name),
        "whole": fold(getattr(record, "full_name", "") or name),
    }


def _likeness(one: str, other: str) -> float:
    """0 to 100; names with different numbers in them are never alike ("5.0% R", "20.0% S")."""
    if not one or not other or numbers_in(one) != numbers_in(other):
        return 0
    # The words in any order, and however they are parted: "Master Card", "MasterCard".
    by_words = fuzz.ratio(" ".join(words_of(one)), " ".join(words_of(other)))
    return max(by_words, fuzz.ratio(_letters(one), _letters(other)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
