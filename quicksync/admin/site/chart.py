"""The runs of a month as a chart: rectangles in one SVG, coloured by the style sheet, every number
also as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.sync.monitor.health import Day

WIDTH, HEIGHT, STEP, GAP = 600, 96, 20, 4


@dataclass(frozen=True)
class Bar:
    """One part of a day's column; `tone` is its colour."""

    x: int
    y: int
    height: int
    tone: str


@dataclass(frozen=True)
class Column:
    """One day: its bars, and its numbers in words."""

    date: dt.date
    x: int
    bars: tuple[Bar, ...]
    words: str


@dataclass(frozen=True)
class Chart:
    """All of it; `summary` says the same in one sentence."""

    columns: tuple[Column, ...]
    most: int
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    bar: int = STEP - GAP

    @property
    def labels(self) -> tuple[Column, ...]:
        """The days that are named below the columns; a name needs the room of three."""
        return self.columns[:-2:7]


def chart(days: Sequence[Day]) -> Chart:
    """The chart of these days; the tallest column has the whole height."""
    most = max((day.good + day.failed for day in days), default=0)
    columns = tuple(_column(place, day, most) for place, day in enumerate(days))
    return Chart(columns, most, _summary(days))


def _column(place: int, day: Day, most: int) -> Column:
    x = place * STEP + GAP // 2
    good, failed = _height(day.good, most), _height(day.failed, most)
    bars = [Bar(x, HEIGHT - good, good, "ok")] if good else []
    if failed:
        bars.append(Bar(x, HEIGHT - good - failed, failed, "bad"))
    return Column(day.date, x, tuple(bars), _words(day))


def _height(number: int, most: int) -> int:
    """At least two units, so that a single failure is seen beside hundreds of good runs."""
    return max(2, number * (HEIGHT - 4) // most) if number else 0


def _words(day: Day) -> str:
    runs = ngettext("%(n)d run", "%(n)d runs", day.good + day.failed) % {"n": day.good + day.failed}
    parts = [runs, _("%(n)d of them stopped") % {"n": day.failed} if day.failed else ""]
    if day.records:
        parts.append(
            ngettext("%(n)s record", "%(n)s records", day.records) % {"n": f"{day.records:,}"}
        )
    return f"{day.date:%Y-%m-%d}: " + ", ".join(part for part in parts if part)


def _summary(days: Sequence[Day]) -> str:
    good, failed = sum(day.good for day in days), sum(day.failed for day in days)
    return _(
        "Runs finished: %(good)s, stopped: %(failed)s; records compared or synced: %(records)s."
    ) % {
        "good": f"{good:,}",
        "failed": f"{failed:,}",
        "records": f"{sum(day.records for day in days):,}",
    }
