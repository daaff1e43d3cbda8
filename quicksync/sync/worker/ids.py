"""Request ids: minted once, kept for ever."""

from __future__ import annotations

import uuid

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_request_id() -> str:
    """32 hexadecimal characters: short enough for a batch (36), other requests (50) and, cut by its
    edition, a poll.
    """
    return uuid.uuid4().hex


def item_key(number: int) -> str:
    """An operation's number in base 36: at most 10 characters, which is what a batch item's id may
    have.
    """
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
    return text or "0"


def item_number(key: str) -> int:
    """The operation's number that `item_key` wrote."""
    return int(key, 36)
