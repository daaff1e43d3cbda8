"""What the importers share: reading rows, finding duplicates, saving what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.problems import CellError, Problem
from quicksync.books.importing.reading import Row
from quicksync.books.models import Account, PaymentMethod, TaxCode, Term

Values = dict[str, Any]


class Importer:
    """One kind of file. `columns` are made for each import, since some know what is in the books."""

    # Model field -> column, where their names differ: errors of the model are told at the column.
    told_at: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.columns = self.make_columns()
        self.problems: list[Problem] = []
        self.created = self.updated = self.unchanged = 0

    def make_columns(self) -> Mapping[str, Column]:
        """Column name -> column."""
        return {}

    def take(self, rows: Sequence[Row]) -> None:
        """Check the rows and save them; problems are kept, not raised."""

    @property
    def known(self) -> list[str]:
        return list(self.columns)

    @property
    def required(self) -> list[str]:
        return [name for name, column in self.columns.items() if column.required]

    def tell(self, line: int, column: str, sentence: str) -> None:
        """Keep a problem."""
        self.problems.append(Problem(line, column, sentence))

    def read(self, row: Row, names: Iterable[str] | None = None) -> Values | None:
        """The row's values by column; only columns that the file has. None when one of them is wrong."""
        values: Values = {}
        sound = True
        for name in self.columns if names is None else names:
            if name not in row.cells:
                continue
            try:
                values[name] = self.columns[name].read(row.cells[name].strip())
            except CellError as error:
                self.tell(row.line, name, str(error))
                sound = False
        return values if sound else None

    def once(self, seen: dict[str, int], key: str, shown: str, line: int, column: str) -> bool:
        """Whether the key comes for the first time; tells where it came before otherwise."""
        if (before := seen.setdefault(key, line)) == line:
            return True
        sentence = _("%(name)s is in line %(line)s already. Each may come only once.")
        self.tell(line, column, sentence % {"name": shown, "line": before})
        return False

    def save(self, obj: Model, values: Values, line: int) -> bool:
        """Set the values, check them, save if anything changed. False when the model refuses them."""
        changed = {name: value for name, value in values.items() if getattr(obj, name) != value}
        for name, value in changed.items():
            setattr(obj, name, value)
        if not self.check(obj, line):
            return False
        self.count(obj, changed=bool(changed))
        if changed or obj._state.adding:
            obj.save()
        return True

    def check(self, obj: Model, line: int) -> bool:
        """The model's own rules, except those that ask the database: keys were looked up, doubles were sought."""
        exclude = {column.name for column in obj._meta.fields if column.is_relation}
        try:
            obj.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                column = "" if name == NON_FIELD_ERRORS else self.told_at.get(name, name)
                self.tell(line, column, " ".join(messages))
            return False
        return True

    def count(self, obj: Model, *, changed: bool) -> None:
        """Count a record as made, changed or found as it is."""
        if obj._state.adding:
            self.created += 1
        elif changed:
            self.updated += 1
        else:
            self.unchanged += 1


def by_code(model: type[Account | PaymentMethod | TaxCode | Term]) -> dict[str, Any]:
    """A list's entries by folded code, and by name where that is no other entry's code."""
    entries = list(model._default_manager.filter(active=True))
    named = {fold(entry.name): entry for entry in entries if isinstance(entry, Account | PaymentMethod | Term)}
    return named | {fold(entry.code): entry for entry in entries}


def unknown(things: Mapping[str, Any], single: str, where: str) -> str:
    """The sentence for an unknown list entry: what there is, and where to add one."""
    codes = sorted({str(getattr(entry, "code", entry)) for entry in things.values()})
    values = {"single": single, "where": where, "known": ", ".join(codes[:12]) or _("none yet")}
    sentence = _("There is no %(single)s “%%(cell)s”. Known: %(known)s. Add it under %(where)s first, or correct it.")
    return sentence % {name: value.replace("%", "%%") for name, value in values.items()}
