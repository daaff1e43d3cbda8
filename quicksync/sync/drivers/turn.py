"""One worker's turn at a run: what both drivers do between the wire and the tables. How requests
travel is theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from quicksync.exceptions import (
    AccessLost,
    AppRefused,
    ConnectionTrouble,
    TryLater,
    UnreadableOptions,
)
from quicksync.models import ConnectionClock, SyncRun
from quicksync.quickbooks.messages import Purpose, Read, WireReply, WireRequest
from quicksync.quickbooks.port import Edition
from quicksync.sync.access import expiry
from quicksync.sync.company.known import facts_of
from quicksync.sync.exchange import conversation, look, outbox
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.runs import ending, phases
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease, reading_list

# Waits between attempts of a run that QuickBooks does not answer, in seconds; the last one repeats.
BACKOFF = (15, 30, 60, 120, 300, 600)


class Turn:
    """A leased run in one worker's hands, until its slice or its call ends. Its methods raise
    LeaseLost.
    """

    def __init__(self, run: SyncRun, edition: Edition) -> None:
        self.run = run
        self.company = AtHand(run.connection, edition, facts_of(run.connection))
        self._deadline = phases.slice_end()
        self._in_vain = False
        self._desk = outbox.Desk(self.company)

    @property
    def over(self) -> bool:
        """Whether it is time to make room for others."""
        return time.monotonic() > self._deadline

    def seconds_left(self) -> float:
        """Until the turn is over; negative afterwards."""
        return self._deadline - time.monotonic()

    def begin(self, *, leftovers: bool) -> None:
        """Whatever was in hand before is in doubt, or owed again: nobody waits for it any more.

        `leftovers` says whether there is any (`outbox.leftovers`), as it was found since the run
        was taken.
        """
        self._desk.leftovers = leftovers
        if self._desk.leftovers:
            lease.keep(self.run)
            outbox.doubt(self.run.connection)
        begun = phases.begin(self.run, self.company.edition)
        # A polled edition's answer may come to another process, which has to find the question.
        self._desk.untold = begun and not self.company.edition.can.polled

    def request(self) -> WireRequest | None:
        """What to send next; None while there is local work first, or nothing."""
        return next(iter(self.requests(1)), None)

    def requests(self, most: int) -> list[WireRequest]:
        """The same for a wire that takes so many at once. There may be more to send when fewer
        come.
        """
        found = conversation.requests_for(self.run, self.company, self._desk, most)
        self._in_vain = self._in_vain and not found
        for request in found:
            self.run.calls += 1
            self.run.metered += request.purpose is Purpose.READ
        return found

    def locally(self) -> Next:
        """Do a bounded piece of local work, and say what the run needs then."""
        before = self.run.phase
        if self._desk.leftovers and look.goes_on(self.run, self.company):
            return Next.AGAIN
        try:
            step = phases.advance(self.run, self.company, self._deadline)
        except UnreadableOptions as error:
            return ending.without_options(self.run, error)
        if self.run.phase != before:
            # The reads may have told more of the company than was known.
            self.company = replace(self.company, facts=facts_of(self.run.connection))
            self._desk.clear()
        # Nothing to send twice in a row: what the run waits for is in nobody's hands. Its next turn
        # doubts it.
        stuck, self._in_vain = self._in_vain and step is Next.WIRE, step is Next.WIRE
        return Next.WAIT if stuck else step

    def wait(self) -> float:
        """After how many seconds a run that waits should go on."""
        return outbox.soonest_retry(self.run) or 60.0

    def only_reads(self) -> bool:
        """Whether the next request of the run can be nothing but what its next answers ask for."""
        doubts = self._desk.leftovers or self._desk.asking
        waits = reading_list.next_entry(self.run) is not None
        return self.run.phase == "read" and not (doubts or waits)

    def sent_in_vain(self, number: int) -> None:
        """So many reads were sent of which nobody takes the answers."""
        self.run.calls += number
        self.run.metered += number

    def take(
        self,
        request_id: str,
        purpose: Purpose,
        answer: Callable[[], WireReply],
        foresee: Callable[[Sequence[Read]], None] | None = None,
    ) -> ConnectionTrouble | None:
        """Take an answer into the tables, or note that there was none. Returns the trouble that
        `answer` or reading it brought. `foresee` is told what a page says to read next, before the
        page is stored.
        """
        self._desk.asking = max(0, self._desk.asking - (purpose is Purpose.RECOVER))
        try:
            doubt = conversation.settle(
                self.run, self.company, request_id, purpose, answer(), foresee
            )
        except ConnectionTrouble as trouble:
            conversation.no_answer(
                self.run.connection, request_id, purpose, self._as_unanswered(trouble)
            )
            self._desk.leftovers = True
            return trouble
        self._taken(purpose, doubt=doubt)
        return None

    def take_all(
        self,
        answers: Sequence[tuple[WireRequest, Callable[[], WireReply]]],
        foresee: Callable[[Sequence[Read]], None],
    ) -> ConnectionTrouble | None:
        """Take answers that are in, those to parcels written down together. Returns the last
        trouble; `foresee` as in `take`.
        """
        replies = {}
        for request, answer in answers:
            if request.purpose is Purpose.WRITE:
                with suppress(ConnectionTrouble):
                    replies[request.id] = answer()
        taken: dict[str, bool] = {}
        if len(replies) > 1:
            taken = conversation.settle_together(self.run, self.company, replies)
        if taken:
            self._taken(Purpose.WRITE, doubt=any(taken.values()))
        troubles = [
            self.take(request.id, request.purpose, answer, foresee)
            for request, answer in answers
            if request.id not in taken
        ]
        return next(filter(None, reversed(troubles)), None)

    def _taken(self, purpose: Purpose, *, doubt: bool) -> None:
        """An answer has come, whatever it says: QuickBooks is there. It may leave something in
        `doubt`.
        """
        self._desk.leftovers |= doubt or purpose is Purpose.RECOVER
        if self._desk.leftovers and purpose is not Purpose.READ and not doubt:
            outbox.ask_given_up(self.run.connection)
        if self.run.troubles:
            lease.keep(self.run, troubles=0)
            outbox.ask_given_up(self.run.connection)
            self._desk.leftovers = True

    def _as_unanswered(self, trouble: ConnectionTrouble) -> TryLater:
        """What the trouble says of the request. Refused for want of access, it did nothing; and of
        a request that another process carried, possibly twice, nobody can say that it did nothing.
        """
        sent = isinstance(trouble, TryLater) and trouble.sent
        wait = trouble.wait if isinstance(trouble, TryLater) else 0
        return TryLater(
            trouble.sentence,
            sent=sent or self.company.edition.can.polled,
            wait=wait,
            detail=trouble.detail,
            trace_id=trouble.trace_id,
        )

    def note(self, trouble: TryLater) -> float:
        """QuickBooks does not answer: the seconds to wait, the more the longer it lasts. The run
        resumes by itself.
        """
        troubles = self.run.troubles + 1
        lease.keep(self.run, troubles=troubles)
        ConnectionClock.objects.filter(pk=self.run.connection_id).update(
            last_error=trouble.sentence[:500]
        )
        return max(trouble.wait, BACKOFF[min(troubles, len(BACKOFF)) - 1])

    def give_up(self, trouble: ConnectionTrouble) -> None:
        """Trouble that no waiting mends: the run ends, what it owes stays owed."""
        if isinstance(trouble, AccessLost):
            expiry.expire(self.run.connection, trouble.sentence, version=trouble.version)
            reason = "app-refused" if isinstance(trouble, AppRefused) else "no-access"
            values = {"detail": trouble.detail}
        else:
            reason, values = (
                "quickbooks-refused",
                {"label": "to be read", "message": trouble.detail, "fault": ""},
            )
        ending.finish(self.run, SyncRun.State.FAILED, reason=reason, values=values)
