"""Plans that waited for a yes until nothing was left of them end by themselves (I5): nobody could
approve anything of them, and one more came with each bad day.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync import signals, tasks
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.plan import approve
from tests.company import connected_to

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [f"Client {place}" for place in range(12)]


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable("customer")
        company.clients = [company.client(name) for name in NAMES]
        company.sync()
        yield company


def waiting_plan(company, text):
    """A run of the schedule that changes so many that it asks first."""
    for client in company.clients:
        client.notes = text
        client.save()
    run = company.sync(trigger="automatic")
    assert (run.state, run.reason) == ("draft", "unsafe-plan")
    return run


def a_day_later(monkeypatch):
    later = timezone.now() + dt.timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)


def test_each_bad_day_leaves_one_plan(company, monkeypatch):
    first, second = waiting_plan(company, "one"), waiting_plan(company, "two")
    ended = []
    signals.run_finished.connect(lambda run, **_: ended.append(run.pk), weak=False)
    a_day_later(monkeypatch)
    assert approve.discard_overtaken() == 1
    first.refresh_from_db()
    assert (first.state, first.reason) == ("cancelled", "plan-overtaken")
    assert set(first.operations.values_list("state", "reason")) == {
        ("stale", "moved-since-preview")
    }
    assert ended == [first.pk]
    second.refresh_from_db()
    assert second.state == "draft"
    approve.approve(second, user=None, force=True)
    assert company.work(SyncRun.objects.get(pk=second.pk)).state == "done"
    assert {one["Notes"] for one in company.there("Customer")} == {"two"}
    assert set(EntityMapping.objects.values_list("state", flat=True)) == {"in_sync"}


def test_it_is_done_every_night(company, monkeypatch):
    waiting_plan(company, "one"), waiting_plan(company, "two")
    a_day_later(monkeypatch)
    assert tasks.nightly()["overtaken"] == 1


def test_a_plan_of_which_anything_stands_waits_on(company, monkeypatch):
    run = waiting_plan(company, "one")
    for client in company.clients[1:]:
        client.notes = "two"
        client.save()
    a_day_later(monkeypatch)
    assert approve.discard_overtaken() == 0
    run.refresh_from_db()
    assert run.state == "draft"


def test_those_who_look_at_it_have_a_day(company):
    waiting_plan(company, "one"), waiting_plan(company, "two")
    assert approve.discard_overtaken() == 0


def test_a_preview_stays_until_somebody_has_looked_at_it(company, monkeypatch):
    company.clients[0].notes = "one"
    company.clients[0].save()
    run = company.preview()
    assert run.operations.filter(state="draft").exists()
    company.clients[0].notes = "two"
    company.clients[0].save()
    a_day_later(monkeypatch)
    assert approve.discard_overtaken() == 0
