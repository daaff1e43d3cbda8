"""Runs as people meet them: two who press at once, cancel, pause, by hand or by the clock (A14,
B5-B7).
"""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from quicksync import tasks
from quicksync.models import SyncRun
from tests.browser import connecting
from tests.browser.connecting import banner, fresh, says
from tests.company import assert_adds_up
from tests.models import make

pytestmark = pytest.mark.browser


@pytest.fixture
def company(office):
    """A connected company with two clients to send; its connection's page is open."""
    company = connecting.joined(office, "customer", "item", "invoice")
    connecting.books(company, 2)
    office.open("quicksync_connection_change", company.connection.pk)
    return company


def other_person(office):
    """Somebody of the office group, in place of the one who was logged in."""
    call_command("quicksync_groups")
    user = User.objects.create_user("berta", password="password", is_staff=True)
    user.groups.set(Group.objects.filter(name="QuickBooks office"))
    office.page.context.clear_cookies()
    office.sign_in(user)
    return user


def test_a_second_person_is_told_who_is_at_work_and_stands_in_line(office, company):
    """A14: who runs what since when; the second run begins by itself when the first has ended."""
    office.press("Synchronize now")
    office.see("Waiting in line")
    first = SyncRun.objects.latest("id")
    berta = other_person(office)
    office.open("quicksync_connection_change", company.connection.pk)
    office.see(
        f"Synchronize now, started at {timezone.localtime(first.started_at):%H:%M:%S} (admin)"
    )
    office.press("Synchronize now")
    since = (
        f"admin started a run at {timezone.localtime(first.started_at):%H:%M:%S}, and it is still"
        " running."
    )
    office.see(since)
    office.see("This one is in line and starts automatically when that is done.")
    second = SyncRun.objects.latest("id")
    assert (second.state, second.user) == ("queued", berta)
    office.page.get_by_role("button", name="Cancel").wait_for()
    office.follow("Main office")
    office.see("Next in line: Synchronize now, asked for at")

    office.press("Synchronize now")
    office.see(since)
    assert SyncRun.objects.filter(state="queued").count() == 1, (
        "pressing again asks for nothing more"
    )
    with connecting.cluster(company):
        office.page.get_by_role("heading", name="Result").or_(
            office.page.get_by_text("Nothing to do")
        ).first.wait_for()
    second.refresh_from_db()
    assert second.state == "done"
    assert_adds_up(first)
    assert_adds_up(second)
    assert len(company.there("Customer")) == 2


def test_leaving_the_line(office, company):
    """A14: who no longer wants to wait takes the run out; the one at work goes on."""
    office.press("Synchronize now")
    office.open("quicksync_connection_change", company.connection.pk)
    office.press("Preview")
    office.press("Cancel")
    says(office, "Cancelled.")
    office.follow("Main office")
    expect(office.page.get_by_text("Next in line:")).to_have_count(0)
    assert sorted(SyncRun.objects.exclude(trigger="setup").values_list("state", flat=True)) == [
        "cancelled",
        "planning",
    ]


def test_a_run_is_cancelled(office, company):
    """B7: what was done stays done, the rest waits for the next run, and nothing is sent twice."""
    gate = threading.Event()
    office.press("Synchronize now")
    with office.working(gate):
        office.see("Syncing changes")
        office.press("Cancel this run")
        says(office, "Cancelled. What is already done stays done.")
        gate.set()
    office.see("The run was cancelled.")
    office.see("Somebody stopped it: admin.")
    assert SyncRun.objects.latest("id").state == "cancelled"
    office.follow("Main office")
    office.press("Synchronize now")
    with office.working():
        office.page.get_by_role("heading", name="Result").wait_for()
    assert len(company.there("Customer")) == 2
    assert len(company.there("Invoice")) == 2


def test_paused_with_the_reason_and_resumed(office, company):
    """B5: nothing moves until somebody resumes, whoever wonders reads why."""
    office.unfold("Connecting, pausing, disconnecting")
    office.page.get_by_label("Why it is paused").fill("Year-end closing")
    office.press("Pause")
    says(office, "Paused. Nothing is synced automatically until you resume.")
    banner(office, "Paused")
    office.see("Year-end closing")
    make.put(next_sync_at=timezone.now() - dt.timedelta(hours=1))
    tasks.dispatch()
    assert tasks.cycle(company.connection.pk) is None
    expect(office.page.locator(".qs-facts").get_by_text("Next run")).to_have_count(0)
    office.press("Resume")
    says(office, "Resumed.")
    banner(office, "Connected")
    office.page.locator(".qs-facts").get_by_text("Next run").wait_for()
    assert tasks.cycle(company.connection.pk)


def test_paused_by_itself_after_failed_runs(office, company, settings):
    """A5, I15: the page says why, what the last run met, and how to go on."""
    settings.QUICKSYNC = {**settings.QUICKSYNC, "PAUSE_AFTER": 2}
    office.sim.fault(
        path="/v3/company", status=400, body={"Fault": {"Error": [{"Message": "Odd", "code": "9"}]}}
    )
    for _ in range(2):
        run = company.sync(trigger="automatic")
        assert run.state == "failed"
    assert tasks.cycle(company.connection.pk) is None
    office.look_again()
    banner(office, "Paused")
    office.see("Paused automatically after 2 failed runs")
    office.page.locator(".qs-rows").get_by_text("QuickBooks refused").first.wait_for()
    office.sim.clear_faults()
    office.press("Resume")
    banner(office, "Connected")
    assert fresh(company.connection).clock.failures == 0
    run = SyncRun.objects.get(pk=tasks.cycle(company.connection.pk))
    assert_adds_up(company.work(run))


def test_by_the_clock_or_by_hand(office, company):
    """B5, B6: the page says what happens by itself and when; by hand nothing does."""
    make.put(next_sync_at=timezone.now() + dt.timedelta(minutes=4))
    office.look_again()
    at = timezone.localtime(fresh(company.connection).clock.next_sync_at)
    office.page.locator(".qs-facts").get_by_text(f"{at:%Y-%m-%d %H:%M}").wait_for()
    office.page.get_by_label("Synchronization:").select_option(
        label="Manual: nothing is synced until you ask"
    )
    office.press("Save")
    says(office, "Saved.")
    office.see("Nothing is synced until you press a button.")
    expect(office.page.locator(".qs-facts").get_by_text("Next run")).to_have_count(0)
    tasks.dispatch()
    assert tasks.cycle(company.connection.pk) is None
    office.press("Synchronize now")
    with office.working():
        office.page.get_by_role("heading", name="Result").wait_for()
    assert len(company.there("Customer")) == 2
    office.follow("Main office")
    office.page.get_by_label("Synchronization:").select_option(label="Automatic")
    office.press("Save")
    office.see("both sides are compared every 5 minutes")
    office.page.locator(".qs-facts").get_by_text("Next run").wait_for()
    assert tasks.cycle(company.connection.pk)
