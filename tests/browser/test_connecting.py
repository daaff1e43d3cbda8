"""Connecting, seen by the person who does it: there and back, refusals with their sentences, and
what is stored.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from quicksync.models import Connection, SyncRun
from tests.browser import connecting
from tests.browser.connecting import (
    banner,
    consent,
    fresh,
    go_to_intuit,
    new_connection,
    nothing_stored,
    says,
)
from tests.company import Company

pytestmark = pytest.mark.browser


def test_a_company_is_chosen_among_several(office):
    """A1, A4: button, consent page, choice, and back on the connection's page, which tells which
    company it is.
    """
    office.sim.add_company(company="empty", country="CA", name="Maple Lawns")
    connection = new_connection(office)
    go_to_intuit(office)
    expect(office.page.get_by_role("radio")).to_have_count(2)
    consent(office, "Maple Lawns")
    says(office, "Connected to Maple Lawns.")
    banner(office, "Connected")
    assert office.page.url.endswith(f"/connection/{connection.pk}/change/")

    with office.working():
        office.page.locator(".qs-facts", has_text="Home currency CAD").wait_for()
    facts = office.page.locator(".qs-facts")
    for line in (
        "Company Maple Lawns",
        "Country CA",
        "Home currency CAD",
        "Environment Production",
    ):
        facts.get_by_text(line).wait_for()
    office.see("Access")
    row = fresh(connection)
    assert (row.status, row.company_name, row.country, row.home_currency) == (
        "connected",
        "Maple Lawns",
        "CA",
        "CAD",
    )
    assert row.access.access_token
    assert row.access.refresh_token
    assert [(run.trigger, run.state) for run in row.runs.all()] == [("setup", "done")]


def test_denied_at_intuit(office):
    """A1: a sentence, nothing stored, and the way on still stands there."""
    connection = new_connection(office)
    go_to_intuit(office)
    office.press("Cancel")
    says(office, "Nothing was connected: access was not granted at Intuit.")
    banner(office, "Not connected yet")
    nothing_stored(connection)
    go_to_intuit(office)


def test_another_company_on_reconnect_is_refused_and_the_right_one_goes_on(office):
    """A6: the sentence names the company that belongs; nothing changed; the right one takes up what
    was owed.
    """
    office.sim.add_company(company="empty", name="Somebody Else")
    connection = connecting.connect(office)
    company = Company(office.sim, connection)
    company.enable("customer", "item", "invoice")
    Connection.objects.filter(pk=connection.pk).update(status="expired")
    before = fresh(connection)
    clients = connecting.books(company)

    office.look_again()
    banner(office, "Access expired")
    go_to_intuit(office, "Reconnect")
    consent(office, "Somebody Else")
    says(office, f"Main office belongs to {before.company_name} in QuickBooks.")
    banner(office, "Access expired")
    after = fresh(connection)
    same = ("status", "realm_id", "company_name")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.access.access_token == before.access.access_token
    assert after.access.version == before.access.version
    assert not after.runs.filter(pk__gt=before.runs.latest("id").pk).exists()

    go_to_intuit(office, "Reconnect")
    consent(office, before.company_name)
    says(office, f"Connected to {before.company_name}.")
    banner(office, "Connected")
    with office.working():
        office.page.locator("[data-progress-url]").wait_for(state="detached")
    office.press("Synchronize now")
    with office.working():
        office.page.get_by_role("heading", name="Result").wait_for()
    connecting.everything_once(company, clients)


def test_a_company_that_another_connection_has(office):
    """A8: one company never has two live connections; the sentence names the one that has it."""
    first = connecting.connect(office, "Main office")
    second = new_connection(office, "Branch")
    go_to_intuit(office)
    consent(office)
    says(office, "already connected on this site, by “Main office”")
    banner(office, "Not connected yet")
    nothing_stored(second)
    assert fresh(first).access.refresh_token == first.access.refresh_token
    assert office.sim.api("GET", f"companyinfo/{first.realm_id}")


def test_self_employed_is_refused(office):
    """A3: with the reason in words, and what would do."""
    office.sim.add_company(
        company="empty", name="Ann Freelance", offering="QuickBooks Self-Employed"
    )
    connection = new_connection(office)
    go_to_intuit(office)
    consent(office, "Ann Freelance")
    says(office, "Ann Freelance uses QuickBooks Self-Employed")
    says(office, "A company on Simple Start or higher can be connected.")
    banner(office, "Not connected yet")
    nothing_stored(connection)


def test_keys_of_the_other_environment_are_told_before_leaving(office, settings):
    """A4: nobody is sent to Intuit to come back with access that is of no use."""
    connection = new_connection(office)
    settings.QUICKSYNC = {**settings.QUICKSYNC, "INTUIT_BASE": "", "ENVIRONMENT": "sandbox"}
    office.lead(office.page.locator(".qs-banner").get_by_role("button", name="Connect", exact=True))
    says(
        office,
        "The app keys belong to Intuit's sandbox environment, this connection to production.",
    )
    nothing_stored(connection)


def test_access_is_granted_but_the_company_refuses(office):
    """A4: the mix-up that only shows at the company itself."""
    connection = new_connection(office)
    go_to_intuit(office)
    office.sim.fault(
        path="/v3/company",
        status=403,
        body={"Fault": {"Error": [{"code": "3100"}], "type": "SERVICE"}},
    )
    consent(office)
    says(office, "Intuit granted access, but the company refuses it.")
    banner(office, "Not connected yet")
    nothing_stored(connection)


def test_a_way_back_that_was_used_already(office):
    """A4: going back in the browser's history and on again connects nothing twice."""
    connection = new_connection(office)
    go_to_intuit(office)
    ways = []
    office.page.on(
        "request", lambda request: ways.append(request.url) if "/callback/" in request.url else None
    )
    consent(office)
    banner(office, "Connected")
    before = fresh(connection)
    office.go(ways[0])
    says(office, "This link back from Intuit has been used before")
    banner(office, "Connected")
    assert fresh(connection).access.version == before.access.version
    assert SyncRun.objects.count() == 1


def test_a_way_back_that_another_browser_began(office, admin_user):
    """A4: a way back is good in the session that began it; logging in on the way leads to a
    sentence, not to access.
    """
    connection = new_connection(office)
    go_to_intuit(office)
    office.page.context.clear_cookies()
    consent(office)
    office.see("Log in")
    office.page.get_by_label("Username").fill(admin_user.username)
    office.page.get_by_label("Password").fill("password")
    office.press("Log in")
    says(office, "was not started in this browser")
    nothing_stored(connection)


def test_a_way_back_after_more_than_ten_minutes(office, monkeypatch):
    """A4: somebody went for lunch at Intuit's page."""
    connection = new_connection(office)
    go_to_intuit(office)
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)
    consent(office)
    says(office, "more than ten minutes old")
    nothing_stored(connection)
    monkeypatch.undo()
    banner(office, "Not connected yet")
    go_to_intuit(office)
    consent(office)
    banner(office, "Connected")


def test_intuit_out_of_reach_on_the_way_back(office):
    """A4: tried again in a minute, with nothing half stored."""
    connection = new_connection(office)
    go_to_intuit(office)
    office.sim.fault(path="/tokens/bearer", drop_before=True)
    consent(office)
    says(office, "Intuit could not be reached just now.")
    banner(office, "Not connected yet")
    nothing_stored(connection)
