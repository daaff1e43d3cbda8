"""Which writes raise a token and move a time; numbers are those of the review of fidelity."""

from __future__ import annotations

import json

import pytest

from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.company import select
from quicksync.simulator.company.query import parse
from quicksync.simulator.site.site import Options, Site
from tests.simulator.accounting.recorded import ESTIMATE, deposited, stamp
from tests.simulator.wire import Api, cost, sale, settles


@pytest.fixture
def own(sim):
    """A company in a simulator of the test's own, whose clock may be moved."""
    return Api(sim)


def written(books):
    """Something of every kind, and a write that says what stands there already, sparse or whole."""
    customer = books.customer("Twice", Notes="x", BillAddr={"Line1": "1 Road", "City": "Town"})
    account = books.create("Account", Name="Twice", AccountType="Expense")
    order = books.create(
        "PurchaseOrder", Line=[cost(account["Id"], 5)], VendorRef={"value": books.vendor()["Id"]}
    )
    invoice = books.invoice(customer, 100, BillAddr={"Line1": "2 Road"})
    payment = books.pay(customer, 30, (invoice, 30))
    cells = order["Line"][0]["AccountBasedExpenseLineDetail"]
    line = {"Id": "1", "DetailType": "AccountBasedExpenseLineDetail", "Amount": 5}
    line["AccountBasedExpenseLineDetail"] = {"AccountRef": cells["AccountRef"]}
    whole = {"sparse": False, "VendorRef": order["VendorRef"], "Line": [line]}
    return [
        ("Account", account, {"Name": "Twice"}),
        ("Customer", customer, {"Notes": "x", "BillAddr": {"Line1": "1 Road", "City": "Town"}}),
        ("Item", books.item("Twice"), {"Name": "Twice"}),
        (
            "Invoice",
            invoice,
            {"BillAddr": {"Line1": "2 Road"}, "CustomerRef": {"value": customer["Id"]}},
        ),
        (
            "Payment",
            payment,
            {"TotalAmt": 30, "CustomerRef": {"value": customer["Id"]}, "Line": payment["Line"]},
        ),
        ("PurchaseOrder", books.update("PurchaseOrder", order, **whole), whole),
    ]


def test_a_write_that_changes_nothing_keeps_token_and_time(own):
    """fidelity 1.2: 5 of 5 recorded, active records among them, one written whole."""
    for name, doc, same in written(own):
        before = own.read(name, doc["Id"])
        own.sim.advance(seconds=100)
        assert stamp(own.update(name, before, **same)) == stamp(before), name
        assert stamp(own.read(name, doc["Id"])) == stamp(before), name
        assert (
            own.rows(f"select * from {name} where Id = '{doc['Id']}'")[0]["SyncToken"]
            == before["SyncToken"]
        )


def test_a_write_that_changes_something_raises_the_token_by_one(books):
    """fidelity 1.2: the other side of it."""
    account = books.create("Account", Name="Once", AccountType="Expense")
    assert books.update("Account", account, Name="Other")["SyncToken"] == "1"
    invoice = books.invoice(books.customer(), 100)
    assert (
        books.update("Invoice", invoice, Line=[{**invoice["Line"][0], "Amount": 90}])["SyncToken"]
        == "1"
    )


def test_a_write_that_changes_nothing_tells_nobody():
    """fidelity 1.2: neither the change feed nor a webhook has anything to tell."""
    company = next(iter(Site(Options(company="empty")).companies.values()))
    term = json.loads(company.write(entities()["Term"], {"Name": "Net 7", "DueDays": 7}, {}))[
        "Term"
    ]
    company.book.events.clear()
    same = {"Id": term["Id"], "SyncToken": "0", "sparse": True, "DueDays": 7}
    company.write(entities()["Term"], same, {})
    assert company.book.events == []
    company.write(entities()["Term"], same | {"DueDays": 8}, {})
    assert [event.operation for event in company.book.events] == ["Update"]


