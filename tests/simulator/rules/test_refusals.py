"""What QuickBooks refuses, entity by entity, each with its code; a refusal leaves the books as they
were.
"""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import cost, sale, settles, side

CASH = {"AccountRef": {"value": "35"}, "PaymentType": "Cash"}
CHECK = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
ENTRY = [side("Debit", {"value": "35"}, 1), side("Credit", {"value": "34"}, 1)]
LINK = [{"TxnId": "1", "TxnType": "Invoice"}]
MARK = {"Name": "R", "RecurType": "Automated"}
CASES = [
    ("Account", {"Name": ""}, 2020),
    ("Account", {"Name": "A", "AccountType": "Savings"}, 2170),
    ("Account", {"Name": "A", "AccountType": "Bank", "AcctNum": "1:2"}, 2040),
    ("Account", {"Name": "A", "AccountType": "Bank", "OpeningBalance": 5}, 6060),
    ("Account", {"Name": "A", "AccountType": "Income", "ParentRef": {"value": "35"}}, 700),
    (
        "Account",
        {"Name": "A", "AccountSubType": "UndepositedFunds", "ParentRef": {"value": "81"}},
        700,
    ),
    ("Account", {"Name": "A", "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}}, 6000),
    (
        "Attachable",
        {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Shoe", "value": "1"}}]},
        6050,
    ),
    ("Bill", {"Line": [cost("31", 5)]}, 2020),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": []}, 2020),
    (
        "Bill",
        {"VendorRef": {"value": "V"}, "Line": [cost("31", 5)], "APAccountRef": {"value": "35"}},
        6430,
    ),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": [cost("33", 5)]}, 6430),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": [cost("31", -5)]}, 2290),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": [cost("31", None)]}, 2020),
    (
        "Bill",
        {"VendorRef": {"value": "V"}, "Line": [cost("31", 5, BillableStatus="Billable")]},
        6310,
    ),
    (
        "Bill",
        {"VendorRef": {"value": "V"}, "Line": [cost("31", 5, BillableStatus="HasBeenBilled")]},
        2170,
    ),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": [sale(5)]}, 2170),
    ("Bill", {"VendorRef": {"value": "V"}, "Line": [cost("31", 5) | {"LinkedTxn": LINK}]}, 6000),
    ("BillPayment", {"VendorRef": {"value": "V"}, "Line": [settles({"Id": "1"}, 1, "Bill")]}, 2020),
    (
        "BillPayment",
        {"VendorRef": {"value": "V"}, "TotalAmt": -1, "Line": [settles({"Id": "1"}, 1, "Bill")]},
        2290,
    ),
    (
        "BillPayment",
        {"VendorRef": {"value": "V"}, "TotalAmt": 1, "Line": [settles({"Id": "1"}, 1, "Bill")]},
        2020,
    ),
    (
        "BillPayment",
        {"VendorRef": {"value": "V"}, "TotalAmt": 1, **CHECK, "Line": [settles({"Id": "1"}, 1)]},
        620,
    ),
    (
        "BillPayment",
        {
            "VendorRef": {"value": "V"},
            "TotalAmt": 1,
            **CHECK,
            "Line": [settles({"Id": "9"}, 1, "Bill")],
        },
        620,
    ),
    (
        "BillPayment",
        {"VendorRef": {"value": "V"}, "TotalAmt": 1, "PayType": "Check", "Line": [{"Amount": 1}]},
        2020,
    ),
    ("Budget", {"StartDate": "2026-01-01"}, 2020),
    (
        "Budget",
        {"StartDate": "2026-01-01", "EndDate": "2026-12-31", "BudgetDetail": [{"Amount": 1}]},
        2020,
    ),
    ("CompanyCurrency", {"Code": "EUR"}, 5030),
    (
        "CreditCardPaymentTxn",
        {"BankAccountRef": {"value": "31"}, "CreditCardAccountRef": {"value": "31"}},
        6430,
    ),
    ("CreditMemo", {"CustomerRef": {"value": "C"}}, 2020),
    ("Department", {"Name": "Here"}, 5030),
    ("Deposit", {"DepositToAccountRef": {"value": "35"}}, 2020),
    ("Deposit", {"DepositToAccountRef": {"value": "31"}, "Line": [{"Amount": 1}]}, 6430),
    (
        "Deposit",
        {"DepositToAccountRef": {"value": "35"}, "Line": [{"DetailType": "DepositLineDetail"}]},
        2020,
    ),
    (
        "Deposit",
        {"DepositToAccountRef": {"value": "35"}, "Line": [{"Amount": 1, "LinkedTxn": LINK}]},
        620,
    ),
    ("Employee", {"DisplayName": "Only"}, 6080),
    ("Estimate", {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "TxnStatus": "Maybe"}, 2170),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "Deposit": 5}, 2140),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale(-5)]}, 2290),
    (
        "Invoice",
        {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "CustomField": [{"DefinitionId": "9"}]},
        3000,
    ),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "TxnDate": "2026-02-30"}, 2070),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "TxnDate": "tomorrow"}, 2060),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "EmailStatus": "Later"}, 2170),
    ("Invoice", {"CustomerRef": {"value": "C"}, "Line": [sale("ten")]}, 2090),
    (
        "Invoice",
        {"CustomerRef": {"value": "C"}, "Line": [sale(1)], "AllowOnlineACHPayment": "maybe"},
        2230,
    ),
    ("Item", {"Name": "I"}, 2020),
    ("Item", {"Name": "I", "TrackQtyOnHand": True, "IncomeAccountRef": {"value": "1"}}, 6000),
    ("Item", {"Name": "", "Type": "Service"}, 2020),
    ("JournalCode", {"Name": "VT"}, 5030),
    ("JournalEntry", {"Line": [*ENTRY[:1], side("Credit", {"value": "33"}, 1)]}, 6000),
    ("JournalEntry", {"Line": [side("Debit", {"value": "35"}, -1), ENTRY[1]]}, 2290),
    (
        "JournalEntry",
        {
            "Line": [
                side(
                    "Debit",
                    {"value": "35"},
                    1,
                    Entity={"Type": "Other", "EntityRef": {"value": "1"}},
                ),
                ENTRY[1],
            ]
        },
        2120,
    ),
    ("Payment", {"CustomerRef": {"value": "C"}}, 2020),
    ("Payment", {"CustomerRef": {"value": "C"}, "TotalAmt": 5, "Line": [{"Amount": 5}]}, 2020),
    (
        "Payment",
        {"CustomerRef": {"value": "C"}, "TotalAmt": 5, "DepositToAccountRef": {"value": "31"}},
        6430,
    ),
    ("PaymentMethod", {"Name": "Gold", "Type": "METAL"}, 2170),
    ("Purchase", {"AccountRef": {"value": "35"}, "Line": [cost("31", 1)]}, 2020),
    (
        "Purchase",
        {**CASH, "Line": [cost("31", 1)], "EntityRef": {"value": "1", "type": "Shoe"}},
        2120,
    ),
    ("TaxAgency", {"DisplayName": ""}, 2020),
    ("TimeActivity", {"Hours": 1}, 2020),
    (
        "TimeActivity",
        {
            "NameOf": "Vendor",
            "VendorRef": {"value": "V"},
            "EmployeeRef": {"value": "V"},
            "Hours": 1,
        },
        6290,
    ),
    (
        "TimeActivity",
        {"NameOf": "Vendor", "VendorRef": {"value": "V"}, "StartTime": "2026-01-01T08:00:00"},
        2020,
    ),
    (
        "Transfer",
        {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "35"}, "Amount": 1},
        6000,
    ),
    (
        "Transfer",
        {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "34"}, "Amount": -1},
        2290,
    ),
    ("VendorCredit", {"VendorRef": {"value": "V"}}, 2020),
]


