"""The minute after connecting: the first reading ends while somebody fills in the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from quicksync.books.models import Client, Invoice, InvoiceLine, Product, TaxCode
from tests.browser.test_journey import books
from tests.company import Company

pytestmark = pytest.mark.browser
GARDENS = "Orchard Lane Gardens"


def connected(office, company=""):
    """Back from Intuit, the first reading still to come; `company` is the one to choose there."""
    office.open("quicksync_connection_add")
    office.page.get_by_label("Name").fill("Main office")
    office.press("Save")
    office.press("Connect")
    if company:
        office.page.get_by_label(company).check()
    office.consent()
    office.see("Nothing is switched on yet")


def test_what_somebody_has_ticked_stays_when_the_run_ends(office):
    """A4, A13: the page is neither left nor loaded again under somebody's hands."""
    connected(office)
    where = office.page.url
    box = office.page.get_by_role("group", name="Customers").get_by_label("Keep in sync")
    box.check()
    office.at_work()
    office.see("The run has finished.")
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
    office.page.locator("option", has_text="Sales of Product Income").first.wait_for(
        state="attached"
    )
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
    office.see("Paused: nothing is synced automatically until you resume")


@pytest.fixture
def rich(intuit):
    """The consent page leads to a British company with several currencies and classes."""
    return intuit.add_company(company="sample", country="GB", multicurrency=True, name=GARDENS)


def first_page(office):
    """Connected, and the first reading done."""
    connected(office, GARDENS)
    office.at_work()
    office.page.get_by_text("Next: choose what to keep in sync").wait_for()


def test_a9_a10_the_first_page_says_what_was_read_and_where_currencies_differ(office, rich):
    """Both lists stand beside each other; what uses an unknown currency stays off until QuickBooks
    knows it.
    """
    Client.objects.create(name="Ada", currency="SEK")
    first_page(office)
    for words in (
        "United Kingdom (GB)",
        "One on each line",
        "VAT or GST: a tax code on each line",
        "Yes: CAD, EUR",
    ):
        office.see(words)
    office.see("Not in QuickBooks: SEK")
    office.follow("Choose a preset")
    office.press("Start with “Recommended”")
    office.see("Here: SEK. In QuickBooks: CAD, EUR, GBP, USD.")
    assert not office.company.connection.categories.get(kind="customer").enabled
    office.sim.edit("create", "CompanyCurrency", values={"Code": "SEK"}, realm=rich["realm_id"])
    office.press("Read again")
    office.at_work()
    office.open("quicksync_connection_preset", office.company.connection.pk)
    office.press("Start with “Recommended”")
    assert office.company.connection.categories.get(kind="customer").enabled


def test_a13_h10_codes_are_settled_in_one_click_and_a_preview_runs(office, rich):
    """A13: a preset and a preview are all that is left to do; what is unsure is asked."""
    TaxCode.objects.create(code="20.0% S", rate=20)
    TaxCode.objects.create(code="Reduced", rate=5)
    client = Client.objects.create(name="Ada", currency="GBP")
    made = Invoice.objects.create(client=client, number="N-1", currency="GBP")
    product = Product.objects.create(name="Advice")
    InvoiceLine.objects.create(
        invoice=made, product=product, unit_price=100, tax_code=TaxCode.objects.get(code="Reduced")
    )
    first_page(office)
    office.follow("Choose a preset")
    office.press("Start with “Recommended”")
    office.press("Preview")
    office.at_work()
    office.look_again()
    office.see("The tax code Reduced is not mapped to one in QuickBooks.")
    office.follow("Map this code")
    office.press("5.0% R")
    office.see("Reduced is mapped.")
    office.open("quicksync_connection_change", office.company.connection.pk)
    office.press("Preview")
    run = office.at_work()
    assert not run.operations.filter(action="hold", reason="tax-code-unmapped").exists()
    assert run.operations.filter(kind="invoice", direction="push", action="create").count() == 1
