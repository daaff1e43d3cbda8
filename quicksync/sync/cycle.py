"""A run from start to finish: phases, slices, and what ends it. Both drivers work a run through `advance`."""

from __future__ import annotations

import datetime as dt
import enum
import time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from quicksync import signals
from quicksync.conf import settings
from quicksync.exceptions import Busy, KeysRefused, NotAllowed
from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun
from quicksync.quickbooks.edition import Edition
from quicksync.quickbooks.editions import edition_for
from quicksync.quickbooks.wire import Facts
from quicksync.sync import (
    approve,
    clock,
    exchange,
    first_run,
    lease,
    look,
    merges,
    outbox,
    planner,
    pull,
    queue,
    refresh,
    scan,
    tally,
    unknown,
    waitlist,
    window,
)

State = SyncRun.State
# How often one run looks again at what its own writes touched, before it leaves the rest to the next one.
PASSES = 5
# How often a run that an error of our own stops is tried again.
BREAKS = 3
# What may have brought others forward.
MOVED = (Operation.State.DONE, Operation.State.STALE)
# A run whose scope says one of these looked at a part only.
NARROW = {"mappings", "read", "kinds", "setup"}
WAITED = (
    "reference-not-synced",
    "account-unmapped",
    "tax-code-unmapped",
    "term-unmapped",
    "method-unmapped",
    "class-unmapped",
    "location-unmapped",
    "entry-unmapped",
)


class Next(enum.Enum):
    """What a run needs to go on."""

    WIRE = "wire"  # a request is to be sent
    AGAIN = "again"  # local work was done and there may be more
    WAIT = "wait"  # something is owed, but not before a certain time
    DONE = "done"  # nothing more; the run has ended or waits for approval


def start(
    connection: Connection,
    *,
    trigger: str,
    user: Any = None,
    preview: bool = False,
    scope: dict[str, Any] | None = None,
    enqueue: bool = True,
) -> SyncRun:
    """Begin a run and enqueue its work, unless the caller does it.

    `scope` restricts it: {"mappings": [pk], "forced": "push"|"pull", "resend": bool, "read": {kind: [remote id]},
    "kinds": [kind], "setup": bool}, or widens it: {"past": a window of dates (`sync.window`)}. Raises NotAllowed when
    the company is not connected, and Busy, which says who is at work since when and has the connection run again
    afterwards (A14).
    """
    if not connection.is_live:
        raise NotAllowed(f"{connection} is not connected to QuickBooks: connect it first.")
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                connection=connection, trigger=trigger, user=user, preview=preview, scope=scope or {}
            )
            if enqueue and not edition_for(connection.edition).can.polled:
                queue.enqueue("work", run.pk)
    except IntegrityError as error:
        raise busy(connection) from error
    return run


def ask(connection: Connection, **what: Any) -> SyncRun:
    """What a person's button does: `start`, or stand in line behind the run at work and begin when it is done (A14)."""
    try:
        return start(connection, **what)
    except Busy:
        if edition_for(connection.edition).can.polled:
            raise
        return waitlist.join(connection, **what)


def busy(connection: Connection) -> Busy:
    """Who is at work since when; automatic connections run again afterwards (A14)."""
    Connection.objects.filter(pk=connection.pk, paused=False, sync_type="automatic").update(next_sync_at=timezone.now())
    run = SyncRun.objects.filter(connection=connection, state__in=SyncRun.ACTIVE).select_related("user").first()
    if run is None:
        return Busy("Another run has just ended. Try again.")
    return Busy(f"{at_work(run)} Yours can start when it is done.")


def at_work(run: SyncRun) -> str:
    """Who has the connection since when, in a sentence."""
    who = f"{run.user} started" if run.user else f"{run.get_trigger_display()} started"
    return f"{who} a run at {timezone.localtime(run.started_at):%H:%M:%S} and it is still at work."


def cancel(run: SyncRun, *, user: Any = None) -> None:
    """Stop a run, or take it out of the line. What is on the wire at this moment is settled by the next one."""
    moved = SyncRun.objects.filter(pk=run.pk, state__in=(*SyncRun.ACTIVE, State.QUEUED)).update(
        state=State.CANCELLED,
        finished_at=timezone.now(),
        lease_until=None,
        reason="run-cancelled",
        reason_values={"who": str(user)} if user else {},
    )
    if moved != 1:
        raise NotAllowed("This run has ended already.")
    run.refresh_from_db()
    signals.tell(signals.run_finished, SyncRun, run=run)
    if window.NAME in run.scope:
        approve.want_no_more(_waiting(run))
    _let_go(run)
    first_run.withdrawn(run)
    waitlist.advance(run.connection_id)


