"""What the importers share: reading rows, finding duplicates, saving what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from quicksync.books.importing import cells
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.problems import CellError, Problem, moved
from quicksync.books.importing.reading import Row
from quicksync.books.models import Account, PaymentMethod, TaxCode, Term

Values = dict[str, Any]
# Few enough for every database's limit on the values of one statement.
CHUNK = 5_000


class Importer:
    """One kind of file. `columns` are made for each import: some know what is in the books."""

    # Model field -> column, where their names differ: errors of the model are told at the column.
    told_at: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.columns = self.make_columns()
        self.problems: list[Problem] = []
        self.created = self.updated = self.unchanged = 0
        self._writes: list[Callable[[], object]] = []
        self._read_from: dict[type[Model], dict[Any, Any]] = {}

    def make_columns(self) -> Mapping[str, Column]:
        """Column name -> column."""
        return {}

    def take(self, rows: Sequence[Row]) -> None:
        """Check the rows and note what is to be written; problems are kept, not raised. Nothing is
        written yet: this takes its time, and the site goes on meanwhile.
        """

    def write(self) -> None:
        """Write all that was noted, or nothing: in one transaction that does nothing else. Raises
        Refused.
        """
        try:
            with transaction.atomic():
                self.look_again()
                for write in self._writes:
                    write()
        except IntegrityError as error:
            raise moved() from error

    def look_again(self) -> None:
        """What the checks rested on must be as it was. Raises Refused."""
        for model, known in self._read_from.items():
            keys = list(known)
            for start in range(0, len(keys), CHUNK):
                chunk = model._default_manager.filter(pk__in=keys[start : start + CHUNK])
                now = dict(chunk.select_for_update(no_key=True).values_list("pk", "updated_at"))
                if any(now.get(key) != known[key] for key in keys[start : start + CHUNK]):
                    raise moved()

    def note(self, obj: Model, write: Callable[[], object]) -> None:
        """What is to be written of an object, if all is well."""
        if not obj._state.adding:
            self._read_from.setdefault(type(obj), {})[obj.pk] = getattr(obj, "updated_at", None)
        self._writes.append(write)

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
        """The row's values by column, of columns that the file has. None when one is wrong."""
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
        sentence = _("%(name)s is already in line %(line)s. Each may appear only once.")
        self.tell(line, column, sentence % {"name": shown, "line": before})
        return False

    def save(self, obj: Model, values: Values, line: int) -> bool:
        """Set the values, check them, note to save if anything changed. False when the model
        refuses them.
        """
        changed = {name: value for name, value in values.items() if getattr(obj, name) != value}
        for name, value in changed.items():
            setattr(obj, name, value)
        if not self.check(obj, line):
            return False
        self.count(obj, changed=bool(changed))
        if changed or obj._state.adding:
            self.note(obj, obj.save)
        return True

    def check(self, obj: Model, line: int) -> bool:
        """The model's own rules, except those that ask the database: keys were looked up, doubles
        were sought.
        """
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
    named = {
        fold(entry.name): entry
        for entry in entries
        if isinstance(entry, Account | PaymentMethod | Term)
    }
    return named | {fold(entry.code): entry for entry in entries}


def entry_column(model: type[Account | PaymentMethod | TaxCode | Term]) -> Column:
    """An entry of a list by its code or name; an unknown one is told with those there are."""
    names = model._meta
    entries = by_code(model)
    sentence = unknown(entries, str(names.verbose_name), capfirst(str(names.verbose_name_plural)))
    return Column(cells.known(entries, sentence), empty=None)


def unknown(things: Mapping[str, Any], single: str, where: str) -> str:
    """The sentence for an unknown list entry: what there is, and where to add one."""
    codes = sorted({str(getattr(entry, "code", entry)) for entry in things.values()})
    values = {"single": single, "where": where, "known": ", ".join(codes[:12]) or _("none yet")}
    sentence = _(
        "There is no %(single)s “%%(cell)s”. Known: %(known)s. Add it under %(where)s first, or"
        " correct it."
    )
    return sentence % {name: value.replace("%", "%%") for name, value in values.items()}
