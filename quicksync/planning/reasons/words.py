"""Reasons in words. A reason is stored as its code and values; its sentence is made when it is
shown.

A reason that QuickBooks gave has its message instead of our values, and then the message is the
sentence. A value that is lacking shows as an ellipsis, and a code that this version does not know
gets a plain explanation, so that a row written by another version can always be read.
"""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

import msgspec

from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.reason_row import Place, Row, Severity
from quicksync.planning.reasons.table import ROWS
from quicksync.records import KINDS, record_class


class Explanation(msgspec.Struct, frozen=True):
    """A reason in words: what is the matter, why, and what to do. `place` names the page where it
    is mended.
    """

    code: str
    sentence: str
    cause: str
    fix: str
    severity: Severity
    place: Place = Place.NOWHERE


class _Gaps(dict[str, Any]):
    """The values of a reason; one that is missing shows as an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "…"


def why(code: str, field: str = "", **values: Any) -> Reason:
    """A reason of the table. Raises KeyError for a code that is not in it."""
    return Reason(ROWS[code].code, values, field)


def explain(reason: Reason, kind: str = "", *, say: Callable[[str], str] = str) -> Explanation:
    """The reason in words. `kind` is the kind of the record it is about, for the words of its
    fields; `say` translates a text of the table before its values are put in.
    """
    row = ROWS.get(reason.code, _UNKNOWN)
    values = {"label": "This record", "code": reason.code}
    values |= {name: _text(value) for name, value in reason.values.items()}
    if reason.field:
        values["field"] = say(_field_word(kind, reason.field))
    told = "message" in values and not _names(row.sentence) <= values.keys()
    return Explanation(
        code=reason.code,
        sentence=_filled(
            say(ROWS["quickbooks-refused"].sentence if told else row.sentence), values
        ),
        cause=_filled(say(row.cause), values),
        fix=_filled(say(row.fix), values),
        severity=row.severity,
        place=row.place,
    )


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with its values; a last part that has none ("...: {because}") is left out."""
    head, colon, _ = template.partition(": {")
    if colon and not _names(template) <= values.keys() and _names(head) <= values.keys():
        return head.format_map(values) + "."
    return template.format_map(_Gaps(values))


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _field_word(kind: str, field: str) -> str:
    """A field in words for people; the part of an address or a line stands after its field."""
    head, _, tail = field.partition(".")
    word = (
        record_class(kind).field_label(head)
        if kind in KINDS
        else head.replace("_", " ").capitalize()
    )
    return f"{word} ({tail.replace('_', ' ')})" if tail else word


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


_UNKNOWN = Row(
    "unknown",
    Severity.ERROR,
    "{label}: something stopped it that this version has no words for ({code}).",
    "The reason was written by another version of quicksync.",
    "Update quicksync, or look at the record's history.",
)
