"""A run lists a record that waits once: as its last look found it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from quicksync.models import Operation, SyncRun, bulk
from quicksync.planning.steps import Step
from quicksync.sync.pairs import operation_state

State = Operation.State

# What a later look at the same record may find otherwise.
_AFRESH = [
    "direction",
    "action",
    "label",
    "amount",
    "currency",
    "record",
    "changes",
    "fields",
    "leaves",
    "warnings",
    "reason",
    "reason_values",
    "reason_field",
    "mapping_version",
    "touched_at",
    "settled_at",
]


def listed_once(run: SyncRun, steps: Iterable[Step], made: Sequence[Operation]) -> list[Operation]:
    """Those of the new operations that are new rows of the run's list.

    What waited at an earlier look of the run and still does, for the same reason, is told anew in
    its row; what waits no longer, or for something else, is overtaken.
    """
    codes = {step.key: step.reasons[0].code if step.reasons else "" for step in steps}
    waited = Q(state=State.SKIPPED, mapping_id__in=list(codes))
    earlier = run.operations.filter(waited).order_by("id") if run.passes else ()
    now = {one.mapping_id: one for one in made if one.state == State.SKIPPED}
    overtaken: list[int] = []
    again: list[Operation] = []
    for old in earlier:
        if old.reason != codes[old.mapping_id or 0]:
            overtaken.append(old.pk)
        elif new := now.pop(old.mapping_id, None):
            new.pk = old.pk
            again.append(new)
    operation_state.move_where(run.operations.filter(pk__in=overtaken), State.STALE)
    bulk.save(again, _AFRESH)
    return [one for one in made if one not in again]
