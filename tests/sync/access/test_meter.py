"""What a connection has used of QuickBooks is known before anybody else may use it (X19, X20)."""

from __future__ import annotations

import pytest

from quicksync import signals
from quicksync.models import Connection
from quicksync.sync.access.meter import Meter
from tests.company import connected
from tests.models import make


class Sent:
    """A wire that has sent something."""

    calls, reads = 3, 2

    def window(self):
        return "window"


@pytest.mark.django_db(transaction=True)
def test_x20_the_limiters_window_is_kept_before_the_next_run_may_begin():
    seen = []

    def look(sender, run, **kwargs):
        connection = Connection.objects.get(pk=run.connection_id)
        seen.append((bool(connection.clock.limiter), connection.clock.calls))

    with connected(kinds=("customer",)) as company:
        signals.run_finished.connect(look)
        try:
            before = Connection.objects.get().clock.calls
            company.sync()
        finally:
            signals.run_finished.disconnect(look)
        calls = Connection.objects.get().clock.calls
    assert calls > before
    assert seen == [(True, calls)]


@pytest.mark.django_db
def test_x19_calls_are_counted_once_and_by_month():
    connection = make.bare(name="A", calls_month="2020-01", calls=99, reads=99)
    meter = Meter(connection.pk, Sent())
    meter.save()
    meter.save()
    connection.refresh_from_db()
    clock = connection.clock
    assert (clock.calls, clock.reads, clock.limiter) == (3, 2, "window")
    Meter(connection.pk, Sent()).save()
    connection.refresh_from_db()
    assert (connection.clock.calls, connection.clock.reads) == (6, 4)