def pause(connection: Connection, *, user: Any = None, why: str = "") -> None:
    """No automatic runs until somebody resumes."""
    connection.paused, connection.pause_reason = True, why[:300]
    connection.changed_by(user)
    connection.save(update_fields=["paused", "pause_reason"])


def resume(connection: Connection, *, user: Any = None) -> None:
    """Automatic runs again, the first one now."""
    connection.paused, connection.pause_reason, connection.failures = False, "", 0
    connection.next_sync_at = timezone.now()
    connection.changed_by(user)
    connection.save(update_fields=["paused", "pause_reason", "failures", "next_sync_at"])


# --- The phases -------------------------------------------------------------------------------------------------------


def begin(run: SyncRun, edition: Edition) -> None:
    """At the start of each slice: what the last worker had in hand is owed or in doubt again."""
    from_scratch = run.phase == "read" and not run.reads and not run.scope.get("began")
    if from_scratch:
        refresh.begin(run, edition)
    else:
        exchange.forget_reads(run)


def advance(run: SyncRun, edition: Edition, facts: Facts, deadline: float) -> Next:
    """Do a bounded piece of local work, or say what is needed. Raises LeaseLost when the run is ours no more."""
    if refresh.next_entry(run) is not None or any(entry["out"] for entry in run.reads):
        return Next.WIRE
    return _PHASES[run.phase](run, edition, facts, deadline)


def _after_reading(run: SyncRun, edition: Edition, facts: Facts, deadline: float) -> Next:
    if refresh.more(run, edition):
        return Next.WIRE
    stands = refresh.finish(run, edition)
    if run.scope.get("setup"):
        return finish(run, State.DONE, stands=stands)
    now = timezone.now()
    held = planner.held_until(run, now)
    # One statement for a quiet cycle, with a look into an index for each question.
    anything = Connection.objects.filter(pk=run.connection_id).values_list(
        first_run.nothing_approved(), Exists(_to_scan(run)), Exists(planner.waiting(run, now)), Exists(held)
    )
    unseen, *wanted = anything.get()
    if unseen:
        first_run.make_preview(run)
    if not (run.preview or any(wanted)):
        return finish(run, State.DONE, stands=stands)
    if asked := unknown.reads(run, edition):
        refresh.add(run, asked)
        lease.keep(run, reads=run.reads, scope=run.scope | {"lists": True})
        return Next.WIRE
    held.update(touched_at=now)
    Connection.objects.filter(pk=run.connection_id).update(**{"last_run_at": timezone.now(), **stands})
    lease.keep(run, phase="scan")
    return Next.AGAIN


def _to_scan(run: SyncRun) -> QuerySet[Category]:
    """Categories whose records have not been looked for since they were switched on or changed."""
    if "mappings" in run.scope:
        return Category.objects.none()
    return Category.objects.filter(connection=run.connection_id, enabled=True, needs_scan=True)


def _scan(run: SyncRun, edition: Edition, facts: Facts, deadline: float) -> Next:
    for category in _to_scan(run).select_related("connection"):
        scan.scan(category, lambda: lease.keep(run))
    first_run.note(run)
    lease.keep(run, phase="plan", planned_from=timezone.now(), position={})
    return Next.AGAIN


def _plan(run: SyncRun, edition: Edition, facts: Facts, deadline: float) -> Next:
    if exchange.in_doubt(run.connection):
        # What it made may be among what was read just now, where it would look like somebody else's new record.
        return Next.WAIT
    lost = look.given_up(run, edition, facts)
    if look.asks_first(run, lost):
        return Next.AGAIN
    work = planner.Planner(run, edition, lost)
    if not work.work(deadline):
        return Next.AGAIN
    total = SyncRun.objects.values_list("done", flat=True).get(pk=run.pk) + tally.to_come(run)
    unsafe = [] if run.forced else planner.unsafe(run, work.gather)
    lease.keep(run, total=total, unsafe=unsafe, position={})
    if run.preview or unsafe:
        reason = first_run.reason(run) if run.preview else "unsafe-plan"
        lease.release(run, state=State.DRAFT, phase="plan", reason=reason)
        waitlist.advance(run.connection_id)
        return Next.DONE
    with transaction.atomic():
        approve.promote(run)
        lease.keep(run, state=State.RUNNING, phase="send")
    return Next.AGAIN


