"""B5, A14: every company as often as its interval says, and companies that came due in one moment,
as those of an import or a resumed site do, not in one moment for ever.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter

import pytest
from django.utils import timezone

from quicksync.models import ConnectionClock
from quicksync.sync.runs import dispatching, turns
from tests.models import make

NOW = dt.datetime(2026, 11, 28, 10, 0, 7, 123456, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
INTERVALS = [MINUTE, 5 * MINUTE, 45 * MINUTE, dt.timedelta(hours=7), dt.timedelta(days=1)]
EVERYBODY = range(1, 400)


@pytest.mark.parametrize("interval", INTERVALS)
def test_never_later_than_its_interval_and_hardly_earlier(interval):
    for pk in EVERYBODY:
        found = turns.following(pk, NOW, interval, now=NOW)
        assert NOW + interval * 0.9 <= found <= NOW + interval


@pytest.mark.parametrize("interval", INTERVALS)
def test_who_was_begun_late_comes_no_later_the_next_time(interval):
    for pk in EVERYBODY:
        found = turns.following(pk, NOW - interval / 2, interval, now=NOW)
        assert NOW < found <= NOW - interval / 2 + interval


@pytest.mark.parametrize("due", [None, NOW - dt.timedelta(days=9), NOW + dt.timedelta(days=9)])
def test_who_has_had_no_turn_for_long_begins_anew(due):
    """A new company, a site that stood still, one whose clock was wrong."""
    for pk in EVERYBODY:
        found = turns.following(pk, due, 5 * MINUTE, now=NOW)
        assert NOW + 4.5 * MINUTE <= found <= NOW + 5 * MINUTE


@pytest.mark.parametrize("interval", INTERVALS)
def test_who_has_found_its_turn_keeps_it_to_the_second(interval):
    for pk in EVERYBODY:
        own = turns.own(pk, NOW, interval)
        late = own + interval / 4
        assert turns.following(pk, own, interval, now=late) == own + interval


@pytest.mark.parametrize("keys", [range(1, 3001), range(5000, 20000, 5), range(7, 60007, 20)])
def test_turns_are_as_many_in_one_part_of_an_interval_as_in_another(keys):
    """Whichever numbers the companies have."""
    parts = Counter((turns.own(pk, NOW, 5 * MINUTE) - NOW) // MINUTE for pk in keys)
    assert sum(parts.values()) == len(keys)
    assert all(0.8 < parts[part] * 5 / len(keys) < 1.2 for part in range(5))


@pytest.mark.django_db
class TestTogether:
    """Companies that come due in one moment, with a dispatch a minute."""

    @pytest.fixture
    def claimed(self, queued, monkeypatch):
        """How many each of so many dispatches has claimed."""

        def claimed(minutes):
            for minute in range(minutes):
                at = NOW + minute * MINUTE
                monkeypatch.setattr(timezone, "now", lambda at=at: at)
                monkeypatch.setattr(dispatching.clock, "now", lambda at=at: at)
                queued.clear()
                dispatching.dispatch()
                yield sum(len(ids) for _, *ids in queued)
                # Their tasks have begun.
                ConnectionClock.objects.update(woken_at=None)

        return claimed

    @pytest.mark.parametrize("due", [None, NOW - dt.timedelta(seconds=30)])
    def test_they_do_not_stay_together(self, claimed, due):
        for realm in range(60):
            make.connection(str(realm), next_sync_at=due)
        numbers = list(claimed(61))
        assert numbers[0] == 60
        assert sum(numbers[-5:]) == 60
        assert max(numbers[-5:]) <= 15

    def test_none_waits_longer_or_is_read_more_often_for_it(self, claimed, monkeypatch):
        for realm in range(60):
            make.connection(str(realm), next_sync_at=None)
        # The eleven fives of an hour, and one more as they move apart.
        assert 60 * 12 <= sum(claimed(60)) <= 60 * 13

    def test_a_claim_is_a_few_statements_however_many_it_takes(
        self, claimed, django_assert_max_num_queries
    ):
        for realm in range(90):
            due = NOW - dt.timedelta(seconds=realm, milliseconds=realm)
            make.connection(str(realm), next_sync_at=due)
        with django_assert_max_num_queries(40):
            assert list(claimed(1)) == [90]


def test_each_part_of_a_day_has_companies():
    """They are told apart by their keys alone, whatever the hour."""
    for hour in range(24):
        at = NOW + dt.timedelta(hours=hour)
        moments = {turns.own(pk, at, 60 * MINUTE) for pk in EVERYBODY}
        assert len(moments) == turns.PARTS
        assert all(at < one <= at + 60 * MINUTE for one in moments)
        for one, other in itertools.pairwise(sorted(moments)):
            assert other - one == 2 * MINUTE
