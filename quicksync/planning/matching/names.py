"""Names as they are compared for likeness: stripped of legal forms."""

from __future__ import annotations

import re

from quicksync.records.spelling import fold

# Legal forms at the end of a company's name; they are often written in one place and left out in
# another.
_LEGAL = frozenset(
    (
        "ab",
        "ag",
        "aps",
        "as",
        "bv",
        "bvba",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "kft",
        "kg",
        "kk",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "ltda",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "pvt",
        "sa",
        "sarl",
        "sas",
        "se",
        "sl",
        "spa",
        "srl",
        "sro",
        "ug",
    )
)
_DOTS = re.compile("[.'\u2019]")
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")


def words_of(name: str) -> tuple[str, ...]:
    """The name's words for likeness, sorted: no punctuation, no legal form at the end, no article
    at the start.
    """
    words = _WORDS.findall(_DOTS.sub("", fold(name).replace("&", " and ")))
    end = len(words)
    while end > 1 and words[end - 1] in _LEGAL:
        end -= 1
    start = 1 if end > 1 and words[0] == "the" else 0
    return tuple(sorted(words[start:end]))


def numbers_in(name: str) -> tuple[str, ...]:
    """The numbers in a name: two names with different numbers are never alike ("Room 12", "Room
    13").
    """
    return tuple(sorted(_DIGITS.findall(name)))
