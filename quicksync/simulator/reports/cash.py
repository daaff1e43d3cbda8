"""The books on a cash basis: an invoice or a bill counts for what was paid of it, on the day of the
payment.

All lines of a document count alike, tax and stock too; what was paid ahead of its invoice or bill
stands in an account of its own until then. How the live service treats tax and stock of unpaid
documents is not recorded.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.reports.accounts import chart, paid_ahead
from quicksync.simulator.reports.entries import Entry

_WAITS = frozenset(("Invoice", "CreditMemo", "Bill", "VendorCredit"))
_PAYS = frozenset(("Payment", "BillPayment"))
_MONEY = frozenset(("Bank", "Credit Card"))
# Links of payments to what waits for no payment: a debit that is settled, a credit that is used up.
_STAYS = {"JournalEntry": 1, "Deposit": -1, "Purchase": -1}
_Key = tuple[str, str]


class _Waiting:
    """An invoice, bill or credit whose lines count as far as it is paid."""

    def __init__(self, entries: list[Entry], money: frozenset[str]) -> None:
        self.day = entries[0].day
        # A deposit taken with the invoice itself is money; a line with an item is not, whatever its
        # account.
        self.paid = [
            entry
            for entry in entries
            if entry.account in money and not entry.item and not entry.control
        ]
        self.lines = [entry for entry in entries if not entry.control and entry not in self.paid]
        self.total = sum(entry.fx for entry in entries if entry.control or entry in self.paid)
        self._open = sum(entry.fx for entry in self.paid)
        self._given = [0] * len(self.lines)
        self._whole = -sum(entry.home for entry in entries if entry.control or entry in self.paid)

    def first(self) -> list[Entry]:
        """What counts on the day of the document: the deposit's share, or all of it when nothing is
        owed.
        """
        return [*self.paid, *self._share(self.day)]

    def pay(self, amount: int, day: str) -> list[Entry]:
        """The lines that a payment of some hundredths makes count."""
        self._open += amount if self.total >= 0 else -amount
        return self._share(day)

    def _share(self, day: str) -> list[Entry]:
        part = Fraction(self._open, self.total) if self.total else Fraction(1)
        wanted = [round(entry.home * part) for entry in self.lines]
        if wanted:
            # Cents lost in rounding go to the largest line, so that a share is worth what was paid.
            largest = max(range(len(wanted)), key=lambda number: abs(self.lines[number].home))
            wanted[largest] += round(self._whole * part) - sum(wanted)
        found = [
            entry.moved(day, amount - given)
            for entry, amount, given in zip(self.lines, wanted, self._given, strict=True)
            if amount != given
        ]
        self._given = wanted
        return found


def restated(book: Book, accrual: list[Entry], until: str) -> list[Entry]:
    """Postings on a cash basis, up to a day, in order of day."""
    documents: dict[_Key, list[Entry]] = defaultdict(list)
    found = list[Entry]()
    for entry in accrual:
        if entry.type in _WAITS or entry.type in _PAYS:
            documents[entry.type, entry.id].append(entry)
        else:
            found.append(entry)
    money = frozenset(
        id_
        for id_, doc in chart(book).items()
        if doc["AccountType"] in _MONEY or doc.get("AccountSubType") == "UndepositedFunds"
    )
    waiting = {
        key: _Waiting(entries, money) for key, entries in documents.items() if key[0] in _WAITS
    }
    for one in waiting.values():
        found += one.first()
    links, ahead = (
        _links(book),
        {"Payment": paid_ahead(book, "Customer"), "BillPayment": paid_ahead(book, "Vendor")},
    )
    for key, entries in documents.items():
        if key[0] in _PAYS:
            found += _payment(entries, links.get(key, []), waiting, ahead[key[0]])
    return sorted((entry for entry in found if entry.day <= until), key=lambda entry: entry.day)


def _links(book: Book) -> dict[_Key, list[tuple[_Key, int]]]:
    found: dict[_Key, list[tuple[_Key, int]]] = defaultdict(list)
    for type_, id_, to_type, to_id, amount in book.store.all(
        "SELECT from_type, from_id, to_type, to_id, amount FROM link WHERE from_type IN ('Payment',"
        " 'BillPayment') ORDER BY rowid"
    ):
        found[type_, str(id_)].append(((to_type, str(to_id)), int(amount)))
    return found


def _payment(
    entries: list[Entry], links: list[tuple[_Key, int]], waiting: dict[_Key, _Waiting], account: str
) -> list[Entry]:
    """The money moves; what it settles counts; what it does not settle yet is paid ahead."""
    first = next((entry for entry in entries if entry.control), None)
    if first is None:
        return entries
    found = [entry for entry in entries if not entry.control]
    ahead: dict[str, int] = defaultdict(int)
    ahead[first.day] = sum(entry.home for entry in entries if entry.control)
    for key, amount in links:
        target = waiting.get(key)
        if target is None:
            continue
        # A payment made before the invoice waits for it.
        day = max(first.day, target.day)
        shares = target.pay(amount, day)
        found += shares
        ahead[day] -= sum(entry.home for entry in shares)
    kept = _kept(first, links)
    if kept:
        found.append(first.moved(first.day, kept))
        ahead[first.day] -= kept
    return found + [first.moved(day, home, account) for day, home in ahead.items() if home]


def _kept(first: Entry, links: list[tuple[_Key, int]]) -> int:
    """What a payment settles of a journal entry stays in A/R or A/P, where that entry put it."""
    amount = sum(amount * _STAYS.get(key[0], 0) for key, amount in links)
    rate = Fraction(first.home, first.fx) if first.fx else Fraction(1)
    return round(amount * rate) * (-1 if first.type == "Payment" else 1)
