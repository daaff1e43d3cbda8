"""Sales tax: TAX and NON with one code per form in the US, a code per line elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError, business
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import CENT, HUNDRED, ZERO, cents, dec
from quicksync.simulator.rules.work import Work

# The engine's recommendation where automated sales tax is on, by state of the ship-to address.
STATE_RATES = {
    "CA": "8",
    "NY": "8.875",
    "TX": "8.25",
    "WA": "10.1",
    "IL": "10.25",
    "AZ": "7.1",
    "FL": "7",
    "NV": "8.375",
}
_NAMES_OF_TAX = {"GB": "VAT", "CA": "GST/HST", "AU": "GST", "FR": "VAT", "IN": "GST"}


@dataclass(frozen=True, slots=True)
class Taxed:
    """One line as tax sees it: its code and its net amount."""

    code: str
    net: Decimal


def is_us(book: Book) -> bool:
    """Whether the company uses the US way."""
    return book.country == "US"


def line_codes(work: Work, details: Iterable[Doc], *, sales: bool) -> None:
    """Check and default the TaxCodeRef of every line."""
    for detail in details:
        if is_us(work.book):
            if not sales:
                continue
            value = str((detail.get("TaxCodeRef") or {}).get("value") or "NON").upper()
            if value not in ("TAX", "NON"):
                raise ApiError(
                    6100, "Invalid Line TaxCode : For US, specify TAX or NON", element="TaxCodeRef"
                )
            detail["TaxCodeRef"] = {"value": value}
            continue
        found = work.ref(detail, "TaxCodeRef", "TaxCode")
        if found is not None:
            detail["TaxCodeRef"] = {"value": str(found["Id"])}
        elif work.doc.get("GlobalTaxCalculation") != "NotApplicable":
            word = _NAMES_OF_TAX.get(work.book.country, "tax")
            raise business(
                f"Make sure all your transactions have a {word} rate before you save.",
                element="TaxCodeRef",
            )


def tax_method(work: Work) -> None:
    """GlobalTaxCalculation exists outside the US only."""
    doc = work.doc
    if is_us(work.book):
        doc.pop("GlobalTaxCalculation", None)
        return
    method = doc.setdefault(
        "GlobalTaxCalculation", (work.old or {}).get("GlobalTaxCalculation", "TaxExcluded")
    )
    sent = work.sent.get("TxnTaxDetail") or {}
    # What a document without tax is answered with may come back; all else is forbidden beside
    # NotApplicable.
    if method == "NotApplicable" and (set(sent) - {"TotalTax"} or dec(sent.get("TotalTax"))):
        raise ApiError(
            6170, "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable."
        )


def compute(work: Work, lines: list[Taxed], *, purchase: bool = False) -> Decimal:
    """Fill TxnTaxDetail and return the tax of the whole form."""
    doc = work.doc
    sent = doc.get("TxnTaxDetail") or {}
    if is_us(work.book):
        if purchase:
            doc.pop("TxnTaxDetail", None)
            return ZERO
        return _us(work, sent, lines)
    if doc.get("GlobalTaxCalculation") == "NotApplicable":
        doc["TxnTaxDetail"] = {"TotalTax": ZERO}
        return ZERO
    nets: dict[str, Decimal] = {}
    for line in lines:
        for rate in rates_of(work.book, line.code, purchase=purchase):
            nets[rate] = nets.get(rate, ZERO) + line.net
    computed = _lines(work.book, nets)
    if "TxnTaxDetail" in work.sent and sent.get("TotalTax") is not None:
        return _override(doc, sent, computed)
    return _store(doc, computed, None)


def _us(work: Work, sent: Doc, lines: list[Taxed]) -> Decimal:
    book, doc = work.book, work.doc
    if not book.pref("TaxPrefs", "UsingSalesTax"):
        doc["TxnTaxDetail"] = {"TotalTax": ZERO}
        return ZERO
    net = sum((line.net for line in lines if line.code == "TAX"), ZERO)
    code = str((sent.get("TxnTaxCodeRef") or {}).get("value") or "")
    if book.pref("TaxPrefs", "PartnerTaxEnabled"):
        return _automated(work, sent, code, net)
    if code in ("TAX", "NON"):
        raise ApiError(
            6100,
            f"Invalid TxnTaxCodeRef : {code} is no tax code of a form.",
            element="TxnTaxCodeRef",
        )
    if not code:
        if net and sent.get("TaxLine") and "TxnTaxDetail" in work.sent:
            return _override(doc, sent, [])
        doc["TxnTaxDetail"] = {"TotalTax": ZERO}
        return ZERO
    book.need("TaxCode", code, "TxnTaxCodeRef")
    return _store(doc, _lines(book, dict.fromkeys(rates_of(book, code), net)), code)


def _automated(work: Work, sent: Doc, code: str, net: Decimal) -> Decimal:
    """The engine decides by address; code and total together override it."""
    if code and sent.get("TotalTax") is not None and "TxnTaxDetail" in work.sent:
        return _override(work.doc, sent, [])
    address = work.doc.get("ShipAddr") or work.doc.get("BillAddr") or {}
    state = str(address.get("CountrySubDivisionCode") or "CA")
    rate = Decimal(STATE_RATES.get(state, "6"))
    customer = work.book.get("Customer", (work.doc.get("CustomerRef") or {}).get("value")) or {}
    net = net if customer.get("Taxable", True) else ZERO
    if not net:
        return _store(work.doc, [], None)
    chosen = _code_of_state(work.book, state)
    line = _tax_line(cents(net * rate / HUNDRED), rates_of(work.book, chosen)[0], rate, net)
    return _store(work.doc, [line], chosen)


def _code_of_state(book: Book, state: str) -> str:
    """The code that the engine sets, whatever was asked for; those of the sample are for California
    and Arizona.
    """
    groups = [str(id_) for id_, code in book.rows("TaxCode").items() if code.get("TaxGroup")]
    return groups[1] if state == "AZ" and len(groups) > 1 else groups[0]


def rates_of(book: Book, code: str, *, purchase: bool = False) -> list[str]:
    """The ids of the rates a code stands for."""
    found = book.get("TaxCode", code) or {}
    listed = found.get("PurchaseTaxRateList" if purchase else "SalesTaxRateList") or {}
    return [str(detail["TaxRateRef"]["value"]) for detail in listed.get("TaxRateDetail", [])]


def _lines(book: Book, nets: dict[str, Decimal]) -> list[Doc]:
    lines = []
    for rate_id, net in nets.items():
        rate = dec(book.need("TaxRate", rate_id)["RateValue"])
        lines.append(_tax_line(cents(net * rate / HUNDRED), rate_id, rate, net))
    return lines


def _tax_line(amount: Decimal, rate_id: str, percent: Decimal, net: Decimal) -> Doc:
    return {
        "Amount": amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate_id},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": cents(net),
        },
    }


def _store(doc: Doc, lines: list[Doc], code: str | None) -> Decimal:
    total = sum((line["Amount"] for line in lines), ZERO)
    detail: Doc = {"TxnTaxCodeRef": {"value": code}} if code else {}
    detail["TotalTax"] = total
    if lines:
        detail["TaxLine"] = lines
    doc["TxnTaxDetail"] = detail
    return total


def _override(doc: Doc, sent: Doc, computed: list[Doc]) -> Decimal:
    """A total that the client worked out itself; the lines follow it."""
    total = cents(
        sent.get("TotalTax")
        or sum((dec(line.get("Amount")) for line in sent.get("TaxLine", [])), ZERO)
    )
    lines = sent.get("TaxLine") or computed
    gap = total - sum((cents(line.get("Amount")) for line in lines), ZERO)
    if lines and gap:
        lines[0] = {**lines[0], "Amount": cents(lines[0].get("Amount")) + gap}
    detail: Doc = {"TxnTaxCodeRef": sent["TxnTaxCodeRef"]} if sent.get("TxnTaxCodeRef") else {}
    detail["TotalTax"] = total
    if lines:
        detail["TaxLine"] = lines
    doc["TxnTaxDetail"] = detail
    return total


def gross(book: Book, code: str, net: Decimal, *, purchase: bool = False) -> Decimal:
    """A net amount with its tax, for lines of forms whose amounts include tax."""
    percent = sum(
        (
            dec(book.need("TaxRate", rate)["RateValue"])
            for rate in rates_of(book, code, purchase=purchase)
        ),
        ZERO,
    )
    return (net * (1 + percent / HUNDRED)).quantize(CENT)
