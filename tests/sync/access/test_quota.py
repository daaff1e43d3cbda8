"""X19: metered reads are counted for all companies; before the plan is used up, automatic runs wait
longer.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.models import Category, Connection
from quicksync.sync.access import quota
from quicksync.sync.access.quota import Quota
from quicksync.sync.monitor import findings
from quicksync.sync.runs import dispatching
from tests.models import make

# A third of June is over.
NOW = dt.datetime(2026, 6, 11, tzinfo=dt.UTC)


def connection(reads, **values):
    usual = {
        "name": f"C{Connection.objects.count()}",
        "status": "connected",
        "realm_id": str(Connection.objects.count()),
        "calls_month": "2026-06",
        "reads": reads,
        "connected_at": NOW - dt.timedelta(days=100),
    }
    return make.bare(**usual | values)


@pytest.fixture
def plan(settings):
    settings.QUICKSYNC = {"MONTHLY_READS": 1_000, "CLIENT_ID": "x", "CLIENT_SECRET": "y"}


def test_x19_all_companies_share_one_plan(db, plan, django_assert_num_queries):
    """Intuit meters by app; sandbox companies are not metered, and last month is over."""
    connection(100)
    connection(200)
    connection(4_000, environment="sandbox")
    connection(4_000, calls_month="2026-05")
    with django_assert_num_queries(1):
        used = quota.of_site(NOW)
    assert (used.reads, used.forecast, used.percent) == (300, 900, 30)


def test_reads_of_an_edition_that_intuit_does_not_meter_are_free(db, plan):
    connection(100)
    connection(4_000, edition="paper")
    assert quota.of_site(NOW).reads == 100


@pytest.mark.parametrize(
    ("reads", "limit", "longer"),
    [
        (300, 1_000, 1),  # 600 more are coming, 650 are to spare
        (320, 1_000, 2),  # 640 for 630
        (600, 1_000, 4),  # 1,200 for 350
        (949, 1_000, 1_898),
        (950, 1_000, 0),  # what is left is for people
        (9_999, 1_000, 0),
        (9_999, 0, 1),  # no limit
    ],
)
def test_pain_20_the_shorter_the_reads_the_longer_the_waits(reads, limit, longer):
    assert Quota(reads, limit, reads * 3).longer == longer


@pytest.mark.parametrize(("longer", "minutes"), [(1, 5), (3, 15), (500, 1440), (0, 1440)])
def test_pain_20_a_company_is_read_once_a_day_all_the_same(longer, minutes):
    assert quota.stretched(dt.timedelta(minutes=5), longer) == dt.timedelta(minutes=minutes)


def test_pain_20_an_interval_of_more_than_a_day_stays():
    assert quota.stretched(dt.timedelta(days=2), 0) == dt.timedelta(days=2)


def test_pain_20_the_dispatch_puts_automatic_runs_off(db, plan, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    busy = connection(600, interval_minutes=5, next_sync_at=NOW)
    Category.objects.create(
        connection=busy, kind="customer", enabled=True, approved_at=timezone.now()
    )
    assert dispatching.dispatch() == 1
    busy.refresh_from_db()
    # Four times its interval; a turn comes up to a tenth of that earlier.
    ahead = busy.clock.next_sync_at - NOW
    assert dt.timedelta(minutes=18) <= ahead <= dt.timedelta(minutes=20)
    assert [one.code for one in findings.of_site() if one.code.startswith("reads")] == [
        "reads-forecast"
    ]


def test_pain_20_what_people_ask_for_comes_at_once(company, settings):
    """Synchronize now does not wait, whatever is used."""
    settings.QUICKSYNC = {**settings.QUICKSYNC, "MONTHLY_READS": 1}
    assert quota.of_site(timezone.now()).is_over
    assert company.sync().state == "done"
    assert "reads-over" in [one.code for one in findings.of_site()]
