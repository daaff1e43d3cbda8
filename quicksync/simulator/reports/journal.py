"""Reports that show a document as its postings: the journal, and transactions with splits."""

from __future__ import annotations

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import major
from quicksync.simulator.reports import accounts
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.fields import Fields, Line, fields
from quicksync.simulator.reports.frame import cells, frame, row, summary
from quicksync.simulator.reports.splits import Splits


def journal(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Every document's debits and credits, its sum after it."""
    table = fields(book, asked)
    rows, told = list[Doc](), list[Line]()
    for lines in _documents(asked, entries, splits):
        rows += [row(*table.row(line)) for line in lines]
        rows += [summary(*table.summed("", lines)), _blank(table)]
        told += lines
    if rows:
        rows.append(summary(*table.summed("TOTAL", told)))
    return frame(book, asked, table.described(), rows)


def with_splits(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Every document's own line, the lines it splits into after it."""
    table = fields(book, asked)
    rows = list[Doc]()
    for lines in _documents(asked, entries, splits):
        rows += [row(*table.row(line)) for line in lines]
        rows.append(_blank(table))
    return frame(book, asked, table.described(), rows)


def _documents(asked: Asked, entries: list[Entry], splits: Splits) -> list[list[Line]]:
    start = asked.span.words[0]
    kept = dict.fromkeys((entry.type, entry.id) for entry in entries if entry.day >= start)
    return [_lines(splits, splits.documents[key]) for key in kept]


def _lines(splits: Splits, entries: list[Entry]) -> list[Line]:
    found = []
    for number, entry in enumerate(entries):
        line = Line(splits.reader, entry, splits.of(entry), is_first=not number)
        line.amount = major(entry.home) * accounts.sign(line.account)
        found.append(line)
    return found


def _blank(table: Fields) -> Doc:
    return {"ColData": cells(*[""] * len(table.keys)), "type": "Data"}
