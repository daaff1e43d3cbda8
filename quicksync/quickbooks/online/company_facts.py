"""What the engine must know of a company, read from its set-up records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from quicksync.exceptions import BadValue
from quicksync.quickbooks.online.countries import two_letters
from quicksync.quickbooks.online.payloads.values import number, ref_id, text
from quicksync.quickbooks.wire_table import take
from quicksync.records import Account
from quicksync.records.roles import ACCOUNT_ROLES, LINE_ITEMS, may_serve

Payload = Mapping[str, Any]
Payloads = Mapping[str, Sequence[Payload]]

# Preference -> the feature that it says is on.
_FEATURES = {
    "AccountingInfoPrefs.ClassTrackingPerTxn": "classes-per-document",
    "AccountingInfoPrefs.ClassTrackingPerTxnLine": "classes-per-line",
    "AccountingInfoPrefs.TrackDepartments": "locations",
    "ProductAndServicesPrefs.QuantityOnHand": "inventory",
}
# Likewise, what is said of the company itself.
_FEATURES_TOLD = {"ItemCategoriesFeature": "item-categories"}
# Products that the accounting interface does not serve (A3).
_SMALL = ("self-employed", "self employed", "solopreneur")
_UNTAXED_WORDS = ("no vat", "no tax", "out of scope", "exempt", "no gst", "zero", "0%")


def facts(payloads: Payloads) -> dict[str, object]:
    """Facts from the payloads of set-up records, by type; only what the given types tell.

    CompanyInfo: `company_name`, `country` (two letters), `self_employed`, `legal` (what the law
    wants to know of it). Preferences: `home_currency`, `multicurrency`, `custom_numbers`,
    `closing_date` (a date or None), `features`; with CompanyInfo also `tax_kind` ("us", "ast",
    "global", "none"). CompanyCurrency: `currencies`, the codes that are switched on. Account, Item,
    Preferences, TaxCode: `defaults`, role -> id (those of `records.roles`, "item", "sales_tax",
    "untaxed"). TaxCode with TaxRate: `tax_codes` and `tax_rates`, and for purchases
    `purchase_codes` and `purchase_rates`.
    """
    found: dict[str, object] = {}
    info = next(iter(payloads.get("CompanyInfo", ())), None)
    preferences = next(iter(payloads.get("Preferences", ())), None)
    if info is not None:
        found |= _of_info(info)
    if preferences is not None:
        found |= _of_preferences(preferences)
    if info is not None and preferences is not None:
        found["features"] = _features(preferences) | _told_features(info)
        found["tax_kind"] = tax_kind(str(found["country"]), preferences)
    if "TaxCode" in payloads:
        found |= _tax_codes(payloads)
    if "CompanyCurrency" in payloads:
        codes = {
            _words(entry.get("Code"))
            for entry in payloads["CompanyCurrency"]
            if _on(entry.get("Active", True))
        }
        found["currencies"] = tuple(sorted(codes - {""}))
    if defaults := _defaults(payloads, preferences):
        found["defaults"] = defaults
    return found


# --- Values of set-up records: what has another form than it should says nothing, and stops nobody


def _words(value: object) -> str:
    return (
        text(value)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool)
        else ""
    )


def _on(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _parts(value: object) -> list[Payload]:
    value = [value] if isinstance(value, Mapping) else value
    return (
        [part for part in value if isinstance(part, Mapping)]
        if isinstance(value, list | tuple)
        else []
    )


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_words(value)[:10])
    except ValueError:
        return None


def _decimal(value: object) -> Decimal | None:
    try:
        found = number(str(value) if isinstance(value, float) else value)
    except BadValue:
        return None
    return found if abs(found) <= _WHOLE else None


_WHOLE = 100


def _told(info: Payload) -> dict[str, str]:
    return {
        _words(part.get("Name")): _words(part.get("Value"))
        for part in _parts(info.get("NameValue"))
    }


def _told_features(info: Payload) -> frozenset[str]:
    told = _told(info)
    return frozenset(feature for name, feature in _FEATURES_TOLD.items() if _on(told.get(name, "")))


def _of_info(info: Payload) -> dict[str, object]:
    told = _told(info)
    offering = told.get("OfferingSku", "").lower()
    return {
        "company_name": _words(info.get("CompanyName")) or _words(info.get("LegalName")),
        "country": two_letters(_words(info.get("Country")) or "US"),
        "self_employed": any(word in offering for word in _SMALL),
        "legal": {name: text for name, text in _legal(info, told).items() if text},
    }


def _legal(info: Payload, told: Mapping[str, str]) -> dict[str, str]:
    address = next(iter(_parts(info.get("LegalAddr")) or _parts(info.get("CompanyAddr"))), {})
    lines = [
        *(f"Line{place}" for place in range(1, 6)),
        "City",
        "CountrySubDivisionCode",
        "PostalCode",
    ]
    return {
        "name": _words(info.get("LegalName")),
        "address": ", ".join(found for line in lines if (found := _words(address.get(line)))),
        "fiscal_year": _words(info.get("FiscalYearStartMonth")),
        "product": told.get("OfferingSku", ""),
    }


def _of_preferences(preferences: Payload) -> dict[str, object]:
    return {
        "home_currency": _words(_at(preferences, "CurrencyPrefs.HomeCurrency.value")),
        "multicurrency": _on(_at(preferences, "CurrencyPrefs.MultiCurrencyEnabled")),
        "custom_numbers": _on(_at(preferences, "SalesFormsPrefs.CustomTxnNumbers")),
        "closing_date": _day(_at(preferences, "AccountingInfoPrefs.BookCloseDate")),
        "features": _features(preferences),
    }


def _features(preferences: Payload) -> frozenset[str]:
    return frozenset(feature for path, feature in _FEATURES.items() if _on(_at(preferences, path)))


def _at(payload: Payload, path: str) -> Any:
    return take(dict(payload), path)


def tax_kind(country: str, preferences: Payload) -> str:
    """Which of the worlds of `online.tax` the company lives in. Automated tax is on when its key is
    there and true.
    """
    using = _at(preferences, "TaxPrefs.UsingSalesTax")
    if using is not None and not _on(using):
        return "none"
    if country != "US":
        return "global"
    if _on(_at(preferences, "TaxPrefs.PartnerTaxEnabled")):
        return "ast"
    return "us" if _on(using) else "none"


# --- Tax codes ------------------------------------------------------------------------------------


def _tax_codes(payloads: Payloads) -> dict[str, object]:
    """Codes and rates of what is sold, and of what is bought."""
    sold_codes, sold_rates = _rates(payloads, "SalesTaxRateList")
    bought_codes, bought_rates = _rates(payloads, "PurchaseTaxRateList")
    return {
        "tax_codes": sold_codes,
        "tax_rates": sold_rates,
        "purchase_codes": bought_codes,
        "purchase_rates": bought_rates,
    }


def _rates(
    payloads: Payloads, listed: str
) -> tuple[dict[str, str], dict[str, tuple[tuple[str, str], ...]]]:
    percents = {_words(rate.get("Id")): _percent(rate) for rate in payloads.get("TaxRate", ())}
    rates: dict[str, tuple[tuple[str, str], ...]] = {}
    codes: dict[str, str] = {}
    for code in payloads["TaxCode"]:
        known = _words(code.get("Id"))
        details = _parts(_at(code, f"{listed}.TaxRateDetail"))
        ids = [ref_id(detail.get("TaxRateRef")) for detail in details]
        parts = tuple((rate, percents[rate]) for rate in ids if percents.get(rate))
        if parts and len(parts) == len(ids):
            rates[known] = parts
            codes[known] = _short(sum((Decimal(percent) for _, percent in parts), Decimal(0)))
        else:
            codes[known] = "0" if known == "NON" else ""
    return codes, rates


def _percent(rate: Payload) -> str:
    """The percentage in force: the rate's own, else the newest of its history not yet ended."""
    value = rate.get("RateValue")
    if value is None:
        open_ended = [
            part for part in _parts(rate.get("EffectiveTaxRate")) if not part.get("EndDate")
        ]
        value = open_ended[-1].get("RateValue") if open_ended else None
    found = _decimal(value)
    return "" if found is None else _short(found)


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"


