"""The chart of accounts as reports show it: order, names, natural sides, sub-accounts."""

from __future__ import annotations

from quicksync.simulator.accounting.account_types import TYPES
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc

ORDER = list(TYPES)
_CREDIT = frozenset(("Liability", "Equity", "Revenue"))
_EARNED = frozenset(("Revenue", "Expense"))
# Where the cash basis keeps what is paid ahead: subtype, name, type, classification.
_AHEAD = {
    "Customer": (
        "UnappliedCashPaymentIncome",
        "Unapplied Cash Payment Income",
        "Income",
        "Revenue",
    ),
    "Vendor": (
        "UnappliedCashBillPaymentExpense",
        "Unapplied Cash Bill Payment Expense",
        "Expense",
        "Expense",
    ),
}


def chart(book: Book) -> dict[str, Doc]:
    """All accounts by id, those of the cash basis among them, in the order of every report: type,
    then name.
    """
    found = dict(book.rows("Account"))
    for kind, (subtype, name, type_, class_) in _AHEAD.items():
        if paid_ahead(book, kind) not in found:
            found[subtype] = {
                "Name": name,
                "FullyQualifiedName": name,
                "AccountType": type_,
                "Classification": class_,
                "AccountSubType": subtype,
            }
    numbers = bool(book.pref("AccountingInfoPrefs", "UseAccountNumbers"))
    return dict(sorted(found.items(), key=lambda pair: _place(pair[1], numbers)))


def paid_ahead(book: Book, kind: str) -> str:
    """Where the cash basis keeps what customers or vendors are paid ahead; not an id when the
    company has none yet.
    """
    subtype = _AHEAD[kind][0]
    known = (
        id_ for id_, doc in book.rows("Account").items() if doc.get("AccountSubType") == subtype
    )
    return next(known, subtype)


def _place(doc: Doc, numbers: bool) -> tuple[int, str, list[str]]:
    number = str(doc.get("AcctNum") or "") if numbers else ""
    return (
        ORDER.index(doc["AccountType"]),
        number,
        str(doc["FullyQualifiedName"]).lower().split(":"),
    )


def sign(doc: Doc) -> int:
    """What a debit counts as on the natural side of an account: 1 for assets and costs, -1 for the
    others.
    """
    return -1 if doc["Classification"] in _CREDIT else 1


def is_earned(doc: Doc) -> bool:
    """Whether an account begins every fiscal year at zero."""
    return doc["Classification"] in _EARNED


def title(book: Book, doc: Doc, *, full: bool = False) -> str:
    """The name of an account, after its number where the company uses them."""
    name = str(doc["FullyQualifiedName" if full else "Name"])
    number = doc.get("AcctNum")
    return (
        f"{number} {name}"
        if number and book.pref("AccountingInfoPrefs", "UseAccountNumbers")
        else name
    )


def shown_id(doc: Doc) -> str:
    """The id that a cell tells of an account."""
    return str(doc.get("Id") or "")


def retained(accounts: dict[str, Doc]) -> str:
    """The id of the account that takes the profits of earlier years."""
    return next(
        (id_ for id_, doc in accounts.items() if doc.get("AccountSubType") == "RetainedEarnings"),
        "",
    )


def children(accounts: dict[str, Doc]) -> dict[str, list[str]]:
    """Ids of sub-accounts by the id of what they are under, "" for the top."""
    below: dict[str, list[str]] = {}
    for id_, doc in accounts.items():
        above = str((doc.get("ParentRef") or {}).get("value") or "")
        below.setdefault(above if above in accounts else "", []).append(id_)
    return below
