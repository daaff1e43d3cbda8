"""Records that wait: those that cannot be read do, and a run lists each once, as its last look
found it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from quicksync.models import EntityMapping, Operation, SyncRun, bulk
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Step
from quicksync.sync.pairs import operation_state
from quicksync.sync.pairs.sides import Both

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


def unreadable(sides: Sequence[Both]) -> Iterable[Step]:
    """Records that cannot be read on one side wait for a person; they never stop the others.

    What somebody left out stays left out, readable or not.
    """
    for side in sides:
        if side.trouble is not None:
            key, kind, left_out = side.mapping.pk, side.mapping.kind, why("skipped-by-user")
            if side.mapping.state == EntityMapping.State.EXCLUDED:
                yield Step(key=key, kind=kind, action=Action.SKIP, reasons=(left_out,))
            else:
                yield Step(key=key, kind=kind, action=Action.HOLD, reasons=(side.trouble,))
