"""What a document comes to on each side: equal to the cent, or by how much not."""

from __future__ import annotations

from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.scope import is_voided
from quicksync.records import KINDS, Record


def apart(here: Record, there: Record, label: str) -> Reason | None:
    """By how much the totals of two documents differ (F15); None where they do not, or where a side
    tells none.

    Whether a side keeps the old figures of what is void is a matter of taste: it is worth nothing
    on both.
    """
    mine, theirs = here.amount(), there.amount()
    if not KINDS[here.kind].is_document or mine is None or theirs is None or mine == theirs:
        return None
    if is_voided(here) or is_voided(there):
        return None
    return why(
        "total-differs",
        label=label,
        here=str(mine),
        there=str(theirs),
        difference=str(theirs - mine),
        currency=getattr(there, "currency", ""),
    )
