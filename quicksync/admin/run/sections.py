"""A run's operations in groups: by kind, then by what is done; those that want a person first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import msgspec
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import pills, present
from quicksync.admin.parts.page_links import Spot
from quicksync.admin.parts.present import Cell, CountRow, Row, Why
from quicksync.models import Operation, SyncRun
from quicksync.records import KINDS
from quicksync.sync.worker import run_sums
from quicksync.sync.worker.counts import rows as counted
from quicksync.sync.worker.run_sums import ASIDE

ROWS_PER_GROUP = 100

State = Operation.State


class Heading(NamedTuple):
    """A sort of outcome: its words before and after the run, and its colour."""

    proposed: Any
    done: Any
    tone: str


_HEADINGS: dict[str, Heading] = {
    "failed": Heading(gettext_lazy("Failed"), gettext_lazy("Failed"), pills.BAD),
    "conflict": Heading(gettext_lazy("In conflict"), gettext_lazy("In conflict"), pills.BAD),
    "hold": Heading(gettext_lazy("Needs you"), gettext_lazy("Held"), pills.WARN),
    "unknown": Heading(
        gettext_lazy("Outcome unknown"), gettext_lazy("Outcome unknown"), pills.WARN
    ),
    "drift": Heading(
        gettext_lazy("Changed in QuickBooks"), gettext_lazy("Changed in QuickBooks"), pills.WARN
    ),
    "waiting": Heading(gettext_lazy("Still waiting"), gettext_lazy("Still waiting"), pills.WAIT),
    "create-push": Heading(
        gettext_lazy("To be created in QuickBooks"), gettext_lazy("Created in QuickBooks"), pills.OK
    ),
    "create-pull": Heading(
        gettext_lazy("To be created here"), gettext_lazy("Created here"), pills.OK
    ),
    "update-push": Heading(
        gettext_lazy("To be updated in QuickBooks"), gettext_lazy("Updated in QuickBooks"), pills.OK
    ),
    "update-pull": Heading(
        gettext_lazy("To be updated here"), gettext_lazy("Updated here"), pills.OK
    ),
    "remove-push": Heading(
        gettext_lazy("To be voided or deleted in QuickBooks"),
        gettext_lazy("Voided or deleted in QuickBooks"),
        pills.WARN,
    ),
    "remove-pull": Heading(
        gettext_lazy("To be voided or deleted here"),
        gettext_lazy("Voided or deleted here"),
        pills.WARN,
    ),
    "pair": Heading(
        gettext_lazy("Already identical: to be paired"), gettext_lazy("Paired"), pills.OK
    ),
    "skip": Heading(
        pgettext_lazy("records", "Skipped"), pgettext_lazy("records", "Skipped"), pills.OFF
    ),
    "stale": Heading(
        gettext_lazy("Changed since: will be compared again"), gettext_lazy("Overtaken"), pills.OFF
    ),
    "cancelled": Heading(gettext_lazy("Cancelled"), gettext_lazy("Cancelled"), pills.OFF),
    "rest": Heading(gettext_lazy("Other"), gettext_lazy("Other"), pills.OFF),
}
ORDER = tuple(_HEADINGS)
ATTENTION = frozenset({"failed", "conflict", "hold", "unknown", "drift"})
# Sections with so few rows are shown open.
FEW = 5
_BY_STATE = {
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
    # Of a run that was stopped: it goes on with them when it can.
    State.PENDING: "waiting",
    State.SENDING: "waiting",
    State.STALE: "stale",
    State.CANCELLED: "cancelled",
}
_OWN = ASIDE | {"skip", "pair"}
_REMOVES = {"void", "delete"}


def section_of(state: str, action: str, direction: str) -> str:
    """The group of an operation."""
    if state in _BY_STATE:
        return _BY_STATE[State(state)]
    if action in _OWN:
        return action
    if state == State.SKIPPED:
        return "skip"
    key = f"{'remove' if action in _REMOVES else action}-{direction}"
    return key if key in _HEADINGS else "rest"


class Combination(NamedTuple):
    """Operations that are alike in state, action and direction."""

    state: str
    action: str
    direction: str


@dataclass(frozen=True)
class Section:
    """The operations of one kind and one outcome; `rows` are the first of them, or one page."""

    kind: str
    key: str
    title: str
    whose: str
    tone: str
    count: int
    amounts: str
    rows: tuple[Row, ...]
    can_skip: bool
    combinations: tuple[Combination, ...]

    @property
    def sign(self) -> str:
        return pills.SIGNS[self.tone]

    @property
    def is_open(self) -> bool:
        return self.key in ATTENTION or (self.key != "skip" and self.count <= FEW)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Group:
    """All outcomes of one kind."""

    kind: str
    title: str
    count: int
    sections: tuple[Section, ...]
    can_skip: bool


@dataclass
class _Sum:
    count: int
    amounts: dict[str, Decimal]
    combinations: set[Combination]
    # As the index of a run's operations has them.
    ranks: set[tuple[int, Combination]]


def groups(run: SyncRun, only: tuple[str, str] | None = None, after: int = 0) -> list[Group]:
    """The run's operations: a few queries, whatever their number. What wants a person comes first,
    of all kinds.

    `only` is a kind and a section: then that section alone, from the operation after `after` on.
    """
    sums = _sums(run)
    if only is not None:
        sums = {key: found for key, found in sums.items() if key == only}
    rows = _rows(run, sums, after) if only else _first_rows(run, sums)
    draft = run.state == SyncRun.State.DRAFT
    made: dict[str, list[Section]] = defaultdict(list)
    for (kind, key), found in sorted(sums.items(), key=lambda item: _position(*item[0])):
        place = "" if key in ATTENTION else kind
        made[place].append(_section(kind, key, found, rows.get((kind, key), ()), draft=draft))
    first = {"": made.pop("")} if "" in made else {}
    return [_group(kind, sections) for kind, sections in (first | made).items()]


def _group(kind: str, sections: list[Section]) -> Group:
    return Group(
        kind=kind or "attention",
        title=present.kind_word(kind) if kind else str(_("Needs your attention")),
        count=sum(section.count for section in sections),
        sections=tuple(sections),
        can_skip=bool(kind) and any(section.can_skip for section in sections),
    )


def overview_headings() -> tuple[str, ...]:
    """The headings of `overview`."""
    words = (
        _("Needs attention"),
        _("New in QuickBooks"),
        _("Changes in QuickBooks"),
        _("New here"),
        _("Changes here"),
        _("Paired"),
        _("Unchanged"),
        _("Not included"),
    )
    return tuple(str(word) for word in words)


def overview(run: SyncRun, shown: Sequence[Group]) -> list[CountRow]:
    """What a plan would do, one line for each kind. `shown` are the run's groups."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    amounts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for section in (section for group in shown for section in group.sections):
        column = (
            "attention" if section.key in ATTENTION else section.key.replace("remove", "update")
        )
        numbers[section.kind][column] += section.count
        if section.amounts and column.startswith(("create", "update")):
            removes = section.key.startswith("remove")
            said = _("%(amount)s removed") % {"amount": section.amounts} if removes else ""
            amounts[section.kind, column].append(str(said or section.amounts))
    for kind, _direction, outcomes in counted(run.counts):
        numbers[kind]["unchanged"] += outcomes["unchanged"]
    for one in run_sums.silent(run):
        numbers[one.kind].update(attention=one.waiting, out=one.number - one.waiting)
    columns = (
        "attention",
        "create-push",
        "update-push",
        "create-pull",
        "update-pull",
        "pair",
        "unchanged",
        "out",
    )
    return [
        CountRow(
            present.kind_word(kind),
            kind,
            tuple(
                Cell(word, f"{found[name]:,}", tuple(amounts[kind, name]))
                for word, name in zip(overview_headings(), columns, strict=True)
            ),
        )
        for kind, found in sorted(numbers.items(), key=lambda entry: _position(entry[0], ORDER[0]))
    ]


