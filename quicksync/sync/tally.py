"""Counting a run's candidates: each ends once, as created, updated, unchanged, skipped or failed (invariant 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from quicksync.models import SyncRun

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed")

# What a finished operation counts as. Voids and deletes change a record that was there: they count as updates.
BY_ACTION = {"create": "created", "update": "updated", "void": "updated", "delete": "updated"}


class Tally:
    """Counts by (kind, direction, outcome); direction is "push", "pull" or "" for records that moved nowhere."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, direction: str, outcome: str, number: int = 1) -> None:
        self._counts[kind, direction, outcome] += number

    def __bool__(self) -> bool:
        return bool(self._counts)

    def total(self) -> int:
        return sum(self._counts.values())

    def keep(self, run_id: int) -> None:
        """Add to the run's stored counts, in the transaction that settles what they count.

        The row is read afresh under its lock: several processes may settle answers of one run.
        """
        if self._counts:
            run = SyncRun.objects.select_for_update().only("counts", "done").get(pk=run_id)
            SyncRun.objects.filter(pk=run_id).update(counts=self.onto(run.counts), done=run.done + self.total())

    def onto(self, counts: dict[str, Any]) -> dict[str, Any]:
        """`SyncRun.counts` with this tally added."""
        for (kind, direction, outcome), number in self._counts.items():
            row = counts.setdefault(kind, {}).setdefault(direction or "none", {})
            row[outcome] = row.get(outcome, 0) + number
        return counts


def rows(counts: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, int]]]:
    """(kind, direction, outcome -> number) of a stored count."""
    for kind, directions in counts.items():
        for direction, outcomes in directions.items():
            yield kind, direction, {outcome: outcomes.get(outcome, 0) for outcome in OUTCOMES}


def sums(counts: dict[str, Any]) -> dict[str, int]:
    """Outcome -> number over all kinds and directions."""
    totals = dict.fromkeys(OUTCOMES, 0)
    for _, _, outcomes in rows(counts):
        for outcome, number in outcomes.items():
            totals[outcome] += number
    return totals
