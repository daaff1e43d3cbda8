"""When a company's turn is: each has a moment of its own in the interval, so that those that were
connected or resumed together do not come due together for ever.

A company moves towards its moment by a tenth of the interval at most each time, and only to earlier
ones: it never waits longer than the interval, and no more than one run in ten is another read.
"""

from __future__ import annotations

import datetime as dt

# Moments that an interval has: those of one dispatch are few, and few statements write them.
PARTS = 30
# A turn comes earlier by so much of the interval at most.
TENTH = 0.1
# By it, multiples of neighbouring numbers, or of every fifth, are far from each other (the golden
# section).
APART = 0.6180339887498949
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def following(
    connection_id: int, due: dt.datetime | None, interval: dt.timedelta, *, now: dt.datetime
) -> dt.datetime:
    """The turn after the one that was `due` and is taken now: at most the interval later, at least
    nine tenths of it.

    Who is taken late is not put off by it. Who is so late that turns were missed begins anew, as do
    those that have had none.
    """
    earlier = interval * TENTH
    if due is None or not now - interval + earlier < due <= now:
        due = now
    return max(own(connection_id, due, interval), _rounded(due + interval - earlier, interval))


def own(connection_id: int, after: dt.datetime, interval: dt.timedelta) -> dt.datetime:
    """The company's own moment in the interval that begins then."""
    part = interval / PARTS
    behind = int(connection_id * APART % 1 * PARTS) * part
    return after + interval - (after - _EPOCH - behind) % interval


def _rounded(at: dt.datetime, interval: dt.timedelta) -> dt.datetime:
    """The next moment that is some company's own."""
    part = interval / PARTS
    return at + (_EPOCH - at) % part


__all__ = ["PARTS", "following", "own"]
