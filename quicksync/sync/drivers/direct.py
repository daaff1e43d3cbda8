"""The direct driver: we ask QuickBooks. It works a run through its slice, with several requests in
flight.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from typing import NamedTuple

import msgspec
from django.db.models import OuterRef

from quicksync.exceptions import ConnectionTrouble, TryLater
from quicksync.models import SyncRun
from quicksync.quickbooks import loading
from quicksync.quickbooks.messages import Purpose, Read, WireReply, WireRequest
from quicksync.quickbooks.port import Wire
from quicksync.sync.access import tokens
from quicksync.sync.access.meter import Meter
from quicksync.sync.drivers.turn import Turn
from quicksync.sync.exchange import outbox
from quicksync.sync.runs import ending
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import clock, lease, queue

log = logging.getLogger("quicksync.drivers")

# A wait of so many seconds is not worth a new slice.
SHORT_WAIT = 5.0
# With an answer outstanding for so many seconds the lease needs a sign of life.
SIGN_OF_LIFE = 20.0
# An answer to a parcel waits so many seconds for those of the parcels beside it: all of them are
# written down in as many statements as one.
TOGETHER = 1.0
# Requests of one process on their way at a time. A slice has no more than its edition allows.
IN_FLIGHT = 8


class Verdict(NamedTuple):
    """How a slice ended: what the run needs next, and after how many seconds."""

    next: Next
    wait: float = 0.0


def work(run_id: int, holder: str, *, leased: bool = False) -> Verdict | None:
    """One slice of a run, which `holder` takes unless it is `leased` to it already. None when the
    run is somebody else's, has ended, or is a polled edition's to work on.
    """
    polled = tuple(loading.polled())
    also = {"leftovers": outbox.leftovers(OuterRef("connection"))}
    run = lease.read(run_id, **also) if leased else lease.take(run_id, holder, but=polled, **also)
    if run is None:
        return None
    edition = loading.direct().get(run.connection.edition)
    if edition is None:
        # It has left the settings: nobody else would ever end the run.
        return Verdict(ending.without_edition(run))
    wire = edition.open(tokens.account(run.connection, edition))
    run.spent = meter = Meter(run.connection_id, wire)
    try:
        verdict = _Slice(Turn(run, edition), wire, meter).work()
        meter.save()
        hand_over(run, verdict)
    except lease.LeaseLost:
        log.info("lease lost", extra={"action": "lease_lost", "run": run_id})
        return None
    finally:
        meter.save()
        wire.close()
    return verdict


def hand_over(run: SyncRun, verdict: Verdict) -> None:
    """Give the run back: to the next slice at once, or to the dispatch when its time has come."""
    if verdict.next is Next.DONE:
        return
    if verdict.next is Next.WAIT:
        lease.release(run, resume_at=clock.now() + dt.timedelta(seconds=verdict.wait))
        return
    lease.release(run)
    queue.enqueue("work", run.pk)


def after(turn: Turn, meter: Meter, trouble: ConnectionTrouble) -> Verdict:
    """What the run needs after trouble with its wire. Raises LeaseLost."""
    if isinstance(trouble, TryLater):
        return Verdict(Next.WAIT, turn.note(trouble))
    meter.save()
    turn.give_up(trouble)
    return Verdict(Next.DONE)


def pool() -> ThreadPoolExecutor:
    """The threads in which requests travel, which a worker keeps from one company to the next; a
    process that was forked off has none of its parent's.
    """
    return _pool_of(os.getpid())


@cache
def _pool_of(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="quicksync-wire")


class _Slice:
    """One slice at work: each request in a thread, and local work while none can be sent."""

    def __init__(self, turn: Turn, wire: Wire, meter: Meter) -> None:
        self.turn = turn
        self.wire = wire
        self.meter = meter
        self.flying: dict[Future[WireReply], WireRequest] = {}
        # Pages that are fetched while the ones before them are stored, by what asks for them.
        self.ahead: dict[WireRequest, Future[WireReply]] = {}
        self.trouble: ConnectionTrouble | None = None

    def work(self) -> Verdict:
        self.turn.begin(leftovers=self.turn.run.leftovers)
        try:
            return self._through()
        finally:
            # Whatever broke: the wire is nobody else's while a request is on its way.
            wait([*self.flying, *self.ahead.values()])
            self._throw_away()

    def _through(self) -> Verdict:
        while True:
            self._launch()
            if self.flying:
                self._land()
            elif self.trouble is not None:
                return after(self.turn, self.meter, self.trouble)
            elif self.turn.over:
                return Verdict(Next.AGAIN)
            elif (verdict := self._locally()) is not None:
                return verdict

    def _launch(self) -> None:
        most = self.turn.company.edition.can.in_flight
        while len(self.flying) < most and self.trouble is None and not self.turn.over:
            requests = self.turn.requests(most - len(self.flying))
            if not requests:
                break
            for request in requests:
                sent = self.ahead.pop(_question(request), None)
                self.flying[sent or pool().submit(self.wire.send, request)] = request
        # Whatever was not asked for at once is asked again when its time has come.
        self._throw_away()

    def _read_ahead(self, reads: Sequence[Read]) -> None:
        """Fetch what a page says to read next, while that page is stored. It is asked for at once
        afterwards, or thrown away: nothing else is waiting to be asked.
        """
        edition = self.turn.company.edition
        room = edition.can.in_flight - len(self.flying) - len(self.ahead)
        if self.turn.over or self.trouble is not None or not self.turn.only_reads():
            return
        for read in reads[: max(0, room)]:
            request = edition.read_request(read, "")
            self.ahead[request] = pool().submit(self.wire.send, request)

    def _throw_away(self) -> None:
        """What was read ahead in vain is a call of the run all the same."""
        self.turn.sent_in_vain(len(self.ahead))
        self.ahead.clear()

    def _land(self) -> None:
        done, _ = wait(self.flying, timeout=SIGN_OF_LIFE, return_when=FIRST_COMPLETED)
        if not done:
            lease.keep(self.turn.run)
            return
        parcels = [one for one, request in self.flying.items() if request.purpose is Purpose.WRITE]
        if done.issubset(parcels):
            done, _ = wait(parcels, timeout=TOGETHER)
        answers = [(self.flying.pop(one), one.result) for one in list(self.flying) if one in done]
        self.trouble = self.turn.take_all(answers, self._read_ahead) or self.trouble

    def _locally(self) -> Verdict | None:
        # Local work may end the run, and the next one may begin at once. Who only reads saves it
        # with the end.
        if self.turn.run.phase != "read":
            self.meter.save()
        step = self.turn.locally()
        if step is Next.DONE:
            return Verdict(Next.DONE)
        if step is not Next.WAIT:
            return None
        seconds = self.turn.wait()
        if seconds > min(SHORT_WAIT, self.turn.seconds_left()):
            return Verdict(Next.WAIT, seconds)
        time.sleep(seconds)
        return None


def _question(request: WireRequest) -> WireRequest:
    """What a request asks, whatever it is called."""
    return msgspec.structs.replace(request, id="")
