"""What a cell may hold: parsers that give a value, or say in a sentence why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quicksync.books.importing.problems import CellError
from quicksync.books.models.base import validate_emails

Parse = Callable[[str], Any]
# What a spreadsheet takes for a formula, and what such a text begins with once it is escaped.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")

T = TypeVar("T")

_NUMBER = re.compile(r"(-?)(\d{1,10})(?:\.(\d+))?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_YES, _NO = frozenset({"yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})


@dataclass(frozen=True)
class Column:
    """A column of an import: how its cells are read, and what an empty one means."""

    parse: Parse
    required: bool = False
    empty: Any = ""

    def read(self, text: str) -> Any:
        """The cell's value. Raises CellError."""
        if text:
            return self.parse(text)
        if self.required:
            raise CellError(_("This must not be empty."))
        return self.empty


def text(length: int) -> Parse:
    """Any text up to this length."""

    def parse(cell: str) -> str:
        if len(cell) > length:
            values = {"count": len(cell), "length": length}
            raise CellError(
                _("%(count)s characters are too many: the limit is %(length)s.") % values
            )
        return cell

    return parse


def number(
    places: int, *, least: Decimal | None = None, most: Decimal | None = None, negative: str = ""
) -> Parse:
    """An amount with at most so many decimals; `negative` is the sentence for one below zero."""

    def parse(cell: str) -> Decimal:
        found = _NUMBER.match(cell)
        if found is None:
            raise CellError(
                _("“%(cell)s” is not a number. Write it as 1234.50, without letters.")
                % {"cell": cell}
            )
        if len(found[3] or "") > places:
            values = {"cell": cell, "places": places}
            raise CellError(
                _("%(cell)s has too many decimals: at most %(places)s are allowed.") % values
            )
        value = Decimal(cell)
        if value < 0 and negative:
            raise CellError(negative % {"cell": cell})
        if (least is not None and value < least) or (most is not None and value > most):
            raise CellError(_("%(cell)s is out of range.") % {"cell": cell})
        return value

    return parse


def day(cell: str) -> dt.date:
    """A date as ISO 8601 writes it."""
    try:
        if _DAY.match(cell):
            return dt.date.fromisoformat(cell)
    except ValueError as error:
        raise CellError(_("%(cell)s is not a date in the calendar.") % {"cell": cell}) from error
    raise CellError(
        _("“%(cell)s” is not a date. Write it as 2026-03-31: year, month, day.") % {"cell": cell}
    )


def flag(cell: str) -> bool:
    """Yes or no."""
    word = cell.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise CellError(_("“%(cell)s” is neither yes nor no.") % {"cell": cell})


def emails(cell: str) -> str:
    """E-mail addresses."""
    try:
        validate_emails(cell)
    except ValidationError as error:
        raise CellError(" ".join(error.messages)) from error
    return str(text(255)(cell))


def currency(cell: str) -> str:
    """A currency by its ISO code."""
    if re.fullmatch(r"[A-Z]{3}", cell) is None:
        raise CellError(
            _("“%(cell)s” is not a currency. Write three capital letters, such as USD.")
            % {"cell": cell}
        )
    return cell


def choice(values: Mapping[str, str]) -> Parse:
    """One of some words."""

    def parse(cell: str) -> str:
        if (found := cell.casefold().replace(" ", "_")) in values:
            return found
        words = {"cell": cell, "words": ", ".join(values)}
        raise CellError(_("“%(cell)s” is none of these: %(words)s.") % words)

    return parse


def fold(name: str) -> str:
    """Names that differ in case or spaces only are the same."""
    return " ".join(name.casefold().split())


def known(things: Mapping[str, T], sentence: str) -> Callable[[str], T]:
    """Something that is in the books, by its folded code or name; `sentence` tells what to do about
    an unknown one.
    """

    def parse(cell: str) -> T:
        if (found := things.get(fold(cell))) is not None:
            return found
        raise CellError(sentence % {"cell": cell})

    return parse


def escaped(text: str) -> str:
    """A text as a file for a spreadsheet holds it: nothing that people wrote is worked out."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """What was escaped, as it was; any other text as it is."""
    return text[1:] if _ESCAPED.match(text) else text
