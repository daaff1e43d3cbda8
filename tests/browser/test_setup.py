"""From no keys at all to a company in step, by the set-up page alone: nothing but an address stands
in the settings.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quicksync.models import Connection, StoredKeys, SyncRun
from quicksync.sync.runs import starting
from tests.browser.connecting import banner, consent, go_to_intuit, new_connection, says
from tests.crash import processes
from tests.models import make
from tests.tree import ROOT

pytestmark = pytest.mark.browser
RENEWED = "secret-that-was-renewed-at-intuit"


@pytest.fixture
def unkeyed(office, settings):
    """The site knows where Intuit is, and has no keys."""
    settings.QUICKSYNC = {"INTUIT_BASE": office.sim.base_url}
    return office


def enter(office, **values):
    """Type keys into the card of the simulator, and save."""
    for label, value in values.items():
        office.page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    office.press("Save and test")


def worker(office, run):
    """A process of its own works the run to its end; its environment names no keys."""
    around = processes.environment() | {"QUICKSYNC_INTUIT_BASE": office.sim.base_url}
    for name in ("QUICKSYNC_CLIENT_ID", "QUICKSYNC_CLIENT_SECRET"):
        around.pop(name, None)
    command = [sys.executable, "-m", "tests.crash.worker", str(run.pk)]
    subprocess.run(
        command,
        cwd=ROOT,
        env=around,
        capture_output=True,
        text=True,
        timeout=processes.PATIENCE,
        check=False,
    )
    run.refresh_from_db()
    return run


def test_a1_from_no_keys_to_a_company_in_step(unkeyed):
    """A1, X40: told what is missing, wrong keys refused, right ones tested and used, by worker
    processes too.
    """
    office = unkeyed
    status = office.sim.status()
    office.open("quicksync_connection_setup")
    office.see("This site talks to a simulator, not to Intuit.")
    expect(office.page.get_by_text("Missing")).to_have_count(2)

    connection = new_connection(office)
    office.press("Connect")
    says(office, "The keys of your app at Intuit are missing.")
    office.lead(office.page.locator(".messagelist").get_by_role("link", name="Set-up"))

    enter(office, Client_ID=status["client_id"], Client_secret="not-the-secret")
    says(office, "Nothing was stored. Intuit does not know these app keys.")
    assert not StoredKeys.objects.exists()
    enter(office, Client_ID=status["client_id"], Client_secret=status["client_secret"])
    says(office, "Stored. Intuit knows these keys.")
    assert office.page.get_by_label("Client secret", exact=True).input_value() == ""
    assert status["client_secret"] not in office.page.content()

    office.follow("Connect Main office")
    go_to_intuit(office)
    consent(office)
    banner(office, "Connected")
    run = worker(office, SyncRun.objects.latest("id"))
    assert (run.state, run.trigger) == ("done", "setup")
    office.page.locator(".qs-facts").get_by_text("Home currency").wait_for()
    assert Connection.objects.get(pk=connection.pk).company_name

    renewed_at_intuit(office, connection)


def renewed_at_intuit(office, connection):
    """The secret is renewed at Intuit: a run says so; entered on the page, it serves the very next
    process.
    """
    office.sim.site.client_secret = RENEWED
    connection.refresh_from_db()
    run = worker(office, a_run_with_old_access(connection))
    assert (run.state, run.reason) == ("failed", "keys-refused")
    office.open("quicksync_syncrun_change", run.pk)
    office.see("The keys of the app at Intuit do not work.")
    office.follow("Open Set-up")
    office.press("Test the keys")
    says(office, "Intuit does not know these app keys.")
    enter(office, Client_secret=RENEWED)
    says(office, "Stored. Intuit knows these keys.")
    connection.refresh_from_db()
    assert worker(office, a_run_with_old_access(connection)).state == "done"


def a_run_with_old_access(connection):
    """Its first request has to ask Intuit for a fresh token."""
    make.put(connection, access_expires_at=timezone.now())
    return starting.start(connection, trigger=SyncRun.Trigger.MANUAL)


def test_a1_addresses_are_copied_by_a_button(unkeyed):
    """A1: letter by letter, without a slip of the mouse."""
    office = unkeyed
    office.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # The word goes after a moment: that moment lasts until it has been seen.
    office.page.clock.install()
    office.open("quicksync_connection_setup")
    office.page.clock.pause_at(timezone.now() + dt.timedelta(hours=1))
    office.unfold("What to enter at Intuit")
    row = office.page.get_by_role("row", name="Redirect URI")
    row.get_by_role("button", name="Copy").click()
    row.get_by_role("button", name="Copied").wait_for()
    office.page.clock.fast_forward("01:00")
    row.get_by_role("button", name="Copy", exact=True).wait_for()
    copied = office.page.evaluate("navigator.clipboard.readText()")
    assert copied == row.locator("code").inner_text()
    assert copied.endswith("/quicksync/callback/")


def test_keys_are_removed_by_two_clicks(unkeyed):
    """A1: what is removed is gone at once, and the audit says who did it."""
    office = unkeyed
    status = office.sim.status()
    office.open("quicksync_connection_setup")
    enter(
        office,
        Client_ID=status["client_id"],
        Client_secret=status["client_secret"],
        Webhook_verifier_token="v" * 32,
    )
    says(office, "Stored.")
    office.unfold("Remove what was entered here")
    office.press("Remove the keys")
    says(office, "The keys were removed.")
    row = StoredKeys.objects.get()
    assert (row.client_id, row.client_secret, row.webhook_verifier) == ("", "", "")
    office.follow("Changes of settings")
    office.page.get_by_text("Client secret: removed").wait_for()
    office.page.get_by_text("Client secret: entered").wait_for()


def test_the_page_fits_a_phone(unkeyed):
    """I17"""
    unkeyed.page.set_viewport_size({"width": 390, "height": 844})
    unkeyed.open("quicksync_connection_setup")
    unkeyed.page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    wider = unkeyed.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0
