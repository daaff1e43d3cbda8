"""A worker's shift without a queue: it does what the clock brings and what the tables say is owed,
one thing after the other.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.db import close_old_connections

from quicksync import tasks
from quicksync.sync.runs import jobs
from quicksync.sync.worker import routines
from quicksync.sync.worker.harmless import Harmless

# So many companies and runs are looked up at once, and believed for so many seconds.
BATCH = 100
FRESH = 2.0
# After these a worker ends; the second of them ends it in the middle of its work.
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shift:
    """One worker, from its start to its end. Others may work beside it."""

    def __init__(self, *, poll: float, dice: random.Random) -> None:
        self.told = threading.Event()
        self.failed: set[tuple[object, ...]] = set()
        self._poll = poll
        self._dice = dice

    def until_told(self) -> None:
        """Work, and look again every so often while there is nothing to do."""
        while not self.told.is_set():
            if not self._round():
                self.told.wait(self._poll)

    def until_idle(self) -> None:
        """Work until nothing is left that could be done now."""
        with self._guarded():
            tasks.dispatch()
        while not self.told.is_set() and self._round():
            pass

    def _round(self) -> bool:
        """Whether anything was done."""
        did = False
        with self._guarded():
            for name, since in routines.due():
                if not self.told.is_set() and routines.take(name, since):
                    did |= self._do("routine", name)
            for job in self._jobs():
                did |= self._do(job.task, *job.ids)
        return did

    def _jobs(self) -> Iterator[jobs.Job]:
        """Several workers see the same: each begins somewhere else, so that few are in each other's
        way.
        """
        found = jobs.waiting(BATCH)
        self._dice.shuffle(found)
        stale = time.monotonic() + FRESH
        for job in found:
            if self.told.is_set() or time.monotonic() > stale:
                return
            yield job

    def _do(self, task: str, *arguments: int | str) -> bool:
        """Whether there was something to do. What breaks is written down by the task itself, and
        stops nothing else.
        """
        result: Any = None
        with self._guarded(task=task, arguments=arguments):
            result = getattr(tasks, task)(*arguments)
        return result is not None

    @contextmanager
    def _guarded(self, **about: object) -> Iterator[None]:
        with Harmless("work_failed", "a worker goes on after a failure", **about) as tried:
            yield
        if tried.failed:
            self.failed.add(tuple(about.values()))
            # The database may have been away: broken connections are opened anew.
            close_old_connections()


@contextmanager
def told_by_signals(told: threading.Event) -> Iterator[None]:
    """A polite stop ends the shift after the slice that is at work."""

    def tell(number: int, frame: FrameType | None) -> None:
        told.set()
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)

    before = {one: signal.signal(one, tell) for one in SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
