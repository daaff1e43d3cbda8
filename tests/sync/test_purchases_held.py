"""Bills that are held, and bills that are left alone (E3, F4, F9, X28)."""

from __future__ import annotations

import pytest

from tests.company import assert_adds_up
from tests.host.fixtures import shop, shop_tables
from tests.host.models import Patron
from tests.sync.test_purchases import OFFICE, company, debt, gone, look, supplier

__all__ = ["company", "shop", "shop_tables"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_line_that_is_charged_to_nobody_is_held_before_it_is_sent_e3(company):
    owed = debt(supplier(), OFFICE | {"charged": True})
    assert_adds_up(look(company))
    held = company.mapping(owed)
    assert (held.state, held.reason) == ("held", "billable-without-customer")
    owed.rows.update(for_whom=Patron.objects.create(full_name="Grace"))
    assert_adds_up(look(company))
    assert company.mapping(owed).state == "in_sync"


def test_what_cannot_be_voided_there_is_left_alone_until_somebody_says_delete_f4(company):
    categories = company.connection.categories.all()
    chosen = {one.kind: str(one.options.on_delete_here) for one in categories}
    assert (chosen["bill"], chosen["credit_note"]) == ("nothing", "nothing")
    assert (chosen["vendor"], chosen["payment"]) == ("void", "void")
    owed = debt(supplier(), OFFICE)
    look(company)
    mapping = gone(company, owed)
    assert_adds_up(look(company))
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("gone", "deletion-not-followed")
    assert len(company.there("Bill")) == 1


def pay(company, owed, amount=50.25):
    """A bookkeeper pays a bill by check."""
    there = company.partner(owed)
    company.sim.api(
        "POST",
        "billpayment",
        {
            "VendorRef": there["VendorRef"],
            "PayType": "Check",
            "TotalAmt": amount,
            "CheckPayment": {
                "BankAccountRef": {"value": company.one("Account", "Name = 'Checking'")["Id"]}
            },
            "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": there["Id"], "TxnType": "Bill"}]}],
        },
    )


def test_a_bill_is_sent_until_a_payment_is_attached_f9(company):
    owed = debt(supplier(), OFFICE)
    company.enable("bill", until_paid=True)
    look(company)
    owed.note = "before"
    owed.save()
    assert_adds_up(look(company))
    assert company.partner(owed)["PrivateNote"] == "before"
    pay(company, owed, 20)
    owed.note = "after"
    owed.save()
    assert_adds_up(look(company))
    held = company.mapping(owed)
    assert (held.state, held.reason) == ("held", "paid-document")
    assert company.partner(owed)["PrivateNote"] == "before"


def test_a_paid_bill_stays_x28(company):
    owed = debt(supplier(), OFFICE)
    look(company)
    pay(company, owed)
    look(company)
    company.enable("bill", on_delete_here="delete")
    mapping = gone(company, owed)
    assert_adds_up(look(company))
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("held", "paid-document")
