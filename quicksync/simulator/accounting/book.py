"""The books of one company as the rules see them: read, save, look up, and remember what was
touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from quicksync.simulator.accounting import answers
from quicksync.simulator.accounting.clock import Clock, stamp
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec
from quicksync.simulator.accounting.store import Store

_CACHED = frozenset(("Account", "TaxCode", "TaxRate", "Term", "Preferences", "CompanyInfo"))
_LABELS = {"Customer": "Names", "Vendor": "Names", "Employee": "Names"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that webhooks tell about."""

    entity: str
    id: str
    operation: str
    when: float
    deleted_id: str = ""


@dataclass(frozen=True, slots=True)
class Switches:
    """Facts about the live service that nobody could verify, one switch each."""

    # whether a deposit raises token and time of what lies in it; never, as recorded
    deposits_touch: bool = False
    # a paid document goes, its payment becomes a credit; or "refuse" with 6000
    delete_linked: str = "free"
    # refusals of amounts beyond what is open and of other people's documents; or 620
    link_fault: int = 6000
    # sales forms' numbers are unique where own numbers are on; or "refuse" always
    duplicate_numbers: str = "custom"
    line_without_item: str = "text"  # a sales line without an item is text; or "default_item"
    unknown_currency: str = "refuse"  # with 2220; or "accept" any three letters
    invoice_link: str = "online"  # only for invoices that can be paid online; or "always"
    repeated_bids: str = "refuse"  # a batch in which a bId comes twice; or "run"
    # items without a bId, as a client's own tests do; or "refuse", as documented
    missing_bids: str = "run"
    # who does not ask for JSON would get XML, which is not built; or "json"
    without_accept: str = "refuse"
    class_without_tracking: str = "ignore"  # or "refuse" with 5030
    deactivate_with_balance: str = "allow"  # or "refuse" with 6220
    one_number_sequence: bool = True
    transaction_order: str = "newest"  # or "oldest": order of a query without ORDERBY
    # or "ignore", or "refuse" with 4001: Intuit has announced that Id is not sortable
    orderby_id: str = "accept"
    # changes older than 30 days are left out; or "all" (recorded 2020), or "refuse"
    cdc_window: str = "cut"
    overpaid_lines: str = "refuse"
    attaching_bumps_token: bool = True
    # by the interface one link can be made to an estimate; what a second one answers: or "take"
    estimate_invoiced_twice: str = "refuse"


@dataclass
class Book:
    """What rules read and write; one instance per company, used inside its transaction."""

    store: Store
    clock: Clock
    realm: str
    switches: Switches = field(default_factory=Switches)
    events: list[Event] = field(default_factory=list)
    _cache: dict[str, dict[str, Doc]] = field(default_factory=dict)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write; when it fails, caches are forgotten along with it."""
        mark = len(self.events)
        with self.store.lock:
            try:
                with self.store.transaction():
                    yield
            except BaseException:
                self._cache.clear()
                del self.events[mark:]
                raise

    def rows(self, name: str) -> dict[str, Doc]:
        """All objects of a short list by id, kept in memory until one of them changes."""
        with self.store.lock:
            if name not in self._cache:
                found = self.store.all("SELECT id, body FROM entity WHERE type=? ORDER BY id", name)
                self._cache[name] = {
                    str(id_): json.loads(body, parse_float=dec) for id_, body in found
                }
            return self._cache[name]

    def get(self, name: str, id_: object) -> Doc | None:
        """One object, active or not; the caller may change what it gets only when the type is not a
        cached one.
        """
        if name in _CACHED:
            return self.rows(name).get(str(id_))
        row = self.store.row(name, id_)
        return row.doc() if row else None

    def need(self, name: str, id_: object, field_name: str = "") -> Doc:
        """One object, or the fault of a reference that leads nowhere."""
        found = self.get(name, id_)
        if found is None:
            label = _LABELS.get(name, f"{name}s")
            raise ApiError(
                2500,
                f"Invalid Reference Id : {label} element id {id_} not found",
                element=field_name,
            )
        return found

    @property
    def prefs(self) -> Doc:
        """The Preferences object."""
        return self.rows("Preferences")["1"]

    @property
    def info(self) -> Doc:
        """The CompanyInfo object."""
        return self.rows("CompanyInfo")["1"]

    @property
    def uses_categories(self) -> bool:
        """Whether products are filed in categories; elsewhere they stand below one another."""
        pairs = self.info.get("NameValue") or []
        return {"Name": "ItemCategoriesFeature", "Value": "true"} in pairs

    def pref(self, block: str, name: str) -> object:
        """One preference, None when absent."""
        return (self.prefs.get(block) or {}).get(name)

    def other_pref(self, name: str) -> bool:
        """One of the named values of OtherPrefs, as a yes or no."""
        pairs = (self.prefs.get("OtherPrefs") or {}).get("NameValue", [])
        return any(pair["Name"] == name and pair["Value"] == "true" for pair in pairs)

    @property
    def country(self) -> str:
        """Two-letter country of the company."""
        return self.store.setting("country") or "US"

    @property
    def home(self) -> str:
        """Home currency code."""
        return str(self.prefs["CurrencyPrefs"]["HomeCurrency"]["value"])

    @property
    def multicurrency(self) -> bool:
        """Whether foreign currencies are switched on."""
        return bool(self.pref("CurrencyPrefs", "MultiCurrencyEnabled"))

    def today(self) -> date:
        """The company's date."""
        return self.clock.today()

    def save(self, name: str, doc: Doc, *, bump: bool = True, operation: str = "") -> Doc:
        """Write an object with its token and times; `operation` makes it an event for webhooks."""
        now = int(self.clock.now())
        row = self.store.row(name, doc["Id"])
        created = row.created if row else now
        token = row.token + int(bump) if row else 0
        doc |= {"domain": "QBO", "sparse": False, "SyncToken": str(token)}
        doc["MetaData"] = answers.meta(name, stamp(created), stamp(now))
        answers.complete(self.realm, name, doc)
        self.store.put(name, doc, token=token, created=created, updated=now)
        if name in _CACHED and name in self._cache:
            self._cache[name][str(doc["Id"])] = doc
        if operation:
            self.tell(name, str(doc["Id"]), operation)
        return doc

    def amend(self, name: str, doc: Doc) -> None:
        """Rewrite computed values only: neither token nor times change."""
        row = self.store.row(name, doc["Id"])
        if row is None:
            return
        answers.complete(self.realm, name, doc)
        self.store.put(name, doc, token=row.token, created=row.created, updated=row.updated)
        if name in _CACHED and name in self._cache:
            self._cache[name][str(doc["Id"])] = doc

    def delete(self, name: str, id_: str) -> None:
        """Remove an object for good."""
        self.store.remove(name, id_, int(self.clock.now()))
        self._cache.pop(name, None)
        self.tell(name, id_, "Delete")

    def forget(self, name: str) -> None:
        """Read a short list anew when it is next asked for."""
        self._cache.pop(name, None)

    def tell(self, name: str, id_: str, operation: str, deleted_id: str = "") -> None:
        """Remember an event for the webhooks."""
        self.events.append(Event(name, id_, operation, self.clock.now(), deleted_id))

    def new_id(self, name: str) -> str:
        """The next id of an entity; names share one sequence, transactions another."""
        return self.store.next_id(entities()[name].sequence)

    def account(self, kind: str, *, subtype: str = "", currency: str = "") -> Doc:
        """The company's account of a type or subtype; the first one of the currency, made when
        there is none.
        """
        for doc in self.rows("Account").values():
            if not doc.get("Active", True) or (kind and doc["AccountType"] != kind):
                continue
            if subtype and doc.get("AccountSubType") != subtype:
                continue
            if currency and doc.get("CurrencyRef", {}).get("value", currency) != currency:
                continue
            return doc
        return self.open_account(kind, subtype, currency)

    def open_account(self, kind: str, subtype: str, currency: str) -> Doc:
        """A new account that QuickBooks makes by itself on first use."""
        title, default_subtype, class_ = _OWN_ACCOUNTS[(kind, subtype)]
        currency = currency or self.home
        name = title if currency == self.home else f"{title} - {currency}"
        doc: Doc = {
            "Name": name,
            "SubAccount": False,
            "FullyQualifiedName": name,
            "Active": True,
            "Classification": class_,
            "AccountType": kind,
            "AccountSubType": default_subtype,
            "CurrentBalance": ZERO,
            "CurrentBalanceWithSubAccounts": ZERO,
            "CurrencyRef": {"value": currency, "name": currency_name(currency)},
            "Id": self.new_id("Account"),
        }
        return self.save("Account", doc, operation="Create")


