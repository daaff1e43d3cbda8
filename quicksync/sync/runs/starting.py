"""Begin a run, or have one begun by whoever is at work."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Connection, ConnectionClock, SyncRun
from quicksync.models.run_values import Scope
from quicksync.quickbooks.loading import edition_for, trouble_with
from quicksync.sync.runs import waitlist
from quicksync.sync.worker import lease, queue


def start(
    connection: Connection,
    *,
    trigger: str,
    user: Any = None,
    preview: bool = False,
    scope: Scope | None = None,
    holder: str = "",
) -> SyncRun:
    """Begin a run and enqueue its work, unless the caller does it as this `holder`, who has its
    lease then.

    `scope` is what is asked of it. Raises NotAllowed when the company cannot be reached, and Busy,
    which says who is at work since when and has the connection run again afterwards (A14).
    """
    must_be_live(connection)
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                connection=connection,
                trigger=trigger,
                user=user,
                preview=preview,
                scope=scope or Scope(),
                **(lease.born(holder) if holder else {}),
            )
            if not holder and not edition_for(connection.edition).can.polled:
                queue.enqueue("work", run.pk)
    except IntegrityError as error:
        raise busy(connection) from error
    return run


def must_be_live(connection: Connection) -> None:
    """Raises NotAllowed when the company is not connected, or its edition cannot be used."""
    if not connection.is_live:
        raise NotAllowed(
            _("%(connection)s is not connected to QuickBooks: connect it first.")
            % {"connection": connection}
        )
    if trouble := trouble_with(connection.edition):
        raise NotAllowed(trouble)


def ask(connection: Connection, **what: Any) -> SyncRun:
    """What a person's button does: `start`, or stand in line behind the run at work and begin when
    it is done (A14).
    """
    try:
        return start(connection, **what)
    except Busy:
        if edition_for(connection.edition).can.polled:
            raise
        return waitlist.join(connection, **what)


def due_now(connection: Connection) -> None:
    """Somebody has changed how often it runs: the new interval counts from now."""
    ConnectionClock.objects.filter(pk=connection.pk).update(next_sync_at=timezone.now())


def busy(connection: Connection) -> Busy:
    """Who is at work since when; automatic connections run again afterwards (A14)."""
    clock = ConnectionClock.objects.filter(ConnectionClock.scheduled(), pk=connection.pk)
    clock.update(next_sync_at=timezone.now())
    run = (
        SyncRun.objects.filter(connection=connection, state__in=SyncRun.ACTIVE)
        .select_related("user")
        .first()
    )
    if run is None:
        return Busy(_("Another run has just ended. Try again."))
    return Busy(_("%(at_work)s Yours can start when it is done.") % {"at_work": at_work(run)})


def at_work(run: SyncRun) -> str:
    """Who has the connection since when, in a sentence."""
    who = f"{run.user} started" if run.user else f"{run.get_trigger_display()} started"
    return _("%(who)s a run at %(when)s, and it is still running.") % {
        "who": who,
        "when": f"{timezone.localtime(run.started_at):%H:%M:%S}",
    }
