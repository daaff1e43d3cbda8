"""The reconciliation in texts: a table for each kind, a line for each month and currency (I12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from quicksync.admin.parts import present
from quicksync.admin.parts.base import address
from quicksync.records import KINDS
from quicksync.sync.monitor.comparison import Difference, Line, untold


@dataclass(frozen=True)
class Cell:
    """One figure of both sides; "not known" where a side does not tell it."""

    here: str
    there: str
    known: bool = True

    @property
    def equal(self) -> bool:
        return not self.known or self.here == self.there


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
    """One line: number, total and open balance; `whole` when all of them could be compared.

    `agrees` when both sides show the same, `explained` when whatever differs has its reason.
    """

    name: str
    cells: tuple[Cell, ...]
    agrees: bool
    explained: bool
    whole: bool
    strays: tuple[Stray, ...]
    unlisted: int


@dataclass(frozen=True)
class Table:
    """One kind by month; or, without money, a line for each kind that carries none."""

    kind: str
    money: bool
    months: tuple[Month, ...]


def tables(lines: Iterable[Line]) -> list[Table]:
    """The lines of `reconcile`, by kind, in their order; numbers without money stand together,
    before them.
    """
    plain: list[Line] = []
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        (by_kind[line.kind] if KINDS[line.kind].is_document else plain).append(line)
    numbers = [Table(_("Lists and names"), False, tuple(map(_month, plain)))] if plain else []
    return numbers + [
        Table(present.kind_word(kind), True, tuple(map(_month, found)))
        for kind, found in by_kind.items()
    ]


def missing(lines: Iterable[Line]) -> list[str]:
    """What could not be compared, in a sentence for each kind and side."""
    words = {"total": _("Totals"), "open": _("Open amounts")}
    sentences = {
        "here": _("%(what)s of %(kind)s: not known here."),
        "there": _("%(what)s of %(kind)s: not known in QuickBooks."),
    }
    return [
        sentences[side] % {"what": words[what], "kind": present.kind_word(kind).lower()}
        for kind, what, side in untold(lines)
    ]


def _cell(here: Decimal | None, there: Decimal | None, currency: str) -> Cell:
    mine, theirs = (present.amount(value, currency) or _("not known") for value in (here, there))
    return Cell(mine, theirs, here is not None and there is not None)


def _month(line: Line) -> Month:
    money = KINDS[line.kind].is_document
    cells = [Cell(f"{line.here_count:,}", f"{line.there_count:,}")]
    if money:
        for here, there in ((line.here_total, line.there_total), (line.here_open, line.there_open)):
            cells.append(_cell(here, there, line.currency))
    strays = tuple(_stray(difference) for difference in line.differences)
    return Month(
        (line.month or _("Without a date")) if money else present.kind_word(line.kind),
        tuple(cells),
        line.agrees,
        line.explained,
        not line.untold,
        strays,
        line.unlisted,
    )


def _stray(difference: Difference) -> Stray:
    where = {"here": _("only here"), "there": _("only in QuickBooks"), "both": _("on both sides")}
    url = address("entitymapping", "change", difference.mapping) if difference.mapping else ""
    return Stray(
        difference.label,
        where.get(difference.where, ""),
        difference.sentence,
        difference.fix,
        url,
        difference.explained,
    )
