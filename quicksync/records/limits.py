"""What a field can hold on the other side; planning warns of it, the wire tables declare it and cut
to it.
"""

from __future__ import annotations

import re

import msgspec

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
