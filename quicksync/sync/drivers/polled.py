"""The polled driver: QuickBooks asks us for work and brings the answers, in other processes, later
or never.

A session is the holder of a run's lease, under a name that its caller keeps (a Web Connector's
ticket). Each of its calls is a turn of its own; all that one call leaves to the next stands in the
tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef

from quicksync.exceptions import ConfigurationError, TryLater
from quicksync.models import Connection, SyncRun
from quicksync.quickbooks import loading
from quicksync.quickbooks.messages import Purpose, WireReply, WireRequest
from quicksync.quickbooks.port import Edition
from quicksync.sync.drivers.turn import Turn
from quicksync.sync.exchange import outbox
from quicksync.sync.runs import starting
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease
from quicksync.sync.worker.lease import LeaseLost

# How far a run is when its phase begins, in percent. Only its last phase knows how much there is to
# do.
BEGINS_AT = {"read": 0, "scan": 20, "plan": 30, "send": 40}


@dataclass
class Session:
    """One conversation. `next` says what `hand_out` came to when it gave no request: DONE, or come
    again (WAIT, AGAIN).

    `trouble` is the sentence of the last trouble that an answer brought, "" while there is none.
    """

    run: SyncRun
    edition: Edition
    next: Next = Next.AGAIN
    trouble: str = ""


def open_session(connection: Connection, holder: str) -> Session | None:
    """Take on the connection's run, or start one; None when nothing is to be done until somebody
    asks for it.

    Raises NotAllowed when the company is not connected, Busy while another session is at work, and
    ConfigurationError for an edition that we ask.
    """
    edition = _edition(connection)
    run = SyncRun.objects.filter(connection=connection, state__in=SyncRun.ACTIVE).first()
    if run is None:
        if connection.is_live and not connection.is_scheduled:
            return None
        run = starting.start(connection, trigger=SyncRun.Trigger.CONNECTOR)
    taken = lease.take(run.pk, holder)
    if taken is None:
        raise starting.busy(connection)
    return Session(taken, edition)


def resume_session(run_id: int, holder: str) -> Session:
    """The same conversation in another process. If it has lost its run it still takes answers, but
    gives no work.
    """
    run = SyncRun.objects.select_related("connection__clock").get(pk=run_id)
    run.lease_holder = holder
    return Session(run, _edition(run.connection))


def _edition(connection: Connection) -> Edition:
    edition = loading.polled().get(connection.edition)
    if edition is None:
        raise ConfigurationError(f'"{connection.edition}" is not an edition that is polled.')
    return edition


def hand_out(session: Session) -> WireRequest | None:
    """The next request; None when there is none: `session.next` says whether to come again.

    Whoever asks for work has nothing in hand any more: an answer that is still out is asked about
    first, so that one parcel at most is ever on its way.
    """
    turn = Turn(session.run, session.edition)
    try:
        company = Connection.objects.filter(pk=session.run.connection_id)
        turn.begin(leftovers=company.values_list(outbox.leftovers(OuterRef("pk")), flat=True).get())
        request = _work(session, turn)
        if session.next is Next.AGAIN:
            lease.keep(session.run)
    except LeaseLost:
        session.next = Next.DONE
        return None
    return request


def _work(session: Session, turn: Turn) -> WireRequest | None:
    while not turn.over:
        request = turn.request()
        if request is not None:
            session.next = Next.WIRE
            return request
        step = turn.locally()
        if step in (Next.DONE, Next.WAIT):
            session.next = step
            return None
    session.next = Next.AGAIN
    return None


def take_back(session: Session, request_id: str, purpose: Purpose, reply: WireReply) -> None:
    """An answer is brought: the expected one, an old one, or one for the second time.

    What it says is believed even when the session has lost its run meanwhile: it happened.
    """
    turn = Turn(session.run, session.edition)
    try:
        trouble = turn.take(request_id, purpose, lambda: reply)
        session.trouble = trouble.sentence if trouble else ""
        if isinstance(trouble, TryLater):
            turn.note(trouble)
        elif trouble is not None:
            turn.give_up(trouble)
            session.next = Next.DONE
    except LeaseLost:
        session.next = Next.DONE


def progress(session: Session) -> int:
    """How far the run is, in percent; 100 only once there is nothing more to ask for."""
    run = SyncRun.objects.get(pk=session.run.pk)
    if not run.is_active:
        return 100
    begins = BEGINS_AT.get(run.phase, 0)
    if run.phase != "send" or not run.total:
        return begins
    return min(99, begins + (100 - begins) * run.done // run.total)


def close(session: Session) -> None:
    """The conversation is over: the run is free for the next session, which begins with what this
    one left in doubt.
    """
    try:
        lease.release(session.run)
    except LeaseLost:
        # It has ended, or another session has it already.
        session.next = Next.DONE
