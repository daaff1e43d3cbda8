"""Records that are known by their name, one line of the file each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from quicksync.books.importing.base import Importer
from quicksync.books.importing.cells import fold
from quicksync.books.importing.reading import Row


class NamedImporter(Importer):
    """Makes records of `model`, or changes those of the same name; `related` are read with them."""

    model: ClassVar[Any]
    related: ClassVar[tuple[str, ...]] = ()
    # Column -> model field, where their names differ.
    renamed: ClassVar[Mapping[str, str]] = {}

    def take(self, rows: Sequence[Row]) -> None:
        present = {fold(one.name): one for one in self.model.objects.select_related(*self.related)}
        seen: dict[str, int] = {}
        for row in rows:
            values = self.read(row)
            if values is None:
                continue
            key = fold(values["name"])
            if self.once(seen, key, values["name"], row.line, "name"):
                named = {self.renamed.get(name, name): value for name, value in values.items()}
                one = present.get(key) or self.model()
                if self.save(one, named, row.line):
                    self.taken(key, one)

    def taken(self, key: str, one: Any) -> None:
        """What comes of a sound line, for those below it."""