def _position(kind: str, key: str) -> tuple[int, str, int]:
    rank = KINDS[kind].rank if kind in KINDS else 99
    return rank, kind, ORDER.index(key)


def _sums(run: SyncRun) -> dict[tuple[str, str], _Sum]:
    found: dict[tuple[str, str], _Sum] = {}
    for kind, rank, state, action, direction, currency, n, amount in map(
        msgspec.structs.astuple, run_sums.alike(run)
    ):
        key = kind, section_of(state, action, direction)
        entry = found.setdefault(key, _Sum(0, {}, set(), set()))
        entry.count += n
        alike = Combination(state, action, direction)
        entry.combinations.add(alike)
        entry.ranks.add((rank, alike))
        if amount is not None:
            entry.amounts[currency] = entry.amounts.get(currency, Decimal(0)) + amount
    return found


def _section(kind: str, key: str, found: _Sum, rows: Sequence[Row], *, draft: bool) -> Section:
    heading = _HEADINGS[key]
    amounts = ", ".join(
        present.amount(amount, currency) for currency, amount in sorted(found.amounts.items())
    )
    return Section(
        kind=kind,
        key=key,
        title=str(heading.proposed if draft else heading.done),
        whose=present.kind_word(kind) if key in ATTENTION else "",
        tone=heading.tone,
        count=found.count,
        amounts=amounts,
        rows=tuple(rows),
        can_skip=draft
        and any(one.state == State.DRAFT or one.action in ASIDE for one in found.combinations),
        combinations=tuple(sorted(found.combinations)),
    )


