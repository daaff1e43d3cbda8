"""Documents that take several lines of a file: lines with one number, one below the other, are one
document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar, NamedTuple

from django.utils.translation import gettext as _

from quicksync.books.importing.base import CHUNK, Importer, Values
from quicksync.books.importing.reading import Row


class Document(NamedTuple):
    """A document as the file has it: its first line, what stands for the whole, and the values of
    each line.
    """

    line: int
    head: Values
    parts: list[tuple[int, Values]]


def mentioned(rows: Sequence[Row], column: str) -> Iterator[list[str]]:
    """What the file says in a column, each text once, in chunks that one statement can ask for."""
    texts = list(dict.fromkeys(text for row in rows if (text := row.cells.get(column, "").strip())))
    for start in range(0, len(texts), CHUNK):
        yield texts[start : start + CHUNK]


class DocumentImporter(Importer):
    """`heads` are the columns that stand for the whole document: later lines repeat them or leave
    them empty.
    """

    heads: ClassVar[tuple[str, ...]] = ()

    def documents(self, rows: Sequence[Row]) -> Iterator[Document]:
        """The sound documents of the file; problems of the others are told."""
        seen: dict[str, int] = {}
        for number, group in groupby(rows, key=lambda row: row.cells["number"].strip()):
            lines = list(group)
            if number and not self.once(seen, number, number, lines[0].line, "number"):
                continue
            document = self._document(lines)
            if document is not None:
                yield document

    def _document(self, rows: Sequence[Row]) -> Document | None:
        first = rows[0]
        head = self.read(first, self.heads)
        sound = head is not None
        parts = []
        for row in rows:
            values = self.read(row, [name for name in self.columns if name not in self.heads])
            if values is None or not self._agrees(first, row):
                sound = False
            elif any(value not in ("", None) for value in values.values()):
                parts.append((row.line, values))
        return Document(first.line, head, parts) if sound and head is not None else None

    def _agrees(self, first: Row, row: Row) -> bool:
        """Whether a later line says of the whole document what its first line says."""
        sound = True
        for name in self.heads:
            cell = row.cells.get(name, "").strip()
            if row is not first and cell and cell != first.cells[name].strip():
                values = {"cell": cell, "first": first.cells[name].strip(), "line": first.line}
                sentence = _("“%(cell)s”, but line %(line)s of the same document says “%(first)s”.")
                self.tell(row.line, name, sentence % values)
                sound = False
        return sound
