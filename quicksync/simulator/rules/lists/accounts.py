"""The chart of accounts: types, classifications, sub-accounts and numbers."""

from __future__ import annotations

from quicksync.simulator.accounting.account_types import _OF_SUBTYPE, TYPES, is_balance_sheet
from quicksync.simulator.accounting.book import currency_name
from quicksync.simulator.accounting.errors import ApiError, business, missing
from quicksync.simulator.accounting.money import ZERO
from quicksync.simulator.rules.lists.names import lineage, rename_inactive
from quicksync.simulator.rules.work import Work

_ALONE = frozenset(
    (
        "OpeningBalanceEquity",
        "UndepositedFunds",
        "RetainedEarnings",
        "CashReceiptIncome",
        "CashExpenditureExpense",
        "ExchangeGainOrLoss",
    )
)


def prepare_account(work: Work) -> None:
    """Everything an account must have."""
    doc, old = work.doc, work.old
    name = str(doc.get("Name") or "").strip()
    if not name:
        raise missing("Name")
    if '"' in name or ":" in name:
        raise ApiError(2040, "Element contains invalid characters: Name", element="Name")
    doc["Name"] = name
    doc.setdefault("Active", True)
    _classify(work)
    rename_inactive(work, "Name")
    _place(work)
    _unique(work)
    _currency(work)
    if ":" in str(doc.get("AcctNum") or ""):
        raise ApiError(2040, "Element contains invalid characters: AcctNum", element="AcctNum")
    work.ref(doc, "TaxCodeRef", "TaxCode")
    for key in ("CurrentBalance", "CurrentBalanceWithSubAccounts"):
        doc[key] = (old or {}).get(key, ZERO)
    if old is None:
        opening = doc.pop("OpeningBalance", None)
        day = doc.pop("OpeningBalanceDate", None)
        if opening and not day:
            raise ApiError(
                6060,
                "OpeningBalanceDate is required with OpeningBalance.",
                element="OpeningBalanceDate",
            )
        work.params = {
            **work.params,
            "_opening": str(opening or ""),
            "_opening_day": str(day or ""),
        }


def _classify(work: Work) -> None:
    doc, old = work.doc, work.old or {}
    kind = (
        doc.get("AccountType")
        or _OF_SUBTYPE.get(str(doc.get("AccountSubType") or ""))
        or old.get("AccountType")
    )
    if not kind:
        raise ApiError(
            6010, "AccountType or AccountSubType must be specified.", element="AccountType"
        )
    if kind not in TYPES:
        raise ApiError(2170, f"Invalid Enumeration : {kind}", element="AccountType")
    subtype = doc.get("AccountSubType") or (
        old.get("AccountSubType") if old.get("AccountType") == kind else None
    )
    if subtype in _OF_SUBTYPE and _OF_SUBTYPE[str(subtype)] != kind:
        raise business(
            f"The detail type {subtype} does not belong to the account type {kind}.",
            element="AccountSubType",
        )
    doc["AccountType"], doc["AccountSubType"] = kind, subtype or TYPES[kind][1]
    doc["Classification"] = TYPES[kind][0]


def _place(work: Work) -> None:
    doc = work.doc
    parent = work.ref(doc, "ParentRef", "Account")
    doc["SubAccount"] = parent is not None
    if parent is None:
        doc["FullyQualifiedName"] = doc["Name"]
        return
    if str(doc.get("Id")) in lineage(work.book, "Account", parent):
        raise ApiError(900, "Parent cannot be child", element="ParentRef")
    if parent["AccountType"] != doc["AccountType"]:
        raise ApiError(700, "The parent account must be of the same type.", element="ParentRef")
    if {parent.get("AccountSubType"), doc["AccountSubType"]} & _ALONE:
        raise ApiError(700, "This account cannot be or have a subaccount.", element="ParentRef")
    doc["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{doc['Name']}"
    if doc["FullyQualifiedName"].count(":") > 4:
        raise ApiError(6180, "Sub level limit of 5 exceeded.", element="ParentRef")
    doc["ParentRef"] = {"value": str(parent["Id"])}


def _unique(work: Work) -> None:
    name = str(work.doc["FullyQualifiedName"]).lower()
    for other in work.book.rows("Account").values():
        if (
            str(other["Id"]) != str(work.doc.get("Id"))
            and str(other["FullyQualifiedName"]).lower() == name
        ):
            raise ApiError(6240, "The name supplied already exists. : null")


def _currency(work: Work) -> None:
    doc, home = work.doc, work.book.home
    code = str(
        (doc.get("CurrencyRef") or (work.old or {}).get("CurrencyRef") or {}).get("value") or home
    )
    if code != home and not work.book.multicurrency:
        raise business(
            f"Multicurrency is not enabled; {code} cannot be used.", element="CurrencyRef"
        )
    if work.old is not None and code != work.old["CurrencyRef"]["value"]:
        raise business("The currency of an account cannot be changed.", element="CurrencyRef")
    if code != home and not is_balance_sheet(doc):
        raise business(
            "Income and expense accounts are kept in the home currency.", element="CurrencyRef"
        )
    doc["CurrencyRef"] = {"value": code, "name": currency_name(code)}
