"""A bundle of companies of which most have nothing new: they are asked side by side, and the runs
that find nothing end together. Whoever has changes, or needs more than one question, goes on in a
task of its own, so that nobody waits for it.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, contextmanager

from quicksync.models import SyncRun
from quicksync.quickbooks import loading
from quicksync.quickbooks.messages import WireReply, WireRequest
from quicksync.quickbooks.port import DirectEdition
from quicksync.sync.access import tokens
from quicksync.sync.access.meter import Meter
from quicksync.sync.drivers import direct
from quicksync.sync.drivers.direct import Verdict
from quicksync.sync.drivers.turn import Turn
from quicksync.sync.read import remote_records
from quicksync.sync.runs import ending, phases, waitlist
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease

log = logging.getLogger("quicksync.drivers")

# Answers that come within so many seconds are looked at together.
TOGETHER = 0.2
# A longer answer is not for a bundle: its company is asked again, in a task of its own.
LONG = 100_000
# To be gone on with at once, in a task of its own.
AGAIN = Verdict(Next.AGAIN)

# Around what is done for one company: what breaks there is that one's alone.
Guard = Callable[[SyncRun], AbstractContextManager[None]]


def work(runs: Sequence[SyncRun], guard: Guard) -> None:
    """Runs that were begun for this bundle (`dispatching.cycles_of`), each with its `leftovers`."""
    bundle = _Bundle(guard)
    try:
        bundle.work(runs)
    finally:
        # Whatever broke: no request is on its way any more when a task ends.
        wait(bundle.flying)


class _Bundle:
    def __init__(self, guard: Guard) -> None:
        self.flying: dict[Future[WireReply], _Company] = {}
        self._guard = guard
        self._waiting: deque[SyncRun] = deque()
        self._deadline = phases.slice_end()

    def work(self, runs: Sequence[SyncRun]) -> None:
        self._waiting.extend(runs)
        self._launch()
        while self.flying:
            done, _ = wait(self.flying, timeout=TOGETHER)
            landed = [(self.flying.pop(future), future) for future in done]
            # The next ones travel while these are looked at.
            self._launch()
            self._end([one for one, future in landed if self._is_in(one, future)])
            for one in self.flying.values():
                self._show_life(one)

    @contextmanager
    def _one(self, run: SyncRun) -> Iterator[None]:
        with self._guard(run):
            try:
                yield
            except lease.LeaseLost:
                log.info("lease lost", extra={"action": "lease_lost", "run": run.pk})

    @contextmanager
    def _at(self, one: _Company) -> Iterator[None]:
        """What breaks for a company takes it out of the bundle."""
        with self._one(one.run):
            try:
                yield
            except BaseException:
                one.leave()
                raise

    def _launch(self) -> None:
        while self._waiting and len(self.flying) < direct.IN_FLIGHT:
            run = self._waiting.popleft()
            with self._one(run):
                edition = loading.direct().get(run.connection.edition)
                if edition is None:
                    ending.without_edition(run)
                elif run.leftovers or time.monotonic() > self._deadline:
                    direct.hand_over(run, AGAIN)
                else:
                    self._ask(_Company(run, edition))

    def _ask(self, one: _Company) -> None:
        with self._at(one):
            one.turn.begin(leftovers=False)
            request = one.turn.request() if len(one.run.reads) == 1 else None
            if request is None:
                one.hand_over(AGAIN)
            else:
                one.request = request
                self.flying[direct.pool().submit(one.wire.send, request)] = one

    def _is_in(self, one: _Company, future: Future[WireReply]) -> bool:
        """Whether a company's answer is all that its cycle reads."""
        with self._at(one):
            if future.exception() is None and len(future.result().body) > LONG:
                one.hand_over(AGAIN)
            elif trouble := one.turn.take(one.request.id, one.request.purpose, future.result):
                one.hand_over(direct.after(one.turn, one.meter, trouble))
            elif one.reads_more():
                one.hand_over(AGAIN)
            else:
                return True
        return False

    def _end(self, companies: Sequence[_Company]) -> None:
        quiet, ended = phases.quiet([one.run for one in companies]), []
        for one in companies:
            with self._at(one):
                if one.run.pk in quiet:
                    one.end()
                    ended.append(one.run.connection_id)
                else:
                    one.hand_over(AGAIN)
        if ended:
            waitlist.after(*ended)

    def _show_life(self, one: _Company) -> None:
        if time.monotonic() - one.seen > direct.SIGN_OF_LIFE:
            one.seen = time.monotonic()
            with self._one(one.run):
                lease.keep(one.run)


class _Company:
    """One of the bundle, until its run has ended or is handed over."""

    request: WireRequest

    def __init__(self, run: SyncRun, edition: DirectEdition) -> None:
        self.run = run
        self.turn = Turn(run, edition)
        self.wire = edition.open(tokens.account(run.connection, edition))
        self.meter = Meter(run.connection_id, self.wire)
        self.seen = time.monotonic()
        run.spent = self.meter

    def reads_more(self) -> bool:
        """Whether it has more to read or to learn."""
        if self.run.reads or self.run.progress.setup_seen:
            return True
        return remote_records.more(self.run, self.turn.company.edition)

    def end(self) -> None:
        """Nothing was new."""
        stands = remote_records.finish(self.run, self.turn.company.edition)
        ending.end(self.run, SyncRun.State.DONE, stands=stands)
        self.wire.close()

    def hand_over(self, verdict: Verdict) -> None:
        """On to a task of its own, or to wait."""
        self.leave()
        direct.hand_over(self.run, verdict)

    def leave(self) -> None:
        """What was sent is counted before anybody else may use the connection."""
        self.meter.save()
        self.wire.close()


__all__ = ["work"]
