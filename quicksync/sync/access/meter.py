"""What a connection has used of QuickBooks: calls by month, metered reads apart, and the window of
its limiter.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Value, When
from django.utils import timezone

from quicksync.models import ConnectionClock
from quicksync.quickbooks.port import Wire


class Meter:
    """Counts what one wire has sent. Saved before anybody else may use the connection, or two would
    share a window.
    """

    def __init__(self, connection_id: int, wire: Wire) -> None:
        self._clock = ConnectionClock.objects.filter(pk=connection_id)
        self._wire = wire
        # Calls and reads of the wire that are in the table, and those that are about to be.
        self._known = self._now = (0, 0)

    def save(self) -> None:
        """Add what was sent since the last time, and keep the window for the next wire."""
        if more := self.pending():
            self._clock.update(**more)
            self.saved()

    def pending(self) -> dict[str, Any]:
        """What has to be written to the connection's clock, for whoever writes there anyway and
        calls `saved` afterwards.

        Of several workers who find the counters of last month, one begins anew and the others add
        to it: which of both it is, the row says when it is written.
        """
        self._now = self._wire.calls, self._wire.reads
        calls, reads = self._now[0] - self._known[0], self._now[1] - self._known[1]
        if not calls:
            return {}
        month = timezone.now().strftime("%Y-%m")
        return {
            "calls": _more("calls", calls, month),
            "reads": _more("reads", reads, month),
            "calls_month": month,
            "limiter": self._wire.window(),
        }

    def saved(self) -> None:
        """What was pending stands in the table."""
        self._known = self._now


def _more(column: str, number: int, month: str) -> Case:
    return Case(When(calls_month=month, then=F(column) + number), default=Value(number))
