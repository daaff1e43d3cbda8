"""The other side of a posting: the account it went against, "-Split-" when there are several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.fields import Reader
from quicksync.simulator.reports.frame import Cell

_ON_CREDIT = frozenset(("Invoice", "CreditMemo", "Bill", "VendorCredit"))
_EQUAL = frozenset(("JournalEntry",))  # no line of these is the document's own
SEVERAL = ("-Split-", "")


class Splits:
    """Documents with their postings, the document's own line (A/R, A/P, the bank) first."""

    def __init__(self, reader: Reader, accrual: Iterable[Entry]) -> None:
        self.reader, self._accrual = reader, accrual

    @cached_property
    def documents(self) -> dict[tuple[str, str], list[Entry]]:
        """Postings by kind and id of their document; sums need none, so they are sorted when first
        asked for.
        """
        found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self._accrual:
            found[entry.type, entry.id].append(entry)
        for entries in found.values():
            entries.sort(key=_rank)
        return found

    def of(self, entry: Entry) -> Cell:
        """What a posting went against."""
        entries = self.documents.get((entry.type, entry.id), [])
        if not entries:
            return ("", "")
        own = entries[0]
        if entry is not own and entry.type not in _EQUAL:
            return self.reader.account(own.account)
        others = [other for other in entries if other is not entry]
        return self.reader.account(others[0].account) if len(others) == 1 else SEVERAL


def _rank(entry: Entry) -> tuple[bool, bool]:
    return entry.part != "doc", entry.type in _ON_CREDIT and not entry.control
