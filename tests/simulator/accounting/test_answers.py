"""What every document says of itself, kind by kind, as recorded; numbers are those of the review of
fidelity.
"""

from __future__ import annotations

import json

import pytest

from tests.simulator.accounting.recorded import DISCOUNT, deposited, income, one_of_each
from tests.simulator.rules.test_names import code
from tests.simulator.wire import cost, sale, settles, side


@pytest.fixture
def made(books):
    return one_of_each(books)


COUNTED = {"Invoice", "Bill", "BillPayment", "Deposit", "JournalEntry", "PurchaseOrder"}


def test_six_kinds_tell_how_many_there_are(books, made):
    """fidelity 1.4: 27 of 27 answers."""
    for name in made:
        answer = books.query(f"select * from {name}")
        assert ("totalCount" in answer) is (name in COUNTED), name
    for name in ("Customer", "Vendor", "Item", "Account"):
        assert "totalCount" not in books.query(f"select * from {name} maxresults 2")


def test_the_count_is_that_of_all_pages(books):
    """fidelity 1.4."""
    customer = books.customer()
    for amount in (1, 2, 3):
        books.invoice(customer, amount)
    page = books.query("select * from Invoice startposition 2 maxresults 1")
    assert (page["startPosition"], page["maxResults"], page["totalCount"]) == (2, 1, 3)
    assert books.query("select * from Invoice startposition 9") == {}


