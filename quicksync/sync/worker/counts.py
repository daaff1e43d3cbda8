"""Counting a run's candidates: each ends once, as created, updated, unchanged, skipped or failed
(invariant 1).

This is the one place that counts. A `Counted` row says how the run ended for a record,
`SyncRun.counts` and `done` are their sums; both are written in the transaction that writes what is
counted, so that a kill leaves them in step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from quicksync.among import Among
from quicksync.models import Counted, Operation, SyncRun, plain_rows

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed")

# What a finished operation counts as. Voids and deletes change a record that was there: they count
# as updates.
BY_ACTION = {"create": "created", "update": "updated", "void": "updated", "delete": "updated"}
# Outcomes that a later look does not take back: what was written was written. Only a failure says
# more.
WRITTEN = frozenset({"created", "updated"})

State = Operation.State


class End(NamedTuple):
    """How a candidate ended; direction is "push", "pull" or "" for records that moved nowhere."""

    kind: str
    direction: str
    outcome: str
    reason: str = ""

    def after(self, earlier: End | None) -> End:
        """What counts when the run has said something of the same record before."""
        keeps = earlier is not None and earlier.outcome in WRITTEN and self.outcome != "failed"
        return earlier if keeps and earlier is not None else self


class Counting:
    """The candidates that end in one transaction; they may belong to several runs."""

    def __init__(self) -> None:
        self._ends: dict[int, dict[int, End]] = defaultdict(dict)
        self._gone: dict[int, set[int]] = defaultdict(set)

    def add(self, run_id: int, key: int, end: End) -> None:
        """The candidate under this mapping's key has ended."""
        ends = self._ends[run_id]
        ends[key] = end.after(ends.get(key))

    def settle(self, operation: Operation, outcome: str) -> None:
        """An operation has ended, and with it its record."""
        reason = "" if outcome in WRITTEN else operation.reason
        end = End(operation.kind, operation.direction, outcome, reason)
        self.add(operation.run_id, operation.mapping_id or -operation.pk, end)

    def forget(self, run_id: int, keys: Iterable[int]) -> None:
        """These halves are one with their partners now, which speak for both."""
        self._gone[run_id].update(keys)

    def keep(self) -> None:
        """Write it down. The runs' rows are locked, for several processes may settle answers of one
        run.
        """
        for run_id in sorted(self._ends.keys() | self._gone.keys()):
            self._keep(run_id, self._ends[run_id], self._gone[run_id])

    def _keep(self, run_id: int, ends: dict[int, End], gone: set[int]) -> None:
        run = (
            SyncRun.objects.select_for_update(no_key=True)
            .only("counts", "done")
            .filter(pk=run_id)
            .first()
        )
        if run is None or not (ends or gone):
            return
        before = _ends_of(Counted.objects.filter(Among("key", [*ends, *gone]), run=run_id))
        after = {key: end.after(before.get(key)) for key, end in ends.items() if key not in gone}
        changed = {key: end for key, end in after.items() if end != before.get(key)}
        lost = gone & before.keys()
        if not (changed or lost):
            return
        if lost:
            Counted.objects.filter(run=run_id, key__in=lost).delete()
        plain_rows.insert(
            Counted,
            {"run_id": run_id},
            ("key", *End._fields),
            [(key, *end) for key, end in changed.items()],
            unique=("run", "key"),
        )
        counts = _moved(
            run.counts,
            changed.values(),
            [before[key] for key in (changed.keys() | lost) & before.keys()],
        )
        SyncRun.objects.filter(pk=run_id).update(counts=counts, done=sum(sums(counts).values()))


def leave(run: SyncRun) -> None:
    """A run is done: what it had proposed and left to the next run, or never heard of, has ended
    for it as well.
    """
    counting = Counting()
    rest = _uncounted(run.operations.exclude(state=State.CANCELLED)).order_by("id")
    for key, kind, state in rest.values_list("mapping_id", "kind", "state"):
        in_doubt = state in Operation.OPEN
        reason = "outcome-unknown" if in_doubt else "moved-since-preview"
        counting.add(run.pk, key, End(kind, "", "failed" if in_doubt else "skipped", reason))
    counting.keep()


def to_come(run: SyncRun) -> int:
    """How many records are proposed or waiting that the run has not counted yet."""
    waiting = _uncounted(run.operations.filter(state__in=(State.DRAFT, State.PENDING)))
    return waiting.values("mapping_id").distinct().count()


def _uncounted(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    counted = Counted.objects.filter(run=OuterRef("run"), key=OuterRef("mapping_id"))
    return operations.filter(~Exists(counted), mapping__isnull=False)


def _ends_of(found: QuerySet[Counted]) -> dict[int, End]:
    return {key: End(*values) for key, *values in found.values_list("key", *End._fields)}


def _moved(counts: dict[str, Any], added: Iterable[End], taken: Iterable[End]) -> dict[str, Any]:
    """`SyncRun.counts` with these ends added and those taken out; what comes to nothing is not
    there.
    """
    numbers = Counter(
        {
            (kind, way, name): n
            for kind, way, outcomes in rows(counts)
            for name, n in outcomes.items()
        }
    )
    numbers.update((end.kind, end.direction or "none", end.outcome) for end in added)
    numbers.subtract((end.kind, end.direction or "none", end.outcome) for end in taken)
    made: dict[str, Any] = {}
    for (kind, direction, outcome), number in numbers.items():
        if number:
            made.setdefault(kind, {}).setdefault(direction, {})[outcome] = number
    return made


def recount(run: SyncRun) -> dict[str, Any]:
    """The run's counts, worked out from its rows."""
    return _moved({}, _ends_of(run.counted.all()).values(), ())


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
