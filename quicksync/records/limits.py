"""What a field can hold on the other side; planning warns of it, the wire tables declare it and cut
to it.
"""

from __future__ import annotations

import re

import msgspec

# The longest that people may choose to stand behind names, and what no name may hold (C14).
LONGEST_SUFFIX = 20
RESERVED = ":\t\r\n"
_SPACES = re.compile(r" {2,}")


class FieldLimit(msgspec.Struct, frozen=True):
    """What the edition takes in one field: how many characters, and those that it refuses."""

    length: int | None = None
    forbidden: str = ""


def cleaned(text: str, limit: FieldLimit | None) -> str:
    """The text as the other side takes it: refused characters become spaces, ends are trimmed, the
    rest is cut off.
    """
    if limit is None:
        return text
    if any(sign in text for sign in limit.forbidden):
        text = _SPACES.sub(" ", text.translate(dict.fromkeys(map(ord, limit.forbidden), " ")))
    text = text.strip()
    return text if limit.length is None else text[: limit.length].rstrip()


def refused_suffix(text: str) -> str:
    """Why a text cannot stand behind names, as a sentence; "" when it can. Letters alone would be
    taken for a part of the name.
    """
    if len(text) > LONGEST_SUFFIX:
        return f"it is longer than {LONGEST_SUFFIX} characters."
    if {*RESERVED} & {*text}:
        return "QuickBooks allows no colon, tab or line break in names."
    if text != text.strip():
        return "it begins or ends with a space."
    if text and text.replace(" ", "").isalnum():
        return f"letters and numbers alone look like a part of the name. Write “({text})”."
    return ""
