"""Planting a company: what every new company has, the sample on top, and companies of any size."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from quicksync.simulator.accounting.book import currency_name
from quicksync.simulator.accounting.errors import ControlError
from quicksync.simulator.accounting.jsontext import Doc, loads_doc
from quicksync.simulator.company.company import Company
from quicksync.simulator.planting import bulk, chart, sample
from quicksync.simulator.planting.countries import COUNTRIES as TABLE
from quicksync.simulator.planting.countries import Country
from quicksync.simulator.planting.planter import Planter
from quicksync.simulator.planting.tax_planting import plant_taxes
from quicksync.simulator.rules.documents import rates
from quicksync.simulator.rules.documents.forms import rate_on

COUNTRIES = tuple(TABLE)
LAST_FILE = 5000000000000503623
"""Recorded ids of files have 19 digits: whoever keeps ids as small numbers is to find out here."""


@dataclass
class Spec:
    """How a company is planted; the control route sends the same words."""

    realm: str = ""
    company: str = "sample"
    country: str = "US"
    seed: int = 1
    name: str = ""
    currency: str = ""
    offering: str = ""
    categories: bool = True
    preferences: dict[str, Any] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Doc) -> Spec:
        """A spec out of JSON; short words for the usual preferences are understood."""
        sent = dict(sent)
        spec = cls(
            company=str(sent.pop("company", "empty")),
            realm=str(sent.pop("realm_id", sent.pop("realm", "")) or ""),
        )
        for key in ("country", "name", "currency", "offering", "categories", "seed", "size"):
            if sent.get(key) is not None:
                setattr(spec, key, sent.pop(key))
        spec.preferences = {**sent.pop("preferences", {}), **sent}
        if spec.country not in TABLE or spec.company not in ("sample", "empty"):
            raise ControlError(f"country is one of {', '.join(TABLE)}, company is sample or empty.")
        unknown = set(spec.preferences) - set(_SHORT) - _BLOCKS
        if unknown:
            raise ControlError(
                f"Unknown settings: {', '.join(sorted(unknown))}. Known:"
                f" {', '.join(sorted(_SHORT))}."
            )
        return spec

    def as_doc(self) -> Doc:
        """The spec as JSON."""
        return asdict(self)


_BLOCKS = frozenset(
    (
        "AccountingInfoPrefs",
        "SalesFormsPrefs",
        "VendorAndPurchasesPrefs",
        "TaxPrefs",
        "CurrencyPrefs",
        "ReportPrefs",
        "TimeTrackingPrefs",
        "ProductAndServicesPrefs",
        "OtherPrefs",
    )
)
# word: (block, key)
_SHORT = {
    "custom_numbers": ("SalesFormsPrefs", "CustomTxnNumbers"),
    "class_per_transaction": ("AccountingInfoPrefs", "ClassTrackingPerTxn"),
    "class_per_line": ("AccountingInfoPrefs", "ClassTrackingPerTxnLine"),
    "locations": ("AccountingInfoPrefs", "TrackDepartments"),
    "multicurrency": ("CurrencyPrefs", "MultiCurrencyEnabled"),
    "closing_date": ("AccountingInfoPrefs", "BookCloseDate"),
    "sales_tax": ("TaxPrefs", "UsingSalesTax"),
    "automated_tax": ("TaxPrefs", "PartnerTaxEnabled"),
    "auto_apply_credit": ("SalesFormsPrefs", "AutoApplyCredit"),
}  # fmt: skip


def plant(company: Company, spec: Spec) -> None:
    """Fill an empty store."""
    country = TABLE[spec.country]
    with company.book.transaction():
        company.store.set_setting("country", spec.country)
        _settings(company, spec, country)
        planter = Planter(company.book)
        company.store.run(
            "INSERT INTO sequence VALUES('account', 91), ('attachable', ?)", LAST_FILE
        )
        for row in chart.accounts(chart.BASIC, country.tax_account):
            planter.account(*row)
        plant_taxes(company.book, country)
        _usual_tax(company)
        if spec.preferences.get("multicurrency"):
            _currencies(planter, company)
        for name, days in chart.TERMS:
            planter.add("Term", Name=name, DueDays=days)
        for name, kind in chart.METHODS:
            planter.add("PaymentMethod", Name=name, Type=kind)
        planter.add(
            "Item",
            Name="Services",
            Type="Service",
            IncomeAccountRef=planter.ref("Account", "Services"),
            UnitPrice=0,
        )
        planter.add(
            "Item",
            Name="Hours",
            Type="Service",
            IncomeAccountRef=planter.ref("Account", "Services"),
            UnitPrice=0,
        )
        if spec.company == "sample":
            sample.plant_sample(planter, spec.country)
        if spec.size:
            bulk.grow(
                company, planter, {key: int(value) for key, value in spec.size.items()}, spec.seed
            )
        _close(company, spec)


def _currencies(planter: Planter, company: Company) -> None:
    """The currencies a company with several starts from, with a rate each."""
    book = company.book
    day = book.today().replace(month=1, day=1).isoformat()
    for code in ("CAD", "EUR", "GBP", "USD"):
        if code != book.home:
            planter.add("CompanyCurrency", Code=code)
            rate = rate_on(book, code, day)
            rates.write(book, {"SourceCurrencyCode": code, "Rate": rate, "AsOfDate": day})


def _defaults() -> Doc:
    """What every new company has set."""
    return loads_doc(Path(__file__).with_name("newcompany.json").read_text("utf-8"))


def _settings(company: Company, spec: Spec, country: Country) -> None:
    book = company.book
    currency = spec.currency or country.currency
    street, city, region, postal = country.address
    address = {
        "Id": "1",
        "Line1": street,
        "City": city,
        "CountrySubDivisionCode": region,
        "PostalCode": postal,
        "Country": country.iso3,
    }
    name = spec.name or (
        country.company if spec.company == "sample" else f"Empty Company {book.realm[-2:]}"
    )
    info: Doc = {
        **_defaults()["CompanyInfo"],
        "Id": "1",
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "LegalAddr": dict(address),
        "CustomerCommunicationAddr": dict(address),
        "Country": country.iso3,
        "CompanyStartDate": book.today().replace(month=1, day=1).isoformat(),
    }
    for entry in info["NameValue"]:
        if spec.offering and entry["Name"] == "OfferingSku":
            entry["Value"] = spec.offering
        if entry["Name"] == "ItemCategoriesFeature":
            entry["Value"] = "true" if spec.categories else "false"
    book.save("CompanyInfo", info)
    book.save("Preferences", _preferences(spec, currency))


def _preferences(spec: Spec, currency: str) -> Doc:
    doc: Doc = _defaults()["Preferences"]
    doc["CurrencyPrefs"]["HomeCurrency"] = {"value": currency, "name": currency_name(currency)}
    if spec.company == "sample":
        doc["AccountingInfoPrefs"] |= {"TrackDepartments": True, "ClassTrackingPerTxnLine": True}
        name = {
            "Name": "SalesFormsPrefs.SalesCustomName1",
            "Type": "StringType",
            "StringValue": "Crew #",
        }
        doc["SalesFormsPrefs"]["CustomField"][0]["CustomField"][0]["BooleanValue"] = True
        doc["SalesFormsPrefs"]["CustomField"].append({"CustomField": [name]})
    for word, value in spec.preferences.items():
        if word in _BLOCKS:
            doc.setdefault(word, {}).update(value)
        elif word != "closing_date":
            block, key = _SHORT[word]
            doc[block][key] = value
    accounting = doc["AccountingInfoPrefs"]
    if accounting["ClassTrackingPerTxn"]:
        accounting["ClassTrackingPerTxnLine"] = False
    return doc


def _usual_tax(company: Company) -> None:
    """In the US the first code of the company is the one its customers are taxed by."""
    book = company.book
    code = next((id_ for id_, code in book.rows("TaxCode").items() if code.get("TaxGroup")), "")
    if book.country != "US" or not code:
        return
    taxes = {**book.prefs["TaxPrefs"], "TaxGroupCodeRef": {"value": code}}
    book.save("Preferences", {**book.prefs, "TaxPrefs": taxes}, bump=False)


def _close(company: Company, spec: Spec) -> None:
    closing = spec.preferences.get("closing_date")
    prefs = dict(company.book.prefs)
    accounts = company.book
    prefs["AccountingInfoPrefs"] = {
        **prefs["AccountingInfoPrefs"],
        "DefaultARAccount": {"value": str(accounts.account("Accounts Receivable")["Id"])},
        "DefaultAPAccount": {"value": str(accounts.account("Accounts Payable")["Id"])},
    }
    if closing:
        prefs["AccountingInfoPrefs"]["BookCloseDate"] = str(closing)
    discount = company.book.account("Income", subtype="DiscountsRefundsGiven")
    prefs["SalesFormsPrefs"] = {
        **prefs["SalesFormsPrefs"],
        "DefaultDiscountAccount": str(discount["Id"]),
    }
    company.book.save("Preferences", prefs, bump=False)
