"""Reconciliation: both sides' counts, totals and open balances by kind and month, every difference with its why (I12).

Nothing is asked of QuickBooks: its side is what the last cycle read. Pairs are compared record by record; what stands
on one side only is listed with the reason that it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from decimal import Decimal
from itertools import islice

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from quicksync.local.registry import registry
from quicksync.local.values import Found
from quicksync.models import Category, Connection, EntityMapping, RemoteRecord, SyncRun
from quicksync.planning.reasons import explain
from quicksync.planning.steps import Reason
from quicksync.quickbooks.editions import edition_for
from quicksync.records import KINDS, Payment, Record, Ref
from quicksync.sync.gather import Gather
from quicksync.sync.references import here_ref, there_ref
from quicksync.sync.sides import decode, stored

CHUNK = 500
# Differences that a line spells out; the rest is counted in `unlisted`.
LISTED = 200
ZERO = Decimal(0)
COMPARED = ("total", "tax", "open")
SIDES = ("here", "there")


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says of one record, in the line's currency; None where it says nothing."""

    total: Decimal | None = None
    tax: Decimal | None = None
    open: Decimal | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One record that the two sides do not share, or of which they do not say the same.

    `where` is "both" for a pair whose amounts differ in `what` ("total", "tax", "open"), else the one side that has
    it: "here" or "there". `code`, `sentence` and `fix` are its reason; without one it is not `explained`.
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

    Counts, totals and open balances are of everything that a side has; `paired` of these records are on both.
    An amount is None where a record of that side does not tell it: nothing is then said of the sum.
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
    def agrees(self) -> bool:
        """Every pair says the same to the cent in what both sides tell, and whatever stands alone has its reason.

        Open balances may differ by exactly what payments that stand alone, with their reason, have paid.
        """
        return self.unexplained == 0

    @property
    def untold(self) -> tuple[tuple[str, str], ...]:
        """What could not be compared, and the side ("here", "there") whose records do not tell it."""
        if not KINDS[self.kind].is_document:
            return ()
        return tuple(
            (what, side) for what in ("total", "open") for side in SIDES if getattr(self, f"{side}_{what}") is None
        )


def reconcile(connection: Connection) -> list[Line]:
    """The lines of every category that is on, parents before children, months in order."""
    enabled = Category.objects.filter(connection=connection, enabled=True).values_list("kind", flat=True)
    sheet = _Sheet(connection)
    # Payments first: those that stand alone explain what is open on invoices.
    for kind in sorted(enabled, key=lambda kind: -KINDS[kind].rank):
        sheet.take(kind)
    return sheet.lines()


def agree(lines: Iterable[Line]) -> bool:
    """Whether nothing differs in all of these; to the cent only if there is nothing `untold`, too."""
    return all(line.agrees for line in lines)


def untold(lines: Iterable[Line]) -> list[tuple[str, str, str]]:
    """The kind, amount ("total", "open") and side of everything that could not be compared, each once."""
    return list(dict.fromkeys((line.kind, what, side) for line in lines for what, side in line.untold))


class _Sum:
    """One line in the making."""

    def __init__(self) -> None:
        self.paired = self.unlisted = self.unexplained = 0
        self.counts = dict.fromkeys(SIDES, 0)
        self.totals: dict[str, Decimal | None] = dict.fromkeys(SIDES, ZERO)
        self.opens: dict[str, Decimal | None] = dict.fromkeys(SIDES, ZERO)
        self.differences: list[Difference] = []

    def add(self, side: str, amounts: Amounts) -> None:
        self.counts[side] += 1
        self.totals[side] = _plus(self.totals[side], amounts.total)
        self.opens[side] = _plus(self.opens[side], amounts.open)

    def note(self, difference: Difference) -> None:
        self.unexplained += not difference.explained
        if len(self.differences) < LISTED or (not difference.explained and len(self.differences) < 2 * LISTED):
            self.differences.append(difference)
        else:
            self.unlisted += 1


