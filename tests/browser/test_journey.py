"""The first day and the day after, by the buttons that an office manager presses: nothing needs the
shell.
"""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import expect

from quicksync.models import SyncRun
from tests.company import Company

pytestmark = pytest.mark.browser


def books(company):
    """Two clients; one has an invoice."""
    ada, bob = company.client("Ada Lovelace"), company.client("Bob Later")
    return ada, bob, company.invoice(ada, 120, number="A-1", memo="Thank you")


def connect(office):
    """A1, A4: the company is chosen at Intuit, and the way back ends on the connection's page."""
    office.open("quicksync_connection_add")
    office.page.get_by_label("Name").fill("Main office")
    office.press("Save")
    office.see("Not connected yet")
    office.press("Connect")
    office.consent()
    office.see("Nothing is switched on yet")
    office.at_work()
    # The page loads itself again when the reading has ended: loading it here too would be one way
    # against the other.
    office.page.locator("option", has_text="Sales of Product Income").first.wait_for(
        state="attached"
    )
    expect(office.page.locator("[data-progress-url]")).to_have_count(0)


def switch_on(office, *kinds):
    """B1"""
    for kind in kinds:
        office.page.get_by_role("group", name=kind).get_by_label("Keep in sync").check()
    office.press("Save")
    office.see("Saved.")


def test_the_journey_from_connecting_to_getting_an_edit_back(office):
    """A1, B1, B7, B8, I2, I5, I6, I16."""
    connect(office)
    ada, bob, invoice = books(Company(office.sim, office.company.connection))
    switch_on(office, "Customers", "Products and services", "Invoices", "Payments")

    office.press("Preview")
    with office.working():
        office.see("What would happen")
    office.page.get_by_label("Select Bob Later").check()
    office.page.get_by_label("Reason for skipping").fill("Not a client yet")
    office.press("Skip the selected records")
    office.see("1 record skipped.")
    assert not office.company.there("Customer")

    office.press("Approve and synchronize")
    with office.working(gate := threading.Event()):
        office.page.get_by_role("progressbar").wait_for()
        office.see("Syncing changes")
        gate.set()
        office.page.get_by_role("heading", name="Result").wait_for()
    assert [one["DisplayName"] for one in office.company.there("Customer")] == ["Ada Lovelace"]
    assert office.company.partner(invoice)["TotalAmt"] == 120

    office.follow("History")
    office.see("created")
    add_back(office, bob)
    send_and_get(office, invoice)
    assert SyncRun.objects.filter(state="failed").count() == 0
    assert office.company.mapping(ada).state == "in_sync"


def add_back(office, bob):
    """I6: skipped yesterday, wanted today."""
    office.open("quicksync_skippedrecord_changelist")
    office.see("Not a client yet")
    office.page.get_by_role("checkbox", name="Select this object for an action - Bob Later").check()
    office.page.get_by_label("Action:").select_option(label="Add back")
    office.press(re.compile("^(Run|Go)$"))
    office.see("1 record will be added back")
    office.open("quicksync_connection_change", office.company.connection.pk)
    office.press("Synchronize now")
    with office.working():
        office.page.get_by_role("heading", name="Result").wait_for()
    assert office.company.partner(bob)["DisplayName"] == "Bob Later"


def send_and_get(office, invoice):
    """B8: from the invoice's own page, there and back."""
    memo = "Thank you very much"
    type(invoice).objects.filter(pk=invoice.pk).update(memo=memo)
    office.open("books_invoice_change", invoice.pk)
    office.see("In sync")
    office.press("Send to QuickBooks")
    office.see("Sending 1 record to QuickBooks.")
    office.at_work()
    assert office.company.partner(invoice)["CustomerMemo"]["value"] == memo

    there = office.company.partner(invoice)
    office.sim.edit(
        "update", "Invoice", there["Id"], values={"CustomerMemo": {"value": "Paid by cheque"}}
    )
    office.press("Get from QuickBooks")
    office.see("Getting 1 record from QuickBooks.")
    office.at_work()
    office.look_again()
    invoice.refresh_from_db()
    assert invoice.memo == "Paid by cheque"
    office.unfold("Activity")
    office.see("Update here")
