"""The lane for what a person has approved: new records of QuickBooks that a plan proposed land many
at a time, with no row of ours read as an object.

Their operations are there, and end as they would on the ordinary road (`landing`). What is asked
is asked there too, or stricter: the operation is still owed and rests on the pair as it is now,
everything that the record names is a pair by now, and nobody here has come to be what it may be.
Whatever else there is to say about a record is left to the ordinary road, which lands it, puts it
off, or says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from quicksync import signals
from quicksync.among import Among
from quicksync.exceptions import BadValue
from quicksync.local.messages import Write, Written
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation, RemoteRecord, SyncRun
from quicksync.planning import totals
from quicksync.planning.steps import Direction
from quicksync.records import Record, codec
from quicksync.records.base import refs_in
from quicksync.sync.exchange import (
    landing,
    landing_lane,
    newcomers,
    open_operations,
    outbox,
)
from quicksync.sync.pairs import ground, operation_state, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import Links, translated
from quicksync.sync.pairs.sides import stored
from quicksync.sync.worker import garbage, lease
from quicksync.sync.worker.counts import Counting, End

State = Operation.State


def land(run: SyncRun, company: AtHand, chunk: Sequence[landing.Due]) -> list[int]:
    """Land what it may of one chunk from `landing.next_chunk`. Returns the keys of the operations
    that are left for the ordinary road. Raises LeaseLost.
    """
    keys = [one.key for one in chunk]
    if len(chunk) < landing_lane.LEAST or any(one.action != outbox.CREATES for one in chunk):
        return keys
    with garbage.kept():
        left = set(keys)
        below = True
        # Those that name others of the chunk land after these.
        while left and below:
            one = _Pass(run, company)
            one.land(sorted(left))
            left -= one.landed.keys()
            below = one.below and bool(one.landed)
    return [key for key in keys if key in left]


class Owed(NamedTuple):
    """What the lane reads of an operation."""

    pk: int
    mapping_id: int
    kind: str
    model_label: str
    label: str
    record: Any
    leaves: Any


class Half(NamedTuple):
    """What it reads of a mapping."""

    pk: int
    remote_type: str
    remote_id: str
    label: str
    version: int


class Fit(NamedTuple):
    """A record that lands: what it shall look like here, and what QuickBooks shows of it now."""

    owed: Owed
    half: Half
    adapter: Adapter
    wanted: Record
    there: Record


class _Pass:
    """One transaction of the lane."""

    def __init__(self, run: SyncRun, company: AtHand) -> None:
        self.run = run
        self.company = company
        self.links = Links(company.connection, company.edition)
        self.now = timezone.now()
        # Operation -> mapping.
        self.landed: dict[int, int] = {}
        self.counting = Counting()
        # Whether one names something that is no pair yet.
        self.below = False

    def land(self, keys: Sequence[int]) -> None:
        with transaction.atomic(), landing.hosts():
            # First of all, so that a worker that has lost the run writes nothing.
            lease.keep(self.run)
            for adapter, fits in self._fitting(keys).items():
                self._write(adapter, fits)
            if self.landed:
                self._must_move()
                self.counting.keep()
                transaction.on_commit(self._tell)

    # --- What stands ------------------------------------------------------------------------------

    def _fitting(self, keys: Sequence[int]) -> dict[Adapter, list[Fit]]:
        halves = self._halves(keys)
        owed = [one for one in self._owed(keys) if one.mapping_id in halves]
        shown = self._shown(halves.values())
        read = self._nobodys(list(self._read(owed, halves, shown)))
        self.links.ask_there({ref for one in read for _, ref in one.wanted.refs()})
        groups: dict[Adapter, list[Fit]] = {}
        for one in read:
            if self._is_linked(one):
                groups.setdefault(one.adapter, []).append(one)
        return groups

    def _halves(self, keys: Sequence[int]) -> dict[int, Half]:
        """The halves of these, locked until the transaction ends; those in another's hands are
        missing.
        """
        mine = Operation.objects.filter(Among("id", keys)).values_list("mapping_id", flat=True)
        alone = EntityMapping.objects.filter(
            Among("id", mine), object_key=None, remote_id__isnull=False, touched_at=None
        )
        alone = alone.filter(agreed_here__isnull=True).exclude(state=EntityMapping.State.EXCLUDED)
        rows = ground.held(alone).values_list(*Half._fields)
        return {row[0]: Half(*row) for row in rows}

    def _owed(self, keys: Sequence[int]) -> list[Owed]:
        """Those that are owed and rest on their pair as it is, locked like it."""
        due = Operation.objects.filter(Among("id", keys), open_operations.due())
        return [Owed(*row) for row in ground.standing(due).values_list(*Owed._fields)]

    def _shown(self, halves: Iterable[Half]) -> dict[tuple[str, str], Record]:
        """What QuickBooks shows of these, by type and id."""
        by_type: dict[str, list[str]] = {}
        for half in halves:
            by_type.setdefault(half.remote_type, []).append(half.remote_id)
        found = {}
        for type_, ids in by_type.items():
            mine = RemoteRecord.objects.filter(
                Among("remote_id", ids), connection=self.run.connection_id, type=type_
            )
            for remote in stored(mine):
                record = self.company.decode(remote)
                if isinstance(record, Record):
                    found[remote.type, remote.id] = record
        return found

    def _read(
        self,
        owed: Sequence[Owed],
        halves: dict[int, Half],
        shown: dict[tuple[str, str], Record],
    ) -> Iterator[Fit]:
        for one in owed:
            half = halves[one.mapping_id]
            there = shown.get((half.remote_type, half.remote_id))
            adapter = registry.for_label(one.model_label, one.kind) if one.model_label else None
            if there is None or there.kind != one.kind or adapter is None or one.leaves:
                continue
            try:
                wanted = codec.load(one.record or {})
            except BadValue:
                continue
            yield Fit(one, half, adapter, wanted, there)

    def _nobodys(self, fits: Sequence[Fit]) -> list[Fit]:
        """Those that nobody has entered here since the plan."""
        met = newcomers.met(self.run, {fit.owed.pk: fit.wanted for fit in fits})
        return [fit for fit in fits if fit.owed.pk not in met]

    def _is_linked(self, fit: Fit) -> bool:
        """Whether everything that is written of it and names something names a pair."""
        parts = fit.adapter.parts()
        linked = all(
            ref in self.links.to_here
            for name in fit.adapter.writable()
            for ref in refs_in(getattr(fit.wanted, name, None), parts.get(name))
        )
        self.below |= not linked
        return linked

    # --- Landing ----------------------------------------------------------------------------------

    def _write(self, adapter: Adapter, fits: Sequence[Fit]) -> None:
        """What the host refuses is left to the ordinary road, which says so."""
        fields = adapter.writable() & adapter.carried()
        by_key = {str(fit.owed.pk): fit for fit in fits}
        writes = []
        for key, fit in by_key.items():
            record, _ = translated(fit.wanted, self.links.to_here.get)
            writes.append(Write(op=key, key=None, record=record, fields=fields))
        written = adapter.write(self.run.connection, writes)
        done = [(by_key[one.op], one, one.record) for one in written if one.record is not None]
        keys = [one.key for _, one, _ in done]
        landing.absorb(self.run.connection, adapter.kind, adapter.label_lower, keys)
        state.landed(self.now, [self._pair(fit, one, here) for fit, one, here in done])
        for fit, *_ in done:
            self.landed[fit.owed.pk] = fit.half.pk
            end = End(fit.owed.kind, str(Direction.PULL), "created")
            self.counting.add(self.run.pk, fit.half.pk, end)

    def _pair(self, fit: Fit, written: Written, here: Record) -> tuple[Any, ...]:
        """The row of a pair, as the end of the ordinary road leaves it."""
        half, label = fit.half, written.label[:300] or fit.half.label
        apart = totals.apart(here, fit.there, fit.owed.label) or state.NO_REASON
        line_ids = landing.line_ids(written, fit.wanted)
        return (
            *(half.pk, fit.adapter.label_lower, written.key, label),
            *codec.dump_pair(here, fit.there),
            *(line_ids, apart.code, codec.dump_value(apart.values), half.version + 1),
        )

    def _must_move(self) -> None:
        """They are done; whoever does not find all of them pending has lost the run."""
        mine = Operation.objects.filter(pk__in=[*self.landed], state=State.PENDING)
        if operation_state.move_where(mine, State.DONE, at=self.now) != len(self.landed):
            raise lease.LeaseLost("Another worker has moved these operations.")

    def _tell(self) -> None:
        """Whoever listens is handed the rows; they are read for nobody else."""
        if signals.record_pulled.has_listeners(Operation):
            mine = Operation.objects.filter(pk__in=[*self.landed]).select_related("mapping")
            for operation in mine.order_by("pk"):
                signals.record_pulled.send_robust(Operation, operation=operation)
