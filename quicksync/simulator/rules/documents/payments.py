"""Payments of customers and to vendors: what they settle and what is left."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting import links
from quicksync.simulator.accounting.errors import ApiError, business, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.links import Link, entity_of
from quicksync.simulator.accounting.money import ZERO, cents, dec
from quicksync.simulator.rules.documents.forms import name_value, prepare_form
from quicksync.simulator.rules.documents.sales import deposit_account
from quicksync.simulator.rules.lists.names import lineage
from quicksync.simulator.rules.work import Work

_RECEIVABLE = frozenset(
    ("Invoice", "CreditMemo", "JournalEntry", "Expense", "Check", "Deposit", "Payment")
)
_PAYABLE = frozenset(("Bill", "VendorCredit", "JournalEntry", "Deposit", "Expense", "Check"))


def prepare_payment(work: Work) -> None:
    """Money received from a customer."""
    doc = work.doc
    customer = work.ref(doc, "CustomerRef", "Customer", required=True)
    prepare_form(work, customer)
    _total(doc)
    deposit_account(work)
    if not doc["TotalAmt"]:
        # No money came: it only links credits to charges.
        doc.pop("DepositToAccountRef")
    work.ref(doc, "PaymentMethodRef", "PaymentMethod")
    _control_account(work, "ARAccountRef", "Accounts Receivable")
    doc.setdefault("ProcessPayment", False)
    doc["Line"] = _lines(work, _RECEIVABLE)
    doc["UnappliedAmt"] = links.unapplied(doc)
    if doc["UnappliedAmt"] < 0 and work.book.switches.overpaid_lines == "refuse":
        raise business(
            "The amount applied is more than the amount of the payment.", element="TotalAmt"
        )


def prepare_bill_payment(work: Work) -> None:
    """Money paid to a vendor by check or by card."""
    doc = work.doc
    vendor = work.ref(doc, "VendorRef", "Vendor", required=True)
    prepare_form(work, vendor)
    _total(doc)
    if not doc.get("Line"):
        raise missing("Line")
    _source(work)
    _control_account(work, "APAccountRef", "Accounts Payable")
    doc["Line"] = _lines(work, _PAYABLE)
    if links.unapplied(doc) < 0:
        raise business(
            "The amount applied is more than the amount of the payment.", element="TotalAmt"
        )


def _total(doc: Doc) -> None:
    if doc.get("TotalAmt") is None:
        raise missing("TotalAmt")
    doc["TotalAmt"] = cents(doc["TotalAmt"])
    if doc["TotalAmt"] < 0:
        raise ApiError(
            2290, f"Negative Amount. Supplied value:{doc['TotalAmt']}", element="TotalAmt"
        )


def _control_account(work: Work, key: str, kind: str) -> None:
    """An account named for what is owed must be of that kind."""
    account = work.ref(work.doc, key, "Account")
    if account is not None and account["AccountType"] != kind:
        raise ApiError(6430, f"Invalid account type used: {account['AccountType']}", element=key)


def _source(work: Work) -> None:
    doc = work.doc
    kind = doc.get("PayType")
    if kind == "Check":
        block, key, type_ = doc.get("CheckPayment"), "BankAccountRef", "Bank"
        name = "CheckPayment"
    elif kind == "CreditCard":
        block, key, type_ = doc.get("CreditCardPayment"), "CCAccountRef", "Credit Card"
        name = "CreditCardPayment"
    else:
        raise missing("PayType")
    if not block:
        raise missing(name)
    account = work.ref(block, key, "Account", required=True)
    if account is not None and account["AccountType"] != type_:
        raise ApiError(6430, f"Invalid account type used: {account['AccountType']}", element=key)
    if kind == "Check":
        block.setdefault("PrintStatus", "NotSet")


def _lines(work: Work, linkable: frozenset[str]) -> list[Doc]:
    lines = []
    budget: dict[tuple[str, str], Decimal] = {}
    for line in work.doc.get("Line") or []:
        linked = line.get("LinkedTxn") or []
        if not linked:
            if line.get("Amount"):
                raise missing("LinkedTxn")
            continue
        amount = cents(line.get("Amount"))
        if amount < 0:
            raise ApiError(2290, f"Negative Amount. Supplied value:{amount}", element="Amount")
        target = _target(work, linked[0], amount, linkable, budget)
        kept: Doc = {
            "Amount": amount,
            "LinkedTxn": [{k: str(v) for k, v in linked[0].items() if v not in (None, "")}],
        }
        if work.entity.name == "Payment":
            kept["LineEx"] = _line_ex(work, linked[0], target)
        lines.append(kept)
    return lines


def _target(
    work: Work,
    link: Doc,
    amount: Decimal,
    linkable: frozenset[str],
    budget: dict[tuple[str, str], Decimal],
) -> Doc:
    word, id_ = str(link.get("TxnType") or ""), str(link.get("TxnId") or "")
    if word not in linkable:
        raise ApiError(620, f"Transaction is not linkable : TxnType {word}", element="TxnType")
    name = entity_of(word)
    target = work.book.get(name, id_)
    if target is None:
        raise ApiError(
            620, f"Transaction is not linkable : TxnId {id_} cannot be linked", element="TxnId"
        )
    _same_party(work, name, target)
    if name in ("Invoice", "CreditMemo", "Bill", "VendorCredit"):
        key = (name, id_)
        left = budget.get(
            key,
            links.open_amount(
                work.book, name, target, without=(work.entity.name, str(work.doc["Id"]))
            ),
        )
        budget[key] = left - amount
        if budget[key] < 0 and not work.bookkeeper:
            raise _unlinkable(
                work, f"TxnId {id_} cannot be linked, its open balance is {left}", "Amount"
            )
    return target


def _unlinkable(work: Work, why: str, element: str) -> ApiError:
    """A link that the rules forbid; which code says so is not known, and the sentence is ours with
    either.
    """
    if work.book.switches.link_fault == 620:
        return ApiError(620, f"Transaction is not linkable : {why}", element=element)
    return business(f"Transaction is not linkable : {why}")


def _same_party(work: Work, name: str, target: Doc) -> None:
    mine = str((work.doc.get("CustomerRef") or work.doc.get("VendorRef") or {}).get("value"))
    theirs = target.get("CustomerRef") or target.get("VendorRef")
    if theirs is None or str(theirs["value"]) == mine:
        pass
    elif "VendorRef" in work.doc or mine not in _family(work, str(theirs["value"])):
        raise _unlinkable(work, f"TxnId {target['Id']} belongs to another name", "TxnId")
    currency = (target.get("CurrencyRef") or {}).get("value")
    if theirs is not None and currency != work.doc["CurrencyRef"]["value"]:
        raise business(
            "The currency of the payment differs from the currency of the transaction it pays.",
            element="CurrencyRef",
        )


def _family(work: Work, customer: str) -> set[str]:
    """A parent may pay what its sub-customers owe."""
    found = work.book.need("Customer", customer)
    above = (found.get("ParentRef") or {}).get("value")
    ids = {customer}
    if above:
        ids |= lineage(work.book, "Customer", work.book.need("Customer", above))
    return ids


def _line_ex(work: Work, link: Doc, target: Doc) -> Doc:
    name = entity_of(str(link["TxnType"]))
    left = links.open_amount(
        work.book, name, target, without=(work.entity.name, str(work.doc["Id"]))
    )
    pairs = {
        "txnId": str(target["Id"]),
        "txnOpenBalance": f"{left:.2f}",
        "txnReferenceNumber": str(target.get("DocNumber") or ""),
    }
    return {"any": [name_value(key, value) for key, value in pairs.items()]}


def payment_links(doc: Doc) -> list[Link]:
    """What a payment settles, summed per target."""
    sums: dict[tuple[str, str], Decimal] = {}
    for line in doc.get("Line", []):
        for link in line.get("LinkedTxn", []):
            key = (entity_of(str(link["TxnType"])), str(link["TxnId"]))
            sums[key] = sums.get(key, ZERO) + dec(line.get("Amount"))
    return [Link(name, id_, amount) for (name, id_), amount in sums.items()]
