"""Deposits, transfers, card payments and journal entries."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting import links
from quicksync.simulator.accounting.errors import ApiError, business, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.links import Link, entity_of
from quicksync.simulator.accounting.money import ZERO, cents, dec
from quicksync.simulator.rules.documents.forms import prepare_form
from quicksync.simulator.rules.documents.lines import (
    guess_detail,
    number_lines,
    sum_amounts,
    track_class,
)
from quicksync.simulator.rules.work import Work

_DEPOSITABLE = frozenset(("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry", "Transfer"))
_NAMES = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee"}


def prepare_deposit(work: Work) -> None:
    """Money brought to the bank: payments out of Undeposited Funds, and other amounts."""
    doc = work.doc
    account = work.ref(doc, "DepositToAccountRef", "Account", required=True)
    if account is not None and account["AccountType"] not in (
        "Bank",
        "Other Current Asset",
        "Credit Card",
    ):
        raise ApiError(
            6430,
            f"Invalid account type used: {account['AccountType']}",
            element="DepositToAccountRef",
        )
    prepare_form(work)
    lines = doc.get("Line") or []
    if not lines:
        raise missing("Line")
    number_lines(work, lines)
    for line in lines:
        _deposit_line(work, line)
    cash = doc.get("CashBack")
    if cash:
        work.ref(cash, "AccountRef", "Account", required=True)
    doc["TotalAmt"] = sum_amounts(lines) - cents((cash or {}).get("Amount"))


def _deposit_line(work: Work, line: Doc) -> None:
    linked = line.get("LinkedTxn") or []
    if linked:
        _linked_line(work, line, linked[0])
        return
    line["DetailType"] = guess_detail(line, "DepositLineDetail")
    if line.get("Amount") is None:
        raise missing("Amount")
    line["Amount"] = cents(line["Amount"])
    detail = line.setdefault("DepositLineDetail", {})
    work.ref(detail, "AccountRef", "Account", required=True)
    work.ref(detail, "PaymentMethodRef", "PaymentMethod")
    track_class(work, detail, "ClassTrackingPerTxnLine")
    entity = detail.get("Entity")
    if entity and entity.get("value"):
        kind = _NAMES.get(str(entity.get("type") or "customer").lower())
        if kind is None:
            raise ApiError(2120, f"Invalid Type : {entity['type']}", element="Entity")
        entity["type"] = kind.upper()
        work.ref(detail, "Entity", kind)


def _linked_line(work: Work, line: Doc, link: Doc) -> None:
    name, id_ = entity_of(str(link.get("TxnType"))), str(link.get("TxnId") or "")
    target = work.book.get(name, id_) if name in _DEPOSITABLE else None
    if target is None:
        raise ApiError(
            620, f"Transaction is not linkable : TxnId {id_} cannot be linked", element="TxnId"
        )
    if link.get("TxnLineId") in (None, ""):
        raise missing("TxnLineId")
    others = [
        found
        for found in links.incoming(work.book, name, id_)
        if found.type == "Deposit" and found.id != str(work.doc["Id"])
    ]
    undeposited = str(work.book.account("Other Current Asset", subtype="UndepositedFunds")["Id"])
    to = (target.get("DepositToAccountRef") or {}).get("value", undeposited)
    if others or str(to) != undeposited:
        raise ApiError(
            620, f"Transaction is not linkable : TxnId {id_} cannot be linked", element="TxnId"
        )
    worth = links.worth(name, target) * (-1 if name == "RefundReceipt" else 1)
    if name in ("Payment", "SalesReceipt", "RefundReceipt") or line.get("Amount") is None:
        line["Amount"] = worth
    link["TxnLineId"] = str(link["TxnLineId"])
    line.pop("DetailType", None)
    line.pop("DepositLineDetail", None)
    if shown := _paid_by(target):
        line["DepositLineDetail"] = shown


def _paid_by(target: Doc) -> Doc:
    """How the money came that a deposit brings to the bank, repeated on its line."""
    shown: Doc = {}
    if target.get("PaymentMethodRef"):
        shown["PaymentMethodRef"] = dict(target["PaymentMethodRef"])
    if target.get("PaymentRefNum"):
        shown["CheckNum"] = target["PaymentRefNum"]
    return shown


def deposit_links(doc: Doc) -> list[Link]:
    """What a deposit brings to the bank."""
    found = []
    for line in doc.get("Line", []):
        for link in line.get("LinkedTxn") or []:
            found.append(
                Link(
                    entity_of(str(link["TxnType"])),
                    str(link["TxnId"]),
                    dec(line.get("Amount")),
                    to_line=str(link["TxnLineId"]),
                )
            )
    return found


def prepare_transfer(work: Work) -> None:
    """Money moved between two accounts of the balance sheet."""
    doc = work.doc
    source = work.ref(doc, "FromAccountRef", "Account", required=True)
    target = work.ref(doc, "ToAccountRef", "Account", required=True)
    prepare_form(work)
    doc["Amount"] = cents(doc.get("Amount"))
    if not doc["Amount"]:
        raise business("You must set a transaction amount.", element="Amount")
    if doc["Amount"] < 0:
        raise ApiError(2290, f"Negative Amount. Supplied value:{doc['Amount']}", element="Amount")
    for account, key in ((source, "FromAccountRef"), (target, "ToAccountRef")):
        if account is not None and account["Classification"] not in (
            "Asset",
            "Liability",
            "Equity",
        ):
            raise ApiError(
                6430, f"Invalid account type used: {account['AccountType']}", element=key
            )
    if source is not None and target is not None and source["Id"] == target["Id"]:
        raise business("The accounts of a transfer must be different.", element="ToAccountRef")


def prepare_card_payment(work: Work) -> None:
    """A credit card paid from the bank."""
    doc = work.doc
    for key, kind in (("BankAccountRef", "Bank"), ("CreditCardAccountRef", "Credit Card")):
        account = work.ref(doc, key, "Account", required=True)
        if account is not None and account["AccountType"] != kind:
            raise ApiError(
                6430, f"Invalid account type used: {account['AccountType']}", element=key
            )
    work.ref(doc, "VendorRef", "Vendor")
    prepare_form(work)
    doc["Amount"] = cents(doc.get("Amount"))
    if doc["Amount"] <= 0:
        raise business("You must set a transaction amount.", element="Amount")


def prepare_journal(work: Work) -> None:
    """A journal entry: at least two lines, debits equal to credits."""
    doc = work.doc
    prepare_form(work)
    lines = doc.get("Line") or []
    if len(lines) < 2:
        raise ApiError(
            2250, "Missing lines : You must enter at least one split line.", element="Line"
        )
    number_lines(work, lines)
    sums: dict[str, Decimal] = {"Debit": ZERO, "Credit": ZERO}
    for line in lines:
        if guess_detail(line, "JournalEntryLineDetail") == "DescriptionOnly":
            continue
        kind, amount = _journal_line(work, line)
        sums[kind] += amount
    if sums["Debit"] != sums["Credit"]:
        raise ApiError(2300, "Amount on debits not equal to credits", element="Line")
    # Recorded: a journal entry tells no total.
    doc["TotalAmt"] = ZERO
    doc.setdefault("Adjustment", False)


def _journal_line(work: Work, line: Doc) -> tuple[str, Decimal]:
    line["DetailType"] = "JournalEntryLineDetail"
    detail = line.setdefault("JournalEntryLineDetail", {})
    kind = detail.get("PostingType")
    if kind not in ("Debit", "Credit"):
        raise ApiError(2260, "Missing Posting Type", element="PostingType")
    line["Amount"] = cents(line.get("Amount"))
    if line["Amount"] < 0:
        raise ApiError(2290, f"Negative Amount. Supplied value:{line['Amount']}", element="Amount")
    account = work.ref(detail, "AccountRef", "Account", required=True) or {}
    named = _journal_name(work, detail)
    if account["AccountType"] == "Accounts Receivable" and named != "Customer":
        raise business(
            "When you use Accounts Receivable, you must choose a customer in the Name field."
        )
    if account["AccountType"] == "Accounts Payable" and named != "Vendor":
        raise business("When you use Accounts Payable, you must choose a vendor in the Name field.")
    track_class(work, detail, "ClassTrackingPerTxnLine")
    if not work.book.pref("AccountingInfoPrefs", "TrackDepartments"):
        detail.pop("DepartmentRef", None)
    work.ref(detail, "DepartmentRef", "Department")
    work.ref(detail, "TaxCodeRef", "TaxCode")
    return str(kind), dec(line["Amount"])


def _journal_name(work: Work, detail: Doc) -> str:
    entity = detail.get("Entity")
    if not entity or not (entity.get("EntityRef") or {}).get("value"):
        detail.pop("Entity", None)
        return ""
    kind = _NAMES.get(str(entity.get("Type") or "").lower())
    if kind is None:
        raise ApiError(2120, f"Invalid Type : {entity.get('Type')}", element="Entity")
    entity["Type"] = kind
    work.ref(entity, "EntityRef", kind)
    return kind
