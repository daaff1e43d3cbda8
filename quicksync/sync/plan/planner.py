"""Plan a run: gather, build, save steps as operations; kind by kind, chunk by chunk, in slices."""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quicksync import signals
from quicksync.models import EntityMapping, Operation, SyncRun, bulk
from quicksync.models.run_values import Position
from quicksync.planning.build import build
from quicksync.planning.scope import is_wanted_if_named
from quicksync.planning.steps import WRITES, Action, Candidate, Direction, Step
from quicksync.quickbooks.messages import Remote, moment
from quicksync.records import KINDS, Ref
from quicksync.sync.pairs import merges, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.date_window import BEFORE_START, NAME, Window
from quicksync.sync.pairs.search import MARGIN
from quicksync.sync.pairs.sides import Both, agreed_of
from quicksync.sync.plan import deposits, first_run, holds, step_rows
from quicksync.sync.plan.earlier_chunks import Planned
from quicksync.sync.plan.gather import Gather
from quicksync.sync.plan.named import Named
from quicksync.sync.worker import garbage, lease
from quicksync.sync.worker.counts import Counting, End

State = EntityMapping.State
CHUNK = 250
# So many chunks are offered to the lane in one.
TOGETHER = 2
# How far dependencies of dependencies are followed: a payment's invoice's customer's parent.
DEPTH = 4


class Lane(Protocol):
    """Lands what needs no plan (`exchange.landing_lane`)."""

    def take(self, gather: Gather, kind: str, keys: Sequence[int]) -> Collection[int]:
        """Of the keys of these mappings, which nobody here has, those that have landed."""


