"""QuickBooks' JSON becomes records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.quickbooks.messages import Facts, Remote
from quicksync.records import Address, Allocation, Ref, SalesLine
from tests.quickbooks.online.make import EDITION, GB, US, remote


def decode(type_name, payload, facts=US, **more):
    return EDITION.decode(remote(type_name, payload, **more), facts)


CUSTOMER = {
    "Id": "58",
    "SyncToken": "3",
    "DisplayName": "Amy's Bird Sanctuary",
    "CompanyName": "Amy's",
    "GivenName": "Amy",
    "FamilyName": "Lauterbach",
    "PrimaryEmailAddr": {"Address": "Birds@Intuit.com"},
    "PrimaryPhone": {"FreeFormNumber": "(650) 555-3311"},
    "WebAddr": {"URI": "http://birds.example"},
    "BillAddr": {
        "Id": "2",
        "Line1": "4581 Finch St.",
        "Line2": "Apt. 2",
        "City": "Bayshore",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94326",
        "Country": "USA",
    },
    "ShipAddr": {"Id": "3"},
    "Taxable": True,
    "Active": True,
    "Balance": 239.0,
    "Job": True,
    "ParentRef": {"value": "1"},
    "SalesTermRef": {"value": "3", "name": "Net 30"},
    "CurrencyRef": {"value": "USD"},
}


def test_a_customer_c8():
    found = decode("Customer", CUSTOMER)
    assert found.name == found.natural_key() == "Amy's Bird Sanctuary"
    assert found.email == "Birds@Intuit.com"
    assert found.billing == Address("4581 Finch St.\nApt. 2", "Bayshore", "CA", "94326", "USA")
    assert found.shipping is None
    assert (found.parent, found.term) == (Ref("customer", "1"), Ref("term", "3"))
    assert (found.balance, found.tax_exempt, found.currency) == (Decimal(239), False, "USD")


def test_names_of_inactive_records_lose_quickbooks_suffix_c12():
    gone = CUSTOMER | {"DisplayName": "Amy (deleted)", "Active": False}
    assert (decode("Customer", gone).name, decode("Customer", gone).active) == ("Amy", False)


def test_an_item_d1():
    found = decode(
        "Item",
        {
            "Id": "5",
            "Name": "Rock Fountain",
            "Type": "Inventory",
            "Sku": "RF",
            "UnitPrice": 275,
            "PurchaseCost": 125.5,
            "IncomeAccountRef": {"value": "79"},
            "Taxable": True,
            "Active": True,
        },
    )
    assert (found.type, found.unit_price, found.purchase_cost) == (
        "inventory",
        Decimal(275),
        Decimal("125.5"),
    )
    assert found.income_account == Ref("account", "79")


def test_the_switches_of_the_united_states_say_nothing_elsewhere():
    assert decode("Customer", {"DisplayName": "Ann", "Taxable": False}).tax_exempt
    assert not decode("Customer", {"DisplayName": "Ann", "Taxable": False}, GB).tax_exempt
    assert decode("Item", {"Name": "Rose", "Type": "Service", "Taxable": False}, GB).taxable


def test_folders_and_bundles_are_no_products():
    assert EDITION.decode(Remote(type="Item", id="9", kind="", payload="{}"), US) is None


def test_deleted_records_have_no_record():
    assert EDITION.decode(Remote(type="Invoice", id="9", kind="invoice", deleted=True), US) is None


LINES = [
    {
        "Id": "1",
        "LineNum": 1,
        "Description": "Roses",
        "Amount": 70.0,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": "5"},
            "UnitPrice": 35,
            "Qty": 2,
            "ServiceDate": "2026-03-01",
            "TaxCodeRef": {"value": "TAX"},
        },
    },
    {
        "Id": "2",
        "Amount": 30.0,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": "SHIPPING_ITEM_ID"},
            "TaxCodeRef": {"value": "NON"},
        },
    },
    {
        "Id": "3",
        "Description": "Thank you",
        "DetailType": "DescriptionOnly",
        "DescriptionLineDetail": {},
    },
    {
        "Id": "4",
        "Description": "Set",
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {
            "GroupItemRef": {"value": "12"},
            "Quantity": 1,
            "Line": [{"Amount": 4.5}, {"Amount": 5.5}],
        },
    },
    {"Amount": 110.0, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    {
        "Amount": 11.0,
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    },
]
INVOICE = {
    "Id": "130",
    "SyncToken": "0",
    "DocNumber": "1037",
    "TxnDate": "2026-03-14",
    "DueDate": "2026-04-13",
    "CustomerRef": {"value": "58"},
    "Line": LINES,
    "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}, "TotalTax": 5.36},
    "CustomerMemo": {"value": "Thanks"},
    "BillEmail": {"Address": "a@b.c"},
    "PrivateNote": "call first",
    "TotalAmt": 104.36,
    "Balance": 50,
}


def test_an_invoice_f2():
    found = decode("Invoice", INVOICE)
    assert (found.number, found.issued_on, found.due_on) == (
        "1037",
        dt.date(2026, 3, 14),
        dt.date(2026, 4, 13),
    )
    assert (found.tax, found.total, found.balance) == (
        Decimal("5.36"),
        Decimal("104.36"),
        Decimal(50),
    )
    assert (found.discount, found.discount_percent, found.voided) == (
        Decimal(11),
        Decimal(10),
        False,
    )
    assert (found.memo, found.email, found.private_note, found.currency) == (
        "Thanks",
        "a@b.c",
        "call first",
        "USD",
    )


def test_lines_of_every_sort():
    assert decode("Invoice", INVOICE).lines == (
        SalesLine(
            id="1",
            item=Ref("item", "5"),
            description="Roses",
            quantity=Decimal(2),
            unit_price=Decimal(35),
            amount=Decimal(70),
            tax_code=Ref("tax_code", "3"),
            service_on=dt.date(2026, 3, 1),
        ),
        SalesLine(id="2", amount=Decimal(30)),
        SalesLine(id="3", description="Thank you"),
        SalesLine(
            id="4",
            item=Ref("item", "12"),
            description="Set",
            quantity=Decimal(1),
            amount=Decimal(10),
        ),
    )


def test_taxable_without_a_code_of_the_document_is_still_taxable():
    found = decode("Invoice", INVOICE | {"TxnTaxDetail": {"TotalTax": 0}})
    assert found.lines[0].tax_code == Ref("tax_code", "TAX")


def test_prices_that_include_tax_are_read_gross():
    line = {
        "Id": "1",
        "Amount": 83.33,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": "5"},
            "Qty": 2,
            "UnitPrice": 41.665,
            "TaxInclusiveAmt": 100,
            "TaxCodeRef": {"value": "6"},
        },
    }
    found = decode("Invoice", {"GlobalTaxCalculation": "TaxInclusive", "Line": [line]}, GB)
    assert found.prices_include_tax
    assert found.lines[0].amount == Decimal(100)
    assert found.lines[0].unit_price == Decimal(50)
    assert found.currency == "GBP"


def test_a_voided_invoice_is_seen_by_its_note_and_zero_total_f4():
    found = decode(
        "Invoice", INVOICE | {"PrivateNote": "Voided - call first", "TotalAmt": 0, "Balance": 0}
    )
    assert (found.voided, found.private_note, found.total) == (True, "call first", Decimal(0))
    assert not decode("Invoice", INVOICE | {"PrivateNote": "Voided cheque enclosed"}).voided


def test_a_payment_and_what_it_pays_g4_g5():
    found = decode(
        "Payment",
        {
            "Id": "7",
            "CustomerRef": {"value": "58"},
            "TotalAmt": 100.0,
            "UnappliedAmt": 25.0,
            "TxnDate": "2026-03-20",
            "PaymentRefNum": "cheque 7",
            "DepositToAccountRef": {"value": "4"},
            "PaymentMethodRef": {"value": "2"},
            "Line": [
                {"Amount": 40.0, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]},
                {"Amount": 35.0, "LinkedTxn": [{"TxnId": "131", "TxnType": "Invoice"}]},
                {"Amount": 5.0, "LinkedTxn": [{"TxnId": "9", "TxnType": "CreditMemo"}]},
            ],
        },
    )
    assert found.allocations == (
        Allocation(document=Ref("invoice", "130"), amount=Decimal(40)),
        Allocation(document=Ref("invoice", "131"), amount=Decimal(35)),
    )
    assert (found.total, found.unapplied, found.reference) == (
        Decimal(100),
        Decimal(25),
        "cheque 7",
    )
    assert (found.account, found.method) == (Ref("account", "4"), Ref("payment_method", "2"))


def test_a_voided_payment():
    found = decode(
        "Payment",
        {"Id": "7", "TotalAmt": 0, "UnappliedAmt": 0, "Line": [], "PrivateNote": "Voided"},
    )
    assert (found.voided, found.note, found.unapplied) == (True, "", Decimal(0))


@pytest.mark.parametrize(
    ("links", "lies"),
    [
        ([{"TxnId": "9", "TxnType": "Deposit", "TxnLineId": "0"}], True),
        ([{"TxnId": "9", "TxnType": "Invoice"}], False),
        ([], False),
        ("Deposit", False),
        (["Deposit"], False),
    ],
)
def test_a_payment_in_a_deposit_g9(links, lies):
    assert (
        decode("Payment", {"Id": "7", "TotalAmt": 5, "Line": [], "LinkedTxn": links}).deposited
        is lies
    )


def test_lists_a10():
    account = decode("Account", {
        "Id": "79", "Name": "Sales", "FullyQualifiedName": "Income:Sales", "AccountType": "Income",
        "Classification": "Revenue", "ParentRef": {"value": "70"}, "CurrentBalance": 0,
    })  # fmt: skip
    assert (account.natural_key(), account.type, account.parent) == (
        "Income:Sales",
        "Income",
        Ref("account", "70"),
    )
    term = decode("Term", {"Id": "3", "Name": "Net 30", "DueDays": 30})
    assert (term.due_days, term.due_day_of_month) == (30, None)
    method = decode(
        "PaymentMethod", {"Id": "4", "Name": "Visa", "Type": "CREDIT_CARD"}, kind="payment_method"
    )
    assert method.is_card
    code = decode("TaxCode", {"Id": "3", "Name": "California", "Taxable": True}, kind="tax_code")
    assert code.rate == Decimal("8.5")
    assert decode("TaxCode", {"Id": "8", "Name": "Odd"}, Facts(), kind="tax_code").rate is None
