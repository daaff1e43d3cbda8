"""Where every code of this side stands: what it means in QuickBooks, how sure that is, what waits
for it (H10).
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from quicksync.models import CodeMapping, Connection, EntityMapping, RemoteRecord
from quicksync.planning.matching.proposals import SURE, Guess, guesses
from quicksync.quickbooks.messages import Facts
from quicksync.records import KINDS
from quicksync.sync.company import codes
from quicksync.sync.pairs.at_hand import AtHand

# Held records asked what they wait for; more of them say nothing new.
MOST_WAITING = 2_000


class Stand(enum.StrEnum):
    """How a code stands, the worst first."""

    LOST = "lost"  # its entry is inactive or gone in QuickBooks
    OUTDATED = "outdated"  # the rate of its tax code has changed there
    UNKNOWN = "unknown"  # no entry is known
    UNSURE = "unsure"  # a guess that a person should confirm
    SURE = "sure"  # a guess that is used
    PAIRED = "paired"  # the two entries are kept in step
    CHOSEN = "chosen"  # a person said so

    @property
    def wants_care(self) -> bool:
        return self in (Stand.LOST, Stand.OUTDATED, Stand.UNKNOWN, Stand.UNSURE)


ORDER = {stand: place for place, stand in enumerate(Stand)}


@dataclass(frozen=True)
class Line:
    """One code. `entry` is the id of its entry, `guesses` are others that it may mean, `waiting`
    counts records.
    """

    kind: str
    code: str
    name: str
    stand: Stand
    entry: str = ""
    confidence: int = 0
    guesses: tuple[Guess, ...] = ()
    waiting: int = 0
    rate: Decimal | None = None


@dataclass(frozen=True)
class Book:
    """The codes of one list; `names` are all entries of QuickBooks that may be chosen, by id."""

    kind: str
    lines: tuple[Line, ...]
    names: Mapping[str, str]

    @property
    def care(self) -> tuple[Line, ...]:
        """Those that want a person, the ones that records wait for first."""
        found = [line for line in self.lines if line.stand.wants_care]
        return tuple(sorted(found, key=lambda line: (-line.waiting, ORDER[line.stand], line.code)))

    @property
    def settled(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.stand.wants_care)


def books(company: AtHand) -> list[Book]:
    """Every list of which this side has codes. A constant number of queries for each list."""
    waiting, can = _waiting(company.connection), company.edition.can
    lists = [kind for kind, info in KINDS.items() if info.is_list and kind in can.kinds]
    found = (_book(company, kind, waiting) for kind in lists)
    return [book for book in found if book.lines]


def _book(company: AtHand, kind: str, waiting: Counter[tuple[str, str]]) -> Book:
    connection = company.connection
    here, there = codes.codes_here(connection, kind), codes.entries_there(company, kind)
    stands = _Stands(connection, company.facts, kind, frozenset(entry.id for entry in there))
    open_ = [entry for entry in here if stands.of(entry.id).wants_care]
    offered = guesses(open_, there)
    lines = tuple(
        Line(
            kind=kind,
            code=entry.id,
            name=_other_name(entry.id, entry.record.label()),
            stand=stands.of(entry.id),
            entry=stands.entry(entry.id),
            confidence=stands.confidence(entry.id),
            guesses=offered.get(entry.id, ()),
            waiting=waiting[kind, entry.id],
            rate=stands.outdated.get(entry.id),
        )
        for entry in here
    )
    named = RemoteRecord.objects.filter(connection=connection, kind=kind, deleted=False)
    names = {entry.id: entry.record.label() for entry in there}
    lost = {line.entry for line in lines} - names.keys() - {""}
    names |= dict(named.filter(remote_id__in=lost).values_list("remote_id", "name")) if lost else {}
    return Book(kind, lines, names)


def _other_name(code: str, name: str) -> str:
    return "" if name == code else name


def _waiting(connection: Connection) -> Counter[tuple[str, str]]:
    held = EntityMapping.objects.filter(
        connection=connection, state=EntityMapping.State.HELD, reason__in=codes.CODE_REASONS
    ).exclude(reason="entry-unmapped")
    values = held.values_list("reason_values", flat=True)[:MOST_WAITING]
    return Counter((str(one.get("kind", "")), str(one.get("ref", ""))) for one in values)


class _Stands:
    """How the codes of one list stand."""

    def __init__(
        self, connection: Connection, facts: Facts, kind: str, active: frozenset[str]
    ) -> None:
        rows = CodeMapping.objects.filter(connection=connection, kind=kind)
        self._rows = {row.code: row for row in rows}
        self._active = active
        self._pairs = codes.pairs(connection, kind)
        outdated = codes.outdated(connection, facts) if KINDS[kind].is_rated else {}
        self.outdated = {ref.id: rate for ref, rate in outdated.items()}

    def of(self, code: str) -> Stand:
        row, chosen = self._rows.get(code), CodeMapping.Origin.CHOSEN
        if not self.entry(code):
            return Stand.UNKNOWN
        if self.entry(code) not in self._active:
            return Stand.LOST
        if code in self.outdated:
            return Stand.OUTDATED
        if row is not None and row.origin == chosen:
            return Stand.CHOSEN
        if code in self._pairs:
            return Stand.PAIRED
        return Stand.SURE if row is not None and row.confidence >= SURE else Stand.UNSURE

    def entry(self, code: str) -> str:
        """The entry that is used, or guessed."""
        row = self._rows.get(code)
        if row is not None and (row.origin == CodeMapping.Origin.CHOSEN or code not in self._pairs):
            return row.remote_id
        return self._pairs.get(code, "")

    def confidence(self, code: str) -> int:
        row = self._rows.get(code)
        return row.confidence if row is not None else 0
