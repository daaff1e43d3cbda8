"""Disconnect here and at Intuit, and the addresses at which Intuit drops people, as the office sees
them (A6, A7).
"""

from __future__ import annotations

import pytest
import requests
from django.contrib.auth.models import User
from playwright.sync_api import expect

from quicksync.models import Connection, Operation
from tests.browser import connecting
from tests.browser.connecting import banner, fresh, says

pytestmark = pytest.mark.browser


@pytest.fixture
def synced(office):
    """A connected company with clients and invoices in step; its connection's page is open."""
    company = connecting.joined(office, "customer", "item", "invoice")
    clients = connecting.books(company)
    company.sync()
    office.open("quicksync_connection_change", company.connection.pk)
    return company, clients


def old_access_is_dead(sim, connection):
    """What the connection had opens nothing any more."""
    path = f"{sim.base_url}/v3/company/{connection.realm_id}/companyinfo/{connection.realm_id}"
    answer = requests.get(
        path, headers={"Authorization": f"Bearer {connection.access.access_token}"}, timeout=120
    )
    assert answer.status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": connection.access.refresh_token}
    keys = sim.status()
    answer = requests.post(
        f"{sim.base_url}/oauth2/v1/tokens/bearer",
        form,
        auth=(keys["client_id"], keys["client_secret"]),
        timeout=120,
    )
    assert answer.json()["error"] == "invalid_grant"


def sync_now(office):
    """Synchronize, and watch it to its end."""
    office.press("Synchronize now")
    with office.working():
        office.page.get_by_role("heading", name="Result").wait_for()


def reconnect(office):
    """By the banner, to the same company, until the page shows what was read."""
    connecting.go_to_intuit(office, "Reconnect")
    connecting.consent(office)
    banner(office, "Connected")
    with office.working():
        office.page.locator("[data-progress-url]").wait_for(state="detached")


def test_disconnect_asks_first_keeps_everything_and_reconnecting_resumes(office, synced):
    """A6: token revoked at Intuit, pairs and history kept, the same company resumes without
    doubles.
    """
    company, clients = synced
    before = fresh(company.connection)
    pairs = set(before.mappings.values_list("pk", "remote_id", "state"))
    office.unfold("Connecting, pausing, disconnecting")
    office.follow("Disconnect")
    office.page.get_by_role("heading", name="Disconnect Main office?").wait_for()
    office.see("Pairs, settings and history are kept.")
    office.follow("No, go back")
    banner(office, "Connected")
    assert fresh(before).status == "connected"

    office.unfold("Connecting, pausing, disconnecting")
    office.follow("Disconnect")
    office.press("Yes, disconnect")
    says(office, "Disconnected. Pairs and history are kept.")
    banner(office, "Disconnected")
    office.see("Connect the same company again to continue where it stopped.")
    expect(office.page.get_by_role("button", name="Synchronize now")).to_have_count(0)
    old_access_is_dead(office.sim, before)
    row = fresh(before)
    assert (row.status, row.clock.next_sync_at) == ("disconnected", None)
    assert (row.access.access_token, row.access.refresh_token) == ("", "")
    assert set(row.mappings.values_list("pk", "remote_id", "state")) == pairs
    assert row.runs.count() == before.runs.count()
    office.follow("History")
    office.page.get_by_role("link", name="20").first.wait_for()

    clients[0].phone = "555-0199"
    clients[0].save()
    clients.append(company.client("Client New"))
    office.open("quicksync_connection_change", row.pk)
    reconnect(office)
    sync_now(office)
    connecting.everything_once(company, clients)
    assert company.partner(clients[0])["PrimaryPhone"]["FreeFormNumber"] == "555-0199"


def test_disconnect_while_intuit_is_out_of_reach(office, synced):
    """A6: the access is forgotten here all the same, and the page says what is left to do there."""
    company, _clients = synced
    office.sim.fault(path="/tokens/revoke", drop_before=True)
    office.unfold("Connecting, pausing, disconnecting")
    office.follow("Disconnect")
    office.press("Yes, disconnect")
    banner(office, "Disconnected")
    office.see("Intuit could not be reached: remove the app in QuickBooks too, under My Apps.")
    assert fresh(company.connection).access.refresh_token == ""


def test_disconnected_at_intuit_shows_at_once(office, synced):
    """A6: the landing page asks QuickBooks there and then; the connection does not wait for a run
    to fail.
    """
    company, clients = synced
    runs = fresh(company.connection).runs.count()
    office.sim.disconnect(company.connection.realm_id)
    office.go(f"/quicksync/disconnected/?realmId={company.connection.realm_id}")
    says(office, "Main office was disconnected at Intuit. Pairs, settings and history are kept.")
    banner(office, "Disconnected")
    office.see("It was disconnected at Intuit.")
    row = fresh(company.connection)
    assert (row.status, row.access.refresh_token, row.runs.count()) == ("disconnected", "", runs)
    reconnect(office)
    sync_now(office)
    connecting.everything_once(company, clients)


