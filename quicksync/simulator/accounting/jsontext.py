"""JSON as the wire carries it: numbers come in as Decimal, amounts go out as plain JSON numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

Doc = dict[str, Any]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        # Only here does an amount leave Decimal: 15 digits survive, and 100 is written 100.0 as QuickBooks does.
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


def dumps(value: object) -> str:
    """The compact JSON text of a value; Decimal is written as a number."""
    return json.dumps(value, default=_plain, separators=(",", ":"), ensure_ascii=False)


def loads(text: str | bytes) -> Any:
    """Read JSON; fractions become Decimal, NaN and Infinity are refused with ValueError."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def loads_doc(text: str) -> Doc:
    """Read a stored document."""
    doc: Doc = json.loads(text, parse_float=Decimal)
    return doc
