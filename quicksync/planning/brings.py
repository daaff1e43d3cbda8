"""What a candidate brings along: only what is in scope, and written, takes the records it names to
the other side.
"""

from __future__ import annotations

from quicksync.planning.case import Case
from quicksync.planning.decide import decide
from quicksync.planning.guards import comes_to_nothing
from quicksync.planning.scope import is_voided, out_of_scope, way
from quicksync.planning.steps import Action, Direction

_CARRIES = frozenset({Action.CREATE, Action.UPDATE})


def brings(case: Case) -> frozenset[Direction]:
    """The ways in which records that this one names travel with it: PUSH for those it names here,
    PULL there.

    A half that its start date, direction, bookmark or total of zero leaves out brings nothing, and
    neither does a pair of which nothing is to be written: else records would come over that nothing
    asked for (B2, B11, B16, F3).
    """
    if case.joined:
        return frozenset(step.direction for step in decide(case) if step.action in _CARRIES)
    record = case.here or case.there
    if record is None or is_voided(record) or out_of_scope(case) is not None:
        return frozenset()
    direction = way(case)
    if direction is Direction.PUSH and comes_to_nothing(case, record):
        return frozenset()
    return frozenset({direction})
