"""Customers, vendors and employees."""

from __future__ import annotations

import pytest

from tests.simulator.wire import Refused


def code(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_a_customer_comes_back_as_quickbooks_writes_it(books):
    made = books.create(
        "Customer",
        GivenName="Zoë",
        FamilyName="O'Neil",
        PrimaryEmailAddr={"Address": "z@example.com"},
    )
    assert (
        made["DisplayName"]
        == made["FullyQualifiedName"]
        == made["PrintOnCheckName"]
        == "Zoë O'Neil"
    )
    assert (made["domain"], made["sparse"], made["SyncToken"], made["Active"]) == (
        "QBO",
        False,
        "0",
        True,
    )
    assert made["Balance"] == made["BalanceWithJobs"] == 0
    assert made["MetaData"]["CreateTime"][-6:] in ("-08:00", "-07:00")
    read = books.read("Customer", made["Id"])
    assert read == made | {"V4IDPseudonym": read["V4IDPseudonym"]}


@pytest.mark.parametrize("other", ["Vendor", "Employee", "Customer"])
def test_one_name_for_customers_vendors_and_employees_in_any_case(books, other):
    books.customer("Acme Ltd")
    extra = {"GivenName": "A"} if other == "Employee" else {}
    assert code(books.create, other, DisplayName="ACME ltd", **extra) == 6240


def test_a_deactivated_name_gets_a_suffix_and_is_free_again(books):
    first = books.customer("Acme")
    gone = books.update("Customer", first, Active=False)
    assert gone["DisplayName"] == "Acme (deleted)"
    second = books.customer("Acme")
    assert code(books.create, "Vendor", DisplayName="Acme (deleted)") == 6240
    assert code(books.update, "Customer", gone, Active=True) == 6240
    books.update("Customer", second, Active=False)
    assert books.update("Customer", gone, Active=True)["DisplayName"] == "Acme"


def test_inactive_customers_hide_from_queries_but_not_from_reads(books):
    gone = books.update("Customer", books.customer("Hidden"), Active=False)
    assert books.rows("select * from Customer") == []
    assert books.read("Customer", gone["Id"])["Active"] is False
    assert len(books.rows("select * from Customer where Active in (true, false)")) == 1


def test_deactivating_twice_keeps_the_token(books):
    gone = books.update("Customer", books.customer(), Active=False)
    assert books.update("Customer", gone, Active=False)["SyncToken"] == gone["SyncToken"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, 6080),
        ({"DisplayName": "a:b"}, 2040),
        ({"DisplayName": "a\tb"}, 2040),
        ({"DisplayName": "x" * 501}, 2050),
        ({"DisplayName": "x", "Title": "t" * 17}, 2050),
        ({"DisplayName": "x", "PrimaryEmailAddr": {"Address": "nobody"}}, 2210),
        ({"DisplayName": "x", "Job": True}, 6150),
        ({"DisplayName": "x", "ParentRef": {"value": "999"}, "Job": True}, 2500),
        ({"DisplayName": "x", "CurrencyRef": {"value": "EUR"}}, 6000),
        ({"DisplayName": "x", "Nickname": "y"}, 2010),
        ({"DisplayName": "x", "BillAddr": {"Street": "y"}}, 2010),
        ({"DisplayName": ["x"]}, 2010),
        ({"DisplayName": "x", "SalesTermRef": {"value": "77"}}, 2500),
    ],
    ids=str,
)
def test_what_a_customer_may_not_be(books, values, expected):
    assert code(books.create, "Customer", **values) == expected
    assert books.rows("select * from Customer") == []


def test_an_unknown_property_is_named_with_the_known_ones(books):
    with pytest.raises(Refused) as caught:
        books.create("Customer", BadJson=1)
    assert (
        'Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Customer)'
        in caught.value.detail
    )
    assert "known properties" in caught.value.detail
    assert caught.value.status == 400