def _send(run: SyncRun, edition: Edition, facts: Facts, deadline: float) -> Next:
    chunk = pull.next_chunk(run)
    if chunk:
        pull.apply(run, edition, facts, chunk)
        lease.keep(run)
        return Next.AGAIN
    open_ = run.operations.filter(outbox.owed())
    if open_.exists():
        waits = exchange.soonest_retry(run)
        return Next.WAIT if waits else Next.WIRE
    if exchange.in_doubt(run.connection):
        return Next.WAIT
    return _look_again(run)


def _look_again(run: SyncRun) -> Next:
    """What this run's writes touched, and what waited for them, is planned once more; then the run is done."""
    # What was refused because something it names is gone has had that read again: it may have been merged.
    refused = Q(state=Operation.State.FAILED, reason=merges.REFUSED)
    moved = run.operations.filter(refused | Q(state__in=MOVED), settled_at__gte=run.planned_from)
    if run.passes < PASSES and moved.exists():
        mappings = EntityMapping.objects.filter(connection=run.connection_id)
        mappings.filter(state=EntityMapping.State.HELD, reason__in=WAITED).update(touched_at=timezone.now())
        touched = mappings.filter(first_run.taken_in(run), touched_at__isnull=False)
        if "mappings" in run.scope:
            touched = touched.filter(pk__in=run.scope["mappings"])
        if touched.exists():
            lease.keep(run, phase="plan", passes=run.passes + 1, planned_from=timezone.now(), position={})
            return Next.AGAIN
    return finish(run, State.DONE)


_PHASES = {"read": _after_reading, "scan": _scan, "plan": _plan, "send": _send}


# --- The end ----------------------------------------------------------------------------------------------------------


def finish(
    run: SyncRun,
    state: str,
    *,
    reason: str = "",
    values: dict[str, Any] | None = None,
    stands: dict[str, Any] | None = None,
) -> Next:
    """End a run under its lease, and say so. `stands` is what else to note on its connection."""
    now = timezone.now()
    planned = run.phase != "read"
    failures = run.connection.failures + 1 if state == State.FAILED else 0
    noted = {"last_run_at": now, "failures": failures, **(stands or {})}
    with transaction.atomic():
        lease.release(run, state=state, finished_at=now, reason=reason, reason_values=values or {})
        if planned:
            _let_go(run)
        if planned and state == State.DONE:
            tally.leave(run)
        if planned and state == State.DONE and not NARROW & run.scope.keys():
            first = Category.objects.filter(connection=run.connection_id, enabled=True, first_synced_at=None)
            first.exclude(approved_at=None).update(first_synced_at=now)
        Connection.objects.filter(pk=run.connection_id).update(**noted)
    for name, value in noted.items():
        setattr(run.connection, name, value)
    signals.run_finished.send_robust(SyncRun, run=run)
    waitlist.after(run.connection_id)
    return Next.DONE


def broke(run_id: int, holder: str, error: Exception) -> None:
    """An error of our own stopped a slice: it is tried again a few times, then the run ends with the reason."""
    run = SyncRun.objects.select_related("connection").filter(pk=run_id, lease_holder=holder).first()
    if run is None or not run.is_active:
        return
    if isinstance(error, KeysRefused):
        # No repetition mends them; the next run, minutes later, finds out whether a person has.
        trouble = {"last_error": str(error)[:500]}
        finish(run, State.FAILED, reason="keys-refused", values={"detail": str(error)[:500]}, stands=trouble)
        return
    if run.troubles < BREAKS:
        pause = dt.timedelta(seconds=15 * 2**run.troubles)
        lease.release(run, troubles=run.troubles + 1, resume_at=clock.now() + pause)
        return
    finish(run, State.FAILED, reason="internal-error", values={"detail": f"{type(error).__name__}: {error}"[:500]})


def _waiting(run: SyncRun) -> QuerySet[Operation]:
    """What a run has not begun to carry out."""
    return run.operations.filter(state__in=(Operation.State.DRAFT, Operation.State.PENDING), parcel="")


def _let_go(run: SyncRun) -> None:
    """Proposals of an ended run are planned afresh; what is on the wire or in doubt stays owed."""
    waiting = _waiting(run)
    approve.touch_mappings(waiting.values("mapping_id"))
    waiting.update(state=Operation.State.STALE, settled_at=timezone.now())


def slice_end() -> float:
    """When a slice that starts now shall end, on the monotonic clock."""
    return time.monotonic() + settings.slice_seconds
