"""The agencies, rates and codes a new company of a country has."""

from __future__ import annotations

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.planting.countries import Code, Country

# Pseudo codes of lines in the US; their ids are words.
_PSEUDO = (("TAX", True), ("NON", False), ("CustomSalesTax", True))


def plant_taxes(book: Book, country: Country) -> None:
    """Everything about tax, as the set-up of a new company leaves it."""
    for agency in country.agencies:
        doc = {"DisplayName": agency, "TaxTrackedOnPurchases": True, "TaxTrackedOnSales": True}
        book.save("TaxAgency", {"Id": book.new_id("TaxAgency"), **doc})
    us = country.iso3 == "USA"
    for word, taxable in _PSEUDO if us else ():
        book.save("TaxCode", _code(word, word, word) | {"Taxable": taxable, "TaxGroup": False})
    for code in country.codes:
        lists = {"SalesTaxRateList": {"TaxRateDetail": _rates(book, code, "")}}
        bought = [] if us else _rates(book, code, " (Purchases)")
        lists["PurchaseTaxRateList"] = {"TaxRateDetail": bought}
        book.save("TaxCode", _code(code.id or book.new_id("TaxCode"), code.name, code.text) | lists)
    given = [int(code.id) for code in country.codes if code.id]
    if given:
        book.store.run("INSERT OR REPLACE INTO sequence VALUES('taxcode', ?)", max(given))


def _code(id_: str, name: str, text: str) -> Doc:
    return {
        "Id": id_,
        "Name": name,
        "Description": text,
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
    }


def _rates(book: Book, code: Code, suffix: str) -> list[Doc]:
    details = []
    for order, (name, percent) in enumerate(code.rates):
        rate = book.save(
            "TaxRate", _rate(book.new_id("TaxRate"), name + suffix, percent, code.agency)
        )
        reference = {"value": rate["Id"], "name": rate["Name"]}
        details.append(
            {"TaxRateRef": reference, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}
        )
    return details


def _rate(id_: str, name: str, percent: str, agency: int) -> Doc:
    since = {"RateValue": dec(percent), "EffectiveDate": "2010-01-01T00:00:00-08:00"}
    return {
        "Id": id_,
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": dec(percent),
        "AgencyRef": {"value": str(agency)},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [since],
    }