@pytest.mark.parametrize(
    ("entity", "values", "expected"), CASES, ids=[f"{n}-{c[0]}-{c[2]}" for n, c in enumerate(CASES)]
)
def test_refused(books, entity, values, expected):
    names = {"C": books.customer()["Id"], "V": books.vendor()["Id"]}
    for key in ("CustomerRef", "VendorRef", "EmployeeRef"):
        if key in values:
            values = {**values, key: {"value": names.get(values[key]["value"])}}
    before = books.sim.call("GET", f"counts?realm={books.realm}")
    path = "creditcardpayment" if entity == "CreditCardPaymentTxn" else entity.lower()
    assert code(books.call, "POST", path, values) == expected
    assert books.sim.call("GET", f"counts?realm={books.realm}") == before


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"TaxRateDetails": [{"TaxRateName": "R"}]}, 2020),
        ({"TaxCode": "T"}, 2020),
        ({"TaxCode": "T", "TaxRateDetails": [{"RateValue": 1}]}, 2020),
        ({"TaxCode": "T", "TaxRateDetails": [{"TaxRateName": "R", "RateValue": 101}]}, 2150),
        ({"TaxCode": "T", "TaxRateDetails": [{"TaxRateName": "California", "RateValue": 1}]}, 6240),
        (
            {
                "TaxCode": "T",
                "TaxRateDetails": [{"TaxRateName": "R", "RateValue": 1, "TaxAgencyId": "99"}],
            },
            2500,
        ),
    ],
    ids=str,
)
def test_tax_codes_that_are_refused(books, sent, expected):
    assert code(books.call, "POST", "taxservice/taxcode", sent) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, 2000),
        ({"Bill": {"RecurringInfo": {}}}, 2020),
        ({"Bill": {"RecurringInfo": {"Name": "R", "RecurType": "Never"}}}, 2170),
        ({"Bill": {"RecurringInfo": MARK, "Id": "77", "SyncToken": "0"}}, 610),
    ],
    ids=str,
)
def test_templates_that_are_refused(books, sent, expected):
    assert code(books.call, "POST", "recurringtransaction", sent) == expected