# --- Proposals ------------------------------------------------------------------------------------


def _defaults(payloads: Payloads, preferences: Payload | None) -> dict[str, str]:
    home = _words(_at(preferences or {}, "CurrencyPrefs.HomeCurrency.value"))
    known = {_words(payload.get("Id")): payload for payload in payloads.get("Account", ())}
    fitting = {
        role: [payload for payload in known.values() if may_serve(_account(payload), role, home)]
        for role in ACCOUNT_ROLES
    }
    found = {role: _first(fitting[role], choices) for role, choices in _PROPOSED.items()}
    told = _at(preferences or {}, "SalesFormsPrefs.DefaultDiscountAccount")
    chosen = ref_id(told)
    # The company's own choice, unless we see that it cannot be used any more.
    if chosen and (chosen not in known or known[chosen] in fitting["discount"]):
        found["discount"] = chosen
    found["sales_tax"] = ref_id(_at(preferences or {}, "TaxPrefs.TaxGroupCodeRef"))
    items = payloads.get("Item", ())
    services = [
        item for item in items if _on(item.get("Active", True)) and item.get("Type") == "Service"
    ]
    found["item"] = _first(services, [_named(word) for word in LINE_ITEMS])
    found["untaxed"] = _untaxed(payloads)
    return {role: chosen for role, chosen in found.items() if chosen}


