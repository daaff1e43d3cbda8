"""Invoices, receipts, estimates, credits: lines, totals, numbers, links."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import sale, settles

DISCOUNT = {
    "DetailType": "DiscountLineDetail",
    "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
}


def test_a_minimal_invoice_is_completed(books):
    customer = books.customer(
        "Plain", PrimaryEmailAddr={"Address": "p@example.com"}, BillAddr={"Line1": "1 Road"}
    )
    made = books.invoice(customer, 100, TxnDate="2026-03-01")
    first, subtotal = made["Line"]
    assert (first["Id"], first["LineNum"], first["Amount"]) == ("1", 1, 100)
    assert first["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert "Id" not in subtotal
    assert (subtotal["DetailType"], subtotal["Amount"]) == ("SubTotalLineDetail", 100)
    assert (made["TotalAmt"], made["Balance"], made["LinkedTxn"]) == (100, 100, [])
    assert made["DueDate"] == "2026-03-31"
    assert made["BillAddr"]["Line1"] == "1 Road"
    assert "BillEmail" not in made
    assert "SalesTermRef" not in made
    assert made["CurrencyRef"]["value"] == "USD"
    assert "HomeTotalAmt" not in made


def test_a_percentage_discount_follows_the_subtotal(books):
    made = books.invoice(books.customer(), Line=[sale(50), DISCOUNT])
    assert [line["DetailType"] for line in made["Line"]][1:] == [
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert (made["Line"][2]["Amount"], made["TotalAmt"]) == (5, 45)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (sale(100, qty=3, price=33.33), 6070),
        (sale(100, item="999"), 2500),
        (sale(), 2020),
        (sale(100, code="3"), 6100),
        ({"DetailType": "JournalEntryLineDetail", "Amount": 1}, 2170),
        ({**DISCOUNT, "DiscountLineDetail": {}}, 2020),
    ],
    ids=str,
)
def test_lines_that_are_refused(books, line, expected):
    customer = books.customer()
    assert code(books.invoice, customer, Line=[line]) == expected
    assert books.read("Customer", customer["Id"])["Balance"] == 0


@pytest.mark.parametrize(
    ("amount", "qty", "price"), [(100, 3, 33.3333), (0.13, 0.25, 0.5), (10.01, 3, 3.335)]
)
def test_amounts_are_quantity_times_price_rounded_half_up(books, amount, qty, price):
    assert (
        books.invoice(books.customer(), Line=[sale(amount, qty=qty, price=price)])["TotalAmt"]
        == amount
    )


def test_a_line_without_an_item_is_documentation(books):
    lines = [
        sale(10),
        {"DetailType": "SalesItemLineDetail", "Amount": 99, "SalesItemLineDetail": {}},
    ]
    made = books.invoice(books.customer(), Line=lines)
    assert made["TotalAmt"] == 10
    assert made["Line"][1]["DetailType"] == "DescriptionOnly"


def test_lines_keep_their_ids_and_new_ones_get_new_ids(books):
    made = books.invoice(books.customer(), Line=[sale(10), sale(20)])
    kept = {**made["Line"][1], "Amount": 25}
    after = books.update("Invoice", made, Line=[kept, sale(5)])
    assert [line.get("Id") for line in after["Line"]] == ["2", "3", None]
    assert after["TotalAmt"] == 30


def test_sent_totals_are_computed_anew(books):
    assert books.invoice(books.customer(), 70, TotalAmt=9999, Balance=1)["TotalAmt"] == 70


def test_numbers_count_up_and_a_sent_one_is_kept(books):
    customer = books.customer()
    numbers = [books.invoice(customer)["DocNumber"] for _ in range(2)]
    assert int(numbers[1]) == int(numbers[0]) + 1
    assert books.invoice(customer, DocNumber="A-7")["DocNumber"] == "A-7"
    assert books.invoice(customer, DocNumber="A-7")["DocNumber"] == "A-7"
    assert code(books.invoice, customer, DocNumber="x" * 22) == 2050


def test_custom_numbers_are_unique_unless_told_otherwise(company):
    books = company(custom_numbers=True)
    customer = books.customer()
    assert "DocNumber" not in books.invoice(customer)
    books.invoice(customer, DocNumber="7")
    assert code(books.invoice, customer, DocNumber="7") == 6140
    again = books.invoice(customer, _params={"include": "allowduplicatedocnum"}, DocNumber="7")
    assert again["DocNumber"] == "7"


def test_an_estimate_closes_when_it_is_invoiced(books):
    customer = books.customer()
    estimate = books.create("Estimate", CustomerRef={"value": customer["Id"]}, Line=[sale(10)])
    assert estimate["TxnStatus"] == "Pending"
    invoice = books.invoice(
        customer, 10, LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    )
    assert invoice["LinkedTxn"] == [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    after = books.read("Estimate", estimate["Id"])
    assert (after["TxnStatus"], after["LinkedTxn"]) == (
        "Closed",
        [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
    )
    books.delete("Invoice", invoice)
    assert books.read("Estimate", estimate["Id"])["TxnStatus"] == "Pending"


def test_the_interface_links_one_invoice_to_an_estimate(company):
    """QuickBooks' own pages invoice parts of it."""
    books = company()
    customer = books.customer()
    offer = books.create("Estimate", CustomerRef={"value": customer["Id"]}, Line=[sale(10)])
    link = [{"TxnId": offer["Id"], "TxnType": "Estimate"}]
    first = books.invoice(customer, 10, LinkedTxn=link)
    assert code(books.invoice, customer, 10, LinkedTxn=link) == 6000
    books.update("Invoice", first, PrivateNote="x", LinkedTxn=link)
    assert len(books.read("Estimate", offer["Id"])["LinkedTxn"]) == 1