class Planner:
    """Plans one run; keeps what its chunks share."""

    def __init__(
        self,
        run: SyncRun,
        company: AtHand,
        lost: Mapping[str, dt.datetime] | None = None,
        lane: Callable[[], Lane] | None = None,
    ) -> None:
        """`lost` are kinds of which a record may have been made since that nobody knows of
        (`look.Lost`); `lane` takes what needs no plan.
        """
        self.run = run
        self._new_lane = lane
        self.lost = lost or {}
        self.gather = Gather(run, company)
        self.planned = Planned(run)
        self.named = Named(run, self.gather, self.planned)
        self.taken: set[int] = set()
        self.travelled: set[int] = set()
        # What must be read before this chunk can be planned.
        self.unseen: deposits.Unseen = set()
        # With the chunk that they may match, too; a preview, whose touches stay, remembers them.
        mine = run.operations.filter(mapping__isnull=False).values_list("mapping_id", flat=True)
        self.seen: set[int] = set(mine.iterator()) if run.preview else set()
        # A preview looks only: what it consumed would be lost to the next run if it were thrown
        # away.
        self.consumes = not run.preview

    def work(self, deadline: float) -> bool:
        """Plan until done (True), or until it is out of time or something has to be read first
        (False); the place is kept in `SyncRun.position`.
        """
        deposits.go_on(self.run)
        waiting = self._kinds()
        kinds = [kind for kind in KINDS if kind in waiting]
        at = self.run.position
        for kind in kinds[kinds.index(at.kind) if at.kind in kinds else 0 :]:
            last = at.id if at.kind == kind else 0
            self.gather.prepare_matching(kind, lambda: lease.keep(self.run))
            while rows := self._next(kind, last):
                last = rows[-1][0]
                with garbage.kept():
                    if not self._take(kind, rows, deadline):
                        return False
        return True

    @cached_property
    def lane(self) -> Lane | None:
        """Made when there is anything that may be for it."""
        return self._new_lane() if self._new_lane is not None else None

    def _take(self, kind: str, rows: Sequence[tuple[int, str | None]], deadline: float) -> bool:
        """Plan what the lane leaves of these, chunk by chunk: False as in `work`.

        What has landed waits no more: where nothing is left, there is no place to be kept.
        """
        keys = [key for key, _ in rows]
        alone = [key for key, here in rows if here is None]
        lane = self.lane if alone else None
        landed = lane.take(self.gather, kind, alone) if lane is not None else ()
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            left = [key for key in some if key not in landed]
            waiting = self._waiting().filter(pk__in=left).order_by("pk") if left else ()
            if chunk := [one for one in waiting if one.pk not in self.seen]:
                self.plan(chunk, place=Position(kind=kind, id=some[-1]))
            if self.unseen:
                deposits.read_first(self.run, self.gather.company.edition, self.unseen)
                return False
            deposits.forget(self.run)
            if time.monotonic() > deadline:
                return False
        return True

    def _kinds(self) -> set[str]:
        waiting = self._waiting().values_list("kind", flat=True).distinct()
        return set(waiting.order_by())

    def _waiting(self) -> QuerySet[EntityMapping]:
        return waiting(self.run, self.run.planned_from or timezone.now())

    def _next(self, kind: str, last: int) -> list[tuple[int, str | None]]:
        """The next mappings by their keys, each with that of its object here, if it has one."""
        found = self._waiting().filter(kind=kind, pk__gt=last).order_by("pk")
        return list(found.values_list("pk", "object_key")[: CHUNK * TOGETHER])

    def plan(
        self,
        mappings: Sequence[EntityMapping],
        *,
        place: Position | None = None,
        depth: int = 0,
        travels: Mapping[int, Direction] | None = None,
        needed: bool = False,
    ) -> None:
        """Plan these, and first the records they name that nobody has looked at. Nothing is saved
        while there is something `unseen`.

        `travels` are those of which another record's write takes the changes along.
        """
        sides = self.gather.both(mappings, self.taken)
        gone = merges.lost(sides)
        if gone and merges.follow(self.run, self.gather.company, gone):
            self.gather.links.forget_pairs(gone)
            sides = self.gather.both(mappings, self.taken)
        self.seen |= {side.mapping.pk for side in sides}
        readable = [side for side in sides if side.trouble is None]
        candidates = self.gather.candidates(readable, needed=needed, travels=travels or {})
        if depth < DEPTH:
            self._plan_named(readable, depth)
        company = self.gather.lookups.look(readable, self.planned)
        plan = build(candidates, self.gather.policies, company)
        self.seen -= {one.key for one in plan.steps if not depth and is_wanted_if_named(one)}
        self.unseen |= deposits.unseen(self.run, self.gather.company.edition, sides, plan.steps)
        if self.unseen:
            return
        with transaction.atomic():
            self._save(
                *self._without_owed(sides[len(mappings) :], *self._without_lost(sides, plan.steps))
            )
            lease.keep(self.run, position=place or self.run.position)
        self.gather.links.forget(ref for side in sides for ref in _refs(side.candidate))
        if depth == 0:
            self.gather.links.trim()

    def _plan_named(self, sides: Sequence[Both], depth: int) -> None:
        """What is in scope brings along the records it names, whatever their categories say (C9,
        D5).
        """
        groups = self.named.groups(sides, self.seen, self.travelled)
        for group in groups:
            self.travelled |= group.travels.keys()
        for group in groups:
            self.plan(group.mappings, depth=depth + 1, travels=group.travels, needed=group.needed)

    def _without_lost(
        self, sides: Sequence[Both], steps: Sequence[Step]
    ) -> tuple[Sequence[Both], Sequence[Step]]:
        """With what cannot be read, and without what may be a lost record of this side: made here,
        it would be two.
        """
        rows_ = {side.mapping.pk: side.there_row for side in sides}
        waits = {
            step.key
            for step in steps
            if step.kind in self.lost
            and step.action is Action.CREATE
            and step.direction is Direction.PULL
            and _as_new(rows_.get(step.key), self.lost[step.kind])
        }
        left = [step for step in (*steps, *holds.unreadable(sides)) if step.key not in waits]
        return [side for side in sides if side.mapping.pk not in waits], left

    # --- Saving -----------------------------------------------------------------------------------

    @staticmethod
    def _without_owed(
        partners: Sequence[Both], sides: Sequence[Both], steps: Sequence[Step]
    ) -> tuple[Sequence[Both], Sequence[Step]]:
        """What would be done with a partner that something is owed for already waits until that is
        settled.

        A half there may be the very record whose answer was lost; it is neither joined nor created
        here meanwhile.
        """
        keys = [side.mapping.pk for side in partners]
        found = (
            Operation.objects.filter(mapping_id__in=keys, state__in=Operation.OPEN) if keys else ()
        )
        owed = {operation.mapping_id for operation in found}
        if not owed:
            return sides, steps
        waits = owed | {step.key for step in steps if step.partner in owed}
        waits |= {step.partner for step in steps if step.key in owed}
        return [side for side in sides if side.mapping.pk not in waits], [
            one for one in steps if one.key not in waits
        ]

    def _save(self, sides: Sequence[Both], steps: Sequence[Step]) -> None:
        """Operations for what is to be done or decided by a person; for the rest the mapping says
        it all.
        """
        by_key = {side.mapping.pk: side for side in sides}
        made: list[Operation] = []
        counting = Counting()
        handled: set[int] = set()
        settled: list[EntityMapping] = []
        for step in steps:
            side = by_key[step.key]
            if (
                step.action is Action.PAIR
                and step.partner is not None
                and side.mapping.object_key is None
            ):
                continue  # the half there: its partner's step speaks for both
            partner = by_key[step.partner].mapping if step.partner in by_key else None
            operation = self._operation(step, side, partner)
            if operation is not None:
                made.append(operation)
            if step.key not in handled:
                handled.add(step.key)
                self._mark(step, side, counting, settled)
        made = holds.listed_once(self.run, steps, made)
        held = [operation for operation in made if operation.state == Operation.State.SKIPPED]
        bulk.add([operation for operation in made if operation.state != Operation.State.SKIPPED])
        Operation.objects.bulk_create(held)  # with their keys: their signals hand them out
        transaction.on_commit(functools.partial(_tell, held))
        self._save_mappings(sides, settled)
        if self.consumes:
            # A write's own settling does the same.
            state.touch_keys(
                [step.key for step in steps if step.leaves and step.action not in WRITES]
            )
        counting.keep()

    def _operation(self, step: Step, side: Both, partner: EntityMapping | None) -> Operation | None:
        joins = step.action is Action.PAIR and step.partner is not None
        if step.action in WRITES or joins:
            self.taken |= {step.key, *([step.partner] if step.partner else [])}
            if joins or step.action is Action.CREATE:
                self.planned.add(side.mapping, partner)
            operation = step_rows.draft(self.run, step, side, partner)
            self.planned.claim(operation)
            return operation
        if step.action in (Action.HOLD, Action.CONFLICT, Action.DRIFT) and self._is_news(
            step, side.mapping
        ):
            return step_rows.held(self.run, step, side)
        return None

    def _is_news(self, step: Step, mapping: EntityMapping) -> bool:
        """An automatic run does not write the same hold into the history every hour."""
        automatic = self.run.trigger in (
            SyncRun.Trigger.AUTOMATIC,
            SyncRun.Trigger.LIVE,
            SyncRun.Trigger.WEBHOOK,
        )
        return not automatic or not step.reasons or mapping.reason != step.reasons[0].code

    def _mark(
        self, step: Step, side: Both, counting: Counting, settled: list[EntityMapping]
    ) -> None:
        """The mapping's state and reason after this step; counts what needs nothing more."""
        mapping = side.mapping
        if self._stays_out(step, mapping):
            return
        outcome = step_rows.outcome_of(step)
        if outcome:
            code = step.reasons[0].code if step.reasons else ""
            counting.add(self.run.pk, mapping.pk, End(step.kind, "", outcome, code))
        if not self.consumes:
            return
        before = step_rows.shown(mapping)
        if step.agree and step.partner is None and side.found and side.there:
            step_rows.agree(mapping, agreed_of(mapping), side.found.record, side.there, step.leaves)
        step_rows.mark(mapping, step, side)
        if (
            step.action in (Action.HOLD, Action.CONFLICT)
            and side.candidate is not None
            and side.candidate.past
        ):
            # Later runs have no window: what waits for a person now is still wanted then.
            mapping.choice = {**mapping.choice, NAME: "yes"}
        # A hold that stays a hold is looked at again only when its new time has come.
        if step_rows.shown(mapping) != before or mapping.retry_at is not None:
            settled.append(mapping)

    def _stays_out(self, step: Step, mapping: EntityMapping) -> bool:
        """What an import of the past looked at in vain is as it was, and no result of the run."""
        known = mapping.state == State.OUTSIDE and mapping.reason == BEFORE_START
        again = (
            step.action is Action.SKIP
            and bool(step.reasons)
            and step.reasons[0].code == BEFORE_START
        )
        return self.gather.past is not None and known and again

    def _save_mappings(self, sides: Sequence[Both], changed: list[EntityMapping]) -> None:
        keys = [side.mapping.pk for side in sides]
        mine = EntityMapping.objects.filter(pk__in=keys)
        if self.consumes:
            state.planned(mine)
            # Under the locks that the update took: what was touched since it was read stays to be
            # looked at again. What a person decided meanwhile is not marked over.
            now = {
                pk: (version, stamp)
                for pk, version, stamp in mine.values_list("pk", "version", "touched_at")
            }
            mine_still = {
                m.pk for side in sides if now.get((m := side.mapping).pk, (0,))[0] == m.version + 1
            }
            as_read = [
                s.mapping
                for s in sides
                if s.mapping.pk in mine_still and s.mapping.touched_at is not None
            ]
            known = [mapping.pk for mapping in as_read if now[mapping.pk][1] == mapping.touched_at]
            state.consumed(EntityMapping.objects.filter(pk__in=known))
            bulk.save(
                [mapping for mapping in changed if mapping.pk in mine_still], step_rows.MARKED
            )


