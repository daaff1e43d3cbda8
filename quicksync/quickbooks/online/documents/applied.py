"""What a payment pays, and the credits that it uses: lines that link to other documents.

A link of a sort that is none of ours, or in a field that this side does not carry, is nobody's to
touch: it goes back as it came, since QuickBooks takes the lines of a payment all or not at all. A
line of ours keeps what it has beyond its amount.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quicksync.quickbooks.online.payloads.values import by_hand, number, plain, text, trees
from quicksync.quickbooks.wire_table import Row, Tree
from quicksync.records import Allocation, Record, Ref

# The kinds that a payment can be linked to, with QuickBooks' word in the link.
WORDS = {"invoice": "Invoice", "credit_note": "CreditMemo", "bill": "Bill"}
_KINDS = {word: kind for kind, word in WORDS.items()}
WORKED_OUT = "LineEx"  # what was open before, and the number of the document that is paid


def applied_row(field: str, sort: type[Allocation]) -> Row:
    """The row of a field with allocations; `applied_lines` writes it."""
    kinds = sort.references["document"]
    if strange := set(kinds) - WORDS.keys():
        raise ValueError(f"{field}: nothing links to {', '.join(sorted(strange))}.")

    def back(payment: Tree) -> tuple[Allocation, ...]:
        return tuple(
            sort(document=Ref(kind, text(link["TxnId"])), amount=number(line.get("Amount") or 0))
            for line in trees(payment.get("Line"))
            if (kind := _KINDS.get((link := _link(line)).get("TxnType", ""))) in kinds
        )

    return Row(field=field, path="", codec=by_hand(back))


def applied_lines(record: Record, fields: Iterable[str], there: Tree) -> list[Tree]:
    """The lines of a payment: those of `fields` as they are here, all others as they are there."""
    ours = {field: sort for field, sort in record.applied.items() if field in fields}
    words = {WORDS[kind] for sort in ours.values() for kind in sort.references["document"]}
    parts: list[Any] = [part for field in ours for part in getattr(record, field)]
    old: dict[tuple[str, str], Tree] = {}
    others: list[Tree] = []
    for line in trees(there.get("Line")):
        link = _link(line)
        if link.get("TxnType") in words:
            old.setdefault((link["TxnType"], text(link["TxnId"])), line)
        else:
            others.append(line)
    return [*(_line(part, old) for part in parts), *others]


def _line(part: Allocation, old: dict[tuple[str, str], Tree]) -> Tree:
    """The line for one allocation; the one that was there for the same document gives what is none
    of ours, but for what QuickBooks works out.
    """
    word = WORDS[part.document.kind]
    before = old.pop((word, part.document.id), {})
    kept = {name: value for name, value in before.items() if name != WORKED_OUT}
    amount = {"Amount": plain(part.amount)}
    return amount | {"LinkedTxn": [{"TxnId": part.document.id, "TxnType": word}]} | kept | amount


def _link(line: Tree) -> Tree:
    return next(iter(trees(line.get("LinkedTxn"))), {})