def test_sub_customers_carry_level_full_name_and_sums(books):
    top = books.customer("Top")
    child = books.customer("Child", Job=True, ParentRef={"value": top["Id"]})
    assert (child["Level"], child["FullyQualifiedName"], child["DisplayName"]) == (
        1,
        "Top:Child",
        "Child",
    )
    books.invoice(child, 85)
    top = books.read("Customer", top["Id"])
    assert (top["Balance"], top["BalanceWithJobs"]) == (0, 85)
    books.update("Customer", top, DisplayName="Summit")
    assert books.read("Customer", child["Id"])["FullyQualifiedName"] == "Summit:Child"


def test_sub_customers_nest_four_deep_and_never_in_circles(books):
    chain = [books.customer("L0")]
    for level in range(1, 5):
        chain.append(books.customer(f"L{level}", Job=True, ParentRef={"value": chain[-1]["Id"]}))
    assert code(books.customer, "L5", Job=True, ParentRef={"value": chain[-1]["Id"]}) == 6180
    assert (
        code(books.update, "Customer", chain[0], Job=True, ParentRef={"value": chain[2]["Id"]})
        == 900
    )


def test_an_invoice_moves_the_balance_and_the_time_but_not_the_token(books):
    made = books.customer()
    books.invoice(made, 40)
    after = books.read("Customer", made["Id"])
    assert (after["Balance"], after["SyncToken"]) == (40, made["SyncToken"])


def test_a_stale_token_is_refused(books):
    made = books.customer()
    books.update("Customer", made, Notes="first")
    with pytest.raises(Refused) as caught:
        books.update("Customer", made, Notes="second")
    assert caught.value.code == 5010
    assert caught.value.detail.startswith("Stale Object Error : You and ")


def test_a_full_update_forgets_what_is_not_sent(books):
    made = books.customer("Full", Notes="keep me?", CompanyName="C")
    sent = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Full"}
    after = books.call("POST", "customer", sent)["Customer"]
    assert "Notes" not in after
    assert after["Active"] is True
    assert after["PrintOnCheckName"] == "Full"


def test_a_sparse_update_changes_only_what_is_sent(books):
    made = books.customer("Sparse", Notes="stays")
    after = books.update("Customer", made, CompanyName="New")
    assert (after["Notes"], after["CompanyName"], after["SyncToken"]) == ("stays", "New", "1")


def test_an_opening_balance_is_posted(books):
    made = books.customer("Opening", Balance=120, OpenBalanceDate="2026-01-01")
    assert books.read("Customer", made["Id"])["Balance"] == 120
    assert books.ledger()["balanced"]


def test_tax_identifiers_are_masked(books):
    assert (
        books.customer("M", PrimaryTaxIdentifier="12345678901")["PrimaryTaxIdentifier"]
        == "XXXXXX78901"
    )
    assert books.vendor("V", TaxIdentifier="123456789")["TaxIdentifier"] == "XXXXX6789"


@pytest.mark.parametrize(
    ("path", "expected"), [("customer/1.5", 2030), ("customer/9999", 610), ("customer/1/5", 500)]
)
def test_reads_that_lead_nowhere(books, path, expected):
    assert code(books.call, "GET", path) == expected


def test_malformed_json_is_a_2010(books):
    status, _, body = books.raw("POST", "customer", b'{"DisplayName": ')
    assert status == 400
    assert b'"code":"2010"' in body


def test_a_new_name_shows_in_the_documents_it_owns(books):
    customer, vendor = books.customer("Before"), books.vendor("Old")
    invoice, bill = books.invoice(customer), books.bill(vendor)
    books.update("Customer", books.read("Customer", customer["Id"]), DisplayName="After's")
    books.update("Vendor", books.read("Vendor", vendor["Id"]), DisplayName="New")
    after = books.read("Invoice", invoice["Id"])
    assert (after["CustomerRef"]["name"], after["SyncToken"]) == ("After's", invoice["SyncToken"])
    assert after["TotalAmt"] == invoice["TotalAmt"]
    assert books.read("Bill", bill["Id"])["VendorRef"]["name"] == "New"
