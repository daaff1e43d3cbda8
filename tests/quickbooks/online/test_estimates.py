"""Estimates as QuickBooks Online JSON, and the link of the invoice that is made of one (F18)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.exceptions import BadValue
from quicksync.records import Estimate, Invoice, Ref, SalesLine
from tests.quickbooks.online.make import EDITION, US, body, golden, item, remote

DAY = dt.date(2026, 3, 14)
ADA = Ref("customer", "7")
LINES = (
    SalesLine(
        id="a",
        item=Ref("item", "5"),
        description="Roses",
        quantity=Decimal(2),
        unit_price=Decimal(20),
        amount=Decimal("40.00"),
    ),
)
TIME = {"TxnId": "21", "TxnType": "TimeActivity", "TxnLineId": "1"}
PAID = {"TxnId": "8", "TxnType": "Payment"}
OFFER = {"TxnId": "9", "TxnType": "Estimate"}


def estimate(**values):
    return Estimate(**{"number": "E-1", "customer": ADA, "issued_on": DAY, "lines": LINES} | values)


def invoice(**values):
    return Invoice(**{"number": "1", "customer": ADA, "issued_on": DAY, "lines": LINES} | values)


def there(**values):
    return remote("Estimate", {"Id": "9", "SyncToken": "3", "CustomerRef": {"value": "7"}} | values)


def billed(*links):
    shown = {"Id": "10", "SyncToken": "3", "CustomerRef": {"value": "7"}, "LinkedTxn": list(links)}
    return remote("Invoice", shown)


def read(shown):
    return EDITION.decode(shown, US)


def test_a_new_estimate_carries_what_is_filled_and_nothing_else():
    record = estimate(
        status="accepted",
        expires_on=dt.date(2026, 4, 13),
        accepted_by="Ada",
        accepted_on=dt.date(2026, 3, 20),
        discount_percent=Decimal(10),
        email="a@b.c",
        memo="Thanks",
        private_note="call",
        total=Decimal(36),
    )
    golden("estimate-create", EDITION.body(item(record), US))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pending", "pending"),
        ("Accepted", "accepted"),
        ("Closed", "closed"),
        ("Converted", "closed"),
        ("Rejected", "rejected"),
    ],
)
def test_what_has_become_of_it(word, status):
    assert read(there(TxnStatus=word)).status == status


def test_a_status_that_nobody_knows_makes_it_unreadable():
    """It is held with the word, and is not taken for another one."""
    with pytest.raises(BadValue, match=r"Status.*Revised"):
        read(there(TxnStatus="Revised"))


def test_when_it_expires_and_who_accepted_it():
    found = read(
        there(ExpirationDate="2026-04-13", AcceptedBy="Ada", AcceptedDate="2026-03-20", TotalAmt=5)
    )
    assert (found.expires_on, found.accepted_by) == (dt.date(2026, 4, 13), "Ada")
    assert (found.accepted_on, found.total) == (dt.date(2026, 3, 20), 5)


@pytest.mark.parametrize(
    ("links", "invoiced"),
    [
        ([], False),
        ([{"TxnId": "10", "TxnType": "Invoice"}], True),
        ([PAID, "odd"], False),
        ("", False),
    ],
)
def test_whether_it_is_invoiced(links, invoiced):
    assert read(there(LinkedTxn=links)).invoiced is invoiced


def test_nobody_closes_it_from_here():
    assert "TxnStatus" not in body(estimate(status="closed"))["Estimate"]
    sent = body(estimate(status="closed"), action="update", remote=there(TxnStatus="Pending"))
    assert "TxnStatus" not in sent["Estimate"]


def test_nor_opens_it_again():
    sent = body(estimate(status="accepted"), action="update", remote=there(TxnStatus="Closed"))
    assert "TxnStatus" not in sent["Estimate"]
    sent = body(estimate(status="accepted"), action="update", remote=there(TxnStatus="Pending"))
    assert sent["Estimate"]["TxnStatus"] == "Accepted"


def test_it_can_be_deleted_and_neither_voided_nor_made_inactive():
    assert EDITION.can.takes_back("estimate") == {"delete"}
    assert body(estimate(), action="delete", remote=there())["operation"] == "delete"


def test_its_page():
    assert "estimate?txnId=9" in EDITION.link("1", "Estimate", "9")


# --- The link -------------------------------------------------------------------------------------


def test_a_new_invoice_names_its_estimate():
    assert body(invoice(estimate=Ref("estimate", "9")))["Invoice"]["LinkedTxn"] == [OFFER]
    assert "LinkedTxn" not in body(invoice())["Invoice"]


def test_an_update_that_is_not_about_it_says_nothing_of_it():
    made = invoice(estimate=Ref("estimate", "9"), private_note="x")
    sent = body(made, action="update", remote=billed(OFFER, TIME), fields={"private_note", "lines"})
    assert "LinkedTxn" not in sent["Invoice"]


def change(wanted, *links):
    made = invoice(estimate=Ref("estimate", wanted) if wanted else None)
    sent = body(made, action="update", remote=billed(*links), fields={"estimate"})["Invoice"]
    assert sent.keys() == {"Id", "SyncToken", "sparse", "LinkedTxn"}
    return sent["LinkedTxn"]


def test_links_that_are_none_of_ours_go_back_as_they_came_f17():
    assert change("9", TIME, PAID) == [OFFER, TIME, PAID]
    assert change("", TIME, OFFER, PAID) == [TIME, PAID]
    assert change("12", OFFER, TIME) == [{"TxnId": "12", "TxnType": "Estimate"}, TIME]
    assert change("9", OFFER | {"TxnLineId": "2"}, TIME) == [OFFER | {"TxnLineId": "2"}, TIME]


def test_of_several_estimates_in_one_invoice_it_is_the_first():
    other = {"TxnId": "12", "TxnType": "Estimate"}
    assert read(billed(TIME, OFFER, other)).estimate == Ref("estimate", "9")
    assert change("9", OFFER, other) == [OFFER, other]


def test_what_is_no_link_makes_no_invoice_unreadable():
    assert read(billed("odd", {"TxnType": "Estimate"}, 7)).estimate is None
    assert (
        read(remote("Invoice", {"Id": "1", "SyncToken": "0", "LinkedTxn": "odd"})).estimate is None
    )
