"""The lane for what needs no decision: records that only QuickBooks has so far go into the host's
tables while their run plans, many at a time, each decoded once and with nothing stored in between.

The ordinary road writes down what is proposed, has it approved, reads it again under the lock and
lands it. Nobody is asked about a record that its category takes, that has nobody here under its
name, and whose references are pairs already; so it is decided, landed and settled in one
transaction, with the same rows at the end. Whatever else a record may be, it is left to the
ordinary road, which does not know of this one. What the lane asks is what `planning` asks, or
stricter.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from quicksync import signals
from quicksync.among import Among
from quicksync.local.messages import Write, Written
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation, RemoteRecord, SyncRun
from quicksync.planning import totals
from quicksync.planning.case import Case
from quicksync.planning.merge import target_here
from quicksync.planning.policy import Company
from quicksync.planning.scope import is_voided, out_of_scope
from quicksync.planning.steps import Candidate, Direction
from quicksync.quickbooks.messages import Remote, moment
from quicksync.records import KINDS, Record, Ref, codec
from quicksync.records.base import refs_in
from quicksync.sync.exchange import landing, newcomers, outbox
from quicksync.sync.pairs import ground, matching_keys, operation_state, state
from quicksync.sync.pairs.links import translated
from quicksync.sync.pairs.sides import date_of
from quicksync.sync.plan import approve, step_rows
from quicksync.sync.plan.gather import Gather
from quicksync.sync.worker import lease
from quicksync.sync.worker.counts import Counting, End

State = EntityMapping.State

# For fewer records than these the questions that open the lane cost more than it saves.
LEAST = 20
_NOBODY = Company()
# What the lane writes of an operation, where it is not the same for all of a kind.
_TOLD = (
    *("mapping_id", "label", "amount", "currency", "record", "fields"),
    *("mapping_version", "touched_at"),
)


class Half(NamedTuple):
    """What the lane reads of the mapping of a record that only QuickBooks has."""

    pk: int
    remote_type: str
    remote_id: str
    label: str
    version: int
    touched_at: dt.datetime


class Fit(NamedTuple):
    """A record that needs no decision: what it becomes here, and what QuickBooks shows of it."""

    half: Half
    ref: Ref
    there: Record
    case: Case
    adapter: Adapter
    keys: tuple[str, str]
    # What this side shall show, in QuickBooks' references.
    wanted: Record


class LandingLane:
    """The lane of one run, as long as one worker plans it. Its methods raise LeaseLost."""

    def __init__(self, run: SyncRun, lost: Container[str]) -> None:
        """Of the `lost` kinds a record may have been made that nobody knows of (`look.Lost`)."""
        self.run = run
        self.lost = lost
        self._worth_it: bool | None = None
        self._open: dict[str, bool] = {}

    def take(self, gather: Gather, kind: str, keys: Sequence[int]) -> set[int]:
        """Land what it may of these mappings, all of one kind. Returns their keys."""
        taken: set[int] = set()
        if not self._is_open(gather, kind):
            return taken
        size = len(keys) if all(adapter.bulk for adapter in registry.all()) else landing.CHUNK
        for start in range(0, len(keys), size):
            left = keys[start : start + size]
            # Those that name others of their own kind land after these.
            while left:
                one = _Pass(self.run, gather, kind)
                taken |= (landed := one.land(left))
                left = one.below if landed else []
        return taken

    # --- Whether it is open -----------------------------------------------------------------------

    def _is_open(self, gather: Gather, kind: str) -> bool:
        if kind not in self._open:
            self._open[kind] = self._may_take(gather, kind)
        return self._open[kind]

    def _may_take(self, gather: Gather, kind: str) -> bool:
        """Whether new records of a kind may land before the rest of the plan is known.

        What a person asked for singly is none of its business. Where a pair of the kind has moved,
        it may turn out to have been merged into one of them. And of a plan that may yet stop and
        wait for a yes, nothing goes ahead.
        """
        scope, policy = self.run.scope, gather.policies.get(kind)
        singly = scope.mappings is not None or scope.forced or scope.resend or scope.past
        if self.run.preview or singly or kind in self.lost:
            return False
        if policy is None or not (policy.enabled and policy.pull):
            return False
        if self._worth_it is None:
            self._worth_it = self._is_worth_it()
        pairs = matching_keys.pairs(self.run.connection, kind).filter(touched_at__isnull=False)
        return self._worth_it and not pairs.exists()

    def _is_worth_it(self) -> bool:
        halves = EntityMapping.objects.filter(
            connection=self.run.connection_id, touched_at__isnull=False, object_key=None
        )
        number = len(halves.order_by("kind", "pk").values_list("pk", flat=True)[:LEAST])
        return number >= LEAST and approve.is_safe(self.run, approve.may_change(self.run))


class _Pass:
    """One transaction of the lane."""

    def __init__(self, run: SyncRun, gather: Gather, kind: str) -> None:
        self.run = run
        self.kind = kind
        self.gather = gather
        self.links = gather.links
        self.now = timezone.now()
        self.landed: dict[int, tuple[Ref, Ref]] = {}
        # Those that name one of their own kind that is no pair yet.
        self.below: list[int] = []

    def land(self, keys: Sequence[int]) -> set[int]:
        with transaction.atomic(), landing.hosts():
            # First of all, so that a worker that has lost the run writes nothing.
            lease.keep(self.run)
            fits = self._fitting(self._new(keys))
            for adapter, group in _by_adapter(fits).items():
                self._write(adapter, group)
            if self.landed:
                self._count()
        for here, there in self.landed.values():
            self.links.landed(here, there)
        self.links.trim()
        return set(self.landed)

    def _new(self, keys: Sequence[int]) -> list[Half]:
        """Those of which nobody has decided anything yet, locked until the transaction ends."""
        alone = EntityMapping.objects.filter(
            Among("id", keys), object_key=None, remote_id__isnull=False
        )
        halves = alone.filter(touched_at__isnull=False, state=State.PENDING, reason="", choice={})
        return [Half(*row) for row in ground.held(halves).values_list(*Half._fields)]

    # --- What needs no decision -------------------------------------------------------------------

    def _fitting(self, waiting: Sequence[Half]) -> list[Fit]:
        read = list(self._read(waiting))
        self.links.ask_there({ref for _, _, there, _ in read for _, ref in there.refs()})
        fits = [fit for one in read if (fit := self._fit(*one)) is not None]
        alone = self._alone(fits)
        return [fit for fit in fits if fit.half.pk in alone]

    def _read(self, waiting: Sequence[Half]) -> Iterator[tuple[Half, Remote, Record, list[Ref]]]:
        rows = self.gather.rows_there((half.remote_type, half.remote_id) for half in waiting)
        for half in waiting:
            row = rows.get((half.remote_type, half.remote_id))
            there = self.gather.company.decode(row) if row and not row.deleted else None
            if row is not None and isinstance(there, Record) and there.kind == self.kind:
                yield half, row, there, list(there.brought())

    def _fit(self, half: Half, row: Remote, there: Record, refs: Sequence[Ref]) -> Fit | None:
        adapter = registry.taker(self.kind, there)
        if adapter is None or is_voided(there):
            return None
        ref = Ref(KINDS[self.kind].named_there, half.remote_id)
        candidate = Candidate(
            key=half.pk,
            kind=self.kind,
            there_ref=ref,
            there=there,
            there_modified=moment(row.modified),
            there_date=date_of(there),
            model=adapter.label_lower,
        )
        case = self.gather.case(candidate, _NOBODY)
        if out_of_scope(case) is not None:
            return None
        if not self._is_linked(case, there, refs):
            if any(ref.kind == self.kind for ref in refs):
                self.below.append(half.pk)
            return None
        wanted = target_here(case, None, there)
        return Fit(half, ref, there, case, adapter, matching_keys.keys_of(wanted), wanted)

    def _is_linked(self, case: Case, there: Record, refs: Sequence[Ref]) -> bool:
        """Whether everything that it names is a pair already, and stays as it is: a pair whose own
        category is off would go along with it.

        An entry of a list that this side has no place for may be none.
        """
        known, parts = self.links.to_here, case.policy.parts
        for ref in refs:
            if KINDS[ref.kind].is_list:
                continue
            policy = self.gather.policies.get(ref.kind)
            if ref not in known or (policy is not None and not policy.enabled):
                return False
        return all(
            ref in known
            for name in case.rules.fields
            for ref in refs_in(getattr(there, name), parts.get(name))
        )

    def _alone(self, fits: Sequence[Fit]) -> set[int]:
        """Those that nobody else may be: nobody here, not even since the plan began, has a key of
        theirs or nearly their name, and nobody in QuickBooks their name, unless their kind may
        repeat itself.
        """
        if not fits:
            return set()
        kind = self.kind
        keys = {fit.half.pk: fit.keys for fit in fits}
        met = self.gather.alike(kind, keys)
        met |= newcomers.met(self.run, {fit.half.pk: fit.there for fit in fits})
        if not KINDS[kind].may_repeat:
            number = Counter(block for block, _ in keys.values())
            twice = {name for name, many in number.items() if name and many > 1} | self._twice(fits)
            met |= {fit.half.pk for fit in fits if {fit.keys[0], fit.there.block()[:80]} & twice}
        return keys.keys() - met

    def _twice(self, fits: Sequence[Fit]) -> set[str]:
        """The names, as keys, that more than one of QuickBooks' records of the kind has. And those
        that have a suffix there while another one has the plain name: that is for the plan (C14).
        """
        mine = RemoteRecord.objects.filter(
            connection=self.run.connection_id, kind=self.kind, deleted=False
        )
        names = {fit.there.block()[:500] for fit in fits} - {""}
        plain = {fit.wanted.block()[:500] for fit in fits} - names - {""}
        many = mine.filter(Among("name_key", names)).values("name_key")
        many = many.annotate(number=Count("pk")).filter(number__gt=1)
        found = {*many.order_by().values_list("name_key", flat=True)}
        if plain:
            there = mine.filter(Among("name_key", plain))
            found |= {*there.values_list("name_key", flat=True)}
        return {name[:80] for name in found}

    # --- Landing ----------------------------------------------------------------------------------

    def _write(self, adapter: Adapter, fits: Sequence[Fit]) -> None:
        """What the host refuses is left to the ordinary road, which says so."""
        fields = adapter.writable() & adapter.carried()
        by_key = {str(fit.half.pk): fit for fit in fits}
        writes = []
        for key, fit in by_key.items():
            record, _ = translated(fit.wanted, self.links.to_here.get)
            writes.append(Write(op=key, key=None, record=record, fields=fields))
        done = [one for one in adapter.write(self.run.connection, writes) if one.record is not None]
        label = adapter.label_lower
        landing.absorb(self.run.connection, adapter.kind, label, [one.key for one in done])
        self._settle(adapter, [(by_key[one.op], one, one.record) for one in done if one.record])

    def _settle(self, adapter: Adapter, landed: Sequence[tuple[Fit, Written, Record]]) -> None:
        """Pairs and operations as they are at the end of the ordinary road."""
        pairs, told = [], []
        for fit, written, here in landed:
            half, there = fit.half, fit.there
            wanted = codec.dump(fit.wanted)
            shown = wanted if fit.wanted is there else codec.dump(there)
            mine, label = codec.dump(here), step_rows.words_for(self.kind, half.label, fit.wanted)
            apart = totals.apart(here, there, label) or state.NO_REASON
            agreed = mine, codec.difference(mine, shown)
            pairs.append(
                (
                    *(half.pk, adapter.label_lower, written.key, written.label[:300] or label),
                    *(*fit.keys, *agreed, landing.line_ids(written, there)),
                    *(apart.code, codec.dump_value(apart.values), half.version + 2),
                )
            )
            told.append(
                (
                    *(half.pk, label, fit.wanted.amount()),
                    *(getattr(fit.wanted, "currency", "") or "", wanted),
                    *(fit.case.rules.filled(fit.wanted), half.version + 1, half.touched_at),
                )
            )
            self.landed[half.pk] = registry.ref(adapter, written.key), fit.ref
        state.arrived(self.now, pairs)
        operation_state.landed(self.now, self._same(adapter), _TOLD, told)

    def _same(self, adapter: Adapter) -> dict[str, Any]:
        return {
            "connection_id": self.run.connection_id,
            "run_id": self.run.pk,
            "kind": adapter.kind,
            "rank": KINDS[adapter.kind].rank,
            "direction": str(Direction.PULL),
            "action": outbox.CREATES,
            "model_label": adapter.label_lower,
        }

    def _count(self) -> None:
        counting, end = Counting(), End(self.kind, str(Direction.PULL), "created")
        for key in self.landed:
            counting.add(self.run.pk, key, end)
        counting.keep()
        transaction.on_commit(self._tell)

    def _tell(self) -> None:
        """Whoever listens is handed the rows; they are read for nobody else."""
        if signals.record_pulled.has_listeners(Operation):
            mine = self.run.operations.filter(mapping__in=[*self.landed], state="done")
            for operation in mine.select_related("mapping").order_by("pk"):
                signals.record_pulled.send_robust(Operation, operation=operation)


def _by_adapter(fits: Iterable[Fit]) -> dict[Adapter, list[Fit]]:
    groups: dict[Adapter, list[Fit]] = {}
    for fit in fits:
        groups.setdefault(fit.adapter, []).append(fit)
    return groups
