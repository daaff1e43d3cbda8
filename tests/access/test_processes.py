"""Many processes and one expired token (A16): one renewal, and no death between answer and table
loses it.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.models import Connection
from tests.models import make

pytestmark = pytest.mark.postgres
TEN = 10


def the_lease_ends():
    """Tests do not wait for a dead worker's lease to end."""
    make.put(lease_until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("noticed", [True, False], ids=["by-our-clock", "when-refused"])
def test_ten_processes_and_one_expired_token_renew_it_once_a16(company, crowd, noticed):
    """A day has passed: Intuit changes the refresh token, and the one before is worth nothing from
    then on.
    """
    if noticed:
        make.put(access_expires_at=timezone.now())
    before = company.connection.access.refresh_token
    crowd.gather(TEN)
    company.sim.advance(hours=25)
    assert crowd.read() == ["200"] * TEN
    assert crowd.renewals() == 1
    connection = Connection.objects.get()
    assert connection.status == Connection.Status.CONNECTED
    assert connection.access.lease_until is None
    assert connection.access.refresh_token not in ("", before)


@pytest.mark.parametrize("point", ["answer", "store"])
def test_a_worker_that_dies_with_fresh_tokens_in_hand_loses_nothing_a16(company, crowd, point):
    """Intuit has answered, nothing is kept: the refresh token that is kept still serves."""
    company.sim.advance(hours=2)
    crowd.gather(1, kill=point)
    assert crowd.read() == [""]
    assert crowd.renewals() == 1
    assert Connection.objects.get().access.lease_until > timezone.now()
    the_lease_ends()
    crowd.gather(2)
    assert crowd.read() == ["200", "200"]
    assert crowd.renewals() == 2
    assert company.sync().state == "done"


def test_of_two_answers_the_older_kept_last_the_newer_still_serves_a16(company, crowd):
    """A worker that slept through its lease keeps a dead token over a living one: that one was kept
    too.
    """
    company.sim.advance(hours=25)
    crowd.gather(1)
    assert crowd.read() == ["200"]
    living = Connection.objects.get().access.refresh_token
    make.put(refresh_token="dead", previous_refresh_token=living)
    company.sim.advance(hours=2)
    crowd.gather(1)
    assert crowd.read() == ["200"]
    connection = Connection.objects.get()
    assert (connection.status, connection.access.refresh_token) == (
        Connection.Status.CONNECTED,
        living,
    )


def test_slow_answers_are_waited_for_and_asked_for_once_a16(company, crowd):
    """Whoever waits does not ask as well."""
    crowd.gather(TEN)
    company.sim.advance(hours=25)
    company.sim.fault(path="tokens/bearer", latency_ms=2000)
    assert crowd.read() == ["200"] * TEN
    assert crowd.renewals() == 1


def test_an_answer_that_is_lost_within_the_day_costs_one_worker_its_turn_a16(company, crowd):
    """Intuit did it, nobody here heard it: the refresh token is still the same."""
    crowd.gather(TEN)
    company.sim.advance(hours=2)
    company.sim.fault(path="tokens/bearer", drop_after_commit=True, times=1)
    assert sorted(crowd.read()) == ["200"] * (TEN - 1) + ["TryLater"]
    assert crowd.renewals() == 2
    connection = Connection.objects.get()
    assert (connection.status, connection.access.lease_until) == (Connection.Status.CONNECTED, None)
