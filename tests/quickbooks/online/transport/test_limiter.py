"""Intuit's limits are kept before Intuit has to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.exceptions import Throttled
from quicksync.quickbooks.online.transport.limiter import Limiter


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def limiter(self, state: str = "") -> Limiter:
        return Limiter(state, clock=self.time, sleep=self.sleep)


def most_in(times, window):
    return max(sum(1 for other in times if start <= other < start + window) for start in times)


def send(limiter, clock, count, *, weight=0):
    times = []
    for _ in range(count):
        try:
            limiter.wait(weight)
        except Throttled as error:
            clock.now += error.wait
            limiter.wait(weight)
        times.append(clock.now)
    return times


def test_ten_requests_a_second():
    clock = Clock()
    times = send(clock.limiter(), clock, 30)
    assert most_in(times, 1.0) == 10
    assert times[-1] - times[0] < 3


def test_five_hundred_requests_a_minute():
    clock = Clock()
    assert most_in(send(clock.limiter(), clock, 1_200), 60.0) == 500


def test_forty_batches_a_minute_and_hardly_fewer():
    clock = Clock()
    times = send(clock.limiter(), clock, 200, weight=1)
    assert most_in(times, 60.0) == 40
    # 30 invoices to a batch: at least 1,150 of the allowed 1,200 a minute.
    assert 160 * 30 / ((times[199] - times[39]) / 60) >= 1_150


def test_long_waits_are_left_to_the_caller():
    clock = Clock()
    limiter = clock.limiter()
    for _ in range(40):
        limiter.wait(1)
    with pytest.raises(Throttled) as caught:
        limiter.wait(1)
    assert 20 < caught.value.wait <= 61
    assert not any(pause > 20 for pause in clock.slept)
    limiter.wait(0)  # other requests go on


def test_a_throttle_stops_everything_until_it_is_over():
    clock = Clock()
    limiter = clock.limiter()
    limiter.penalize(60)
    with pytest.raises(Throttled):
        clock.limiter(limiter.window()).wait(0)
    clock.now += 60
    limiter.wait(0)


def test_short_waits_are_slept():
    clock = Clock()
    limiter = clock.limiter()
    limiter.penalize(15)
    limiter.wait(0)
    assert clock.slept == [15]


@given(st.integers(1, 60), st.integers(0, 45), st.floats(0, 70))
def test_the_next_slice_goes_on_where_the_last_one_stopped(before, after, between):
    clock = Clock()
    times = send(clock.limiter(), clock, 1)
    first = clock.limiter()
    times = send(first, clock, before, weight=1)
    state = first.window()
    assert len(state) < 1_500
    clock.now += between
    times += send(clock.limiter(state), clock, after, weight=1)
    assert most_in(times, 60.0) <= 40
    assert most_in(times, 1.0) <= 10


def test_an_idle_window_is_empty_text():
    clock = Clock()
    limiter = clock.limiter()
    assert limiter.window() == ""
    limiter.wait(0)
    clock.now += 100
    assert limiter.window() == ""


@pytest.mark.parametrize("state", ["nonsense", "{}", '{"requests":5}'])
def test_a_damaged_window_counts_as_empty(state):
    Clock().limiter(state).wait(1)


def test_a_clock_set_back_does_no_harm():
    clock = Clock()
    limiter = clock.limiter()
    limiter.wait(0)
    clock.now -= 3_600
    limiter.wait(0)
    assert limiter.window()
