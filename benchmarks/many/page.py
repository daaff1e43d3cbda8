"""Many companies at work, as a part of docs/performance.md: a table and a picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import picture, report
from benchmarks.many.outcome import Outcome, Sample, spread
from benchmarks.processes import ROOT

DRAWN = ROOT / "docs" / "screens" / "many.svg"
WHOSE = ("workers", "PostgreSQL", "simulator")


def write(file: Path, found: Outcome) -> None:
    """Replace what stands between the marks, and the picture."""
    shown = ["", f"![{found.title}](screens/{DRAWN.name})", ""]
    report.put(file, "many", [report.machine(found.server), *shown, *lines(found)])
    DRAWN.write_text(drawn(found), encoding="utf-8")


def lines(found: Outcome) -> list[str]:
    """How late companies were, what else was measured, and what the cluster complained of."""
    head = ["", "| cycles that came due, seconds | half | 95 of 100 | all |", "|---|---|---|---|"]
    late = [f"| {what} | {' | '.join(figures)} |" for what, figures in _late(found)]
    rest = [
        f"| {what} | {figure} |"
        for part in (_cycles, _changes, _million, _took)
        for what, figure in part(found)
    ]
    complaints = [f"    {line}" for line in found.complaints.strip().splitlines()]
    course = (
        f"{found.companies:,} companies with five minutes each, for {found.minutes:.0f} minutes:"
    )
    return [course, *head, *late, "", "| what | measured |", "|---|---|", *rest, "", *complaints]


def _late(found: Outcome) -> Iterator[tuple[str, list[str]]]:
    """Of companies without changes: in all, and by what the others did."""
    parts = {
        "before others had changes": (found.began, found.woken),
        "while others had changes": (found.woken, found.calm_again),
        "afterwards": (found.calm_again, found.end),
    }
    for name, (since, until) in parts.items():
        some = found.within(since, until)
        yield f"begun after, {name} ({len(some):,})", _spread([one.begun for one in some])
        yield f"ended after, {name}", _spread([one.ended for one in some])
    mine = found.late({found.million})
    yield (
        f"begun after, the one with a million pairs ({len(mine)})",
        _spread([one.begun for one in mine]),
    )


def _spread(seconds: Sequence[float | None]) -> list[str]:
    known = [one for one in seconds if one is not None]
    return [f"{one:.1f}" for one in spread(known)] if known else ["", "", ""]


def _cycles(found: Outcome) -> Iterator[tuple[str, str]]:
    last = found.samples[-1]
    yield "cycles that ended", f"{found.cycles:,}, {found.cycles / last.seconds:.1f} a second"
    late = [(found.end - one.due).total_seconds() for one in found.quiet if one.begun is None]
    oldest = f", the oldest for {max(late):.0f} s" if late else ""
    yield "that were due and not begun at the end", f"{len(late):,}{oldest}"
    yield "that ended otherwise than done, or not at all", str(found.unfinished)
    yield "tasks in the queue, at most", str(max(one.queue for one in found.samples))


def _changes(found: Outcome) -> Iterator[tuple[str, str]]:
    busy, large = found.in_step("busy"), found.in_step("large")
    number = len(found.made["busy"])
    told = "none at the end"
    if busy:
        told = f"first {busy[0]:.1f}, median {spread(busy)[0]:.1f}, last {busy[-1]:.1f}"
        told = f"{told} ({len(busy)} of {number})"
    yield f"{number} companies with {found.changed['busy']} changes each in step after, s", told
    told = f"{large[0]:.1f}" if large else "not at the end"
    yield f"one beside them with {found.changed['large']:,} changes in step after, s", told


def _million(found: Outcome) -> Iterator[tuple[str, str]]:
    pairs = [(found.seconds_of({found.million}), found.seconds_of(found.others))]
    mine, few = found.alone["million"], found.alone["few"]
    pairs += [(mine[name], few[name]) for name in ("statements", "processor")]
    names = (
        "seconds that a cycle is at work, median",
        "statements of a cycle by itself",
        "our processor for it, ms",
    )
    for name, (one, other), times in zip(names, pairs, (1, 1, 1000), strict=True):
        told = f"{one * times:.2f}, others {other * times:.2f}"
        yield f"{name}: with a million pairs", told


def _took(found: Outcome) -> Iterator[tuple[str, str]]:
    first, last = found.samples[0], found.samples[-1]
    cycles = max(1, found.cycles)
    for name in WHOSE:
        took = found.processor(name)
        each, share = 1000 * took / cycles, 100 * took / last.seconds
        yield f"processor: {name}", f"{each:.1f} ms a cycle, {share:.0f} % of a core"
    yield "statements a cycle", f"{(last.statements - first.statements) / cycles:.2f}"
    yield "calls a cycle", f"{last.calls / cycles:.2f}"
    # Once all workers are there.
    early = found.samples[min(len(found.samples) - 1, 12)]
    for name in WHOSE:
        most = max(one.memory[name] for one in found.samples)
        told = f"{early.memory[name]:.0f} at first, {last.memory[name]:.0f} at the end"
        yield f"memory of {name}, MB", f"{told}, at most {most:.0f}"


def drawn(found: Outcome) -> str:
    """Lag, queue, processor and memory over the time, as SVG."""
    samples = found.samples
    minutes = [one.seconds / 60 for one in samples]
    half, most = _over_time(found)
    processor = {
        name: [0.0, *(_share(before, after, name) for before, after in pairwise(samples))]
        for name in WHOSE
    }
    memory = {name: [one.memory[name] for one in samples] for name in WHOSE}
    return picture.drawn(
        found.title,
        minutes,
        [
            ("Begun so many seconds after they were due", {"half of them": half, "all": most}),
            ("Tasks in the queue", {"tasks": [one.queue for one in samples]}),
            ("Percent of one core", processor),
            ("Memory, MB", memory),
        ],
    )


def _over_time(found: Outcome) -> tuple[list[float], list[float]]:
    """Of the cycles that came due between two looks."""
    half, most = [0.0], [0.0]
    for before, after in pairwise(found.samples):
        some = found.within(
            *(found.began + dt.timedelta(seconds=one.seconds) for one in (before, after))
        )
        middle, _, last = spread([one.begun for one in some if one.begun is not None])
        half.append(middle)
        most.append(last)
    return half, most


def _share(before: Sample, after: Sample, name: str) -> float:
    took = after.processor[name] - before.processor[name]
    return 100 * max(0.0, took) / (after.seconds - before.seconds)
