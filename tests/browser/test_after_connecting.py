"""The minute after connecting: the first reading ends while somebody fills in the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import books
from tests.company import Company

pytestmark = pytest.mark.browser


def connected(office):
    """Back from Intuit, with the first reading still to come."""
    office.open("quicksync_connection_add")
    office.page.get_by_label("Name").fill("Main office")
    office.press("Save")
    office.press("Connect")
    office.consent()
    office.see("Changes are sent within seconds")


def test_what_somebody_has_ticked_stays_when_the_run_ends(office):
    """A4, A13: the page is neither left nor loaded again under somebody's hands."""
    connected(office)
    where = office.page.url
    box = office.page.get_by_role("group", name="Customers").get_by_label("Keep in step")
    box.check()
    office.at_work()
    office.see("The run has ended.")
    assert office.page.url == where
    expect(box).to_be_checked()
    books(Company(office.sim, office.company.connection))
    office.press("Save")
    office.see("Saved.")
    assert office.company.connection.categories.get(kind="customer").enabled


def test_an_untouched_page_shows_by_itself_what_was_read(office):
    """A13: the company's name and accounts are there without a click."""
    connected(office)
    where = office.page.url
    expect(office.page.locator("[data-progress-url]")).to_have_count(1)
    office.at_work()
    office.page.locator("option", has_text="Sales of Product Income").first.wait_for(state="attached")
    assert office.page.url == where
    expect(office.page.locator("[data-progress-url]")).to_have_count(0)


def test_a_press_is_not_undone_by_the_run_that_ends_meanwhile(office):
    """A14: the page does not load itself again while the answer to a button is on its way."""
    connected(office)
    held = []
    office.page.route("**/pause/", lambda route: held.append(route))
    office.page.get_by_text("Connecting, pausing, disconnecting").click()
    office.page.get_by_role("button", name="Pause", exact=True).click(no_wait_after=True)
    office.at_work()
    with office.page.expect_response("**/progress/"):
        pass
    with office.page.expect_response("**/progress/"):
        pass
    held[0].continue_()
    office.see("Paused: nothing moves until you resume")