def test_the_landing_page_alone_disconnects_nothing(office, synced):
    """A6: its address can be opened by anybody; only QuickBooks' answer counts."""
    company, _clients = synced
    office.go("/quicksync/disconnected/")
    says(office, "Nothing was disconnected: this site still has access to QuickBooks.")
    banner(office, "Connected")
    assert fresh(company.connection).status == "connected"
    sync_now(office)


def test_the_landing_page_while_intuit_gives_no_answer(office, synced):
    """A6: nothing is guessed."""
    company, _clients = synced
    office.sim.fault(path="/tokens/bearer", drop_before=True)
    office.go("/quicksync/disconnected/")
    says(office, "Intuit could not be reached just now.")
    assert fresh(company.connection).status == "connected"


def test_the_landing_page_for_somebody_without_an_account(office, synced, admin_user):
    """A6: the bookkeeper who removed the app reads what it means; who may log in goes on from
    there.
    """
    company, _clients = synced
    office.sim.disconnect(company.connection.realm_id)
    office.page.context.clear_cookies()
    office.go(f"/quicksync/disconnected/?realmId={company.connection.realm_id}")
    office.page.get_by_role("heading", name="Disconnected at Intuit").wait_for()
    office.see("nothing is sent or fetched")
    expect(office.page.get_by_text("Main office")).to_have_count(0)
    assert fresh(company.connection).status == "connected", (
        "a stranger's visit asks and changes nothing"
    )
    office.follow("Log in to see the connection")
    sign_in(office, admin_user)
    says(office, "Main office was disconnected at Intuit.")
    assert fresh(company.connection).status == "disconnected"


def test_the_landing_page_for_staff_who_may_not_connect(office, synced):
    """I18: they read what it means and whom to ask."""
    company, _clients = synced
    User.objects.create_user("sam", password="password", is_staff=True)
    office.page.context.clear_cookies()
    office.go("/admin/login/")
    sign_in(office, User.objects.get(username="sam"))
    office.see("Welcome")
    office.go("/quicksync/disconnected/")
    office.see("Somebody who may connect companies here can press Reconnect")
    assert fresh(company.connection).status == "connected"


def sign_in(office, user):
    """On a login page that leads on to somewhere."""
    office.page.get_by_label("Username").fill(user.username)
    office.page.get_by_label("Password").fill("password")
    office.press("Log in")


def test_found_out_by_a_run_before_anybody_came_back(office, synced):
    """A5, A6: the run ends with the reason, the page with the way on; the landing page agrees."""
    company, _clients = synced
    office.sim.disconnect(company.connection.realm_id)
    office.press("Synchronize now")
    with office.working():
        office.see("This site no longer has access to QuickBooks.")
    office.follow("Main office")
    banner(office, "Access expired")
    office.go(f"/quicksync/disconnected/?realmId={company.connection.realm_id}")
    says(office, "This site no longer has access to Main office in QuickBooks. Press Reconnect to")
    banner(office, "Access expired")


def test_launched_from_quickbooks(office, synced, admin_user):
    """A1: to the connection of the company that the person comes from, by way of the login if need
    be.
    """
    company, _clients = synced
    there = f"/quicksync/launch/?realmId={company.connection.realm_id}"
    Connection.objects.create(name="Another", realm_id="77", status="disconnected")
    office.go(there)
    office.page.get_by_role("heading", name="Main office").wait_for()
    office.go("/quicksync/launch/?realmId=123")
    says(office, "The company you come from is not connected here yet.")
    office.page.get_by_role("link", name="Main office").first.wait_for()
    office.page.context.clear_cookies()
    office.go(there)
    sign_in(office, admin_user)
    office.page.get_by_role("heading", name="Main office").wait_for()
    banner(office, "Connected")


def test_sent_to_reconnect(office, synced, admin_user):
    """A16: Intuit's reconnect address is one click away from fresh access, logged in or not."""
    company, _clients = synced
    before = fresh(company.connection)
    office.page.context.clear_cookies()
    office.go(f"/quicksync/reconnect/?realmId={before.realm_id}")
    sign_in(office, admin_user)
    says(office, "Press Reconnect to renew the access")
    office.press("Reconnect")
    connecting.consent(office)
    says(office, "Connected to")
    assert fresh(before).access.version > before.access.version


def test_signing_out_at_intuit_is_apart_from_disconnect(office, synced):
    """A7: the link leads to Intuit's sign-out; the connection and its access stay."""
    company, _clients = synced
    before = company.connection.access.refresh_token
    office.unfold("Connecting, pausing, disconnecting")
    with office.page.context.expect_page() as opened:
        office.page.get_by_role("link", name="Sign out at Intuit").click()
    opened.value.get_by_role("heading", name="You have signed out").wait_for()
    assert opened.value.url.endswith("/app/sign-out")
    row = fresh(company.connection)
    assert row.status == "connected"
    assert row.access.refresh_token == before
    sync_now(office)
    assert not Operation.objects.filter(state__in=Operation.OPEN).exists()