def test_linking_what_does_not_exist_is_refused(books):
    link = [{"TxnId": "75", "TxnType": "Estimate"}]
    assert code(books.invoice, books.customer(), LinkedTxn=link) == 6000


def test_a_void_leaves_zeros_and_frees_the_payment(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100, PrivateNote="rush")
    payment = books.pay(customer, 100, (invoice, 100))
    voided = books.void("Invoice", books.read("Invoice", invoice["Id"]))
    assert (voided["TotalAmt"], voided["Balance"], voided["LinkedTxn"]) == (0, 0, [])
    assert voided["PrivateNote"].startswith("Voided")
    assert voided["DocNumber"] == invoice["DocNumber"]
    assert {line["Amount"] for line in voided["Line"]} == {0}
    after = books.read("Payment", payment["Id"])
    assert (after["UnappliedAmt"], after["Line"]) == (100, [])
    assert books.read("Customer", customer["Id"])["Balance"] == -100


def test_a_deleted_invoice_is_gone_for_good(books):
    invoice = books.invoice(books.customer())
    stub = books.delete("Invoice", invoice)
    assert stub == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
    assert code(books.read, "Invoice", invoice["Id"]) == 610
    assert books.ledger()["trial_balance"] == []


def test_a_paid_invoice_cannot_fall_below_what_was_paid(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    books.pay(customer, 60, (invoice, 60))
    invoice = books.read("Invoice", invoice["Id"])
    assert code(books.update, "Invoice", invoice, Line=[sale(50)]) == 6000
    assert books.update("Invoice", invoice, Line=[sale(80)])["Balance"] == 20


def test_receipts_and_refunds_move_money_at_once(books):
    customer = books.customer()
    receipt = books.create("SalesReceipt", CustomerRef={"value": customer["Id"]}, Line=[sale(40)])
    assert receipt["DepositToAccountRef"] == {"value": "4", "name": "Undeposited Funds"}
    assert (receipt["TotalAmt"], receipt["Balance"]) == (40, 0)
    refund = {"CustomerRef": {"value": customer["Id"]}, "Line": [sale(15)]}
    assert code(books.create, "RefundReceipt", **refund) == 2020
    books.create("RefundReceipt", DepositToAccountRef=books.account("Checking"), **refund)
    assert books.read("Account", books.account("Checking")["value"])["CurrentBalance"] == -15
    assert books.read("Customer", customer["Id"])["Balance"] == 0


def test_a_void_receipt_by_include(books):
    receipt = books.create(
        "SalesReceipt", CustomerRef={"value": books.customer()["Id"]}, Line=[sale(40)]
    )
    sent = {"Id": receipt["Id"], "SyncToken": receipt["SyncToken"], "sparse": True}
    voided = books.call("POST", "salesreceipt", sent, operation="update", include="void")[
        "SalesReceipt"
    ]
    assert voided["TotalAmt"] == 0
    assert books.ledger()["trial_balance"] == []


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(books):
    customer = books.customer()
    invoice = books.invoice(customer, 100)
    credit = books.create("CreditMemo", CustomerRef={"value": customer["Id"]}, Line=[sale(30)])
    assert (credit["Balance"], credit["RemainingCredit"]) == (30, 30)
    lines = [settles(invoice, 30), settles(credit, 30, "CreditMemo")]
    payment = books.create("Payment", CustomerRef={"value": customer["Id"]}, TotalAmt=0, Line=lines)
    assert payment["UnappliedAmt"] == 0
    assert books.read("Invoice", invoice["Id"])["Balance"] == 70
    assert books.read("CreditMemo", credit["Id"])["RemainingCredit"] == 0
    assert books.read("Customer", customer["Id"])["Balance"] == 70


def test_email_and_pdf(books):
    invoice = books.invoice(books.customer())
    assert code(books.call, "POST", f"invoice/{invoice['Id']}/send") == 6420
    sent = books.call("POST", f"invoice/{invoice['Id']}/send", sendTo="a@example.com")["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"]["Address"]) == ("EmailSent", "a@example.com")
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    status, headers, body = books.raw(
        "GET", f"invoice/{invoice['Id']}/pdf", Accept="application/pdf"
    )
    assert (status, headers["Content-Type"], body[:5]) == (200, "application/pdf", b"%PDF-")
    assert code(books.invoice, books.customer(), EmailStatus="NeedToSend") == 6420


