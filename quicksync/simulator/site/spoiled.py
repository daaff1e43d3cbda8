"""Answers of batches that are not what they should be: everything was done, and what is told of one
item is strange.
"""

from __future__ import annotations

from typing import Any

from quicksync.simulator.accounting.errors import ApiError, ControlError
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads_doc
from quicksync.simulator.accounting.messages import Response, text_response

WAYS = frozenset({"item", "omit", "bId", "fault", "values", "without", "text"})


def check(how: Any) -> None:
    """A fault's `spoil` says what happens to which item; ControlError names what is wrong."""
    if not isinstance(how, dict) or not how.keys() - {"item"} or how.keys() - WAYS:
        raise ControlError(f"spoil is an object of {', '.join(sorted(WAYS))}.")


def spoil(response: Response, how: Doc) -> Response:
    """The answer with one of its items spoiled: the `item`-th, from 1; all of them with 0; or
    another text for all.
    """
    if response.status != 200 or b'"BatchItemResponse"' not in response.body:
        return response
    if "text" in how:
        return text_response(str(how["text"]), response.status, response.content_type)
    answer = loads_doc(response.body.decode())
    chosen = int(how.get("item", 1))
    parts = enumerate(answer["BatchItemResponse"], start=1)
    told = [_spoiled(part, how) if chosen in (0, place) else part for place, part in parts]
    answer["BatchItemResponse"] = [part for part in told if part is not None]
    return text_response(dumps(answer), response.status, response.content_type)


def _spoiled(part: Doc, how: Doc) -> Doc | None:
    if how.get("omit"):
        return None
    if "bId" in how:
        part = part | {"bId": how["bId"]}
    if "fault" in how:
        return {"bId": part["bId"], "Fault": ApiError(int(how["fault"])).fault()}
    return {
        name: _record(value, how) if isinstance(value, dict) else value
        for name, value in part.items()
    }


def _record(record: Doc, how: Doc) -> Doc:
    kept: Doc = {
        name: value for name, value in record.items() if name not in how.get("without", ())
    }
    return {**kept, **how.get("values", {})}
