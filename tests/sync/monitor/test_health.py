"""I14, X31: how connections stand, in figures, and what is found wrong with them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django_q.models import Schedule

from quicksync.models import (
    Category,
    Connection,
    EntityMapping,
    Operation,
    SyncRun,
    WebhookDelivery,
)
from quicksync.sync.monitor import findings, health
from quicksync.sync.worker import on_django_q2, schedule
from tests.models import make

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 11, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def connection():
    return make.bare(
        name="Main", status="connected", realm_id="1", home_currency="USD", refresh_token="r",
        refresh_expires_at=timezone.now() + dt.timedelta(days=90),
    )  # fmt: skip


def look(connection):
    connection.refresh_from_db()
    return health.of([connection])[0]


def codes(connection):
    return [finding.code for finding in findings.of_connection(look(connection))]


def test_i14_owed_operations_and_problems_by_cause(connection):
    run = SyncRun.objects.create(connection=connection, state="done")
    for number, (state, reason) in enumerate(
        [
            ("held", "near-match"),
            ("held", "near-match"),
            ("failed", "quickbooks-refused"),
            ("in_sync", ""),
        ]
    ):
        mapping = EntityMapping.objects.create(
            connection=connection,
            kind="invoice",
            object_key=str(number),
            state=state,
            reason=reason,
        )
        Operation.objects.create(
            connection=connection, run=run, mapping=mapping, kind="invoice", action="create",
            state=("pending", "unknown", "done", "failed")[number],
        )  # fmt: skip
    found = look(connection)
    assert (found.owed, found.unknown, found.problems) == (2, 1, 3)
    assert [(cause.code, cause.count) for cause in found.causes] == [
        ("near-match", 2),
        ("quickbooks-refused", 1),
    ]
    assert "records-wait" in codes(connection)


def test_i14_the_health_of_many_costs_as_many_queries_as_that_of_one(django_assert_num_queries):
    for number in range(5):
        Connection.objects.create(name=f"C{number}", status="connected", realm_id=str(number))
    rows = list(Connection.objects.all())
    with django_assert_num_queries(9):
        assert len(health.of(rows)) == 5


def test_i14_the_forecast_goes_on_as_the_month_began(connection):
    clock = connection.clock
    clock.calls_month, clock.calls, clock.reads = "2026-06", 1_500, 1_000
    used = health.usage(connection, NOW)
    assert (used.calls, used.reads, used.forecast) == (1_500, 1_000, 3_000)
    clock.calls_month = "2026-05"
    assert health.usage(connection, NOW).forecast == 0


def test_i14_the_forecast_of_a_new_connection_begins_with_it(connection):
    connection.clock.calls_month, connection.clock.reads = "2026-06", 500
    connection.connected_at = NOW - dt.timedelta(days=5)
    assert health.usage(connection, NOW).forecast == 500 + 500 * 20 // 5


def test_i14_the_month_has_thirty_days_whatever_ran(connection):
    now = timezone.now()
    SyncRun.objects.create(connection=connection, state="done", finished_at=now, done=12)
    SyncRun.objects.create(connection=connection, state="failed", finished_at=now)
    SyncRun.objects.create(
        connection=connection, state="done", finished_at=now - dt.timedelta(days=40), done=5
    )
    found = health.days([connection])
    assert len(found) == 30
    assert (found[-1].good, found[-1].failed, found[-1].records) == (1, 1, 12)
    assert not any(day.records for day in found[:-1])
    assert not any(day.records for day in health.days([]))


@pytest.mark.parametrize(
    ("days", "code"), [(20, ""), (14, "-14"), (8, "-14"), (7, "-7"), (1, "-1"), (0, "-1")]
)
def test_a16_warned_at_14_7_and_1_days(connection, days, code):
    ends = timezone.now() + dt.timedelta(days=days, hours=1)
    make.put(connection, refresh_expires_at=ends)
    assert [found for found in codes(connection) if found.startswith("access")] == (
        [f"access-ends{code}"] if code else []
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"status": "expired"}, "access-lost"),
        ({"refresh_token": ""}, "access-unreadable"),
        ({"paused": True, "failures": 12, "pause_reason": "Paused by itself."}, "paused-by-itself"),
        ({"failures": 3, "last_error": "Down."}, "runs-fail"),
        ({"environment": "sandbox"}, "environment"),
    ],
)
def test_i14_what_is_wrong_is_found(connection, settings, values, code):
    settings.QUICKSYNC = {"CLIENT_ID": "x", "CLIENT_SECRET": "y"}
    assert codes(connection) == []
    make.put(connection, **values)
    assert codes(connection) == [code]


def test_i14_a_pause_by_a_person_is_no_finding(connection):
    Connection.objects.filter(pk=connection.pk).update(paused=True, pause_reason="Stock take")
    assert codes(connection) == []


def test_i14_an_unsafe_plan_and_a_stuck_run_are_found(connection):
    SyncRun.objects.create(connection=connection, state="draft", reason="unsafe-plan")
    run = SyncRun.objects.create(connection=connection, state="running")
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    assert codes(connection) == ["run-stuck", "unsafe-plan"]


def test_i14_a_due_run_that_nobody_starts_is_found(connection):
    overdue = timezone.now() - dt.timedelta(hours=2)
    make.put(connection, next_sync_at=overdue)
    assert codes(connection) == []
    Category.objects.create(
        connection=connection, kind="invoice", enabled=True, approved_at=timezone.now()
    )
    assert codes(connection) == ["run-late"]


def test_keys_are_missed_only_where_an_edition_needs_them(connection, settings):
    settings.QUICKSYNC = {}
    schedule.ensure()
    assert [one.code for one in findings.of_site()] == ["keys-missing"]
    type(connection).objects.update(edition="paper")
    assert findings.of_site() == ()


def test_i14_findings_of_the_site(connection, settings):
    settings.QUICKSYNC = {"CLIENT_ID": "x", "CLIENT_SECRET": "y"}
    Schedule.objects.all().delete()
    assert [one.code for one in findings.of_site()] == ["schedule-missing"]
    schedule.ensure()
    assert findings.of_site() == ()
    Schedule.objects.filter(func=on_django_q2.DISPATCH).update(
        next_run=timezone.now() - dt.timedelta(hours=1)
    )
    WebhookDelivery.objects.create(digest="1", state="strange")
    WebhookDelivery.objects.create(digest="2", state="refused")
    settings.QUICKSYNC = {}
    assert [one.code for one in findings.of_site()] == [
        "keys-missing",
        "no-worker",
        "webhook-strange",
        "webhook-refused",
    ]