def test_closed_books_refuse_writes_and_open_again(company):
    books = company(closing_date="2026-03-31")
    customer = books.customer()
    assert code(books.invoice, customer, TxnDate="2026-03-31") == 6210
    invoice = books.invoice(customer, TxnDate="2026-04-01")
    assert code(books.update, "Invoice", invoice, TxnDate="2026-03-01") == 6210
    books.edit("reopen_books")
    books.invoice(customer, TxnDate="2026-03-31")


def test_classes_count_only_where_they_are_tracked(company):
    plain, tracking = company(), company(company="sample")
    assert code(plain.create, "Class", Name="North") == 5030
    north = tracking.create("Class", Name="North")
    line = sale(10)
    line["SalesItemLineDetail"]["ClassRef"] = {"value": north["Id"]}
    made = tracking.invoice(tracking.customer("Classy"), Line=[line])
    assert made["Line"][0]["SalesItemLineDetail"]["ClassRef"]["name"] == "North"
    made = plain.invoice(plain.customer(), Line=[line])
    assert "ClassRef" not in made["Line"][0]["SalesItemLineDetail"]


def test_custom_fields_show_even_when_empty(sample):
    made = sample.invoice(sample.customer("Fields"))
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]
    field = [{"DefinitionId": "1", "StringValue": "7"}]
    assert sample.update("Invoice", made, CustomField=field)["CustomField"][0]["StringValue"] == "7"
    field[0]["StringValue"] = "x" * 32
    assert (
        code(sample.update, "Invoice", sample.read("Invoice", made["Id"]), CustomField=field)
        == 2050
    )
