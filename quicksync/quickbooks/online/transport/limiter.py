"""Intuit's limits per company, kept before Intuit has to: requests a minute and a second, batches a
minute.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from math import ceil

import msgspec

from quicksync.exceptions import Throttled

# Most in a window of so many seconds. The windows are a little longer than Intuit's, whose clock
# starts when a request arrives: one that travelled faster than the one it follows must not arrive
# too early, on a busy machine neither.
REQUESTS, REQUEST_WINDOW = 500, 61.0
BURST, BURST_WINDOW = 10, 1.15
BATCHES, BATCH_WINDOW = 40, 61.0

LONGEST_SLEEP = 20.0
"""A send waits at most so many seconds; beyond that the caller is told to come back."""


class _State(msgspec.Struct):
    """The windows as text: seconds since `base` -> how many, and until when nothing may be sent."""

    base: int = 0
    requests: dict[str, int] = {}
    batches: dict[str, int] = {}
    until: float = 0.0


class Limiter:
    """Sliding windows for one company; thread-safe. `clock` gives seconds since 1970, because the
    state outlives the process: `window()` is its text, taken over by the next slice's limiter.
    """

    def __init__(
        self, state: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._requests: list[float] = []
        self._batches: list[float] = []
        self._until = 0.0
        self._resume(state)

    def wait(self, weight: int) -> None:
        """Wait until one request may be sent, and count it; `weight` 1 marks a batch.

        Raises Throttled when that would take more than 20 seconds.
        """
        while True:
            with self._lock:
                now = self._clock()
                pause = self._free_at(now, weight) - now
                if pause <= 0:
                    self._count(now, weight)
                    return
            if pause > LONGEST_SLEEP:
                raise Throttled(
                    "The limit of requests that QuickBooks allows is reached.", wait=ceil(pause)
                )
            self._sleep(pause)

    def penalize(self, seconds: float) -> None:
        """QuickBooks said to wait: nothing is sent before that time is over."""
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)

    def _count(self, now: float, weight: int) -> None:
        # Sorted even if the machine's clock was set back.
        now = max([now, *self._requests[-1:]])
        self._requests.append(now)
        if weight:
            self._batches.append(now)

    def _free_at(self, now: float, weight: int) -> float:
        self._forget(now)
        times = [self._until, _window_opens(self._requests, REQUESTS, REQUEST_WINDOW)]
        times.append(_window_opens(self._requests, BURST, BURST_WINDOW))
        if weight:
            times.append(_window_opens(self._batches, BATCHES, BATCH_WINDOW))
        return max(times)

    def _forget(self, now: float) -> None:
        del self._requests[: bisect_left(self._requests, now - REQUEST_WINDOW)]
        del self._batches[: bisect_left(self._batches, now - BATCH_WINDOW)]

    def window(self) -> str:
        """The state as a short text: whole seconds are enough between slices."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            base = int(now - REQUEST_WINDOW)
            state = _State(
                base,
                _per_second(self._requests, base),
                _per_second(self._batches, base),
                self._until,
            )
        return msgspec.json.encode(state).decode() if state.requests or state.until > now else ""

    def _resume(self, text: str) -> None:
        """Take over a window; a damaged one counts as empty, since QuickBooks itself still says
        when it is enough.
        """
        if not text:
            return
        try:
            state = msgspec.json.decode(text, type=_State)
        except msgspec.DecodeError:
            return
        now = self._clock()
        self._requests = _times(state.base, state.requests, now)
        self._batches = _times(state.base, state.batches, now)
        # Not longer than it was when it was written, whichever clock that was.
        left = state.until - state.base - REQUEST_WINDOW
        self._until = min(state.until, now + max(0.0, left) + 1)


def _window_opens(times: list[float], most: int, window: float) -> float:
    return times[-most] + window if len(times) >= most else 0.0


def _per_second(times: list[float], base: int) -> dict[str, int]:
    # A request counts at the end of its second: rather a moment too late than too early.
    return {
        str(second): count
        for second, count in sorted(Counter(ceil(time) - base for time in times).items())
    }


def _times(base: int, counts: dict[str, int], now: float) -> list[float]:
    return sorted(
        min(now, float(base + int(second)))
        for second, count in counts.items()
        for _ in range(count)
    )


__all__ = ["BATCHES", "BURST", "LONGEST_SLEEP", "REQUESTS", "Limiter"]
