"""A CSV file as rows of cells that know where they stand."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from quicksync.books.importing.cells import unescaped
from quicksync.books.importing.problems import Problem, Refused

_SEPARATORS = ",;\t"


class Row(NamedTuple):
    """One line of the file: its number and its cells by column name."""

    line: int
    cells: Mapping[str, str]


def check_size(size: int, limit: int) -> None:
    """Refuse a file that is too large, before any of it is read."""
    if size > limit:
        message = _(
            "The file has %(size)s; at most %(limit)s can be imported at once. Split it"
            " into several files."
        )
        raise Refused(
            [
                Problem(
                    0, "", message % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
                )
            ]
        )


def rows_of(data: bytes, known: Sequence[str], required: Sequence[str]) -> list[Row]:
    """The rows below the heading. Raises Refused when the file is no CSV file, or its heading is
    wrong.
    """
    text = _decoded(data)
    lines = _parsed(text)
    heading = next(lines, None)
    if heading is None:
        raise Refused(
            [Problem(0, "", _("The file is empty: its first line must have the column names."))]
        )
    names = _columns(heading[1], known, required)
    rows, problems = [], []
    for line, cells in lines:
        if len(cells) == len(names):
            rows.append(Row(line, dict(zip(names, map(unescaped, cells), strict=True))))
        elif any(cell.strip() for cell in cells):
            problems.append(_wrong_length(line, len(cells), len(names)))
    if problems:
        raise Refused(problems)
    return rows


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused(
            [Problem(1, "1", _("The file is UTF-16 text. Save it as “CSV UTF-8” and import that."))]
        )
    if (place := data.find(b"\0")) >= 0:
        raise Refused(
            [
                _at(
                    data,
                    place,
                    _("There is a NUL byte here, which text never has. Is this a CSV file at all?"),
                )
            ]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = _(
            "The byte 0x%(byte)02X is not UTF-8 text. Save the file as “CSV UTF-8” and import that."
        )
        raise Refused([_at(data, error.start, sentence % {"byte": data[error.start]})]) from error


def _at(data: bytes, place: int, sentence: str) -> Problem:
    """A problem at a byte: its line, and its place in the line counted in characters."""
    before = data[:place]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", errors="replace")) + 1
    return Problem(before.count(b"\n") + 1, str(column), sentence)


def _parsed(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each line; a cell in quotation marks may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sentence = _(
                "The line cannot be read: %(error)s. Quotation marks inside text must be doubled."
            )
            raise Refused([Problem(line, "", sentence % {"error": error})]) from error
        yield line, cells
        line = reader.line_num + 1


def _separator(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(_SEPARATORS, key=heading.count)


def _columns(heading: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    names = ["_".join(cell.strip().casefold().replace("-", " ").split()) for cell in heading]
    problems: list[Problem] = []
    for place, name in enumerate(names):
        shown = heading[place].strip() or str(place + 1)
        if name not in known:
            problems.append(Problem(1, shown, _unknown(name, known, listed=bool(problems))))
        elif name in names[:place]:
            problems.append(Problem(1, shown, _("The heading has this column twice.")))
    problems += [
        Problem(1, name, _("This column is missing from the heading."))
        for name in required
        if name not in names
    ]
    if problems:
        raise Refused(problems)
    return names


def _unknown(name: str, known: Sequence[str], *, listed: bool) -> str:
    """All columns are named once: by the first problem."""
    sentences = [_("There is no such column.")]
    if near := difflib.get_close_matches(name, known, n=1):
        sentences.append(_("Did you mean %(near)s?") % {"near": near[0]})
    if not listed:
        sentences.append(_("Columns are: %(known)s.") % {"known": ", ".join(known)})
    return " ".join(sentences)


def _wrong_length(line: int, found: int, expected: int) -> Problem:
    sentence = _(
        "%(found)s cells, but the heading has %(expected)s. Text that contains a"
        " separator needs quotation marks."
    )
    return Problem(
        line, str(min(found, expected) + 1), sentence % {"found": found, "expected": expected}
    )
