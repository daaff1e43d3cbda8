"""Documents that take several lines of a file: lines with one number, one below the other, are one
document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import CHUNK, Importer, Values
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.reading import Row
from quicksync.books.models import Client, Invoice


class Document(NamedTuple):
    """A document as the file has it: its first line, what stands for the whole, and the values of
    each line.
    """

    line: int
    head: Values
    parts: list[tuple[int, Values]]


def cell(row: Row, column: str) -> str:
    """What a line says in a column; "" where the file does not have it."""
    return row.cells.get(column, "").strip()


def mentioned(rows: Sequence[Row], column: str) -> Iterator[list[str]]:
    """What the file says in a column, each text once, in chunks that one statement can ask for."""
    texts = list(dict.fromkeys(text for row in rows if (text := cell(row, column))))
    for start in range(0, len(texts), CHUNK):
        yield texts[start : start + CHUNK]


class DocumentImporter(Importer):
    """`heads` are the columns that stand for the whole document: later lines repeat them or leave
    them empty. A line with another number begins another document; so does one that differs in
    `also_by`, where numbers alone do not tell documents apart.
    """

    heads: tuple[str, ...] = ()
    also_by: ClassVar[tuple[str, ...]] = ()

    def documents(self, rows: Sequence[Row]) -> Iterator[Document]:
        """The sound documents of the file; problems of the others are told."""
        seen: dict[str, int] = {}
        for lines in self._together(rows):
            name = self.identify(lines[0])
            if name and not self.once(seen, name, name, lines[0].line, "number"):
                continue
            document = self._document(lines)
            if document is not None:
                yield document

    def identify(self, row: Row) -> str:
        """What tells the document from others, by its first line; "" where it does not say."""
        return cell(row, "number")

    def _together(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """The lines of each document."""
        lines: list[Row] = []
        for row in rows:
            if lines and not self._continues(lines[0], row):
                yield lines
                lines = []
            lines.append(row)
        if lines:
            yield lines

    def _continues(self, first: Row, row: Row) -> bool:
        same = cell(first, "number") == cell(row, "number")
        return same and all(cell(row, name) in ("", cell(first, name)) for name in self.also_by)

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
            found, before = cell(row, name), cell(first, name)
            if row is not first and found and found != before:
                values = {"cell": found, "first": before, "line": first.line}
                sentence = _("“%(cell)s”, but line %(line)s of the same document says “%(first)s”.")
                self.tell(row.line, name, sentence % values)
                sound = False
        return sound


def client_column(*, required: bool = False) -> Column:
    """A client by name."""
    clients = {fold(client.name): client for client in Client.objects.select_related("term")}
    sentence = _("There is no client “%(cell)s”. Import the customers first, or correct the name.")
    return Column(cells.known(clients, sentence), required=required, empty=None)


def invoice_column(invoices: Mapping[str, Invoice]) -> Column:
    """One of these invoices by its folded number; filled once the file's own numbers are known,
    since the books may hold many more.
    """
    sentence = _(
        "There is no invoice “%(cell)s”. Import the invoices first, or correct the number."
    )
    return Column(cells.known(invoices, sentence), empty=None)
