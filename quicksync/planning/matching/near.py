"""Likeness: which names of two lists look alike, without comparing each with each.

Names are put into blocks by their words and by their first and last letters; only names that share
a block are scored. A block that holds very many names ("customer", "service") says nothing about
likeness and is not used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec
from rapidfuzz import fuzz, process

from quicksync.planning.matching.names import numbers_in, words_of

ALIKE = 88  # of 100: one letter wrong in eight, or one word spelt differently in a long name
_CROWDED = 64
_LETTERS = 3


class _Name(msgspec.Struct, frozen=True):
    """One name, ready to be compared."""

    key: int
    text: str
    numbers: tuple[str, ...]


def alike(left: str, right: str) -> bool:
    """Whether two names look alike."""
    one, other = _ready(0, left), _ready(1, right)
    return one.numbers == other.numbers and (
        one.text == other.text or fuzz.ratio(one.text, other.text) >= ALIKE
    )


def pairs_alike(left: Mapping[int, str], right: Mapping[int, str]) -> list[tuple[int, int]]:
    """The (left key, right key) of all names that look alike, sorted."""
    names = {key: _ready(key, name) for key, name in right.items() if name.strip()}
    equal: defaultdict[str, list[int]] = defaultdict(list)
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for name in names.values():
        equal[name.text].append(name.key)
        for block in _blocks(name.text):
            blocks[block].append(name.key)
    usable = {block: keys for block, keys in blocks.items() if len(keys) <= _CROWDED}
    found: list[tuple[int, int]] = []
    for key, text in left.items():
        name = _ready(key, text)
        near = set(equal.get(name.text, ())) if text.strip() else set()
        near.update(_scored(name, usable, names))
        found.extend((key, other) for other in near if names[other].numbers == name.numbers)
    return sorted(found)


def _scored(
    name: _Name, blocks: Mapping[str, list[int]], names: Mapping[int, _Name]
) -> Iterator[int]:
    """The keys of names that share a block with this one and score high enough."""
    keys = {key for block in _blocks(name.text) for key in blocks.get(block, ())}
    choices = {key: names[key].text for key in keys}
    for _text, _score, key in process.extract_iter(
        name.text, choices, scorer=fuzz.ratio, score_cutoff=ALIKE
    ):
        yield key


def _blocks(text: str) -> set[str]:
    words = {word for word in text.split() if len(word) >= _LETTERS}
    return words | {"^" + text[:_LETTERS], text[-_LETTERS:] + "$"} if text else set()


def _ready(key: int, name: str) -> _Name:
    text = " ".join(words_of(name))
    return _Name(key, text, numbers_in(text))
