"""Runs that stand in line behind the one at work, and begin by themselves once it ends (A14)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from quicksync import signals
from quicksync.models import Connection, SyncRun
from quicksync.models.run_values import Scope
from quicksync.sync.worker import queue, run_state, wakes

State = SyncRun.State
# Runs that somebody has asked for.
BY_HAND = (
    SyncRun.Trigger.MANUAL,
    SyncRun.Trigger.PREVIEW,
    SyncRun.Trigger.OBJECT,
    SyncRun.Trigger.PAST,
)


def join(
    connection: Connection,
    *,
    trigger: str,
    user: Any = None,
    preview: bool = False,
    scope: Scope | None = None,
) -> SyncRun:
    """Stand in line. Who asks for what already waits shares that run: it will see everything that
    has changed.
    """
    what = scope or Scope()
    same = SyncRun.objects.filter(
        connection=connection, state=State.QUEUED, trigger=trigger, preview=preview
    )
    waiting = next((run for run in same.order_by("id") if run.scope == what), None)
    if waiting is None:
        waiting = run_state.in_line(
            connection=connection,
            trigger=trigger,
            user=user,
            preview=preview,
            scope=what,
        )
        waiting.save()
    # The run at work may have ended meanwhile, with nobody in line yet.
    advance(connection.pk)
    waiting.refresh_from_db()
    return waiting


def advance(connection_id: int) -> None:
    """Have the run that has waited longest begin, unless one is at work or QuickBooks does not let
    us in.
    """
    first = (
        SyncRun.objects.filter(connection=connection_id, state=State.QUEUED)
        .order_by("id")
        .values_list("pk")
        .first()
    )
    if first is None:
        return
    connected = Connection.objects.filter(
        pk=OuterRef("connection"), status=Connection.Status.CONNECTED
    )
    # IntegrityError: one is at work; its end leads here again.
    with suppress(IntegrityError), transaction.atomic():
        waiting = SyncRun.objects.filter(Exists(connected), pk=first[0], state=State.QUEUED)
        if run_state.move_where(waiting, State.PLANNING):
            queue.enqueue("work", first[0])


def after(*connection_ids: int) -> None:
    """Runs have ended: who stands in line begins. What was saved here meanwhile waits for no clock:
    its wake found the run at work and left the connection due.
    """
    come = Q(clock__next_sync_at__isnull=False, clock__next_sync_at__lte=timezone.now())
    due = ExpressionWrapper(Connection.scheduled() & come, output_field=BooleanField())
    line = SyncRun.objects.filter(connection=OuterRef("pk"), state=State.QUEUED)
    rows = Connection.objects.filter(pk__in=connection_ids).order_by("pk")
    for pk, somebody_waits, is_due in rows.values_list("pk", Exists(line), due):
        if somebody_waits:
            advance(pk)
        if is_due:
            wakes.again(pk)


def advance_all() -> None:
    """Runs whose turn has come and whom nobody told: the worker that should have died."""
    at_work = SyncRun.objects.filter(connection=OuterRef("connection"), state__in=SyncRun.ACTIVE)
    waiting = SyncRun.objects.filter(~Exists(at_work), state=State.QUEUED).order_by()
    for pk in waiting.values_list("connection", flat=True).distinct():
        advance(pk)


def leave(connection: Connection) -> None:
    """Nobody waits any more: the company is disconnected."""
    line = SyncRun.objects.filter(connection=connection, state=State.QUEUED)
    gone = run_state.move_telling(line.order_by(), State.CANCELLED, reason="run-cancelled")
    for run in SyncRun.objects.filter(pk__in=gone):
        signals.tell(signals.run_finished, SyncRun, run=run)


def take_up(connection: Connection) -> None:
    """What somebody had asked for when QuickBooks let us in no more stands in line again (A5).

    Runs by the clock need no such help: the next one does what the last could not, also of a plan
    that was approved.
    """
    last = (
        connection.runs.exclude(trigger=SyncRun.Trigger.SETUP).exclude(state=State.QUEUED).first()
    )
    if last is None or (last.state, last.reason) != (State.FAILED, "no-access"):
        return
    if last.approved_at is not None and connection.is_scheduled:
        return
    if last.trigger in BY_HAND:
        # A plan that was approved is shown again: it may look different by now.
        preview = last.preview or last.approved_at is not None
        join(connection, trigger=last.trigger, user=last.user, preview=preview, scope=last.scope)
