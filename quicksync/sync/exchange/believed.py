"""Which answers are believed: only those that plainly tell what became of the very operation that
was sent.
"""

from __future__ import annotations

import datetime as dt

from quicksync.conf import settings
from quicksync.models import Operation
from quicksync.quickbooks.messages import Fate, Fault, Outcome
from quicksync.sync.exchange.outbox import CREATES

# So many answers that tell nothing, and asking for more is in vain: QuickBooks repeats the first
# one.
ENOUGH = 3
# QuickBooks gets so long to show in its books what it has just done.
SETTLES = dt.timedelta(seconds=30)
# What a create is refused with when it was done before, under a request id that QuickBooks no
# longer knows.
OWN_ECHO = frozenset({"name-taken", "number-taken"})
UNBELIEVED = Outcome(
    key="",
    fault=Fault(
        "",
        Fate.UNKNOWN,
        "outcome-unknown",
        "QuickBooks' answer is about no record, or about another one.",
    ),
)
# QuickBooks' record is paired with another one of this side, which is as good as this: which is
# whose, its books tell.
NOT_THIS = Outcome(
    key="",
    fault=Fault(
        "", Fate.LOOK, "outcome-unknown", "The record of QuickBooks' answer is another one's."
    ),
)


def believed(operation: Operation, outcome: Outcome | None) -> Outcome:
    """The outcome, unless it tells of no record or of another one: then nobody knows, and no pair
    moves anywhere.
    """
    if outcome is None or outcome.remote is None:
        return outcome if outcome is not None and outcome.fault is not None else UNBELIEVED
    remote = outcome.remote
    mapping = operation.mapping
    known = (mapping.remote_type, mapping.remote_id) if mapping and mapping.remote_id else None
    if operation.action == CREATES:
        # What is made anew after a deletion has an id of its own: the old one is the answer of the
        # first time.
        is_it = (remote.type, remote.id) != known and not remote.deleted
    else:
        is_it = known in (None, (remote.type, remote.id))
    return outcome if remote.id and is_it else UNBELIEVED


def is_unclear(operation: Operation, fault: Fault, *, recovered: bool) -> bool:
    """Whether a fault leaves open what became of the operation."""
    echo = recovered and operation.action == CREATES and fault.reason in OWN_ECHO
    return echo or fault.fate in (Fate.UNKNOWN, Fate.LOOK)


def asking_is_vain(operation: Operation, fault: Fault, *, recovered: bool) -> bool:
    """Whether asking again will bring no more than this: then QuickBooks' books tell."""
    return fault.fate is not Fate.UNKNOWN or (
        recovered and operation.recoveries >= min(ENOUGH, settings.recoveries)
    )


def pause(operation: Operation, *, looks: bool) -> dt.timedelta:
    """How long to wait before asking, or looking."""
    return SETTLES if looks else dt.timedelta(seconds=5 * 2 ** min(operation.recoveries, ENOUGH))