def test_what_was_made_inactive_serves_old_documents_only(books):
    customer, item = books.customer(), books.item()
    invoice = books.invoice(customer, Line=[sale(10, item=item["Id"])])
    books.update("Item", item, Active=False)
    books.update("Customer", books.read("Customer", customer["Id"]), Active=False)
    assert code(books.invoice, customer) == 2500
    assert code(books.invoice, books.customer(), Line=[sale(10, item=item["Id"])]) == 2500
    after = books.update("Invoice", books.read("Invoice", invoice["Id"]), PrivateNote="still mine")
    assert after["TotalAmt"] == 10


def test_deletes_and_voids_that_do_not_exist(books):
    customer = books.customer()
    assert code(books.delete, "Customer", customer) == 500
    assert code(books.void, "Bill", books.bill(books.vendor())) == 500
    assert code(books.delete, "Invoice", {"Id": "99", "SyncToken": "0"}) == 610
    assert code(books.call, "POST", "invoice", {"SyncToken": "0"}, operation="delete") == 2020
    assert code(books.call, "POST", "customer", {"Id": customer["Id"]}) == 2020
    assert code(books.call, "POST", "customer", {"Id": customer["Id"], "SyncToken": "x"}) == 2090
    assert code(books.call, "POST", f"customer/{customer['Id']}/send") == 500
    assert code(books.call, "GET", f"customer/{customer['Id']}/pdf") == 500
    assert (
        code(books.call, "GET", "invoice/99/pdf")
        == code(books.call, "POST", "invoice/99/send")
        == 610
    )
    assert code(books.call, "GET", "download/5") == 610
    assert code(books.call, "POST", "upload", {}) == 1050
    assert code(books.call, "GET", "exchangerate") == 2020
    assert code(books.call, "GET", "exchangerate", sourcecurrencycode="??") == 2220


def test_the_name_of_a_paid_invoice_stays(books):
    customer = books.customer()
    invoice = books.invoice(customer)
    books.pay(customer, 10, (invoice, 10))
    invoice = books.read("Invoice", invoice["Id"])
    assert (
        code(books.update, "Invoice", invoice, CustomerRef={"value": books.customer()["Id"]})
        == 6130
    )


def test_bundles_are_made_in_quickbooks_and_spread_over_lines(books):
    parts = [books.item(UnitPrice=10), books.item(UnitPrice=2.5)]
    lines = [
        {"ItemRef": {"value": part["Id"]}, "Qty": qty}
        for part, qty in zip(parts, (1, 4), strict=True)
    ]
    values = {"Name": "Kit", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": lines}}
    assert code(books.create, "Item", **values) == 2170
    kit = books.edit("create", "Item", values=values)
    line = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": kit["Id"]}, "Quantity": 3},
    }
    made = books.invoice(books.customer(), Line=[line, sale(5)])
    assert made["TotalAmt"] == 65
    inner = made["Line"][0]["GroupLineDetail"]["Line"]
    assert [entry["Amount"] for entry in inner] == [30, 30]
    assert books.void("Invoice", made)["TotalAmt"] == 0
    assert books.ledger()["trial_balance"] == []


@pytest.mark.parametrize(
    ("term", "day", "due"),
    [
        ({"DueDays": 0}, "2026-01-31", "2026-01-31"),
        ({"DayOfMonthDue": 31}, "2026-01-15", "2026-01-31"),
        ({"DayOfMonthDue": 10}, "2026-12-15", "2027-01-10"),
        ({"DayOfMonthDue": 20, "DueNextMonthDays": 10}, "2026-01-15", "2026-02-20"),
    ],
    ids=str,
)
def test_due_dates(books, term, day, due):
    made = books.create("Term", Name="T", **term)
    reference = {"SalesTermRef": {"value": made["Id"]}, "TxnDate": day}
    assert books.invoice(books.customer(), **reference)["DueDate"] == due


def test_payments_and_orders_are_sent_too(books):
    customer = books.customer()
    payment = books.pay(customer, 5)
    assert code(books.call, "POST", f"payment/{payment['Id']}/send") == 6420
    assert (
        books.call("POST", f"payment/{payment['Id']}/send", sendTo="a@example.com")["Payment"]["Id"]
        == payment["Id"]
    )
    order = books.create(
        "PurchaseOrder", VendorRef={"value": books.vendor()["Id"]}, Line=[cost("31", 5)]
    )
    sent = books.call("POST", f"purchaseorder/{order['Id']}/send", sendTo="b@example.com")[
        "PurchaseOrder"
    ]
    assert sent["POEmail"] == {"Address": "b@example.com"}


def test_the_french_have_journal_codes(company):
    books = company(country="FR")
    assert books.create("JournalCode", Name="VT")["Name"] == "VT"
    assert code(books.create, "JournalCode", Name="vt") == 6240


def test_an_invoice_link_for_those_who_may_pay_online(books):
    open_ = books.invoice(
        books.customer(), BillEmail={"Address": "a@example.com"}, AllowOnlineACHPayment=True
    )
    closed = books.invoice(books.customer())
    told = [
        books.call("GET", f"invoice/{i['Id']}", include="invoiceLink")["Invoice"].get(
            "InvoiceLink", ""
        )
        for i in (open_, closed)
    ]
    assert told[0].startswith("https://")
    assert told[1] == ""