def waiting(run: SyncRun, until: dt.datetime, *, each: bool = False) -> QuerySet[EntityMapping]:
    """What wants to be looked at, with nothing owed already. With `each`, a condition for
    connections: what a run like this one would look at.
    """
    owed = Operation.objects.filter(mapping=OuterRef("pk"), state__in=Operation.OPEN)
    wanted = Q(touched_at__lte=until)
    past = Window.of(run.scope)
    if past is not None and run.passes == 0:
        wanted |= Q(pk__in=past.halves(run.connection_id).values("pk"))
    rows = EntityMapping.objects.filter(wanted, ~Exists(owed), first_run.taken_in(run, each=each))
    rows = rows.filter(connection=OuterRef("pk") if each else run.connection_id)
    only = run.scope.mappings
    return rows if only is None else rows.filter(pk__in=only)


def held_until(connection: int | OuterRef, until: dt.datetime) -> QuerySet[EntityMapping]:
    """Held records of a connection whose time to be looked at again has come."""
    return EntityMapping.objects.filter(
        connection=connection, state=State.HELD, retry_at__lte=until, touched_at=None
    )


def _as_new(row: Remote | None, since: dt.datetime) -> bool:
    """Whether QuickBooks may have made it since then; its times are in the company's own zone, and
    by its own clock.
    """
    told = moment(row.modified) if row is not None else None
    return told is None or told >= since - MARGIN


def _tell(held: Sequence[Operation]) -> None:
    for operation in held:
        mapping = operation.mapping
        signals.record_skipped.send_robust(Operation, operation=operation, mapping=mapping)
        if mapping is not None and mapping.state == State.CONFLICT:
            signals.conflict.send_robust(Operation, operation=operation, mapping=mapping)


def _refs(candidate: Candidate | None) -> Iterable[Ref]:
    return (ref for ref in (candidate.here_ref, candidate.there_ref) if ref) if candidate else ()