_OWN_ACCOUNTS = {
    ("Accounts Receivable", ""): ("Accounts Receivable (A/R)", "AccountsReceivable", "Asset"),
    ("Accounts Payable", ""): ("Accounts Payable (A/P)", "AccountsPayable", "Liability"),
    ("Other Current Asset", "UndepositedFunds"): ("Undeposited Funds", "UndepositedFunds", "Asset"),
    ("Other Current Asset", "Inventory"): ("Inventory Asset", "Inventory", "Asset"),
    ("Equity", "OpeningBalanceEquity"): (
        "Opening Balance Equity",
        "OpeningBalanceEquity",
        "Equity",
    ),
    ("Equity", "RetainedEarnings"): ("Retained Earnings", "RetainedEarnings", "Equity"),
    ("Other Current Liability", "GlobalTaxPayable"): (
        "Sales Tax Payable",
        "GlobalTaxPayable",
        "Liability",
    ),
    ("Other Expense", "ExchangeGainOrLoss"): (
        "Exchange Gain or Loss",
        "ExchangeGainOrLoss",
        "Expense",
    ),
    ("Income", "DiscountsRefundsGiven"): ("Discounts given", "DiscountsRefundsGiven", "Revenue"),
    ("Income", "SalesOfProductIncome"): (
        "Sales of Product Income",
        "SalesOfProductIncome",
        "Revenue",
    ),
    ("Cost of Goods Sold", "SuppliesMaterialsCogs"): (
        "Cost of Goods Sold",
        "SuppliesMaterialsCogs",
        "Expense",
    ),
    ("Expense", ""): ("Uncategorized Expense", "OtherMiscellaneousServiceCost", "Expense"),
    ("Income", ""): ("Sales", "SalesOfProductIncome", "Revenue"),
}
_CURRENCIES = {
    "USD": "United States Dollar",
    "GBP": "British Pound Sterling",
    "EUR": "Euro",
    "CAD": "Canadian Dollar",
    "AUD": "Australian Dollar",
    "JPY": "Japanese Yen",
    "CHF": "Swiss Franc",
    "NZD": "New Zealand Dollar",
    "INR": "Indian Rupee",
    "MXN": "Mexican Peso",
    "SEK": "Swedish Krona",
    "NOK": "Norwegian Krone",
    "DKK": "Danish Krone",
    "ZAR": "South African Rand",
    "SGD": "Singapore Dollar",
    "HKD": "Hong Kong Dollar",
    "CNY": "Chinese Yuan",
    "BRL": "Brazilian Real",
}


def currency_name(code: str) -> str:
    """The name of a currency."""
    return _CURRENCIES.get(code, code)
