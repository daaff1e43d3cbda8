"""How runs end: finished, cancelled, or broken by a mistake of ours."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync import signals
from quicksync.exceptions import KeysRefused, NotAllowed, UnreadableOptions
from quicksync.models import Category, ConnectionClock, Operation, SyncRun
from quicksync.quickbooks import loading
from quicksync.sync.pairs import operation_state, state
from quicksync.sync.plan import approve, first_run
from quicksync.sync.runs import waitlist
from quicksync.sync.worker import clock, counts, lease, run_state, run_sums

State = SyncRun.State


class Next(enum.Enum):
    """What a run needs to go on."""

    WIRE = "wire"  # a request is to be sent
    AGAIN = "again"  # local work was done and there may be more
    WAIT = "wait"  # something is owed, but not before a certain time
    DONE = "done"  # nothing more; the run has ended or waits for approval


# How often a run that an error of our own stops is tried again.
BREAKS = 3


def cancel(run: SyncRun, *, user: Any = None) -> None:
    """Stop a run, or take it out of the line. What is on the wire at this moment is settled by the
    next one.
    """
    moved = run_state.move_where(
        SyncRun.objects.filter(pk=run.pk, state__in=(*SyncRun.ACTIVE, State.QUEUED)),
        State.CANCELLED,
        reason="run-cancelled",
        reason_values={"who": str(user)} if user else {},
    )
    if moved != 1:
        raise NotAllowed(_("This run has already ended."))
    run.refresh_from_db()
    signals.tell(signals.run_finished, SyncRun, run=run)
    if run.scope.past is not None:
        approve.want_no_more(_waiting(run))
    _let_go(run)
    if run.is_large:
        run_sums.keep(run)
    first_run.withdrawn(run)
    waitlist.advance(run.connection_id)


def finish(
    run: SyncRun,
    state: str,
    *,
    reason: str = "",
    values: dict[str, Any] | None = None,
    stands: dict[str, Any] | None = None,
) -> Next:
    """End a run under its lease, and say so; who stands in line behind it begins. `stands` is what
    else to note on its connection.
    """
    end(run, state, reason=reason, values=values, stands=stands)
    waitlist.after(run.connection_id)
    return Next.DONE


def end(
    run: SyncRun,
    state: str,
    *,
    reason: str = "",
    values: dict[str, Any] | None = None,
    stands: dict[str, Any] | None = None,
) -> None:
    """The same without a look at who stands in line: the caller does that (`waitlist.after`)."""
    now = timezone.now()
    planned = run.phase != "read"
    failures = run.connection.clock.failures + 1 if state == State.FAILED else 0
    noted = {"last_run_at": now, "failures": failures, **(stands or {})}
    with transaction.atomic():
        lease.release(run, to=state, reason=reason, reason_values=values or {})
        if planned:
            _let_go(run)
        if planned and state == State.DONE:
            counts.leave(run)
        if planned and run.is_large:
            run_sums.keep(run)
        if planned and state == State.DONE and not run.scope.is_narrow:
            first = Category.objects.filter(
                connection=run.connection_id, enabled=True, first_synced_at=None
            )
            first.exclude(approved_at=None).update(first_synced_at=now)
        spent = run.spent.pending() if run.spent is not None else {}
        ConnectionClock.objects.filter(pk=run.connection_id).update(**noted, **spent)
    if run.spent is not None:
        run.spent.saved()
    for name, value in noted.items():
        setattr(run.connection.clock, name, value)
    signals.run_finished.send_robust(SyncRun, run=run)


def without_edition(run: SyncRun) -> Next:
    """End a leased run whose connection's edition cannot be used. What it owes stays owed."""
    return _stopped(run, "edition-gone", loading.trouble_with(run.connection.edition))


def without_options(run: SyncRun, error: UnreadableOptions) -> Next:
    """End a leased run that no look at the settings can tell what to do."""
    return _stopped(run, "options-unreadable", error.sentence)


def _stopped(run: SyncRun, reason: str, detail: str) -> Next:
    """No repetition mends it; the next run finds out whether a person has."""
    values, stands = {"detail": detail[:500]}, {"last_error": detail[:500]}
    return finish(run, State.FAILED, reason=reason, values=values, stands=stands)


def broke(run_id: int, holder: str, error: Exception) -> None:
    """An error of our own stopped a slice: it is tried again a few times, then the run ends with
    the reason.
    """
    run = (
        SyncRun.objects.select_related("connection__clock")
        .filter(pk=run_id, lease_holder=holder)
        .first()
    )
    if run is None or not run.is_active:
        return
    if isinstance(error, KeysRefused):
        _stopped(run, "keys-refused", str(error))
        return
    if run.troubles < BREAKS:
        pause = dt.timedelta(seconds=15 * 2**run.troubles)
        lease.release(run, troubles=run.troubles + 1, resume_at=clock.now() + pause)
        return
    finish(
        run,
        State.FAILED,
        reason="internal-error",
        values={"detail": f"{type(error).__name__}: {error}"[:500]},
    )


def _waiting(run: SyncRun) -> QuerySet[Operation]:
    """What a run has not begun to carry out."""
    return run.operations.filter(
        state__in=(Operation.State.DRAFT, Operation.State.PENDING), parcel=""
    )


def _let_go(run: SyncRun) -> None:
    """Proposals of an ended run are planned afresh; what is on the wire or in doubt stays owed."""
    waiting = _waiting(run)
    state.touch_keys(waiting.values("mapping_id"))
    operation_state.move_where(waiting, Operation.State.STALE)
