"""What differs from country to country: currency, tax account, agencies, rates and codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A tax code: name, description, and rates (name, percent) of sales; purchases have the same
    percentages.

    `id` and `agency`, the place of whom the tax is paid to, where they are not the next and the
    first.
    """

    name: str
    text: str
    rates: tuple[tuple[str, str], ...]
    id: str = ""
    agency: int = 1


@dataclass(frozen=True, slots=True)
class Country:
    """The defaults of a country's companies."""

    iso3: str
    currency: str
    tax_account: str
    agencies: tuple[str, ...]
    codes: tuple[Code, ...]
    company: str
    address: tuple[str, str, str, str]  # street, city, region, postal code


COUNTRIES = {
    "US": Country(
        "USA",
        "USD",
        "Sales Tax Payable",
        ("Arizona Dept. of Revenue", "Board of Equalization"),
        # Numbered as in Intuit's own sample: code 2 has rate 3, code 3 has rates 1 and 2.
        (
            Code("Tucson", "Tucson", (("AZ State tax", "7.1"), ("Tucson City", "2")), id="3"),
            Code("California", "California", (("California", "8"),), id="2", agency=2),
        ),
        "Sandbox Landscaping Company",
        ("123 Sierra Way", "San Pablo", "CA", "87999"),
    ),
    "GB": Country(
        "GBR",
        "GBP",
        "VAT Control",
        ("HMRC",),
        (
            Code("20.0% S", "Standard rate", (("20.0% S", "20"),)),
            Code("5.0% R", "Reduced rate", (("5.0% R", "5"),)),
            Code("0.0% Z", "Zero rate", (("0.0% Z", "0"),)),
            Code("Exempt", "Exempt", (("Exempt", "0"),)),
            Code("No VAT", "No VAT", (("No VAT", "0"),)),
        ),
        "Sandbox Landscaping Ltd",
        ("1 Orchard Lane", "Leeds", "West Yorkshire", "LS1 1AA"),
    ),
    "CA": Country(
        "CAN",
        "CAD",
        "GST/HST Payable",
        ("Canada Revenue Agency", "Revenu Québec"),
        (
            Code("GST", "GST 5%", (("GST", "5"),)),
            Code("HST ON", "HST Ontario", (("HST ON", "13"),)),
            Code(
                "GST/PST BC", "GST and PST British Columbia", (("GST (BC)", "5"), ("PST BC", "7"))
            ),
            Code("Zero-rated", "Zero-rated", (("Zero-rated", "0"),)),
            Code("Exempt", "Exempt", (("Exempt", "0"),)),
            Code("Out of Scope", "Out of scope", (("Out of Scope", "0"),)),
        ),
        "Sandbox Landscaping Inc",
        ("45 Maple Street", "Toronto", "ON", "M5V 2T6"),
    ),
    "AU": Country(
        "AUS",
        "AUD",
        "GST Liabilities Payable",
        ("Australian Taxation Office",),
        (
            Code("GST", "GST 10%", (("GST", "10"),)),
            Code("GST free", "GST free", (("GST free", "0"),)),
            Code("Input taxed", "Input taxed", (("Input taxed", "0"),)),
            Code("BAS Excluded", "Out of scope", (("BAS Excluded", "0"),)),
        ),
        "Sandbox Landscaping Pty Ltd",
        ("7 Wattle Road", "Sydney", "NSW", "2000"),
    ),
    "FR": Country(
        "FRA",
        "EUR",
        "TVA à payer",
        ("Direction générale des Finances publiques",),
        (
            Code("20,0 % TVA", "Taux normal", (("20,0 % TVA", "20"),)),
            Code("10,0 % TVA", "Taux intermédiaire", (("10,0 % TVA", "10"),)),
            Code("5,5 % TVA", "Taux réduit", (("5,5 % TVA", "5.5"),)),
            Code("0,0 % TVA", "Exonéré", (("0,0 % TVA", "0"),)),
        ),
        "Paysages du Bac SARL",
        ("3 rue des Lilas", "Lyon", "Rhône", "69003"),
    ),
}
