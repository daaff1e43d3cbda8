"""JSON without floats: numbers become Decimals on the way in and keep every digit on the way
out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")
# What may open, close or part a value; texts whole, so that a bracket inside one counts for
# nothing.
_SIGNS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]', re.DOTALL)


def read(text: str | bytes) -> Any:
    """The value that the text holds. Raises ValueError for text that is no JSON, is nested without
    end, or holds a number beyond all numbers.
    """
    try:
        return _decoder.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ArithmeticError as error:
        raise ValueError("it holds a number that is none") from error


def write(value: object) -> str:
    """Compact JSON text; the same value always gives the same text."""
    return _encoder.encode(value).decode()


def pieces(text: bytes) -> dict[str, bytes] | list[bytes]:
    """The parts of an object or a list, each as the text that it was: one level only, however deep
    they are.

    For what `read` cannot take whole. Raises ValueError for text that is neither.
    """
    text = text.strip()
    if not (text[:1] + text[-1:] in (b"{}", b"[]") and len(text) > 1):
        raise ValueError("it is neither an object nor a list")
    depth, start = 0, 1
    found: list[bytes] = []
    for sign in _SIGNS.finditer(text, 1, len(text) - 1):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(sign[0], 0)
        if depth == 0 and sign[0] in (b",", b":"):
            found.append(text[start : sign.start()].strip())
            start = sign.end()
    found.append(text[start:-1].strip())
    if text[:1] == b"[":
        return [part for part in found if part]
    return {str(read(name)): part for name, part in zip(found[::2], found[1::2], strict=False)}
