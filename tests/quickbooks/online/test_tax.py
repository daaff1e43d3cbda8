"""Sales tax in its three worlds: both totals agree to the cent (F14, F15)."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents.tax import document_tax
from quicksync.records.documents import ZERO
from tests.quickbooks.online.make import (
    AUTOMATED,
    EDITION,
    GB,
    US,
    body,
    golden,
    invoice,
    item,
    line,
)

OFF = Facts(country="US", tax_kind="none", defaults={"item": "1"})


def told(record, facts):
    found = body(record, facts)["Invoice"]
    codes = [
        each["SalesItemLineDetail"].get("TaxCodeRef", {}).get("value") for each in found["Line"]
    ]
    return codes, found.get("TxnTaxDetail"), found.get("GlobalTaxCalculation")


# --- United States ---


def test_lines_are_taxable_or_not_and_the_document_has_one_code():
    record = invoice(
        line("100.00", tax_code="3"),
        line("50.00"),
        line("10.00", tax_code="NON"),
        tax=Decimal("8.50"),
    )
    assert told(record, US) == (["TAX", "NON", "NON"], {"TxnTaxCodeRef": {"value": "3"}}, None)


def test_zero_rated_lines_beside_taxed_ones_are_told_as_untaxed():
    codes, detail, _ = told(invoice(line("1.00", tax_code="4"), line("1.00", tax_code="3")), US)
    assert (codes, detail) == (["NON", "TAX"], {"TxnTaxCodeRef": {"value": "3"}})
    codes, detail, _ = told(invoice(line("1.00", tax_code="4")), US)
    assert (codes, detail) == (["TAX"], {"TxnTaxCodeRef": {"value": "4"}})


def test_of_several_codes_the_one_with_the_largest_amount_stands():
    facts = msgspec.structs.replace(US, tax_codes={"3": "8.5", "5": "7"}, tax_rates={})
    codes, detail, _ = told(
        invoice(line("1.00", tax_code="3"), line("2.00", tax_code="5"), tax=Decimal(1)), facts
    )
    assert codes == ["TAX", "TAX"]
    assert detail == {"TxnTaxCodeRef": {"value": "5"}, "TotalTax": Decimal("1.00")}


def test_another_tax_of_the_host_overrides_by_lines_without_a_code():
    _, detail, _ = told(invoice(line("100.00", tax_code="3"), tax=Decimal("8.49")), US)
    assert detail["TotalTax"] == Decimal("8.49")
    assert [each["Amount"] for each in detail["TaxLine"]] == [Decimal("6.49"), Decimal("2.00")]
    assert "TxnTaxCodeRef" not in detail


def test_plain_taxable_takes_the_companys_own_code():
    facts = msgspec.structs.replace(US, defaults={**US.defaults, "sales_tax": "3"})
    assert told(invoice(line("1.00", tax_code="TAX")), facts)[1] == {
        "TxnTaxCodeRef": {"value": "3"}
    }
    assert told(invoice(line("1.00", tax_code="TAX")), US)[1] is None


def test_untaxed_documents_say_zero():
    assert told(invoice(line("1.00"), tax=Decimal(0)), US) == (["NON"], {"TotalTax": 0}, None)


def test_automated_tax_is_overridden_by_code_and_total_together():
    detail = told(invoice(line("100.00", tax_code="3"), tax=Decimal("7.25")), AUTOMATED)[1]
    assert detail == {"TxnTaxCodeRef": {"value": "3"}, "TotalTax": Decimal("7.25")}
    assert told(invoice(line("100.00", tax_code="3")), AUTOMATED)[1] == {
        "TxnTaxCodeRef": {"value": "3"}
    }


def test_where_tax_is_off_nothing_is_said():
    assert told(invoice(line("1.00", tax_code="3"), tax=Decimal(1)), OFF) == ([None], None, None)


# --- Elsewhere ---


def test_every_line_names_its_code():
    record = invoice(
        line("100.00", tax_code="6"),
        line("50.00", tax_code="7"),
        line("10.00"),
        tax=Decimal("22.50"),
    )
    codes, detail, method = told(record, GB)
    assert (codes, method) == (["6", "7", "10"], "TaxExcluded")
    assert detail["TotalTax"] == Decimal("22.50")
    rates = [each["TaxLineDetail"] for each in detail["TaxLine"]]
    assert [each["TaxRateRef"]["value"] for each in rates] == ["16", "17", "20"]
    assert [each["NetAmountTaxable"] for each in rates] == [100, 50, 10]
    assert [each["Amount"] for each in detail["TaxLine"]] == [Decimal("20.00"), Decimal("2.50"), 0]


def test_cents_that_the_host_rounds_otherwise_go_to_the_largest_rate():
    record = invoice(
        line("100.01", tax_code="6"), line("50.00", tax_code="7"), tax=Decimal("22.51")
    )
    detail = told(record, GB)[1]
    assert [each["Amount"] for each in detail["TaxLine"]] == [Decimal("20.01"), Decimal("2.50")]


def test_a_document_without_any_code_is_outside_of_tax():
    assert told(invoice(line("1.00")), GB) == ([None], None, "NotApplicable")


def test_without_the_hosts_tax_quickbooks_works_it_out():
    assert told(invoice(line("1.00", tax_code="6")), GB) == (["6"], None, "TaxExcluded")


def test_unknown_rates_leave_the_split_to_quickbooks():
    facts = msgspec.structs.replace(GB, tax_rates={})
    assert told(invoice(line("1.00", tax_code="6"), tax=Decimal("0.20")), facts)[1] == {
        "TotalTax": Decimal("0.20")
    }


def test_empty_and_zero_documents():
    found = document_tax(invoice(prices_include_tax=True, tax=Decimal(0)), GB, ZERO)
    assert (found.lines, found.header) == ((), {"GlobalTaxCalculation": "NotApplicable"})
    assert told(invoice(line("0.00", tax_code="6"), tax=Decimal(0)), GB)[1]["TotalTax"] == 0


def test_prices_that_include_tax():
    record = invoice(
        line("120.00", tax_code="6", quantity=Decimal(2), unit_price=Decimal(60)),
        line("10.50", tax_code="7"),
        prices_include_tax=True, tax=Decimal("20.50"), discount=Decimal(0),
    )  # fmt: skip
    golden("invoice-inclusive", EDITION.body(item(record), GB))


def test_a_united_states_company_gets_prices_without_tax():
    record = invoice(line("108.50", tax_code="3"), prices_include_tax=True)
    found = body(record)["Invoice"]
    assert found["Line"][0]["Amount"] == Decimal("100.00")
    assert "GlobalTaxCalculation" not in found


AMOUNTS = st.decimals(min_value="0.01", max_value="5000", places=2)
CODES = st.sampled_from(["6", "7", "10"])


@given(
    st.lists(st.tuples(AMOUNTS, CODES), min_size=1, max_size=8),
    st.sampled_from(["0", "0.01", "0.1"]),
    st.booleans(),
)
def test_inclusive_totals_are_what_the_customer_was_asked_for_f15(rows, discount_share, states_tax):
    gross = sum((amount for amount, _ in rows), ZERO)
    discount = round(gross * Decimal(discount_share), 2)
    tax = round(
        sum(
            (amount - amount / (1 + Decimal(GB.tax_codes[code]) / 100) for amount, code in rows),
            ZERO,
        ),
        2,
    )
    record = invoice(
        *(line(str(amount), tax_code=code) for amount, code in rows),
        prices_include_tax=True,
        tax=tax if states_tax else None,
    )
    found = document_tax(record, GB, discount)
    total_tax = found.header["TxnTaxDetail"]["TotalTax"]
    assert (
        sum((each.amount for each in found.lines), ZERO) - found.discount + total_tax
        == gross - discount
    )
    assert (
        sum((each["Amount"] for each in found.header["TxnTaxDetail"]["TaxLine"]), ZERO) == total_tax
    )


@pytest.mark.parametrize("facts", [US, AUTOMATED, GB, OFF])
def test_a_discount_is_taken_off_before_tax(facts):
    record = invoice(
        line("100.00", tax_code="3" if facts.country == "US" else "6"), discount=Decimal(10)
    )
    assert body(record, facts)["Invoice"]["ApplyTaxAfterDiscount"] is True
