"""Sales tax, the US way and the others'."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import cost, sale


def named(books, name):
    return next(
        c["Id"] for c in books.rows("select * from TaxCode maxresults 1000") if c["Name"] == name
    )


def test_us_tax_follows_the_code_of_the_form(books):
    california = named(books, "California")
    made = books.invoice(
        books.customer(),
        Line=[sale(100, code="TAX"), sale(50, code="NON")],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": california}},
    )
    detail = made["TxnTaxDetail"]
    assert (made["TotalAmt"], detail["TotalTax"], detail["TxnTaxCodeRef"]["value"]) == (
        158,
        8,
        california,
    )
    inner = detail["TaxLine"][0]["TaxLineDetail"]
    assert (inner["TaxPercent"], inner["NetAmountTaxable"], inner["PercentBased"]) == (8, 100, True)
    assert books.ledger()["balanced"]


def test_a_group_of_rates_taxes_each(books):
    made = books.invoice(
        books.customer(),
        Line=[sale(99.99, code="TAX")],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": named(books, "Tucson")}},
    )
    assert [line["Amount"] for line in made["TxnTaxDetail"]["TaxLine"]] == [7.1, 2.0]


def test_the_discount_comes_before_or_after_tax(books):
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": 10,
        "DiscountLineDetail": {"PercentBased": False},
    }
    form = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": named(books, "California")}}}
    lines = [sale(100, code="TAX"), discount]
    customer = books.customer()
    assert books.invoice(customer, Line=lines, **form)["TotalAmt"] == 98
    assert (
        books.invoice(customer, Line=lines, ApplyTaxAfterDiscount=True, **form)["TotalAmt"] == 97.2
    )


def test_without_sales_tax_what_is_sent_is_ignored(company):
    books = company(sales_tax=False)
    form = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": named(books, "California")}, "TotalTax": 8}}
    assert books.invoice(books.customer(), Line=[sale(100, code="TAX")], **form)["TotalAmt"] == 100


def test_automated_tax_looks_at_the_address_and_yields_to_an_override(company):
    books = company(automated_tax=True)
    customer = books.customer("A", BillAddr={"CountrySubDivisionCode": "TX"})
    assert books.invoice(customer, Line=[sale(100, code="TAX")])["TotalAmt"] == 108.25
    override = {"TxnTaxCodeRef": {"value": named(books, "California")}, "TotalTax": 5}
    assert (
        books.invoice(customer, Line=[sale(100, code="TAX")], TxnTaxDetail=override)["TotalAmt"]
        == 105
    )
    exempt = books.customer("B", Taxable=False)
    assert books.invoice(exempt, Line=[sale(100, code="TAX")])["TotalAmt"] == 100


@pytest.mark.parametrize(("country", "word"), [("GB", "VAT"), ("CA", "GST/HST"), ("AU", "GST")])
def test_elsewhere_every_line_has_a_code(company, country, word):
    books = company(country=country)
    assert code(books.invoice, books.customer(), Line=[sale(100)]) == 6000
    assert (
        books.invoice(books.customer(), Line=[sale(100)], GlobalTaxCalculation="NotApplicable")[
            "TotalAmt"
        ]
        == 100
    )


def test_vat_is_added_per_rate(company):
    books = company(country="GB")
    lines = [
        sale(100, code=named(books, "20.0% S")),
        sale(50, code=named(books, "5.0% R")),
        sale(10, code=named(books, "0.0% Z")),
    ]
    made = books.invoice(books.customer(), Line=lines)
    assert (made["GlobalTaxCalculation"], made["TotalAmt"]) == ("TaxExcluded", 182.5)
    assert [line["Amount"] for line in made["TxnTaxDetail"]["TaxLine"]] == [20, 2.5, 0]
    assert books.read("Account", books.account("VAT Control")["value"])["CurrentBalance"] == -22.5


def test_inclusive_amounts_show_their_gross(company):
    books = company(country="GB")
    made = books.invoice(
        books.customer(),
        Line=[sale(100, code=named(books, "20.0% S"))],
        GlobalTaxCalculation="TaxInclusive",
    )
    assert made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 120
    assert made["TotalAmt"] == 120


def test_a_sent_total_of_tax_counts_outside_the_us(company):
    books = company(country="GB")
    line = sale(33.33, code=named(books, "20.0% S"))
    made = books.invoice(books.customer(), Line=[line], TxnTaxDetail={"TotalTax": 6.66})
    assert (made["TotalAmt"], made["TxnTaxDetail"]["TaxLine"][0]["Amount"]) == (39.99, 6.66)
    refused = {
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "1"}},
        "GlobalTaxCalculation": "NotApplicable",
    }
    assert code(books.invoice, books.customer(), Line=[line], **refused) == 6170


def test_bills_carry_input_tax(company):
    books = company(country="GB")
    line = cost(books.account("Office Supplies")["value"], 50, named(books, "20.0% S"))
    bill = books.bill(books.vendor(), Line=[line])
    assert bill["TotalAmt"] == 60
    assert books.read("Account", books.account("VAT Control")["value"])["CurrentBalance"] == 10


def test_codes_are_made_by_the_tax_service_only(books):
    rate = {"TaxRateName": "Town", "RateValue": 1.5, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
    made = books.call("POST", "taxservice/taxcode", {"TaxCode": "Town", "TaxRateDetails": [rate]})
    assert set(made) == {"TaxCode", "TaxCodeId", "TaxRateDetails"}
    assert books.read("TaxCode", made["TaxCodeId"])["TaxGroup"] is True
    again = {"TaxCode": "TOWN", "TaxRateDetails": [rate]}
    assert code(books.call, "POST", "taxservice/taxcode", again) == 6240
    assert code(books.create, "TaxCode", Name="X") == 500
    assert code(books.create, "TaxAgency", DisplayName="Board of Equalization") == 6240


def test_the_pseudo_codes_come_on_top_of_the_page(books):
    names = [row["Name"] for row in books.rows("select * from TaxCode maxresults 1")]
    assert names == ["TAX", "NON", "CustomSalesTax", "California"]