def test_a_deposit_does_not_touch_what_it_brings_to_the_bank(own):
    """fidelity 1.3: 6 of 6 payments in deposits at token 0, last changed when created."""
    customer = own.customer()
    payment = own.pay(customer, 30)
    receipt = own.create("SalesReceipt", CustomerRef={"value": customer["Id"]}, Line=[sale(10)])
    own.sim.advance(seconds=100)
    deposit = deposited(own, ("Payment", payment), ("SalesReceipt", receipt))
    for name, doc in (("Payment", payment), ("SalesReceipt", receipt)):
        after = own.read(name, doc["Id"])
        assert stamp(after) == stamp(doc)
        assert after["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    changed = own.changes("Payment,SalesReceipt", deposit["MetaData"]["CreateTime"])
    assert changed == [{}]
    own.delete("Deposit", deposit)
    assert "LinkedTxn" not in own.read("Payment", payment["Id"])


def test_an_invoice_moves_the_time_of_its_estimate_and_not_its_token(own):
    """fidelity 1.3: 4 of 4 estimates at token 0, time of last change = the invoice's creation."""
    customer = own.customer()
    estimate = own.create(ESTIMATE, CustomerRef={"value": customer["Id"]}, Line=[sale(10)])
    own.sim.advance(seconds=100)
    invoice = own.invoice(customer, 10, LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": ESTIMATE}])
    after = own.read(ESTIMATE, estimate["Id"])
    assert stamp(after) == ("0", invoice["MetaData"]["CreateTime"])
    assert (after["TxnStatus"], after["LinkedTxn"][0]["TxnId"]) == ("Closed", invoice["Id"])


def test_payments_touch_invoices_and_bill_payments_bills(own):
    """fidelity 1.3: 10 of 10 bills at token 1 with the time of their bill payment."""
    customer, vendor = own.customer(), own.vendor()
    invoice, bill = own.invoice(customer, 50), own.bill(vendor)
    own.sim.advance(seconds=100)
    payment = own.pay(customer, 20, (invoice, 20))
    card = own.create("Account", Name="Card", AccountType="Credit Card")
    paid = own.create(
        "BillPayment",
        VendorRef={"value": vendor["Id"]},
        TotalAmt=20,
        PayType="CreditCard",
        CreditCardPayment={"CCAccountRef": {"value": card["Id"]}},
        Line=[settles(bill, 20, "Bill")],
    )
    assert stamp(own.read("Invoice", invoice["Id"])) == ("1", payment["MetaData"]["CreateTime"])
    after = own.read("Bill", bill["Id"])
    assert stamp(after) == ("1", paid["MetaData"]["CreateTime"])
    # Recorded so for bills paid by card, too.
    assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]


def test_pages_of_lists_are_read_from_an_index():
    """fidelity 1.11: the order recorded costs no sorting of the whole list for every page."""
    company = next(iter(Site(Options(company="empty")).companies.values()))
    for name in ("Customer", "Account", "Vendor", "Invoice"):
        entity = entities()[name]
        where, values = select._where(company.book, entity, parse(f"select * from {name}"))
        order = select._order(company.book, entity, parse(f"select * from {name}"))
        asked = (
            f"EXPLAIN QUERY PLAN SELECT rowid FROM entity WHERE {where} ORDER BY {order} LIMIT 1000"
        )
        plan = " ".join(str(row) for row in company.store.all(asked, *values))
        assert "TEMP B-TREE" not in plan, name


def test_transactions_come_newest_first(own):
    """fidelity 1.1: by time of last change, 17 of 17 lists."""
    customer = own.customer()
    first, second = (
        own.invoice(customer, 1, TxnDate="2026-03-01"),
        own.invoice(customer, 2, TxnDate="2026-01-01"),
    )
    own.sim.advance(seconds=100)
    own.update("Invoice", first, PrivateNote="later")
    assert [row["Id"] for row in own.rows("select * from Invoice")] == [first["Id"], second["Id"]]
