"""A14: who has a run in hand, with its last sign of life, or what the run waits for since when."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from quicksync.admin.run.progress import note
from quicksync.sync.worker import lease
from tests.models import make

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def at(minutes):
    return NOON + dt.timedelta(minutes=minutes)


@pytest.fixture
def clock(monkeypatch, settings):
    settings.TIME_ZONE = "UTC"
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"started_at": at(-3)}, "Waiting for a worker since 11:57:00."),
        ({"heartbeat_at": at(-1)}, "Waiting for a worker since 11:59:00."),
        (
            {"lease_holder": "books1:4711:ab12", "lease_until": at(3), "heartbeat_at": at(0)},
            "Running on books1 (process 4711); last sign of life at 12:00:00.",
        ),
        (
            {"lease_holder": "books1:4711:ab12", "lease_until": at(-1), "heartbeat_at": at(-4)},
            (
                "The worker books1 (process 4711) has been silent since 11:56:00; another one will"
                " take over."
            ),
        ),
        (
            {"resume_at": at(5), "troubles": 2, "heartbeat_at": at(0)},
            "Continues automatically at 12:05:00. QuickBooks does not answer.",
        ),
        ({"resume_at": at(5), "heartbeat_at": at(0)}, "Continues automatically at 12:05:00."),
    ],
)
def test_a14_who_has_it_or_what_it_waits_for(rows, clock, values, words):
    make.put(rows.connection, last_error="QuickBooks does not answer.")
    rows.connection.refresh_from_db()
    run = rows.run(state="running")
    for name, value in values.items():
        setattr(run, name, value)
    assert note(run) == words


def test_a14_the_page_and_its_script_show_it(rows, admin_client):
    run = lease.take(rows.run(state="running").pk, "books1:4711:ab12")
    words = "Running on books1 (process 4711)"
    assert (
        words
        in admin_client.get(
            reverse("admin:quicksync_syncrun_change", args=[run.pk])
        ).content.decode()
    )
    assert (
        words
        in admin_client.get(reverse("admin:quicksync_syncrun_progress", args=[run.pk])).json()[
            "note"
        ]
    )
