"""What customers, vendors, items, accounts and rates say of themselves; numbers are those of the
review of fidelity.
"""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ({"CompanyName": "Acme Inc", "GivenName": "John", "FamilyName": "Doe"}, "Acme Inc"),
        ({"GivenName": "Test", "FamilyName": "Customer"}, "Test Customer"),
        ({"FamilyName": "Customer"}, "Customer"),
        ({}, "Shown"),
        ({"PrintOnCheckName": "Own", "CompanyName": "Acme Inc"}, "Own"),
    ],
)
def test_checks_name_the_company_else_the_person(books, values, printed):
    """fidelity 1.9: create-vendor, create-customer."""
    for name in ("Customer", "Vendor"):
        made = books.create(name, DisplayName=f"Shown {name}", **values)
        assert made["PrintOnCheckName"] == printed.replace("Shown", f"Shown {name}")


def test_lists_are_ordered_as_recorded(books):
    """fidelity 1.11: customers by full names, so below their parents; accounts by their own."""
    parent = books.customer("Freeman Sporting Goods")
    books.customer("0969 Ocean View Road", Job=True, ParentRef={"value": parent["Id"]})
    books.customer("Geeta Kalapatapu")
    names = [row["DisplayName"] for row in books.rows("select * from Customer")]
    assert names == ["Freeman Sporting Goods", "0969 Ocean View Road", "Geeta Kalapatapu"]
    above = books.create("Account", Name="Zebra", AccountType="Expense")
    books.create(
        "Account",
        Name="Aardvark",
        AccountType="Expense",
        SubAccount=True,
        ParentRef={"value": above["Id"]},
    )
    accounts = [row["Name"] for row in books.rows("select * from Account maxresults 1000")]
    assert accounts[0] == "Aardvark"
    assert accounts == sorted(accounts, key=str.lower)


def test_who_is_taxable_has_a_code_in_single_answers_alone(books):
    """fidelity 1.15: 7 of 7 single answers, 0 of 71 rows, without a name."""
    code = books.read("Preferences", "1")["TaxPrefs"]["TaxGroupCodeRef"]
    created = books.customer("Taxed")
    assert created["DefaultTaxCodeRef"] == {"value": code["value"]}
    assert (
        books.read("Customer", created["Id"])["DefaultTaxCodeRef"] == created["DefaultTaxCodeRef"]
    )
    assert "DefaultTaxCodeRef" not in books.rows("select * from Customer")[0]
    assert "DefaultTaxCodeRef" not in books.changes("Customer", "2026-01-01")[0]["Customer"][0]
    free = books.update("Customer", created, Taxable=False)
    assert "DefaultTaxCodeRef" not in free


def test_names_have_a_pseudonym(books):
    """fidelity 1.20: 38 digits; recorded in no answer to a write of a customer."""
    customer, vendor = books.customer(), books.vendor()
    assert "V4IDPseudonym" not in customer
    assert "V4IDPseudonym" not in books.update("Customer", customer, Notes="x")
    read = books.read("Customer", customer["Id"])
    assert re.fullmatch("002098[0-9a-f]{32}", read["V4IDPseudonym"])
    assert books.rows("select * from Customer")[0]["V4IDPseudonym"] == read["V4IDPseudonym"]
    assert (
        vendor["V4IDPseudonym"]
        == books.read("Vendor", vendor["Id"])["V4IDPseudonym"]
        != read["V4IDPseudonym"]
    )


def test_what_only_single_answers_and_what_only_rows_tell(books):
    """fidelity 1.20 and section 3."""
    vendor, item, customer = books.vendor(), books.item(), books.customer()
    assert (vendor["BillRate"], vendor["CostRate"], item["DeferredRevenue"]) == (0, 0, False)
    assert books.read("Item", item["Id"])["DeferredRevenue"] is False
    row = books.rows("select * from Vendor")[0]
    assert not {"BillRate", "CostRate"} & set(row)
    paid = books.update("Vendor", books.read("Vendor", vendor["Id"]), BillRate=25)
    assert (paid["BillRate"], books.rows("select * from Vendor")[0]["BillRate"]) == (25, 25)
    assert "DeferredRevenue" not in books.rows(f"select * from Item where Id = '{item['Id']}'")[0]
    assert books.rows("select * from Customer")[0]["ClientEntityId"] == "0"
    for single in (
        customer,
        books.read("Customer", customer["Id"]),
        books.update("Customer", customer, Notes="x"),
    ):
        assert "ClientEntityId" not in single


def test_a_new_account_does_not_tell_when_it_was_changed(books):
    """Section 3, Account: LastUpdatedTime absent in the answer to a create, once of once."""
    account = books.create("Account", Name="New", AccountType="Bank")
    assert set(account["MetaData"]) == {"CreateTime"}
    assert "LastUpdatedTime" in books.read("Account", account["Id"])["MetaData"]
    answer = books.batch(
        {"bId": "1", "operation": "create", "Account": {"Name": "Two", "AccountType": "Bank"}}
    )[0]
    assert set(answer["Account"]["MetaData"]) == {"CreateTime"}


def test_a_rate_tells_its_time_and_no_token(company):
    """Section 3, ExchangeRate: 145 recorded."""
    books = company(multicurrency=True)
    rate = books.call("GET", "exchangerate", sourcecurrencycode="EUR")["ExchangeRate"]
    assert set(rate["MetaData"]) == {"LastUpdatedTime"}
    assert "SyncToken" not in rate
    written = {"SourceCurrencyCode": "EUR", "Rate": 1.2, "AsOfDate": "2026-01-05"}
    assert "SyncToken" not in books.call("POST", "exchangerate", written)["ExchangeRate"]
    row = books.rows("select * from ExchangeRate where SourceCurrencyCode = 'EUR'")[0]
    assert ("SyncToken" in row, "LastUpdatedTime" in row["MetaData"]) == (False, True)


def test_the_rest_of_the_table(sample):
    """Section 3: CustomerType, TaxCode, RefundReceipt, Preferences, Item."""
    assert "FullyQualifiedName" not in sample.rows("select * from CustomerType")[0]
    assert not any("Hidden" in code for code in sample.rows("select * from TaxCode"))
    refund = sample.rows("select * from RefundReceipt")[0]
    assert not {"RemainingCredit", "LinkedTxn"} & set(refund)
    preferences = sample.read("Preferences", "1")
    assert (
        preferences["VendorAndPurchasesPrefs"]["POCustomField"][0]["CustomField"][0]["Type"]
        == "BooleanType"
    )
    services = {
        row["Id"]: row["Name"] for row in sample.rows("select * from Item where Type = 'Service'")
    }
    assert (services["4"], services["6"], services["10"]) == ("Design", "Gardening", "Pest Control")
    assert sample.rows("select * from Item where Type = 'Category'") == []
