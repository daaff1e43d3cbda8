"""What a measurement came to: how late each company was begun, what a cycle took, how soon those
with changes were in step.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """One look: seconds since the beginning, tasks in the queue, cycles that have ended, and, by
    whose they are, seconds of the processor and megabytes; statements and calls until then.
    """

    seconds: float
    queue: int
    ended: int
    processor: Mapping[str, float]
    memory: Mapping[str, float]
    statements: int
    calls: int


class Run(NamedTuple):
    """A cycle of a company."""

    connection: int
    started: dt.datetime
    finished: dt.datetime | None
    state: str


class Late(NamedTuple):
    """A cycle that came due: how many seconds later it began, and ended; None while it has not."""

    due: dt.datetime
    begun: float | None
    ended: float | None


@dataclass(frozen=True)
class Outcome:
    """`due` is when each company came due, `settled` how many changes of which have landed, and
    when the last of them had; `made` has the connections of each sort, `alone` what a cycle takes
    by itself.
    """

    samples: Sequence[Sample]
    began: dt.datetime
    woken: dt.datetime
    due: Mapping[int, Sequence[dt.datetime]]
    runs: Sequence[Run]
    settled: Mapping[int, tuple[int, dt.datetime]]
    made: Mapping[str, Any]
    changed: Mapping[str, int]
    alone: Mapping[str, Mapping[str, float]]
    server: str
    complaints: str = field(repr=False, default="")

    @property
    def minutes(self) -> float:
        return self.samples[-1].seconds / 60

    @property
    def companies(self) -> int:
        return sum(len(self.made[name]) for name in ("large", "busy", "quiet"))

    @property
    def title(self) -> str:
        """In one line."""
        return (
            f"{self.companies:,} companies for {self.minutes:.0f} minutes: how late they are, the"
            " queue, processor and memory"
        )

    @property
    def million(self) -> int:
        """The connection with a million pairs."""
        return int(self.made["quiet"][-1])

    @cached_property
    def others(self) -> frozenset[int]:
        """Those of which nothing special is known."""
        return frozenset(self.made["quiet"]) - {self.million}

    # --- Lag --------------------------------------------------------------------------------------

    def late(self, of: Collection[int]) -> list[Late]:
        """How late each of their cycles was, in the order in which they came due."""
        runs = defaultdict(list)
        for run in self.runs:
            if run.connection in of:
                runs[run.connection].append(run)
        found = []
        for pk in of:
            starts = [run.started for run in runs[pk]]
            for due in self.due.get(pk, ()):
                place = bisect.bisect_left(starts, due)
                run = runs[pk][place] if place < len(starts) else None
                if run is not None:
                    ended = run.finished and (run.finished - due).total_seconds()
                    found.append(Late(due, (run.started - due).total_seconds(), ended))
                elif due <= self.end:
                    found.append(Late(due, None, None))
        return sorted(found, key=lambda one: one.due)

    @property
    def end(self) -> dt.datetime:
        """When nobody looked any more."""
        return self.began + dt.timedelta(seconds=self.samples[-1].seconds)

    @cached_property
    def quiet(self) -> list[Late]:
        """The cycles of companies without changes."""
        return self.late(self.others)

    def within(self, since: dt.datetime, until: dt.datetime) -> list[Late]:
        """Those that came due in between."""
        return [one for one in self.quiet if since <= one.due < until]

    # --- Changes ----------------------------------------------------------------------------------

    def in_step(self, name: str) -> list[float]:
        """Seconds after which each company of this sort was in step with its changes; those that
        were not at the end are missing.
        """
        wanted = self.changed[name]
        found = (self.settled.get(pk, (0, self.end)) for pk in self.made[name])
        return sorted((at - self.woken).total_seconds() for number, at in found if number >= wanted)

    @property
    def calm_again(self) -> dt.datetime:
        """When the last of them was."""
        every = [*self.in_step("busy"), *self.in_step("large")]
        return self.woken + dt.timedelta(seconds=max(every, default=0))

    # --- What it took -----------------------------------------------------------------------------

    @property
    def cycles(self) -> int:
        return self.samples[-1].ended - self.samples[0].ended

    def processor(self, whose: str) -> float:
        """Seconds of the processor."""
        return self.samples[-1].processor[whose] - self.samples[0].processor[whose]

    def seconds_of(self, connections: Collection[int]) -> float:
        """The median of how long a cycle of theirs was at work."""
        took = [
            (run.finished - run.started).total_seconds()
            for run in self.runs
            if run.finished and run.connection in connections
        ]
        return median(took) if took else 0.0

    @property
    def unfinished(self) -> int:
        """Cycles that ended otherwise than done, or not at all."""
        return sum(run.state != "done" for run in self.runs)


def spread(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Half of them, 95 of 100, and all of them are at most so large."""
    ordered = sorted(seconds)
    if not ordered:
        return 0.0, 0.0, 0.0
    return median(ordered), ordered[max(0, len(ordered) * 95 // 100 - 1)], ordered[-1]
