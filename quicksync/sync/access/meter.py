"""What a connection has used of QuickBooks: calls by month, metered reads apart, and the window of
its limiter.
"""

from __future__ import annotations

from django.db.models import F
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
        self._calls = self._reads = 0

    def save(self) -> None:
        """Add what was sent since the last time, and keep the window for the next wire."""
        calls, reads = self._wire.calls - self._calls, self._wire.reads - self._reads
        if not calls:
            return
        self._calls, self._reads = self._wire.calls, self._wire.reads
        month, window = timezone.now().strftime("%Y-%m"), self._wire.window()
        more = {"calls": F("calls") + calls, "reads": F("reads") + reads, "limiter": window}
        anew = {"calls_month": month, "calls": calls, "reads": reads, "limiter": window}
        this_month = self._clock.filter(calls_month=month)
        # Of several workers who find the counter of last month one begins anew, and the others add
        # to it.
        if not this_month.update(**more) and not self._clock.exclude(calls_month=month).update(
            **anew
        ):
            this_month.update(**more)
