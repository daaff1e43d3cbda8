"""Documents with lines from a file: what invoices, credit notes and bills share."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.base import Values
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.documents import Document, DocumentImporter
from quicksync.books.importing.reading import Row
from quicksync.books.models import Product


class LinesImporter(DocumentImporter, ABC):
    """Makes documents of `model` with lines of `line_model`, or changes those that are there.

    `renamed` says which model field a column fills, `line_fields` which fields a line has besides
    its position; `less_than_nothing` and `unequal` are the sentences for totals that cannot be, the
    first told at the column `price`.
    """

    model: ClassVar[Any]
    line_model: ClassVar[Any]
    line_fields: ClassVar[tuple[str, ...]]
    renamed: ClassVar[Mapping[str, str]]
    less_than_nothing: ClassVar[Promise]
    unequal: ClassVar[Promise]
    price: ClassVar[str]

    def make_columns(self) -> Mapping[str, Column]:
        heads = self.head_columns()
        self.heads = tuple(heads)
        return {**heads, **self.line_columns()}

    @abstractmethod
    def head_columns(self) -> Mapping[str, Column]:
        """The columns of the whole document; `heads` follows from them."""

    @abstractmethod
    def line_columns(self) -> Mapping[str, Column]:
        """The columns of a line, the item first."""

    def take(self, rows: Sequence[Row]) -> None:
        present = self.present(rows)
        for document in self.documents(rows):
            obj = present(document)
            if obj is not None:
                self._save(document, obj)

    @abstractmethod
    def present(self, rows: Sequence[Row]) -> Callable[[Document], Any]:
        """What finds the document that a document of the file changes, or makes a new one; None
        where it cannot be said, which is told.
        """

    def head(self, document: Document) -> Values:
        """What the file says of the whole document, by the model's names, without what follows from
        the rest.
        """
        named = {self.renamed.get(name, name): value for name, value in document.head.items()}
        head = {name: value for name, value in named.items() if name != "total"}
        whose = head[self.model.party]
        home = self.model._meta.get_field("currency").get_default()
        head["currency"] = head.get("currency") or (whose.currency if whose else home)
        if head.get("due_on") is None:
            head.pop("due_on", None)
        return head

    def line_values(self, values: Values) -> Values:
        """What the file says of a line, by the model's names, with what goes without saying."""
        return {self.renamed.get(name, name): value for name, value in values.items()}

    def check_line(self, line: Any, number: int) -> bool:
        """Whether the line is sound; problems are told."""
        return self.check(line, number)

    def _save(self, document: Document, obj: Any) -> None:
        head = self.head(document)
        old = list(obj.lines.all()) if obj.pk else []
        lines = self._lines(document, obj, old)
        changed = {name for name, value in head.items() if getattr(obj, name, None) != value}
        for name in changed:
            setattr(obj, name, head[name])
        obj.settle_dates()
        obj.work_out(lines)
        if not self.check(obj, document.line) or not self._adds_up(document, obj):
            return
        rewritten = [*map(self._content, old)] != [*map(self._content, lines)]
        self.count(obj, changed=bool(changed) or rewritten)
        if changed or rewritten:
            self.note(obj, obj.save)
        if rewritten:
            gone = [line.pk for line in old[len(lines) :]]
            self.note(obj, functools.partial(self._write_lines, obj, lines, gone=gone))

    def _lines(self, document: Document, obj: Any, old: Sequence[Any]) -> list[Any]:
        """The wanted lines, in the present ones where there are any: they keep their identity."""
        lines = []
        for place, (number, values) in enumerate(document.parts):
            key = old[place].pk if place < len(old) else None
            line = self.line_model(pk=key, position=place + 1)
            setattr(line, self.line_model.document, obj)
            for name, value in self.line_values(values).items():
                setattr(line, name, value)
            if self.check_line(line, number):
                lines.append(line)
        return lines

    def _adds_up(self, document: Document, obj: Any) -> bool:
        if obj.total < 0:
            column = "discount" if getattr(obj, "discount", 0) else self.price
            self.tell(document.line, column, str(self.less_than_nothing) % {"found": obj.total})
            return False
        expected = document.head.get("total")
        if expected is None or expected == obj.total:
            return True
        values = {"expected": expected, "found": obj.total}
        self.tell(document.line, "total", str(self.unequal) % values)
        return False

    def _content(self, line: Any) -> tuple[object, ...]:
        return (line.position, *(getattr(line, name) for name in self.line_fields))

    def _write_lines(self, obj: Any, lines: Sequence[Any], gone: Sequence[int]) -> None:
        """All at once: the totals stand already, so the lines need not work them out one by one."""
        kept = [line for line in lines if line.pk]
        manager = self.line_model.objects
        if gone:
            obj.lines.filter(pk__in=gone).delete()
        if kept:
            manager.bulk_update(kept, ["position", *self.line_fields])
        manager.bulk_create([line for line in lines if not line.pk])


def product_column() -> Column:
    """A product by name."""
    products = {fold(product.name): product for product in Product.objects.all()}
    sentence = _("There is no product “%(cell)s”. Import the items first, or correct the name.")
    return Column(cells.known(products, sentence), empty=None)
