"""What is learnt of a company from its set-up records."""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.quickbooks.online.company_facts import facts, tax_kind
from quicksync.quickbooks.online.countries import two_letters
from quicksync.records.roles import ACCOUNT_ROLES

INFO = {
    "CompanyName": "Craig's Design",
    "Country": "GBR",
    "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
}
PREFERENCES = {
    "AccountingInfoPrefs": {
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": False,
        "BookCloseDate": "2025-12-31",
    },
    "SalesFormsPrefs": {
        "CustomTxnNumbers": True,
        "AllowDiscount": True,
        "DefaultDiscountAccount": "86",
    },
    "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}},
    "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "3"}},
}


def test_company_and_preferences():
    found = facts({"CompanyInfo": [INFO], "Preferences": [PREFERENCES]})
    assert found == {
        "company_name": "Craig's Design",
        "country": "GB",
        "self_employed": False,
        "home_currency": "GBP",
        "multicurrency": True,
        "custom_numbers": True,
        "closing_date": dt.date(2025, 12, 31),
        "tax_kind": "global",
        "legal": {"product": "QuickBooks Online Plus"},
        "features": {"classes-per-line"},
        "defaults": {"discount": "86", "sales_tax": "3"},
    }


@pytest.mark.parametrize("word", ["true", "false", ""])
def test_whether_products_are_in_categories_d9(word):
    info = {"CompanyName": "x", "NameValue": [{"Name": "ItemCategoriesFeature", "Value": word}]}
    found = facts({"CompanyInfo": [info], "Preferences": [PREFERENCES]})["features"]
    assert ("item-categories" in found) is (word == "true")
    assert "classes-per-line" in found


def test_books_that_were_never_closed():
    assert facts({"Preferences": [{}]})["closing_date"] is None


@pytest.mark.parametrize("sku", ["QuickBooks Self-Employed", "QuickBooks Solopreneur"])
def test_small_products_are_recognised_a3(sku):
    info = {"CompanyName": "x", "NameValue": [{"Name": "OfferingSku", "Value": sku}]}
    assert facts({"CompanyInfo": [info]})["self_employed"] is True


@pytest.mark.parametrize(
    ("country", "prefs", "kind"),
    [
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": True}, "ast"),
        ("US", {"UsingSalesTax": True}, "us"),
        ("US", {"UsingSalesTax": False, "PartnerTaxEnabled": False}, "none"),
        ("US", {}, "none"),
        ("GB", {"UsingSalesTax": True}, "global"),
        ("CA", {}, "global"),
        ("GB", {"UsingSalesTax": False}, "none"),
    ],
)
def test_the_worlds_of_tax_f14(country, prefs, kind):
    assert tax_kind(country, {"TaxPrefs": prefs}) == kind


def rate(known, value, **more):
    return {"Id": known, "RateValue": value, **more}


def code(known, name, *rates, **more):
    details = [{"TaxRateRef": {"value": each}, "TaxOrder": 0} for each in rates]
    return {"Id": known, "Name": name, "SalesTaxRateList": {"TaxRateDetail": details}, **more}


def test_tax_codes_add_up_their_rates_a10():
    history = [{"RateValue": 7, "EndDate": "2020-01-01"}, {"RateValue": 7.5}]
    found = facts(
        {
            "TaxRate": [
                rate("1", 6.5),
                rate("2", 2),
                {"Id": "3", "EffectiveTaxRate": history},
                {"Id": "4"},
                {},
            ],
            "TaxCode": [
                code("10", "Both", "1", "2"),
                code("11", "Newest", "3"),
                code("12", "Unknown", "1", "4"),
                {"Id": "NON", "Name": "NON"},
                {"Id": "TAX", "Name": "TAX"},
            ],
        }
    )
    assert found["tax_codes"] == {"10": "8.5", "11": "7.5", "12": "", "NON": "0", "TAX": ""}
    assert found["tax_rates"] == {"10": (("1", "6.5"), ("2", "2")), "11": (("3", "7.5"),)}


def test_the_code_for_untaxed_lines_is_the_one_that_says_so():
    payloads = {
        "TaxRate": [rate("1", 20), rate("2", 0), rate("3", 0)],
        "TaxCode": [code("5", "20% S", "1"), code("6", "0% Z", "2"), code("7", "No VAT", "3"),
                    code("8", "Old no VAT", "3", Active=False)],
    }  # fmt: skip
    assert facts(payloads)["defaults"]["untaxed"] == "7"
    payloads["TaxCode"] = [code("9", "Reverse", "2")]
    assert facts(payloads)["defaults"]["untaxed"] == "9"


def account(known, kind, subtype="", **more):
    return {"Id": known, "AccountType": kind, "AccountSubType": subtype, **more}


