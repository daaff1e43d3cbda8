"""The values of a reconciliation: what each side says, where they differ, and whether that has its
reason. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quicksync.planning.scope import is_voided
from quicksync.records import KINDS, Record, Ref

ZERO = Decimal(0)
COMPARED = ("total", "tax", "open")
ALLOCATIONS = "allocations"
SIDES = ("here", "there")


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says of one record, in the line's currency; None where it says nothing."""

    total: Decimal | None = None
    tax: Decimal | None = None
    open: Decimal | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One record that the two sides do not share, or of which they do not say the same.

    `where` is "both" for a pair that differs in `what` ("total", "tax", "open"; "allocations" where
    a payment pays other documents), else the one side that has it: "here" or "there". `code`,
    `sentence` and `fix` are its reason; without one it is not `explained`.
    """

    where: str
    label: str
    here: Amounts | None = None
    there: Amounts | None = None
    what: tuple[str, ...] = ()
    code: str = ""
    sentence: str = ""
    fix: str = ""
    mapping: int | None = None
    explained: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One kind, for documents one month of it ("2026-01"), in one currency.

    Counts, totals and open balances are of everything that a side has; `paired` of these records
    are on both. An amount is None where a record of that side does not tell it: nothing is then
    said of the sum.
    """

    kind: str
    month: str
    currency: str
    paired: int
    here_count: int
    there_count: int
    here_total: Decimal | None
    there_total: Decimal | None
    here_open: Decimal | None
    there_open: Decimal | None
    differences: tuple[Difference, ...] = ()
    unlisted: int = 0
    unexplained: int = 0

    @property
    def explained(self) -> bool:
        """Whatever differs or stands alone has its reason.

        Open balances may differ by exactly what payments have paid that are listed with a reason of
        their own.
        """
        return self.unexplained == 0

    @property
    def agrees(self) -> bool:
        """The two sides show the same figures, to the cent in what both tell."""
        return self.explained and all(
            mine == theirs or mine is None or theirs is None
            for mine, theirs in (
                (self.here_count, self.there_count),
                (self.here_total, self.there_total),
                (self.here_open, self.there_open),
            )
        )

    @property
    def untold(self) -> tuple[tuple[str, str], ...]:
        """What could not be compared, and the side ("here", "there") that does not tell it."""
        if not KINDS[self.kind].is_document:
            return ()
        return tuple(
            (what, side)
            for what in ("total", "open")
            for side in SIDES
            if getattr(self, f"{side}_{what}") is None
        )


def agree(lines: Iterable[Line]) -> bool:
    """Whether both sides show the same in all of these; to the cent only if there is nothing
    `untold`, too.
    """
    return all(line.agrees for line in lines)


def explained(lines: Iterable[Line]) -> bool:
    """Whether nothing differs without a reason: the two sides' figures may differ all the same."""
    return all(line.explained for line in lines)


def untold(lines: Iterable[Line]) -> list[tuple[str, str, str]]:
    """Kind, amount ("total", "open") and side of what could not be compared, each once."""
    return list(
        dict.fromkeys((line.kind, what, side) for line in lines for what, side in line.untold)
    )


def amounts_of(record: Record, carried: Container[str] = ()) -> Amounts:
    """A record's total, tax, and what is open: an invoice's balance, a payment's unapplied rest.

    `carried` are the fields that its side is known to tell: having no allocations may also mean
    that they are not told.
    """
    if not KINDS[record.kind].is_document:
        return Amounts()
    if is_voided(record):
        # Whether a side keeps the old figures of what is void is a matter of taste: it is worth
        # nothing on both.
        return Amounts(total=ZERO, tax=ZERO, open=ZERO)
    return Amounts(
        total=record.amount(), tax=getattr(record, "tax", None), open=record.open_amount(carried)
    )


def paid_by(record: Record, fields: Container[str] | None = None) -> dict[Ref, Decimal]:
    """What a payment pays and uses of each document, in the references of its side; nothing where
    it is void. Only what stands in these `fields`, if any are given.
    """
    paid: dict[Ref, Decimal] = defaultdict(Decimal)
    for field in () if is_voided(record) else record.applied:
        if fields is None or field in fields:
            for part in getattr(record, field):
                paid[part.document] += part.amount
    return paid


def in_terms_of_here(
    there: Record, here: Amounts, carried: AbstractSet[str], *, amounts: Amounts
) -> Amounts:
    """What QuickBooks tells of a payment, for a side that does not know of all the credits and
    documents that it is applied to there: without them, so much more or less of it is left.
    """
    told = carried & there.applied.keys()
    if not told or amounts.open is None or amounts.open == here.open:
        return amounts
    return msgspec.structs.replace(amounts, open=amounts.open - there.besides(told))


def differs(here: Amounts, there: Amounts) -> tuple[str, ...]:
    """The amounts that both sides tell and that are not the same to the cent."""
    pairs = ((name, getattr(here, name), getattr(there, name)) for name in COMPARED)
    return tuple(
        name
        for name, mine, theirs in pairs
        if mine is not None and theirs is not None and mine != theirs
    )


def in_words(here: Amounts, there: Amounts, what: tuple[str, ...]) -> str:
    """What differs, with both figures."""
    parts = [
        f"{name}: {getattr(here, name):,.2f} here, {getattr(there, name):,.2f} in QuickBooks"
        for name in COMPARED
        if name in what
    ]
    text = "; ".join(parts)
    sentences = [f"{text[:1].upper()}{text[1:]}."] if parts else []
    return " ".join([*sentences, *([_(_PAYS_OTHERS)] if ALLOCATIONS in what else [])])


_PAYS_OTHERS = gettext_noop("It does not pay the same documents on both sides.")