def _account(payload: Payload) -> Account:
    """The part of an account that tells what it may serve."""
    return Account(
        type=_words(payload.get("AccountType")),
        currency=ref_id(payload.get("CurrencyRef")),
        active=_on(payload.get("Active", True)),
    )


Choice = Callable[[Payload], bool]


def _of_type(account_type: str, subtype: str = "") -> Choice:
    return lambda account: (
        account.get("AccountType") == account_type
        and subtype in ("", account.get("AccountSubType"))
    )


def _speaks_of(word: str) -> Choice:
    return lambda payload: word in str(payload.get("Name", "")).lower()


def _named(word: str) -> Choice:
    return lambda payload: str(payload.get("Name", "")).lower() == word


# Role -> what to look for among the accounts that may serve it, the best first.
_PROPOSED: dict[str, Sequence[Choice]] = {
    "income": (
        _of_type("Income", "SalesOfProductIncome"),
        _of_type("Income", "ServiceFeeIncome"),
        _of_type("Income"),
    ),
    "expense": (
        _of_type("Expense", "OtherMiscellaneousServiceCost"),
        _of_type("Expense", "OfficeGeneralAdministrativeExpenses"),
        _of_type("Expense"),
    ),
    "cost": (
        _of_type("Cost of Goods Sold", "SuppliesMaterialsCogs"),
        _of_type("Cost of Goods Sold"),
    ),
    "stock": (_of_type("Other Current Asset", "Inventory"),),
    "deposit": (_of_type("Other Current Asset", "UndepositedFunds"), _of_type("Bank")),
    "payout": (_of_type("Bank", "Checking"), _of_type("Bank")),
    "discount": (_of_type("Income", "DiscountsRefundsGiven"),),
}


def _first(payloads: Iterable[Payload], choices: Iterable[Choice]) -> str:
    """The id of the first that the best choice finds, in the order they were made, so that it never
    depends on luck.
    """
    ordered = sorted(
        payloads, key=lambda payload: (len(_words(payload.get("Id"))), _words(payload.get("Id")))
    )
    for choice in choices:
        for payload in ordered:
            if choice(payload):
                return _words(payload.get("Id"))
    return ""


def _untaxed(payloads: Payloads) -> str:
    """The code for lines without tax where every line must name one."""
    codes = _tax_codes(payloads)["tax_codes"] if "TaxCode" in payloads else {}
    free = [
        code
        for code in payloads.get("TaxCode", ())
        if isinstance(codes, dict)
        and codes.get(_words(code.get("Id"))) == "0"
        and _on(code.get("Active", True))
    ]
    return _first(free, [*map(_speaks_of, _UNTAXED_WORDS), lambda code: code.get("Id") != "NON"])