def test_accounts_are_proposed_by_type_never_by_luck_a13():
    accounts = [
        account("100", "Income", "ServiceFeeIncome"),
        account("9", "Income", "Other"),
        account("79", "Income", "SalesOfProductIncome"),
        account("80", "Income", "SalesOfProductIncome", Active=False),
        account("4", "Other Current Asset", "UndepositedFunds"),
        account("35", "Bank", "Checking"),
        account("13", "Expense", "Travel"),
        account("7", "Expense", "Meals"),
        account("84", "Accounts Receivable"),
        account("86", "Income", "DiscountsRefundsGiven"),
    ]
    expected = {"income": "79", "expense": "7", "deposit": "4", "payout": "35", "discount": "86"}
    assert facts({"Account": accounts})["defaults"] == expected
    assert facts({"Account": accounts[::-1]})["defaults"] == expected
    bank = facts({"Account": [account("35", "Bank")]})
    assert bank["defaults"] == {"deposit": "35", "payout": "35"}


FULL = [
    account("1", "Income", "SalesOfProductIncome", Name="Sales"),
    account("2", "Expense", "OtherMiscellaneousServiceCost"),
    account("3", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    account("4", "Other Current Asset", "Inventory"),
    account("5", "Other Current Asset", "UndepositedFunds"),
    account("6", "Income", "DiscountsRefundsGiven"),
    account("7", "Bank", "Checking"),
]
PROPOSED = {
    "income": "1",
    "expense": "2",
    "cost": "3",
    "stock": "4",
    "deposit": "5",
    "payout": "7",
    "discount": "6",
}


def test_every_role_has_its_account_a13():
    assert facts({"Account": FULL})["defaults"] == PROPOSED


@pytest.mark.parametrize("role", PROPOSED)
def test_a_company_without_a_fitting_account_is_proposed_none_a13(role):
    """No role falls back on an account of a wrong type: least of all on receivables and payables
    (F7).
    """
    misfits = [
        account("90", kind, Name="Sales")
        for kind in ("Accounts Receivable", "Accounts Payable", "Equity")
    ]
    fitting = ACCOUNT_ROLES[role]
    others = [one for one in FULL if one["AccountType"] not in fitting]
    found = facts({"Account": [*misfits, *others]}).get("defaults", {})
    assert role not in found


@pytest.mark.parametrize("flaw", [{"Active": False}, {"CurrencyRef": {"value": "EUR"}}])
def test_inactive_accounts_and_those_of_another_currency_are_not_proposed_a13(flaw):
    preferences = {
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}}
    }
    accounts = [{**one, **flaw} for one in FULL]
    assert "defaults" not in facts({"Account": accounts, "Preferences": [preferences]})


@pytest.mark.parametrize(
    "wrong", [account("86", "Accounts Payable"), account("86", "Income", Active=False)]
)
def test_the_companys_own_discount_account_must_fit_too_a13(wrong):
    told = {"SalesFormsPrefs": {"DefaultDiscountAccount": {"value": "86"}}}
    assert facts({"Account": [*FULL, wrong], "Preferences": [told]})["defaults"]["discount"] == "6"
    right = account("86", "Expense")
    assert facts({"Account": [*FULL, right], "Preferences": [told]})["defaults"]["discount"] == "86"


def test_the_currencies_that_are_switched_on_a9():
    entries = [{"Code": "USD"}, {"Code": "EUR"}, {"Code": "CAD", "Active": False}, {}]
    assert facts({"CompanyCurrency": entries})["currencies"] == ("EUR", "USD")


def test_what_the_law_wants_to_know_of_a_company_a10():
    info = INFO | {
        "LegalName": "Craig's Design Ltd", "FiscalYearStartMonth": "April",
        "LegalAddr": {"Line1": "1 Orchard Lane", "City": "Leeds", "PostalCode": "LS1 1AA"},
    }  # fmt: skip
    assert facts({"CompanyInfo": [info]})["legal"] == {
        "name": "Craig's Design Ltd",
        "address": "1 Orchard Lane, Leeds, LS1 1AA",
        "fiscal_year": "April",
        "product": "QuickBooks Online Plus",
    }


def test_a_service_is_proposed_for_lines_without_a_product_d6():
    items = [
        {"Id": "3", "Name": "Hours", "Type": "Service"},
        {"Id": "2", "Name": "Services", "Type": "Inventory"},
        {"Id": "5", "Name": "Services", "Type": "Service"},
    ]
    assert facts({"Item": items})["defaults"] == {"item": "5"}


@pytest.mark.parametrize(
    ("code", "expected"), [("USA", "US"), ("gbr", "GB"), ("US", "US"), (" Narnia ", "NARNIA")]
)
def test_countries(code, expected):
    assert two_letters(code) == expected
