"""The sheet of a reconciliation: the sums in the making, and how far it is. It can be put away and
taken up again by another worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from quicksync.records import KINDS, Ref
from quicksync.sync.monitor.comparison import SIDES, ZERO, Amounts, Difference, Line

# Differences that a line spells out, with a reason and without; the rest is counted in `unlisted`.
LISTED = 200
# And all lines together of each sort: a page shows them, and they are kept.
MOST_LISTED = 1_000


class Sum(msgspec.Struct, kw_only=True):
    """One line in the making; `counts`, `totals` and `opens` are by side."""

    kind: str
    month: str
    currency: str
    paired: int = 0
    unlisted: int = 0
    unexplained: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    totals: dict[str, Decimal | None] = msgspec.field(
        default_factory=lambda: dict.fromkeys(SIDES, ZERO)
    )
    opens: dict[str, Decimal | None] = msgspec.field(
        default_factory=lambda: dict.fromkeys(SIDES, ZERO)
    )
    differences: list[Difference] = []

    def add(self, side: str, amounts: Amounts) -> None:
        """One record more on a side."""
        self.counts[side] += 1
        self.totals[side] = _plus(self.totals[side], amounts.total)
        self.opens[side] = _plus(self.opens[side], amounts.open)

    def line(self) -> Line:
        """What has been added up."""
        return Line(
            kind=self.kind,
            month=self.month,
            currency=self.currency,
            paired=self.paired,
            here_count=self.counts["here"],
            there_count=self.counts["there"],
            here_total=self.totals["here"],
            there_total=self.totals["there"],
            here_open=self.opens["here"],
            there_open=self.opens["there"],
            differences=tuple(self.differences),
            unlisted=self.unlisted,
            unexplained=self.unexplained,
        )


def _plus(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    """A sum of which one part is not known is not known."""
    return None if whole is None or part is None else whole + part


class Place(msgspec.Struct):
    """How far it is: the `kinds` that are still to come, the first of them at work; up to `after`,
    a primary key, its `stage` is done. `models` are those of this side whose unknown records are
    still to come, `done` is how many known records have been compared.
    """

    kinds: list[str]
    stage: str = "known"
    after: str = ""
    models: list[str] = []
    done: int = 0


class _Away(msgspec.Struct):
    """A sheet that is put away; JSON takes no keys of several parts."""

    place: Place
    sums: list[Sum]
    paid: list[tuple[str, Ref, Decimal]]


class Sheet:
    """All lines in the making, and what was paid by payments that the other side does not have or
    has otherwise: that grows with their number, everything else does not grow with the records.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        self.place = Place(list(kinds))
        self._sums: dict[tuple[str, str, str], Sum] = {}
        self._listed = {True: 0, False: 0}
        # By side: both name their invoices by numbers of their own.
        self.paid: dict[tuple[str, Ref], Decimal] = defaultdict(Decimal)

    @classmethod
    def taken_up(cls, text: str) -> Sheet:
        """One that was put away."""
        away = msgspec.json.decode(text, type=_Away)
        sheet = cls(())
        sheet.place = away.place
        sheet._sums = {(one.kind, one.month, one.currency): one for one in away.sums}
        sheet.paid.update({(side, ref): amount for side, ref, amount in away.paid})
        for one in away.sums:
            for difference in one.differences:
                sheet._listed[difference.explained] += 1
        return sheet

    def put_away(self) -> str:
        """The text that it is taken up from."""
        paid = [(side, ref, amount) for (side, ref), amount in self.paid.items()]
        return msgspec.json.encode(_Away(self.place, [*self._sums.values()], paid)).decode()

    def sum(self, kind: str, month: str, currency: str) -> Sum:
        """The line of these."""
        key = kind, month, currency
        if key not in self._sums:
            self._sums[key] = Sum(kind=kind, month=month, currency=currency)
        return self._sums[key]

    def note(self, line: Sum, difference: Difference) -> None:
        """List a difference, as long as there is room; what has no reason finds room longer."""
        explained = difference.explained
        line.unexplained += not explained
        room = LISTED if explained else 2 * LISTED
        if len(line.differences) < room and self._listed[explained] < MOST_LISTED:
            self._listed[explained] += 1
            line.differences.append(difference)
        else:
            line.unlisted += 1

    def lines(self) -> list[Line]:
        """What has been added up, kinds that others name first, months in order."""
        ordered = sorted(self._sums.items(), key=lambda item: (KINDS[item[0][0]].rank, *item[0]))
        return [one.line() for _, one in ordered]
