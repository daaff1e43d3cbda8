"""Access that ends while a run is being worked at, and access that is about to end: seen by who
watches (A5, A16).
"""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.core import mail
from django.utils import timezone
from django_q.models import OrmQ
from playwright.sync_api import expect

from quicksync import tasks
from quicksync.models import Alert, Connection, Operation, SyncRun
from quicksync.sync.access import standing
from tests.browser import connecting
from tests.browser.connecting import banner, fresh, says
from tests.models import make

pytestmark = pytest.mark.browser
NUMBER = 40  # more than one batch


@pytest.fixture
def busy(office, settings, live_server):
    """A company with more to send than one request takes; its connection's page is open."""
    settings.QUICKSYNC = {
        **settings.QUICKSYNC,
        "SITE_URL": live_server.url,
        "ALERT_EMAILS": ["office@example.com"],
    }
    company = connecting.joined(office, "customer", "item", "invoice")
    clients = connecting.books(company, NUMBER)
    office.open("quicksync_connection_change", company.connection.pk)
    return company, clients


def access_ends_with_the_second_batch(sim):
    """One batch gets through; then QuickBooks lets us in no more, and no refresh helps."""
    refused = {
        "Fault": {
            "Error": [{"Message": "AuthenticationFailed", "code": "3200"}],
            "type": "AUTHENTICATION",
        }
    }
    sim.fault(method="POST", path="/batch", nth=2, status=401, body=refused)
    sim.fault(path="/tokens/bearer", invalid_grant=True)


@pytest.mark.parametrize("sync_type", ["automatic", "manual"])
def test_access_ends_in_mid_run_and_everything_goes_on_after_reconnecting(office, busy, sync_type):
    """A5: the run stops with a sentence, banner and mail lead to Reconnect, and what was owed goes
    out exactly once.
    """
    company, clients = busy
    Connection.objects.update(sync_type=sync_type)
    access_ends_with_the_second_batch(office.sim)
    gate = threading.Event()
    office.press("Synchronize now")
    with office.working(gate):
        office.see("Syncing changes")
        gate.set()
        office.see("This site no longer has access to QuickBooks.")
    office.see("Connect the company again; what is waiting is then sent.")
    stopped = SyncRun.objects.latest("id")
    assert (stopped.state, stopped.reason) == ("failed", "no-access")
    made = connecting.created([stopped])
    assert 0 < made < NUMBER
    assert len(company.there("Customer")) == made
    assert not Operation.objects.filter(state="sending").exists()

    office.follow("Main office")
    banner(office, "Access expired")
    office.see("What is waiting is kept, and sent after you reconnect.")
    assert fresh(company.connection).status == "expired"
    assert [task.func() for task in OrmQ.objects.all() if task.func().endswith("alerts")] == [
        "quicksync.tasks.alerts"
    ]
    tasks.alerts()
    [sent] = mail.outbox
    assert (
        "Main office\n  - This site no longer has access to QuickBooks; nothing is sent or fetched."
        in sent.body
    )
    assert "press Reconnect. What is waiting is kept and then sent." in sent.body

    office.sim.clear_faults()
    office.go(re.search(r"http\S+", sent.body)[0])
    connecting.go_to_intuit(office, "Reconnect")
    connecting.consent(office)
    says(office, "Connected to")
    banner(office, "Connected")
    office.see("Next in line: Synchronize now, asked for at")
    with connecting.cluster(company):
        office.page.locator("[data-progress-url]").wait_for(state="detached")
    connecting.everything_once(company, clients)
    runs = fresh(company.connection).runs.exclude(trigger="setup")
    assert [run.state for run in runs] == ["done", "failed"]
    assert connecting.created(runs) == company.connection.mappings.filter(state="in_sync").count()
    expect(office.page.get_by_text("Access expired")).to_have_count(0)
    tasks.alerts()
    assert not Alert.objects.filter(code="access-lost", ended_at=None).exists()


def test_access_that_is_renewed_in_mid_run_is_nobodys_business(office, busy):
    """A16: the hourly token ends while a run is at work; nobody sees anything of it."""
    company, clients = busy
    before = fresh(company.connection)
    gate = threading.Event()
    office.press("Synchronize now")
    with office.working(gate):
        office.see("Syncing changes")
        office.sim.advance(hours=2)
        since = len(office.sim.requests())
        gate.set()
        office.page.get_by_role("heading", name="Result").wait_for()
    office.sim.refresh()
    renewals = [one for one in office.sim.requests(since) if one["path"].endswith("/tokens/bearer")]
    assert len(renewals) == 1
    expect(office.page.get_by_text("no longer has access")).to_have_count(0)
    office.follow("Main office")
    banner(office, "Connected")
    after = fresh(company.connection)
    assert (after.status, after.clock.last_error) == ("connected", "")
    assert after.access.access_token != before.access.access_token
    connecting.everything_once(company, clients)
    assert not mail.outbox


@pytest.mark.parametrize(
    ("days", "title", "subject"),
    [
        (13, "Access ends in 13 days", "Access to QuickBooks ends in 13 days."),
        (6, "Access ends in 6 days", "Access to QuickBooks ends in 6 days."),
        (1, "Access ends in one day", "Access to QuickBooks ends in one day."),
        (0, "Access ends in less than a day", "Access to QuickBooks ends in less than a day."),
    ],
)
def test_warned_in_time(office, settings, live_server, days, title, subject):
    """A16: 14, 7 and 1 days before, a banner and a mail; one click renews it, and both are gone."""
    settings.QUICKSYNC = {
        **settings.QUICKSYNC,
        "SITE_URL": live_server.url,
        "ALERT_EMAILS": ["office@example.com"],
    }
    connection = connecting.joined(office).connection
    assert tasks.alerts() == 0
    make.put(reconnect_by=timezone.now() + dt.timedelta(days=days, hours=3))
    assert tasks.alerts() == 1
    [sent] = mail.outbox
    assert sent.subject == f"QuickBooks: Main office: {subject}"
    office.go(re.search(r"http\S+", sent.body)[0])
    banner(office, title)
    office.see("Connect again now; nothing is lost and syncing continues.")
    connecting.go_to_intuit(office, "Reconnect")
    connecting.consent(office)
    says(office, "Connected to")
    banner(office, "Connected")
    assert standing.of([connection.pk])[connection.pk].days_left > 90
    assert tasks.alerts() == 0
    assert len(mail.outbox) == 1


def test_fifteen_days_are_no_warning(office):
    """A16: nobody is bothered before it is time."""
    connection = connecting.joined(office).connection
    office.open("quicksync_connection_change", connection.pk)
    make.put(reconnect_by=timezone.now() + dt.timedelta(days=15, hours=3))
    office.look_again()
    banner(office, "Connected")
    office.page.locator(".qs-facts").get_by_text("15 days left").wait_for()
