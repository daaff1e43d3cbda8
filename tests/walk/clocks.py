"""One clock for all processes of a walk: how far it is ahead of the machine's stands in memory that
they share.

Nobody sleeps in a walk. Who would sleep moves the clock instead, so that months pass in seconds.
"""

from __future__ import annotations

import datetime as dt
import mmap
import struct
import time
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from quicksync.quickbooks.online.transport import client
from quicksync.simulator.accounting import clock as simulator_clock
from quicksync.sync.access import tokens
from quicksync.sync.drivers import direct, turn
from quicksync.sync.pairs import watch
from quicksync.sync.plan import planner
from quicksync.sync.runs import phases
from quicksync.sync.worker import clock

# Each process has a place of its own to write to: there is no lock that one of them could die with.
PLACES = 64
WIDTH = struct.calcsize("d")
# Of a wait for another process the machine's clock sees so much, since that process must get its
# turn.
REAL_SHARE = 0.02


class _Clock:
    """The clock of this process."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, PLACES * WIDTH)
        self.place = 0

    def own(self) -> None:
        """A memory of its own for this process and its children: walks side by side have a time
        each.
        """
        self._memory = mmap.mmap(-1, PLACES * WIDTH)

    def ahead(self) -> float:
        """Seconds before the machine's clock."""
        return sum(struct.unpack(f"{PLACES}d", self._memory[: PLACES * WIDTH]))

    def advance(self, seconds: float) -> None:
        """Time passes, for everybody."""
        start = self.place * WIDTH
        (own,) = struct.unpack_from("d", self._memory, start)
        struct.pack_into("d", self._memory, start, own + seconds)

    def reset(self) -> None:
        """The machine's own time again."""
        self._memory[:] = bytes(PLACES * WIDTH)

    def time(self) -> float:
        return time.time() + self.ahead()

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead()

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds * REAL_SHARE, 0.1))
        self.advance(seconds)


shared = _Clock()


class _AnyDateTime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


class _ShiftedDateTime(dt.datetime, metaclass=_AnyDateTime):
    """What `django.utils.timezone` takes for `datetime`."""

    @classmethod
    def now(cls, tz: Any = None) -> dt.datetime:  # type-compatible with datetime.now
        return dt.datetime.now(tz) + dt.timedelta(seconds=shared.ahead())


def install() -> None:
    """From now on this process and its children live by the shared clock."""
    timezone.datetime = _ShiftedDateTime
    shifted = SimpleNamespace(
        time=shared.time,
        monotonic=shared.monotonic,
        sleep=shared.sleep,
        perf_counter=time.perf_counter,
    )
    for module in (client, clock, phases, direct, planner, tokens, turn, watch):
        if hasattr(module, "time"):
            module.time = shifted
    # The pace-maker's clock, which stands among the defaults of its maker.
    client.OnlineClient.to.__func__.__kwdefaults__.update(clock=shared.time, sleep=shared.sleep)
    ask = clock._ask
    clock._ask = lambda database: ask(database) + dt.timedelta(seconds=shared.ahead())
    simulator_clock.Clock.now = lambda self: shared.time() + self.offset
