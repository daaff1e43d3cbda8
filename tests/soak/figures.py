"""What a soak measures, and whether it grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import picture, report

# Fewer looks than this tell nothing.
LEAST = 10
# By the clock of the soak: from then on journals are as long as they get. The first and the last
# looks that follow are compared.
SETTLED_DAYS = 5.0
COMPARED = 0.25
# More than this share, and more than that many megabytes or rows, is growth.
SHARE = 0.1
MEGABYTES = 8.0
ROWS = 200
# One row for each record that people have made, for ever: these grow with the business.
BY_RECORD = ("quicksync_entitymapping", "quicksync_remoterecord", "quicksync_historical")
HOST = "quicksync_books_"


class Sample(NamedTuple):
    """One look: seconds since the beginning, days by the clock of the soak, megabytes of each
    process and of the database, rows by table, and how many records people have made.
    """

    seconds: float
    days: float
    memory: Mapping[str, float]
    size: float
    rows: Mapping[str, int]
    made: int


def journals(sample: Sample) -> dict[str, int]:
    """The tables that may not grow."""
    return {
        name: number
        for name, number in sample.rows.items()
        if not name.startswith((*BY_RECORD, HOST))
    }


def grown(samples: Sequence[Sample]) -> list[str]:
    """What was larger at the end than when everything had settled, in words."""
    if len(settled(samples)) < LEAST:
        return [f"It lasted {samples[-1].days:.1f} days by its clock: too short to tell."]
    wrong = []
    for name in samples[-1].memory:
        wrong += _apart(f"Memory of {name}", samples, _memory(name), MEGABYTES, "MB")
    for name in journals(samples[-1]):
        wrong += _apart(f"Table {name}", samples, _rows(name), ROWS, "rows")
    return wrong + _apart("The database", samples, lambda one: one.size, MEGABYTES, "MB")


def _memory(name: str) -> Callable[[Sample], float]:
    return lambda sample: sample.memory.get(name, 0)


def _rows(name: str) -> Callable[[Sample], float]:
    return lambda sample: sample.rows.get(name, 0)


def _apart(
    what: str,
    samples: Sequence[Sample],
    value: Callable[[Sample], float],
    least: float,
    unit: str,
) -> list[str]:
    before, after = ends(samples, value)
    if after - before <= max(least, SHARE * before):
        return []
    return [f"{what} grew from {before:,.0f} to {after:,.0f} {unit}."]


def settled(samples: Sequence[Sample]) -> Sequence[Sample]:
    """The looks at which everything had settled."""
    return [one for one in samples if one.days >= SETTLED_DAYS]


def ends(samples: Sequence[Sample], value: Callable[[Sample], float]) -> tuple[float, float]:
    """The median of a value when everything had settled, and at the end."""
    calm = settled(samples) or samples
    number = max(1, round(COMPARED * len(calm)))
    first, last = calm[:number], calm[-number:]
    return median(map(value, first)), median(map(value, last))


def table(samples: Sequence[Sample]) -> str:
    """The figures as a table of Markdown."""
    last = samples[-1]
    rows = [
        ("minutes", f"{last.seconds / 60:.0f}", ""),
        ("days by its clock", f"{last.days:.0f}", ""),
    ]
    rows.append(("records that people made", f"{last.made:,}", ""))
    for name in last.memory:
        rows.append((f"memory of {name}, MB", *_both(samples, _memory(name), ".0f")))
    rows.append(("database, MB", *_both(samples, lambda one: one.size, ".1f")))
    largest = sorted(journals(last), key=lambda name: -last.rows[name])[:6]
    for name in largest:
        rows.append((f"rows of `{name}`", *_both(samples, _rows(name), ",.0f")))
    lines = ["| what | when all had settled | at the end |", "|---|---|---|"]
    lines += [f"| {what} | {before} | {after} |" for what, before, after in rows]
    return "\n".join(lines) + "\n"


def _both(
    samples: Sequence[Sample], value: Callable[[Sample], float], form: str
) -> tuple[str, str]:
    before, after = ends(samples, value)
    return format(before, form), format(after, form)


def drawn(samples: Sequence[Sample]) -> str:
    """Memory, the longest journals and the database over the time, as SVG."""
    tables = sorted(journals(samples[-1]), key=lambda name: -samples[-1].rows[name])[:5]
    minutes = [one.seconds / 60 for one in samples]
    memory = {name: [one.memory[name] for one in samples] for name in samples[0].memory}
    rows = {
        name.removeprefix("quicksync_"): [one.rows.get(name, 0) for one in samples]
        for name in tables
    }
    return picture.drawn(
        f"{minutes[-1]:.0f} minutes of a soak: memory, journals, database",
        minutes,
        [
            ("Memory, MB", memory),
            ("Rows of the longest journals", rows),
            ("Database, MB", {"size": [one.size for one in samples]}),
        ],
    )


def write(page: Path, samples: Sequence[Sample], database: str) -> None:
    """Replace the table between the two marks of the page."""
    machine = report.machine().replace("SQLite", {"sqlite": "SQLite"}.get(database, "PostgreSQL"))
    report.put(page, "soak", [machine, "", *table(samples).splitlines()])