SALES = ("Invoice", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt")


def test_no_address_for_mails_that_was_not_sent(books):
    """fidelity 1.5: mail to an invoice without an address is refused, whatever its customer's
    address is.
    """
    customer = books.customer(PrimaryEmailAddr={"Address": "p@example.com"})
    for name in SALES:
        more = {"DepositToAccountRef": books.account("Checking")} if name == "RefundReceipt" else {}
        form = books.create(name, CustomerRef={"value": customer["Id"]}, Line=[sale(10)], **more)
        assert "BillEmail" not in form, name
        assert books.raw("POST", f"{name.lower()}/{form['Id']}/send")[0] == 400
    sent = books.invoice(
        customer, 10, BillEmail={"Address": "b@example.com"}, EmailStatus="NeedToSend"
    )
    assert (sent["BillEmail"], sent["DeliveryInfo"]) == (
        {"Address": "b@example.com"},
        {"DeliveryType": "Email"},
    )


def test_a_bookkeeper_s_form_has_the_customer_s_address_and_terms(books):
    """fidelity 1.5 and 1.6: what the screens of QuickBooks fill in, 62 of 62 recorded invoices made
    there.
    """
    customer = books.customer(PrimaryEmailAddr={"Address": "p@example.com"})
    values = {"CustomerRef": {"value": customer["Id"]}, "Line": [sale(10)]}
    form = books.edit("create", "Invoice", values=values)
    assert form["BillEmail"] == {"Address": "p@example.com"}
    assert form["SalesTermRef"]["name"] == "Net 30"


def test_no_terms_that_were_not_sent_but_a_day_all_the_same(books):
    """fidelity 1.6: due after 30 days, without SalesTermRef."""
    plain = books.invoice(books.customer(), 10, TxnDate="2026-01-15")
    assert ("SalesTermRef" in plain, plain["DueDate"]) == (False, "2026-02-14")
    short = books.create("Term", Name="Net 7", DueDays=7)
    customer = books.customer(SalesTermRef={"value": short["Id"]})
    own = books.invoice(customer, 10, TxnDate="2026-01-15")
    assert ("SalesTermRef" in own, own["DueDate"]) == (False, "2026-01-22")
    bill = books.bill(books.vendor(TermRef={"value": short["Id"]}), TxnDate="2026-01-15")
    assert ("SalesTermRef" in bill, bill["DueDate"]) == (False, "2026-01-22")


def test_journal_entries_tell_no_total_and_number_from_nought(books):
    """fidelity 1.7: 14 of 14."""
    office, checking = books.account("Office Supplies"), books.account("Checking")
    entry = books.create(
        "JournalEntry", Line=[side("Debit", office, 5), side("Credit", checking, 5)]
    )
    assert (entry["TotalAmt"], entry["TxnTaxDetail"]) == (0, {})
    assert [line["Id"] for line in entry["Line"]] == ["0", "1"]
    assert not any("LineNum" in line for line in entry["Line"])
    more = [*entry["Line"], side("Debit", office, 3), side("Credit", checking, 3)]
    grown = books.update("JournalEntry", entry, Line=more)
    assert [line["Id"] for line in grown["Line"]] == ["0", "1", "2", "3"]
    shorter = books.update("JournalEntry", grown, Line=grown["Line"][2:])
    assert [line["Id"] for line in shorter["Line"]] == ["2", "3"]
    opened = books.create("Account", Name="Old bank", AccountType="Bank", OpeningBalance=9,
                          OpeningBalanceDate="2026-01-01")  # fmt: skip
    assert books.read("Account", opened["Id"])["CurrentBalance"] == 9
    entries = books.rows("select * from JournalEntry")
    opening = next(row for row in entries if row.get("PrivateNote") == "Opening balance")
    assert (opening["TotalAmt"], [line["Id"] for line in opening["Line"]]) == (0, ["0", "1"])


NEVER_LINKED = {"Purchase", "JournalEntry", "BillPayment", "Deposit", "CreditMemo"}
ALWAYS_LINKED = {"Invoice", "PurchaseOrder"}


def test_links_are_told_where_recorded(books, made):
    """fidelity 1.8: always on two kinds, never on five, elsewhere only where there are any."""
    for name, doc in made.items():
        if name in ALWAYS_LINKED:
            assert isinstance(doc["LinkedTxn"], list), name
        elif name in NEVER_LINKED:
            assert "LinkedTxn" not in doc, name
        else:
            assert ("LinkedTxn" in doc) is (name == "Bill"), name
    assert made["PurchaseOrder"]["LinkedTxn"] == []
    assert made["Bill"]["Line"][0]["LinkedTxn"] == []


def test_a_used_credit_memo_tells_no_link(books):
    """fidelity 1.8: credit memo 73 that payment 74 used up; 1.18: that payment names no account."""
    customer = books.customer()
    credit = books.create("CreditMemo", CustomerRef={"value": customer["Id"]}, Line=[sale(40)])
    invoice = books.invoice(customer, 60)
    lines = [settles(invoice, 40), settles(credit, 40, "CreditMemo")]
    payment = books.create("Payment", CustomerRef={"value": customer["Id"]}, TotalAmt=0, Line=lines)
    used = books.read("CreditMemo", credit["Id"])
    assert (used["RemainingCredit"], "LinkedTxn" in used) == (0, False)
    assert "DepositToAccountRef" not in payment
    assert books.ledger()["balanced"]


def test_an_order_written_whole_loses_its_number(books):
    """fidelity 1.16: update-purchase-order; no PrintStatus in 12 of 12, Received after an update
    only.
    """
    vendor = books.vendor()
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    order = books.create("PurchaseOrder", VendorRef={"value": vendor["Id"]}, Line=lines)
    assert (order["DocNumber"], "PrintStatus" in order, "Received" in order["Line"][0]) == (
        "1001",
        False,
        False,
    )
    after = books.update("PurchaseOrder", order, Memo="x")
    assert (after["DocNumber"], after["Line"][0]["Received"]) == ("1001", 0)
    whole = books.update(
        "PurchaseOrder", after, sparse=False, VendorRef=order["VendorRef"], Line=order["Line"]
    )
    assert "DocNumber" not in whole


def test_an_order_names_any_account_and_a_bill_one_of_payables(books):
    """fidelity 1.11: the first account by its own name is no longer one of payables, and the orders
    of python-quickbooks' own tests name the first.
    """
    first, vendor = books.account("Bank Charges"), {"value": books.vendor()["Id"]}
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    order = books.create("PurchaseOrder", VendorRef=vendor, APAccountRef=first, Line=lines)
    assert order["APAccountRef"]["value"] == first["value"]
    assert code(books.create, "Bill", VendorRef=vendor, APAccountRef=first, Line=lines) == 6430


@pytest.mark.parametrize(
    ("kind", "account", "credit", "number"),
    [
        ("Cash", "Checking", None, "54"),
        ("Check", "Checking", None, "3"),
        ("CreditCard", "Card", False, "54"),
    ],
)
def test_only_cards_tell_of_credit(books, kind, account, credit, number):
    """fidelity 1.17: 14 of 14 cards, 0 of 21 cash and checks; 1.20: PurchaseEx, 35 of 35."""
    books.create("Account", Name="Card", AccountType="Credit Card")
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    spent = books.create(
        "Purchase", PaymentType=kind, AccountRef=books.account(account), Line=lines
    )
    assert spent.get("Credit") is credit
    assert "LineNum" not in spent["Line"][0]
    assert spent["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": number}


def test_references_without_names(books):
    """fidelity 1.18: 37, 18, 18, 6, 4 of as many."""
    term = {"value": books.create("Term", Name="Net 7", DueDays=7)["Id"]}
    customer, vendor = books.customer(), books.vendor(TermRef=term)
    method = {"value": books.rows("select * from PaymentMethod")[0]["Id"]}
    payment = books.pay(customer, 5, PaymentMethodRef=method)
    assert (payment["PaymentMethodRef"], set(payment["DepositToAccountRef"])) == (method, {"value"})
    assert books.bill(vendor, SalesTermRef=term)["SalesTermRef"] == term
    assert books.read("Vendor", vendor["Id"])["TermRef"] == term
    deposit = deposited(books, ("Payment", payment))
    assert deposit["Line"][0]["DepositLineDetail"] == {"PaymentMethodRef": method}
    # Others do carry it.
    assert books.invoice(customer, 5, SalesTermRef=term)["SalesTermRef"]["name"] == "Net 7"
    receipt = books.create("SalesReceipt", CustomerRef={"value": customer["Id"]}, Line=[sale(5)])
    assert receipt["DepositToAccountRef"]["name"] == "Undeposited Funds"


def test_reports_name_what_documents_do_not(books):
    """fidelity 1.18: a bill and a payment name neither terms nor method, the list of transactions
    does.
    """
    term, method = (
        books.create("Term", Name="Net 7", DueDays=7),
        books.create("PaymentMethod", Name="Wire"),
    )
    books.bill(books.vendor(), SalesTermRef={"value": term["Id"]})
    books.pay(books.customer(), 5, PaymentMethodRef={"value": method["Id"]})
    report = books.call("GET", "reports/TransactionList", columns="term_name,pmt_mthd,txn_type")
    assert {"Net 7", "Wire"} <= {
        cell["value"] for row in report["Rows"]["Row"] for cell in row["ColData"]
    }


def test_discounts_and_what_a_deposit_holds_have_no_ids(books):
    """fidelity 1.19: also where an id was sent."""
    invoice = books.invoice(
        books.customer(), Line=[sale(50), sale(50), {**DISCOUNT, "Id": "7", "LineNum": 3}]
    )
    ids = [(line["DetailType"], line.get("Id"), line.get("LineNum")) for line in invoice["Line"]]
    assert ids == [
        ("SalesItemLineDetail", "1", 1),
        ("SalesItemLineDetail", "2", 2),
        ("SubTotalLineDetail", None, None),
        ("DiscountLineDetail", None, None),
    ]
    payment = books.pay(books.customer(), 5)
    link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
    lines = [{"Amount": 5, "LinkedTxn": [link]}, income(books, 3)]
    deposit = books.create("Deposit", DepositToAccountRef=books.account("Checking"), Line=lines)
    assert deposit["Line"][0] == {"Amount": 5, "LinkedTxn": [link]}
    assert (deposit["Line"][1]["Id"], deposit["Line"][1]["LineNum"], deposit["TxnTaxDetail"]) == (
        "1",
        1,
        {},
    )


def test_every_line_of_2026_has_extensions(books, made):
    """fidelity 1.19: 350 of 350; payments' lines, subtotals and discounts have none."""
    for name, doc in made.items():
        for line in doc.get("Line", []):
            bare = name in ("Payment", "BillPayment") or line["DetailType"] in (
                "SubTotalLineDetail",
                "DiscountLineDetail",
            )
            assert line.get("CustomExtensions") == (None if bare else []), name


def test_extensions_of_a_line_are_lost_when_the_line_is_sent_without_them(books):
    """fidelity 1.19 and section 3: what is sent replaces the lines."""
    books.invoice(books.customer(), 10)
    invoice = books.rows("select * from Invoice")[0]
    extension = [{"AssociatedValues": [{"Value": "1000"}], "ExtensionType": "DIMENSION"}]
    lines = [{**invoice["Line"][0], "CustomExtensions": extension}]
    marked = books.edit("update", "Invoice", invoice["Id"], values={"Line": lines})
    assert marked["Line"][0]["CustomExtensions"] == extension
    same = books.update("Invoice", marked, PrivateNote="x")
    assert same["Line"][0]["CustomExtensions"] == extension
    bare = {key: value for key, value in same["Line"][0].items() if key != "CustomExtensions"}
    assert books.update("Invoice", same, Line=[bare])["Line"][0]["CustomExtensions"] == []


def test_who_changed_it_last_is_told_of_three_kinds(made):
    """fidelity 1.20: 122 of 123, and on nothing else."""
    told = {name for name, doc in made.items() if "LastModifiedByRef" in doc["MetaData"]}
    assert told == {"Invoice", "Bill", "PurchaseOrder"}


def test_forms_are_free_text_and_tell_where_they_are_sent_from(books, made):
    """fidelity 1.20 and section 3: on what the API writes; what is made in QuickBooks itself has no
    such address.
    """
    for name in ("Invoice", "Estimate", "CreditMemo", "SalesReceipt"):
        assert made[name]["FreeFormAddress"] is True, name
        assert set(made[name]["ShipFromAddr"]) == {"Id", "Line1", "Line2"}, name
        assert made[name]["ShipAddr"]["Lat"] == "INVALID"
    assert "FreeFormAddress" not in made["RefundReceipt"]
    assert books.invoice(books.customer(), 1)["FreeFormAddress"] is False
    values = {"CustomerRef": made["Invoice"]["CustomerRef"], "Line": [sale(1)]}
    own = books.edit("create", "Invoice", values=values)
    assert (own["FreeFormAddress"], "ShipFromAddr" in own) == (True, False)
    kept = books.update("Invoice", books.read("Invoice", own["Id"]), PrivateNote="x")
    assert "ShipFromAddr" not in kept


def test_a_bill_has_its_vendor_s_address(books):
    """Section 3, Bill and PurchaseOrder."""
    vendor = books.vendor(BillAddr={"Line1": "P.O. Box 5", "City": "Middlefield"})
    bill = books.bill(vendor)
    assert bill["VendorAddr"] == {**vendor["BillAddr"], "Lat": "INVALID", "Long": "INVALID"}
    assert "VendorAddr" not in books.bill(books.vendor())
    lines = [cost(books.account("Office Supplies")["value"], 5)]
    order = {"VendorRef": {"value": vendor["Id"]}, "Line": lines}
    assert "ShipAddr" not in books.create("PurchaseOrder", **order)
    assert books.edit("create", "PurchaseOrder", values=order)["ShipAddr"]["Line1"].startswith(
        "Empty Company"
    )


def test_numbers_and_times_are_written_as_recorded(books):
    """fidelity 1.21: 337.50, 4.5, 75, nought as 0; a fault's type has no charset; no milliseconds
    where they are 0.
    """
    invoice = books.invoice(books.customer(), Line=[sale(337.5, qty=4.5, price=75)])
    text = books.raw("GET", f"invoice/{invoice['Id']}")[2].decode()
    for written in (
        '"Amount":337.50',
        '"Qty":4.5',
        '"UnitPrice":75',
        '"TotalTax":0',
        '"TotalAmt":337.50',
    ):
        assert f"{written}," in text or f"{written}}}" in text, written
    status, headers, _ = books.raw("GET", "invoice/999")
    assert (status, headers["Content-Type"]) == (400, "application/json")
    assert books.raw("GET", "companyinfo/1")[1]["Content-Type"] == "application/json;charset=utf-8"


def test_an_update_keeps_what_the_client_does_not_know(books):
    """Section 3: what stands in a document goes through a sparse update whole."""
    customer = books.customer(ShipAddr={"Line1": "1 Road"})
    invoice = books.invoice(customer, 10)
    after = books.update("Invoice", invoice, PrivateNote="x")
    aside = ("SyncToken", "MetaData", "PrivateNote")
    assert json.dumps(
        {k: v for k, v in after.items() if k not in aside}, sort_keys=True
    ) == json.dumps({k: v for k, v in invoice.items() if k not in aside}, sort_keys=True)
