"""Money goes the same way whatever the answer is to what nobody could verify about the live
service.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from quicksync.books.models import InvoiceLine
from quicksync.simulator.accounting.book import Switches
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice", "payment")
# Every answer to each question; the default one needs no trying of its own.
VALUES = {
    "deposits_touch": (False, True),
    "delete_linked": ("refuse", "free"),
    "link_fault": (6000, 620),
    "duplicate_numbers": ("custom", "refuse"),
    "line_without_item": ("text", "default_item"),
    "unknown_currency": ("refuse", "accept"),
    "invoice_link": ("online", "always"),
    "repeated_bids": ("refuse", "run"),
    "missing_bids": ("run", "refuse"),
    "without_accept": ("refuse", "json"),
    "class_without_tracking": ("ignore", "refuse"),
    "deactivate_with_balance": ("allow", "refuse"),
    "one_number_sequence": (True, False),
    "transaction_order": ("newest", "oldest"),
    "orderby_id": ("accept", "ignore", "refuse"),
    "cdc_window_fault": (False, True),
    "cdc_window": ("cut", "all", "refuse"),
    "overpaid_lines": ("refuse", "accept"),
    "attaching_bumps_token": (True, False),
}
SWITCHES = {field.name: field.default for field in fields(Switches)}
ANSWERS = [
    {},
    *(
        {name: value}
        for name in SWITCHES
        for value in VALUES.get(name, ())
        if value != SWITCHES[name]
    ),
]


def settled(company):
    """One run, which leaves nothing over."""
    run = company.sync()
    assert_adds_up(run)
    return run


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_invoices_and_payments_go_through_under_every_answer(answer):
    """Issue 8, 7: made, paid in part, deposited, changed, changed there, taken away; the books
    balance.
    """
    with connected(kinds=KINDS, switches=Switches(**answer)) as company:
        ada = company.client("Ada", email="ada@example.org")
        first, second = company.invoice(ada, 100, 20.5), company.invoice(ada, 50)
        paid = company.receipt(ada, {first: 40, second: 50})
        settled(company)
        assert sorted(one["Balance"] for one in company.there("Invoice")) == [0, 80.5]
        company.sim.edit(
            "update", "Invoice", company.partner(first)["Id"], values={"PrivateNote": "Seen"}
        )
        line = InvoiceLine.objects.filter(invoice=first).earliest("pk")
        line.unit_price = 110
        line.save()
        first.save()
        settled(company)
        there = company.partner(first)
        assert (there["TotalAmt"], there["Balance"], there["PrivateNote"]) == (130.5, 90.5, "Seen")
        rest = company.receipt(ada, {first: 90.5})
        settled(company)
        assert all(one["Balance"] == 0 for one in company.there("Invoice"))
        assert company.sync().counts.get("invoice", {}).get("push") is None
        assert {company.mapping(one).state for one in (ada, first, second, paid, rest)} == {
            "in_sync"
        }
        books = company.sim.ledger()
        assert books["balanced"]
        assert not books["open_invoices"]


def test_every_switch_of_the_simulator_is_tried():
    assert SWITCHES.keys() <= VALUES.keys()
    assert all(default in VALUES[name] for name, default in SWITCHES.items())