def _plus(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    """A sum of which one part is not known is not known."""
    return None if whole is None or part is None else whole + part


class _Sheet:
    """All lines in the making, and what payments that stand alone have paid."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.edition = edition_for(connection.edition)
        # The planner's own reading of both sides, for a run that is never saved.
        self.gather = Gather(SyncRun(connection=connection), self.edition)
        self.sums: dict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
        # The fields that both sides of a kind tell.
        self.carried = {kind: policy.fields for kind, policy in self.gather.policies.items()}
        # By side: both name their invoices by numbers of their own.
        self.paid_alone: dict[tuple[str, Ref], Decimal] = defaultdict(Decimal)

    def take(self, kind: str) -> None:
        """Compare one kind: what is known as pair or half, then what nobody has looked at yet."""
        for mappings in _chunks(EntityMapping.objects.filter(connection=self.connection, kind=kind)):
            for side in self.gather.both(mappings, set()):
                if side.found and side.there:
                    self._pair(side.mapping, side.found, side.there)
                elif side.found or side.there:
                    self._alone(kind, side.found, side.there, side.mapping)
        for found in self._unknown_here(kind):
            self._alone(kind, found, None, None)
        for there in self._unknown_there(kind):
            self._alone(kind, None, there, None)

    def lines(self) -> list[Line]:
        """What has been added up."""
        ordered = sorted(self.sums.items(), key=lambda item: (KINDS[item[0][0]].rank, *item[0]))
        return [
            Line(
                kind=kind, month=month, currency=currency, paired=total.paired,
                here_count=total.counts["here"], there_count=total.counts["there"],
                here_total=total.totals["here"], there_total=total.totals["there"],
                here_open=total.opens["here"], there_open=total.opens["there"],
                differences=tuple(total.differences), unlisted=total.unlisted, unexplained=total.unexplained,
            )
            for (kind, month, currency), total in ordered
        ]  # fmt: skip

    # --- Records --------------------------------------------------------------------------------------------------

    def _sum(self, kind: str, record: Record) -> _Sum:
        day = getattr(record, "issued_on", None) or getattr(record, "paid_on", None)
        money = KINDS[kind].is_document
        currency = (getattr(record, "currency", "") or self.connection.home_currency) if money else ""
        return self.sums[kind, f"{day:%Y-%m}" if day and money else "", currency]

    def _pair(self, mapping: EntityMapping, found: Found, there: Record) -> None:
        here = found.record
        sides = {"here": self._amounts_here(found), "there": amounts_of(there)}
        line = self._sum(mapping.kind, here)
        line.paired += 1
        line.add("here", sides["here"])
        self._sum(mapping.kind, there).add("there", sides["there"])
        what = _differs(sides["here"], sides["there"])
        if what or found.error:
            line.note(self._pair_difference(mapping, found, sides, what))

    def _amounts_here(self, found: Found) -> Amounts:
        """Nothing is known of an object that cannot be read."""
        return Amounts() if found.error else amounts_of(found.record, self.carried[found.record.kind])

    def _pair_difference(
        self, mapping: EntityMapping, found: Found, sides: dict[str, Amounts], what: tuple[str, ...]
    ) -> Difference:
        here, there = sides["here"], sides["there"]
        late = what == ("open",) and self._open_but_for_payments(mapping, here, there)
        reason = explain(Reason(mapping.reason, mapping.reason_values), mapping.kind) if mapping.reason else None
        sentence = _sentence(here, there, what) if what else found.error
        if "total" in what and getattr(found.record, "total", None) is None:
            sentence += f" {_WORKED_OUT}"
        if late:
            sentence += " The difference is a payment that is not in step yet, listed with its own reason."
        elif reason:
            sentence += f" {reason.sentence}"
        return Difference(
            where="both", label=found.label, here=here, there=there, what=what, code=mapping.reason, sentence=sentence,
            fix=reason.fix if reason else _PAID_SINCE if what == ("open",) and not late else "", mapping=mapping.pk,
            explained=late,
        )  # fmt: skip

    def _open_but_for_payments(self, mapping: EntityMapping, here: Amounts, there: Amounts) -> bool:
        mine, theirs = here_ref(mapping), there_ref(mapping)
        if mine is None or theirs is None or here.open is None or there.open is None:
            return False
        paid_here, paid_there = self.paid_alone.get(("here", mine), ZERO), self.paid_alone.get(("there", theirs), ZERO)
        return here.open + paid_here == there.open + paid_there

    def _alone(self, kind: str, found: Found | None, there: Record | None, mapping: EntityMapping | None) -> None:
        record = found.record if found else there
        if record is None:
            return
        amounts, where = (self._amounts_here(found), "here") if found else (amounts_of(record), "there")
        if isinstance(record, Payment) and not record.voided:
            for allocation in record.allocations:
                self.paid_alone[where, allocation.document] += allocation.amount
        line = self._sum(kind, record)
        line.add(where, amounts)
        reason = explain(Reason(mapping.reason, mapping.reason_values), kind) if mapping and mapping.reason else None
        label = (mapping.label if mapping else "") or (found.label if found else record.label())
        line.note(
            Difference(
                where=where, label=label, here=amounts if found else None, there=amounts if there else None,
                code=reason.code if reason else "", sentence=reason.sentence if reason else _UNSEEN,
                fix=reason.fix if reason else "Synchronize, then compare again.",
                mapping=mapping.pk if mapping else None, explained=reason is not None,
            )
        )  # fmt: skip

    # --- What nobody has looked at --------------------------------------------------------------------------------

    def _unknown_here(self, kind: str) -> Iterator[Found]:
        for adapter in registry.for_kind(kind):
            mapped = EntityMapping.objects.filter(
                connection=self.connection, kind=kind, model_label=adapter.label_lower
            )
            seen = adapter.seen(self.connection)
            while chunk := [one.key for one in islice(seen, CHUNK)]:
                known = set(mapped.filter(object_key__in=chunk).values_list("object_key", flat=True))
                unknown = [key for key in chunk if key not in known]
                yield from adapter.find(self.connection, unknown).values() if unknown else ()

    def _unknown_there(self, kind: str) -> Iterator[Record]:
        mapped = EntityMapping.objects.filter(
            connection=self.connection, remote_type=OuterRef("type"), remote_id=OuterRef("remote_id")
        )
        rows = RemoteRecord.objects.filter(~Exists(mapped), connection=self.connection, kind=kind, deleted=False)
        for remote in stored(rows, streamed=CHUNK):
            there = decode(self.edition, remote, self.gather.facts)
            if isinstance(there, Record):
                yield there


_UNSEEN = "Nobody has compared this record yet."
_PAID_SINCE = "A payment may have been sent after this balance was read: synchronize once more, then compare again."
_WORKED_OUT = "This side states no total: its lines come to this. If it bills more, its adapter must carry the tax."


def amounts_of(record: Record, carried: Container[str] = ()) -> Amounts:
    """A record's total, tax and what is open of it: an invoice's balance, a payment's unapplied rest.

    `carried` are the fields that its side is known to tell: having no allocations may also mean that they are not told.
    """
    if not KINDS[record.kind].is_document:
        return Amounts()
    if not isinstance(record, Payment):
        return Amounts(total=record.amount(), tax=getattr(record, "tax", None), open=getattr(record, "balance", None))
    rest = record.unapplied
    if rest is None and "allocations" in carried:
        rest = record.total - sum((one.amount for one in record.allocations), ZERO)
    return Amounts(total=record.total, open=rest)


def _differs(here: Amounts, there: Amounts) -> tuple[str, ...]:
    """The amounts that both sides tell and that are not the same to the cent."""
    pairs = ((name, getattr(here, name), getattr(there, name)) for name in COMPARED)
    return tuple(name for name, mine, theirs in pairs if mine is not None and theirs is not None and mine != theirs)


def _sentence(here: Amounts, there: Amounts, what: tuple[str, ...]) -> str:
    parts = [f"{name}: {getattr(here, name):,.2f} here, {getattr(there, name):,.2f} in QuickBooks" for name in what]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _chunks(rows: QuerySet[EntityMapping]) -> Iterator[list[EntityMapping]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        yield chunk
