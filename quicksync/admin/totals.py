"""The reconciliation in texts: one table for each kind, one line for each month and currency (I12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quicksync.admin import present
from quicksync.admin.base import address
from quicksync.records import KINDS
from quicksync.sync.reconcile import Amounts, Difference, Line


@dataclass(frozen=True)
class Cell:
    """One figure of both sides."""

    here: str
    there: str

    @property
    def equal(self) -> bool:
        return self.here == self.there


@dataclass(frozen=True)
class Stray:
    """One record that stands on one side only, or differs."""

    label: str
    where: str
    sentence: str
    fix: str
    url: str
    explained: bool


@dataclass(frozen=True)
class Month:
    """One line: number, total and open balance."""

    name: str
    cells: tuple[Cell, ...]
    agrees: bool
    strays: tuple[Stray, ...]
    unlisted: int


@dataclass(frozen=True)
class Table:
    """One kind. Kinds that carry no money show numbers only."""

    kind: str
    money: bool
    agrees: bool
    months: tuple[Month, ...]


def tables(lines: Iterable[Line]) -> list[Table]:
    """The lines of `reconcile`, by kind, in their order."""
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_kind[line.kind].append(line)
    return [
        Table(
            present.kind_word(kind),
            KINDS[kind].is_document,
            all(line.agrees for line in found),
            tuple(_month(line) for line in found),
        )
        for kind, found in by_kind.items()
    ]


def _month(line: Line) -> Month:
    money = KINDS[line.kind].is_document
    cells = [Cell(f"{line.here_count:,}", f"{line.there_count:,}")]
    if money:
        for here, there in ((line.here_total, line.there_total), (line.here_open, line.there_open)):
            cells.append(Cell(present.amount(here, line.currency), present.amount(there, line.currency)))
    strays = tuple(_stray(difference, line.currency) for difference in line.differences)
    return Month(line.month or _("All"), tuple(cells), line.agrees, strays, line.unlisted)


def _stray(difference: Difference, currency: str) -> Stray:
    where = {"here": _("only here"), "there": _("only in QuickBooks"), "both": _("on both sides")}
    sentence = difference.sentence
    if difference.where == "both" and difference.here and difference.there:
        parts = [_apart(name, difference.here, difference.there, currency) for name in difference.what]
        sentence = " ".join([*parts, sentence])
    url = address("entitymapping", "change", difference.mapping) if difference.mapping else ""
    return Stray(difference.label, where.get(difference.where, ""), sentence, difference.fix, url, difference.explained)


def _apart(name: str, here: Amounts, there: Amounts, currency: str) -> str:
    words = {"total": _("Total"), "tax": _("Tax"), "open": _("Open")}
    mine, theirs = (present.amount(getattr(side, name), currency) for side in (here, there))
    return _("%(what)s here %(here)s, in QuickBooks %(there)s.") % {"what": words[name], "here": mine, "there": theirs}
