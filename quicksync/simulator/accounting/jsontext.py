"""JSON as the wire carries it: numbers come in as Decimal, amounts go out as plain JSON numbers."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

Doc = dict[str, Any]
# The writer knows no Decimal: its digits travel through as a marked text. No text holds the mark:
# it is refused (2040).
_MARK = "\0"
_MARKED = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)\\u0000"')


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        # As recorded: 337.50 with its places, a price of 75 without, nothing as 0.
        return f"{_MARK}{value:f}{_MARK}" if value else 0
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


def dumps(value: object) -> str:
    """The compact JSON text of a value; Decimal is written as a number."""
    text = json.dumps(value, default=_plain, separators=(",", ":"), ensure_ascii=False)
    return _MARKED.sub(r"\1", text) if "\\u0000" in text else text


class TooDeep(ValueError):
    """JSON inside JSON inside JSON, further down than anybody reads."""


def loads(text: str | bytes) -> Any:
    """Read JSON; fractions become Decimal. NaN, Infinity and endless depth are refused with
    ValueError.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError as error:
        raise TooDeep("The document is nested too deeply") from error


def as_sent(value: object) -> str:
    """A value in a sentence, as the client wrote it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else dumps(value)


def loads_doc(text: str) -> Doc:
    """Read a stored document."""
    doc: Doc = json.loads(text, parse_float=Decimal)
    return doc
