"""Payments both ways: what they settle, what is left, what undoing them does."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import cost, sale, settles


def test_a_part_payment_leaves_the_rest_open_on_both_sides(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    payment = books.pay(customer, 40, (invoice, 40))
    assert (payment["UnappliedAmt"], payment["ProcessPayment"]) == (0, False)
    assert payment["DepositToAccountRef"] == {"value": "4"}
    after = books.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["LinkedTxn"]) == (
        60,
        [{"TxnId": payment["Id"], "TxnType": "Payment"}],
    )
    assert books.read("Customer", customer["Id"])["Balance"] == 60


def test_a_payment_line_tells_what_was_open(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    payment = books.pay(customer, 100, (invoice, 100))
    told = {
        pair["value"]["Name"]: pair["value"]["Value"]
        for pair in payment["Line"][0]["LineEx"]["any"]
    }
    assert told == {
        "txnId": invoice["Id"],
        "txnOpenBalance": "100.00",
        "txnReferenceNumber": invoice["DocNumber"],
    }


def test_an_overpayment_over_several_invoices_leaves_a_credit(books):
    customer = books.customer()
    first, second = books.invoice(customer, 100), books.invoice(customer, 50)
    payment = books.pay(customer, 200, (first, 100), (second, 50))
    assert payment["UnappliedAmt"] == 50
    assert books.read("Customer", customer["Id"])["Balance"] == -50


def test_a_payment_without_lines_is_all_credit(books):
    assert books.pay(books.customer(), 25)["UnappliedAmt"] == 25


@pytest.mark.parametrize(
    ("total", "amount", "expected"), [(50, 60, 6000), (200, 150, 6000), (-1, 0, 2290)]
)
def test_amounts_a_payment_may_not_have(books, total, amount, expected):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    assert code(books.pay, customer, total, (invoice, amount)) == expected
    assert books.read("Invoice", invoice["Id"])["Balance"] == 100


def test_another_customers_invoice_is_out_of_reach_but_a_sub_customers_is_not(books):
    parent, stranger = books.customer(), books.customer()
    child = books.customer("Child", Job=True, ParentRef={"value": parent["Id"]})
    invoice = books.invoice(child, 30)
    assert code(books.pay, stranger, 30, (invoice, 30)) == 6000
    books.pay(parent, 30, (invoice, 30))
    assert books.read("Customer", child["Id"])["Balance"] == 0


def test_an_update_replaces_all_lines(books):
    customer = books.customer()
    first, second = books.invoice(customer, 100), books.invoice(customer, 100)
    payment = books.pay(customer, 100, (first, 100))
    after = books.update("Payment", payment, Line=[settles(second, 70)])
    assert after["UnappliedAmt"] == 30
    assert [books.read("Invoice", i["Id"])["Balance"] for i in (first, second)] == [100, 30]
    after = books.update("Payment", after, Line=[])
    assert (after["UnappliedAmt"], after["Line"]) == (100, [])


def test_void_and_delete_open_the_invoice_again(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    payment = books.pay(customer, 100, (invoice, 100))
    sent = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    voided = books.call("POST", "payment", sent, operation="update", include="void")["Payment"]
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    second = books.pay(customer, 100, (invoice, 100))
    books.delete("Payment", second)
    after = books.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["LinkedTxn"]) == (100, [])


def test_deposited_money_cannot_be_changed(books):
    customer = books.customer()
    payment = books.pay(customer, 80)
    line = {
        "Amount": 80,
        "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}],
    }
    deposit = books.create("Deposit", DepositToAccountRef=books.account("Checking"), Line=[line])
    payment = books.read("Payment", payment["Id"])
    assert payment["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    assert code(books.update, "Payment", payment, TotalAmt=70) == 6540
    assert code(books.delete, "Payment", payment) == 6540
    assert (
        code(books.create, "Deposit", DepositToAccountRef=books.account("Checking"), Line=[line])
        == 620
    )
    assert books.read("Account", "4")["CurrentBalance"] == 0
    books.delete("Deposit", deposit)
    books.delete("Payment", books.read("Payment", payment["Id"]))
    assert books.ledger()["trial_balance"] == []


def test_bills_and_what_pays_them(books):
    vendor = books.vendor()
    bill = books.bill(vendor, 120, DocNumber="V-1")
    assert (bill["Balance"], bill["TotalAmt"], bill["APAccountRef"]["value"]) == (120, 120, "33")
    assert books.read("Vendor", vendor["Id"])["Balance"] == 120
    check = {"BankAccountRef": books.account("Checking")}
    pay = {"VendorRef": {"value": vendor["Id"]}, "PayType": "Check", "CheckPayment": check}
    assert code(books.create, "BillPayment", TotalAmt=20, **pay) == 2020
    paid = books.create("BillPayment", TotalAmt=120, Line=[settles(bill, 120, "Bill")], **pay)
    after = books.read("Bill", bill["Id"])
    assert (after["Balance"], after["LinkedTxn"]) == (
        0,
        [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}],
    )
    sent = {"Id": paid["Id"], "SyncToken": paid["SyncToken"], "sparse": True}
    books.call("POST", "billpayment", sent, operation="update", include="void")
    assert books.read("Bill", bill["Id"])["Balance"] == 120
    assert books.read("Account", "33")["CurrentBalance"] == -120


def test_a_vendor_credit_is_used_by_a_bill_payment_of_nothing(books):
    vendor = books.vendor()
    bill = books.bill(vendor, 50)
    lines = [cost(books.account("Office Supplies")["value"], 50)]
    credit = books.create("VendorCredit", VendorRef={"value": vendor["Id"]}, Line=lines)
    card = {
        "CCAccountRef": {
            "value": books.create("Account", Name="Card", AccountType="Credit Card")["Id"]
        }
    }
    settled = [settles(bill, 50, "Bill"), settles(credit, 50, "VendorCredit")]
    books.create(
        "BillPayment",
        VendorRef={"value": vendor["Id"]},
        TotalAmt=0,
        PayType="CreditCard",
        CreditCardPayment=card,
        Line=settled,
    )
    assert (
        books.read("Bill", bill["Id"])["Balance"]
        == books.read("VendorCredit", credit["Id"])["Balance"]
        == 0
    )
    assert books.read("Vendor", vendor["Id"])["Balance"] == 0


def test_a_bills_number_is_never_used_twice(books):
    vendor = books.vendor()
    assert "DocNumber" not in books.bill(vendor)
    books.bill(vendor, DocNumber="1")
    assert code(books.bill, vendor, DocNumber="1") == 6140


def test_a_purchase_order_closes_when_its_bill_arrives(books):
    vendor = books.vendor()
    line = [cost(books.account("Office Supplies")["value"], 10)]
    order = books.create("PurchaseOrder", VendorRef={"value": vendor["Id"]}, Line=line)
    assert order["POStatus"] == "Open"
    assert books.ledger()["trial_balance"] == []
    line[0]["LinkedTxn"] = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    bill = books.bill(vendor, Line=line)
    after = books.read("PurchaseOrder", order["Id"])
    assert (after["POStatus"], after["LinkedTxn"]) == (
        "Closed",
        [{"TxnId": bill["Id"], "TxnType": "Bill"}],
    )
    books.delete("Bill", bill)
    assert books.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"


def test_a_billable_expense_can_be_passed_on(books):
    customer, supplies = books.customer(), books.account("Office Supplies")["value"]
    billable = cost(supplies, 12, CustomerRef={"value": customer["Id"]}, BillableStatus="Billable")
    spent = books.create(
        "Purchase", PaymentType="Cash", AccountRef=books.account("Checking"), Line=[billable]
    )
    charge = books.rows("select * from ReimburseCharge")[0]
    assert (charge["Amount"], charge["HasBeenInvoiced"]) == (12, False)
    books.invoice(customer, 12, LinkedTxn=[{"TxnId": charge["Id"], "TxnType": "ReimburseCharge"}])
    assert books.read("ReimburseCharge", charge["Id"])["HasBeenInvoiced"] is True
    assert code(books.delete, "Purchase", spent) == 6400
    books.update("Purchase", spent, PrivateNote="again")
    assert [row["Id"] for row in books.rows("select * from ReimburseCharge")] == [charge["Id"]]


@pytest.mark.parametrize(
    ("kind", "account", "expected"), [("CreditCard", "Checking", 6430), ("Gold", "Checking", 2170)]
)
def test_an_expense_is_paid_from_the_right_kind_of_account(books, kind, account, expected):
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    assert (
        code(
            books.create,
            "Purchase",
            PaymentType=kind,
            AccountRef=books.account(account),
            Line=lines,
        )
        == expected
    )


def test_links_of_an_expense_are_dropped_without_a_word(books):
    bill = books.bill(books.vendor())
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    made = books.create(
        "Purchase",
        PaymentType="Cash",
        AccountRef=books.account("Checking"),
        Line=lines,
        LinkedTxn=[{"TxnId": bill["Id"], "TxnType": "Bill"}],
    )
    assert "LinkedTxn" not in made
    assert books.read("Bill", bill["Id"])["Balance"] == 100


def test_a_deposit_on_the_invoice_lowers_its_balance(books):
    invoice = books.invoice(books.customer(), Line=[sale(100)], Deposit=30)
    assert (invoice["TotalAmt"], invoice["Balance"], invoice["Deposit"]) == (100, 70, 30)
    assert books.ledger()["balanced"]


def test_credits_are_applied_by_themselves_where_the_company_wants_it(company):
    books = company(auto_apply_credit=True)
    customer = books.customer()
    payment = books.pay(customer, 30)
    invoice = books.invoice(customer, 100)
    assert (invoice["Balance"], invoice["LinkedTxn"]) == (
        70,
        [{"TxnId": payment["Id"], "TxnType": "Payment"}],
    )
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == 0
    assert books.read("Customer", customer["Id"])["Balance"] == 70
    assert books.ledger()["balanced"]
