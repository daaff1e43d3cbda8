"""Plans that waited for a yes until nothing was left of them end by themselves (I5): nobody could
approve anything of them, and one more came with each bad day.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync import signals, tasks
from quicksync.books.models import Receipt
from quicksync.exceptions import NotAllowed
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.actions import skipping
from quicksync.sync.plan import approve
from tests.at_once import behind
from tests.company import connected_to

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2026, 3, 7)
NAMES = [f"Client {place}" for place in range(12)]


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable("account", "payment_method", "customer", "payment")
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


def test_nothing_that_it_proposed_is_forgotten(company, monkeypatch):
    """A payment here was to be joined with one there, which somebody has skipped since."""
    first_client = {"value": company.partner(company.clients[0])["Id"]}
    body = {"CustomerRef": first_client, "TotalAmt": 50, "TxnDate": DAY.isoformat()}
    company.sim.api("POST", "payment", body, realm=company.connection.realm_id)
    mine = Receipt.objects.create(client=company.clients[0], amount=50, received_on=DAY)
    run = waiting_plan(company, "one")
    assert run.operations.filter(kind="payment", action="pair").exists()
    half = EntityMapping.objects.filter(kind="payment", object_key=None)
    skipping.exclude(half, user="Eve", why="another one")
    second = waiting_plan(company, "two")
    a_day_later(monkeypatch)
    assert approve.discard_overtaken() == 1
    approve.approve(second, user=None, force=True)
    company.work(SyncRun.objects.get(pk=second.pk))
    company.sync()
    assert company.mapping(mine).is_pair


def test_so_does_a_plan_of_which_somebody_skipped_all(company, monkeypatch):
    run = waiting_plan(company, "one")
    skipping.skip(list(run.operations.all()), user="Eve", why="")
    a_day_later(monkeypatch)
    assert approve.discard_overtaken() == 1
    run.refresh_from_db()
    assert (run.state, run.reason) == ("cancelled", "plan-overtaken")


@pytest.mark.postgres
def test_who_is_approving_it_goes_first(company, monkeypatch):
    """Nothing of it stands, but somebody says yes at this very moment."""
    run, _ = waiting_plan(company, "one"), waiting_plan(company, "two")
    a_day_later(monkeypatch)
    yes, ended = behind(
        lambda: approve.approve(run, user=None, force=True), approve.discard_overtaken
    )
    assert (yes, ended) == ((0, len(NAMES)), 0)
    run.refresh_from_db()
    assert run.state == "approved"


@pytest.mark.postgres
def test_who_approves_it_a_moment_later_is_told(company, monkeypatch):
    run, _ = waiting_plan(company, "one"), waiting_plan(company, "two")
    a_day_later(monkeypatch)
    ended, told = behind(
        approve.discard_overtaken, lambda: approve.approve(run, user=None, force=True)
    )
    assert ended == 1
    assert isinstance(told, NotAllowed)
