"""What was learnt of a company when it was connected, in words: who it is, what its plan has, which
lists (A10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import address
from quicksync.admin.parts.present import kind_word
from quicksync.models import CodeMapping, Connection, RemoteRecord
from quicksync.planning.matching.proposals import SURE
from quicksync.records.kinds import LIST_KINDS
from quicksync.sync.actions import presets
from quicksync.sync.company import currencies

CURRENCIES = "currencies"
# Countries in which QuickBooks Online is sold; others show by their code.
COUNTRIES = {
    "US": gettext_lazy("United States"),
    "GB": gettext_lazy("United Kingdom"),
    "CA": gettext_lazy("Canada"),
    "AU": gettext_lazy("Australia"),
    "FR": gettext_lazy("France"),
    "IE": gettext_lazy("Ireland"),
    "IN": gettext_lazy("India"),
    "NZ": gettext_lazy("New Zealand"),
    "ZA": gettext_lazy("South Africa"),
    "SG": gettext_lazy("Singapore"),
    "AE": gettext_lazy("United Arab Emirates"),
    "DE": gettext_lazy("Germany"),
    "ES": gettext_lazy("Spain"),
    "NL": gettext_lazy("Netherlands"),
}


@dataclass(frozen=True)
class Fact:
    """One line of what is known of the company."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class CurrencyCheck:
    """The currencies of both sides (A9)."""

    here: str
    there: str
    missing: str

    @property
    def pill(self) -> pills.Pill:
        if self.missing:
            return pills.Pill(
                _("Not in QuickBooks: %(codes)s") % {"codes": self.missing}, pills.WARN
            )
        return pills.Pill(_("They match"), pills.OK)


@dataclass(frozen=True)
class Learned:
    """All of it. `fresh` until something was synchronized; `start` while nothing is on either."""

    company: tuple[Fact, ...]
    features: tuple[Fact, ...]
    lists: tuple[Fact, ...]
    read_at: Any
    codes: tuple[pills.Pill, ...]
    currencies: CurrencyCheck | None
    fresh: bool
    start: bool


def learned(connection: Connection) -> Learned | None:
    """What the page shows; None while nothing is known. A few queries, however many records."""
    if not (connection.clock.lists_read_at or connection.company_name):
        return None
    fresh = presets.may_apply(connection)
    return Learned(
        company=_known(company_facts(connection)),
        features=_known(features(connection)),
        lists=lists(connection),
        read_at=connection.clock.lists_read_at,
        codes=code_pills(connection),
        # Only as long as the answer can stop something.
        currencies=currency_check(connection) if fresh else None,
        fresh=fresh,
        start=fresh and not connection.categories.filter(enabled=True).exists(),
    )


def _known(lines: dict[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(label, value) for label, value in lines.items() if value)


def company_facts(connection: Connection) -> dict[str, str]:
    """Who the company is."""
    legal: dict[str, str] = connection.facts.get("legal", {})
    same = legal.get("name") == connection.company_name
    return {
        _("Company"): connection.company_name,
        _("Legal name"): "" if same else legal.get("name", ""),
        _("Legal address"): legal.get("address", ""),
        _("Country"): country(connection.country),
        _("Home currency"): connection.home_currency,
        _("Fiscal year starts in"): legal.get("fiscal_year", ""),
        _("QuickBooks plan"): legal.get("product", ""),
    }


def country(code: str) -> str:
    """A country by its name, where we know it."""
    return f"{COUNTRIES[code]} ({code})" if code in COUNTRIES else code


def features(connection: Connection) -> dict[str, str]:
    """What the company's plan and settings have, in words."""
    facts = connection.facts
    if "features" not in facts:
        return {}
    on = set(facts["features"])
    numbers = (
        _("Your own")
        if facts.get("custom_numbers")
        else _("Assigned by QuickBooks where you give none")
    )
    others = ", ".join(facts.get("currencies", ()))
    closed = connection.closing_date
    return {
        _("Classes"): _classes(on),
        _("Locations"): _("One on each document") if "locations" in on else _("Not used"),
        _("Several currencies"): (_("Yes: %(codes)s") % {"codes": others} if others else _("Yes"))
        if facts.get("multicurrency")
        else _("No"),
        _("Product categories"): _("Used") if "item-categories" in on else _("Not used"),
        _("Stock"): _("Quantities are tracked") if "inventory" in on else _("Not tracked"),
        _("Sales tax"): _tax_words(str(facts.get("tax_kind", ""))),
        _("Document numbers"): numbers,
        _("Books closed until"): date_format(closed, "DATE_FORMAT") if closed else _("Not closed"),
    }


def _classes(on: set[str]) -> str:
    if "classes-per-line" in on:
        return _("One on each line")
    return _("One on each document") if "classes-per-document" in on else _("Not used")


def _tax_words(kind: str) -> str:
    return {
        "us": _("One rate for each document, set by hand"),
        "ast": _("Calculated by QuickBooks (automated sales tax)"),
        "global": _("VAT or GST: a tax code on each line"),
        "none": _("Switched off"),
    }.get(kind, "")


def lists(connection: Connection) -> tuple[Fact, ...]:
    """How many entries each list has, with the page that shows them; one query."""
    rows = RemoteRecord.objects.filter(connection=connection, deleted=False, active=True)
    found = dict(
        rows.filter(kind__in=LIST_KINDS).values_list("kind").annotate(n=Count("id")).order_by()
    )
    facts = [
        Fact(
            kind_word(kind),
            f"{found.get(kind, 0):,}",
            address("connection", "list", connection.pk, kind),
        )
        for kind in LIST_KINDS
    ]
    number = len(currencies.of_company(connection))
    return (
        *facts,
        Fact(
            _("Currencies"), str(number), address("connection", "list", connection.pk, CURRENCIES)
        ),
    )


def code_pills(connection: Connection) -> tuple[pills.Pill, ...]:
    """How the codes stand in short; one query."""
    rows = CodeMapping.objects.filter(connection=connection).values_list("origin", "confidence")
    every = [(origin == CodeMapping.Origin.PROPOSED, confidence) for origin, confidence in rows]
    sure = sum(proposed and confidence >= SURE for proposed, confidence in every)
    unsure = sum(proposed and confidence < SURE for proposed, confidence in every)
    chosen = sum(not proposed for proposed, _confidence in every)
    shown = (
        (unsure, pills.WARN, _("%(n)s to be confirmed")),
        (sure, pills.OK, _("%(n)s matched automatically")),
        (chosen, pills.OK, _("%(n)s chosen by a person")),
    )
    return tuple(
        pills.Pill(text % {"n": f"{number:,}"}, tone) for number, tone, text in shown if number
    )


def currency_check(connection: Connection) -> CurrencyCheck | None:
    """Both lists of currencies; None while one of them is not known."""
    found = currencies.glance(connection)
    if not found.there:
        return None
    none = _("none yet")
    return CurrencyCheck(
        ", ".join(found.here) or none,
        ", ".join(found.there) or none,
        ", ".join(found.missing_there),
    )
