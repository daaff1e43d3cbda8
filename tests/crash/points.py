"""Where a worker process is killed: the steps of the engine, wrapped in that process only."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from quicksync.local.adapter import ModelAdapter
from quicksync.quickbooks.online import changes
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.drivers import direct
from quicksync.sync.exchange import approved_lane, landing, landing_lane, outbox, settle
from quicksync.sync.read import remote_records
from quicksync.sync.runs import ending

Step = Callable[..., Any]
POINTS = ("claim", "send", "answer", "settle", "settled")
# What happens without QuickBooks: two halves become one, records land here.
LANDINGS = ("join", "wrote", "land")


class Killer:
    """Has this process killed the `number`-th time it comes to a point."""

    def __init__(self, number: int) -> None:
        self.left = number
        # Several requests are on their way at once, each in a thread.
        self.one = threading.Lock()

    def claim(self) -> None:
        """Inside the claim's transaction: the claim never happened."""
        outbox._must_send = self.after(outbox._must_send)

    def send(self) -> None:
        """Claimed and committed, not sent."""
        OnlineClient._transport = self.before(OnlineClient._transport, _is_write)

    def answer(self) -> None:
        """QuickBooks did it and said so; nobody here heard it."""
        OnlineClient._transport = self.after(OnlineClient._transport, _is_write)

    def settle(self) -> None:
        """All is written, nothing committed: nothing was settled."""
        settle.transaction = self.before_commit()

    def settled(self) -> None:
        """Settled and committed, the rest of the step not done."""
        settle.Settlement.settle = self.after(settle.Settlement.settle)

    def join(self) -> None:
        """The half there is gone, the pair is not made yet."""
        landing._must_move = self.before(landing._must_move)

    def wrote(self) -> None:
        """The host's objects are saved, nothing that belongs to them is."""
        ModelAdapter.write = self.after(ModelAdapter.write)

    def land(self) -> None:
        """The same for what lands in the host's tables."""
        commits = self.before_commit()
        landing.transaction = landing_lane.transaction = approved_lane.transaction = commits

    def page(self) -> None:
        """A page is stored in part, and the next one has been fetched already."""
        changes.PAGE, changes.SHARED = 5, 2
        read_ahead, fetched = direct._Slice._read_ahead, []

        def whole(at_work: Any, reads: Any) -> None:
            read_ahead(at_work, reads)
            fetched.extend(one.result() for one in at_work.ahead.values())

        direct._Slice._read_ahead = whole
        remote_records.absorb = self.after(remote_records.absorb, lambda args: bool(fetched))

    def end(self) -> None:
        """A company of a bundle is done, the others are not."""
        ending.end = self.after(ending.end)

    def before(self, step: Step, concerns: Step = bool) -> Step:
        """The step, with death at the door for calls that `concerns` picks."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if concerns(args):
                self.count()
            return step(*args, **kwargs)

        return wrapped

    def after(self, step: Step, concerns: Step = bool) -> Step:
        """The step, with death right after it for calls that `concerns` picks."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = step(*args, **kwargs)
            if concerns(args):
                self.count()
            return result

        return wrapped

    def before_commit(self) -> Any:
        """Django's transactions, for a module whose last act in each is to register what follows
        it.
        """
        return SimpleNamespace(
            atomic=transaction.atomic, on_commit=self.after(transaction.on_commit)
        )

    def count(self) -> None:
        """One more time at the point; the last one kills."""
        with self.one:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)


def _is_write(args: tuple[Any, ...]) -> bool:
    return str(args[2]).endswith("/batch")


def kill_at(point: str, number: int) -> None:
    """Wrap the step of that point."""
    getattr(Killer(number), point)()