def _base(run: SyncRun) -> QuerySet[Operation]:
    return (
        Operation.objects.filter(run=run)
        .select_related("mapping")
        .defer("body", "mapping__agreed_here", "mapping__agreed_there", "mapping__line_ids")
    )


def _first_rows(
    run: SyncRun, sums: Mapping[tuple[str, str], _Sum]
) -> dict[tuple[str, str], list[Row]]:
    """The first rows of every group, in one query: of a run of a million operations only these are
    read.
    """
    every = Operation.objects.filter(run=run)
    firsts = [
        every.filter(rank=rank, kind=kind, **one._asdict()).order_by("id").values("pk")
        for (kind, _key), found in sums.items()
        for rank, one in sorted(found.ranks)
    ]
    if not firsts:
        return {}
    # Each in a subquery of its own: SQLite takes no LIMIT in a part of a union.
    first, *others = (
        Operation.objects.filter(pk__in=keys[:ROWS_PER_GROUP]).order_by().values("pk")
        for keys in firsts
    )
    return _grouped(run, _base(run).filter(pk__in=first.union(*others, all=True)).order_by("id"))


def _rows(
    run: SyncRun, sums: dict[tuple[str, str], _Sum], after: int
) -> dict[tuple[str, str], list[Row]]:
    """One page of one group."""
    for (kind, _key), found in sums.items():
        operations = _base(run).filter(which(found.combinations), kind=kind, pk__gt=after)
        return _grouped(run, operations.order_by("id")[:ROWS_PER_GROUP])
    return {}


def which(combinations: Iterable[Combination]) -> Q:
    """The operations of a section."""
    alike = (Q(state=one.state, action=one.action, direction=one.direction) for one in combinations)
    return reduce(or_, alike, Q(pk__in=()))


def _grouped(run: SyncRun, operations: Iterable[Operation]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for operation in operations:
        operation.connection = run.connection
        same = found[
            operation.kind, section_of(operation.state, operation.action, operation.direction)
        ]
        if len(same) < ROWS_PER_GROUP:
            same.append(operation)
    rows = iter(present.rows(operation for same in found.values() for operation in same))
    return {key: [next(rows) for _operation in same] for key, same in found.items()}


def unsafe_plans(run: SyncRun) -> list[Why]:
    """Why a plan needs an extra yes, with the numbers."""
    spot = Spot(run.connection, "", None, run.pk)
    return [present.why(str(entry["code"]), entry["values"], "", spot) for entry in run.unsafe]
