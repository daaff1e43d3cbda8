"""A run from start to finish: phases, slices, and what ends it. Both drivers work a run through
`advance`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quicksync.conf import settings
from quicksync.models import (
    Category,
    Connection,
    ConnectionClock,
    EntityMapping,
    Operation,
    SyncRun,
)
from quicksync.models.run_values import Position
from quicksync.quickbooks.port import Edition
from quicksync.sync.exchange import approved_lane, landing, look, open_operations, outbox
from quicksync.sync.exchange.landing_lane import LandingLane
from quicksync.sync.pairs import merges, scan, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.plan import approve, first_run, planner
from quicksync.sync.read import remote_records
from quicksync.sync.runs import stale_lists, waitlist
from quicksync.sync.runs.ending import Next, finish
from quicksync.sync.worker import counts, lease, reading_list, run_sums

State = SyncRun.State
# How often one run looks again at what its own writes touched, before it leaves the rest to the
# next one.
PASSES = 5
# What may have brought others forward.
MOVED = (Operation.State.DONE, Operation.State.STALE)


# --- The phases -----------------------------------------------------------------------------------


def begin(run: SyncRun, edition: Edition) -> bool:
    """At the start of each slice: what the last worker had in hand is owed or in doubt again.
    Returns whether the run begins with this slice.
    """
    from_scratch = run.phase == "read" and not run.reads and not run.progress.began
    if from_scratch:
        remote_records.begin(run, edition)
    else:
        remote_records.forget_reads(run)
    return from_scratch


def advance(run: SyncRun, company: AtHand, deadline: float) -> Next:
    """Do a bounded piece of local work, or say what is needed. Raises LeaseLost when the run is
    ours no more.
    """
    if reading_list.next_entry(run) is not None or reading_list.in_hand(run):
        return Next.WIRE
    return _PHASES[run.phase](run, company, deadline)


def _after_reading(run: SyncRun, company: AtHand, deadline: float) -> Next:
    if remote_records.more(run, company.edition):
        return Next.WIRE
    stands = remote_records.finish(run, company.edition)
    if run.scope.setup:
        return finish(run, State.DONE, stands=stands)
    now = timezone.now()
    held = planner.held_until(run.connection_id, now)
    # One statement for a quiet cycle, with a look into an index for each question.
    anything = Connection.objects.filter(pk=run.connection_id).values_list(
        first_run.nothing_approved(),
        Exists(_to_scan(run)),
        Exists(planner.waiting(run, now)),
        Exists(held),
    )
    unseen, *wanted = anything.get()
    if unseen:
        first_run.make_preview(run)
    if not (run.preview or any(wanted)):
        return finish(run, State.DONE, stands=stands)
    if asked := stale_lists.reads(run, company.edition):
        reading_list.add(run, asked)
        run.progress.lists = True
        lease.keep(run, reads=run.reads, progress=run.progress)
        return Next.WIRE
    with transaction.atomic():
        # First of all, so that a worker that has lost the run notes nothing.
        lease.keep(run, phase="scan")
        state.touch(held, now)
        ConnectionClock.objects.filter(pk=run.connection_id).update(
            **{"last_run_at": timezone.now(), **stands}
        )
    return Next.AGAIN


def _to_scan(run: SyncRun) -> QuerySet[Category]:
    if run.scope.mappings is not None:
        return Category.objects.none()
    return _unscanned(run.connection_id)


def _unscanned(connection: int | OuterRef) -> QuerySet[Category]:
    """Categories whose records have not been looked for since they were switched on or changed."""
    return Category.objects.filter(connection=connection, enabled=True, needs_scan=True)


def quiet(runs: Sequence[SyncRun]) -> set[int]:
    """Which of these automatic cycles, whose reads are all in, have nothing to do; one statement
    for all of them, which asks of each what `advance` would.
    """
    if not runs:
        return set()
    now, like = timezone.now(), runs[0]
    rows = Connection.objects.filter(pk__in=[run.connection_id for run in runs]).values_list(
        "pk",
        first_run.nothing_approved(),
        Exists(_unscanned(OuterRef("pk"))),
        Exists(planner.waiting(like, now, each=True)),
        Exists(planner.held_until(OuterRef("pk"), now)),
    )
    nothing = {pk for pk, *anything in rows if not any(anything)}
    return {run.pk for run in runs if run.connection_id in nothing}


def _scan(run: SyncRun, company: AtHand, deadline: float) -> Next:
    for category in _to_scan(run).select_related("connection"):
        scan.scan(category, lambda: lease.keep(run))
    first_run.note(run)
    lease.keep(run, **_to_plan())
    return Next.AGAIN


def _to_plan() -> dict[str, Any]:
    """Into the phase of the plan: what is touched from now on is for a later look."""
    return {"phase": "plan", "planned_from": timezone.now(), "position": Position()}


def _plan(run: SyncRun, company: AtHand, deadline: float) -> Next:
    if outbox.in_doubt(run.connection):
        # What it made may be among what was read just now, where it would look like somebody else's
        # new record.
        return Next.WAIT
    lost = look.given_up(run, company)
    if look.asks_first(run, lost):
        return Next.AGAIN
    work = planner.Planner(run, company, lost, partial(LandingLane, run, lost))
    if not work.work(deadline):
        return Next.AGAIN
    total = SyncRun.objects.values_list("done", flat=True).get(pk=run.pk) + counts.to_come(run)
    unsafe = [] if run.forced else approve.unsafe(run)
    lease.keep(run, total=total, unsafe=unsafe, position=Position())
    if run.preview and not unsafe and not _asks(run):
        return finish(run, State.DONE)
    if run.preview or unsafe:
        reason = first_run.reason(run) if run.preview else "unsafe-plan"
        with transaction.atomic():
            lease.release(run, to=State.DRAFT, phase="plan", reason=reason)
            if run.is_large:
                run_sums.keep(run)
        waitlist.advance(run.connection_id)
        return Next.DONE
    with transaction.atomic():
        approve.promote(run)
        lease.keep(run, to=State.RUNNING, phase="send")
    return Next.AGAIN


def _asks(run: SyncRun) -> bool:
    """Whether a preview has anything to show that a person could say yes to."""
    return bool(run.progress.first) or run.operations.exists()


def _send(run: SyncRun, company: AtHand, deadline: float) -> Next:
    chunk = landing.next_chunk(run)
    if chunk:
        if left := approved_lane.land(run, company, chunk):
            landing.apply(run, company, landing.loaded(left))
        lease.keep(run)
        return Next.AGAIN
    open_ = run.operations.filter(open_operations.owed())
    if open_.exists():
        waits = outbox.soonest_retry(run)
        return Next.WAIT if waits else Next.WIRE
    if outbox.in_doubt(run.connection):
        return Next.WAIT
    return _look_again(run)


def _look_again(run: SyncRun) -> Next:
    """What this run's writes touched, and what waited for them, is planned once more; then the run
    is done.
    """
    # What was refused because something it names is gone has had that read again: it may have been
    # merged.
    refused = Q(state=Operation.State.FAILED, reason=merges.REFUSED)
    moved = run.operations.filter(refused | Q(state__in=MOVED), settled_at__gte=run.planned_from)
    if run.passes < PASSES and moved.exists():
        mappings = EntityMapping.objects.filter(connection=run.connection_id)
        state.touch(mappings.filter(state=EntityMapping.State.HELD, reason__in=first_run.WAITED))
        touched = mappings.filter(first_run.taken_in(run), touched_at__isnull=False)
        if run.scope.mappings is not None:
            touched = touched.filter(pk__in=run.scope.mappings)
        if touched.exists():
            lease.keep(
                run,
                phase="plan",
                passes=run.passes + 1,
                planned_from=timezone.now(),
                position=Position(),
            )
            return Next.AGAIN
    return finish(run, State.DONE)


_PHASES = {"read": _after_reading, "scan": _scan, "plan": _plan, "send": _send}


# --- The end --------------------------------------------------------------------------------------


def slice_end() -> float:
    """When a slice that starts now shall end, on the monotonic clock."""
    return time.monotonic() + settings.slice_seconds
