"""Pages on a phone and by keyboard alone, as people use them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from quicksync.models import SyncRun
from tests.company import join

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def previewed(office, intuit):
    """A company with a preview that waits."""
    company = join(intuit, kinds=("customer", "item", "invoice", "payment"))
    company.invoice(
        company.client("Ada Lovelace"), 120, memo="A long message without any spaces: " + "x" * 120
    )
    company.preview()
    return company


def test_pages_fit_a_phone(office, previewed):
    office.page.set_viewport_size(PHONE)
    run = SyncRun.objects.latest("id")
    for name, *args in (
        ("quicksync_connection_change", previewed.connection.pk),
        ("quicksync_syncrun_change", run.pk),
        ("quicksync_syncrun_changelist",),
        ("quicksync_skippedrecord_changelist",),
        ("quicksync_connection_audit",),
        ("quicksync_connection_reconcile", previewed.connection.pk),
    ):
        office.open(name, *args)
        office.page.locator("details").evaluate_all(
            "all => all.forEach(one => { one.open = true })"
        )
        wider = office.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, name


def test_the_lines_of_an_invoice_fit_beside_the_side_bar(office, company):
    invoice = company.invoice(company.client("Ada Lovelace"), 120)
    office.page.set_viewport_size({"width": 1280, "height": 900})
    office.open("books_invoice_change", invoice.pk)
    office.page.locator("#lines-group .field-quantity input").first.wait_for()
    for box in ("html", "#lines-group fieldset"):
        wider = office.page.locator(box).evaluate("box => box.scrollWidth - box.clientWidth")
        assert wider <= 0, box


def test_a_difference_opens_by_keyboard(office, previewed):
    office.open("quicksync_syncrun_change", SyncRun.objects.latest("id").pk)
    row = office.page.locator("section[aria-labelledby=qs-kind-invoice] .qs-row summary").first
    row.focus()
    office.page.keyboard.press("Enter")
    office.page.get_by_role("rowheader", name="Customer").first.wait_for()
    office.page.get_by_label("Select Ada Lovelace").focus()
    office.page.keyboard.press("Space")
    expect(office.page.get_by_label("Select Ada Lovelace")).to_be_checked()


def test_all_shown_rows_are_ticked_at_once(office, previewed):
    office.open("quicksync_syncrun_change", SyncRun.objects.latest("id").pk)
    section = office.page.locator("section[aria-labelledby=qs-kind-customer] .qs-section").first
    section.get_by_label("Select all shown").check()
    expect(office.page.get_by_label("Select Ada Lovelace")).to_be_checked()


def test_a_filter_is_kept_as_a_bookmark_and_chosen(office, previewed):
    """B14: from the invoices' own list to the category."""
    office.go(reverse("admin:books_invoice_changelist") + "?currency__exact=USD")
    office.follow("Save this filter as a bookmark")
    office.page.get_by_label("Name").fill("Dollars")
    office.press("Save")
    office.open("quicksync_connection_change", previewed.connection.pk)
    card = office.page.get_by_role("group", name="Invoices")
    card.get_by_label("Bookmark").select_option(label="Dollars")
    office.press("Save")
    office.see("Saved.")
    assert previewed.connection.categories.get(kind="invoice").bookmark.name == "Dollars"
