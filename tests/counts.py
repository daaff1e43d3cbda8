"""What a run says it did, compared with its rows (invariant 1). Asked after every scenario and by
the random walk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from quicksync.models import Counted, EntityMapping, Operation, SyncRun
from quicksync.sync.worker import counts

State = Operation.State


def differences(run: SyncRun) -> list[str]:
    """Everything in which a run's counts, its counted records and its operations contradict each
    other.
    """
    run = SyncRun.objects.get(pk=run.pk)
    return [
        f"run {run.pk} ({run.state}): {one}"
        for one in (*_sums(run), *_operations(run), *_listed(run))
    ]


def _sums(run: SyncRun) -> Iterator[str]:
    derived = counts.recount(run)
    if run.counts != derived:
        yield f"says {run.counts}, its records say {derived}"
    if run.done != sum(counts.sums(derived).values()):
        yield f"done is {run.done}, its records are {run.counted.count()}"


def _operations(run: SyncRun) -> Iterator[str]:
    """What was written is counted as written, what failed as failed, and nothing else is."""
    ends = {end.key: end for end in run.counted.all()}
    told: dict[int, set[str]] = defaultdict(set)
    operations = list(run.operations.filter(mapping__isnull=False))
    for operation in operations:
        if operation.state == State.DONE and operation.action != "pair":
            told[operation.mapping_id or 0].add(counts.BY_ACTION[operation.action])
        elif operation.state in (State.FAILED, State.SKIPPED):
            told[operation.mapping_id or 0].add(str(operation.state))
    for key, outcomes in told.items():
        yield from _one(key, outcomes, ends.get(key))
    if run.state == SyncRun.State.DONE:
        yield from _left(operations, ends.keys())
    yield from _without_ground(ends, told)


def _without_ground(ends: Mapping[int, Counted], told: Mapping[int, set[str]]) -> Iterator[str]:
    """Whatever is counted as written was written, and what was not done says why."""
    alive = set(EntityMapping.objects.filter(pk__in=ends).values_list("pk", flat=True))
    for key, end in ends.items():
        if key in alive and end.outcome in counts.WRITTEN and end.outcome not in told.get(key, ()):
            yield f"record {key} is counted as {end.outcome} without an operation that did so"
        if end.outcome in ("skipped", "failed") and not end.reason:
            yield f"record {key} is {end.outcome} without a reason"


def _left(operations: Iterable[Operation], counted: Collection[int]) -> Iterator[str]:
    """A run that is done leaves nothing open, and no record without an end."""
    for operation in operations:
        if operation.state in (State.DRAFT, State.PENDING, State.SENDING):
            yield f"is done, and operation {operation.pk} ({operation}) is {operation.state}"
        elif operation.state != State.CANCELLED and operation.mapping_id not in counted:
            yield f"is done, and {operation} ({operation.state}) ended as nothing"


def _one(key: int, outcomes: set[str], end: Counted | None) -> Iterator[str]:
    written, failed = outcomes & counts.WRITTEN, outcomes & {"failed"}
    # What failed may be found well, or to be left out, by a later look of the same run.
    allowed = (
        written | failed if written else failed | {"unchanged", "skipped"} if failed else outcomes
    )
    if end is None or end.outcome not in allowed:
        yield (
            f"record {key} did {sorted(outcomes)} and is counted as"
            f" {end.outcome if end else 'nothing'}"
        )


def _listed(run: SyncRun) -> Iterator[str]:
    """A record that waits or is skipped is listed once; twice if changes of it would have gone both
    ways.
    """
    seen: dict[tuple[int, str], int] = {}
    for operation in run.operations.filter(state=State.SKIPPED, mapping__isnull=False):
        key = operation.mapping_id or 0, operation.direction
        if key in seen:
            yield f"{operation.label} is listed twice: operations {seen[key]} and {operation.pk}"
        seen[key] = operation.pk
