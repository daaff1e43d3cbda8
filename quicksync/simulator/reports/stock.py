"""Quantity and value of stock: item by item, and movement by movement."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, cents, dec, major
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.fields import NOBODY, word_of
from quicksync.simulator.reports.frame import amount, cells, column, frame, row, section, summary
from quicksync.simulator.reports.splits import Splits

_DETAIL = (
    ("Date", "Date", "tx_date"),
    ("Transaction Type", "String", "txn_type"),
    ("Num", "String", "doc_num"),
    ("Name", "String", "name"),
    ("Qty", "Numeric", "quantity"),
    ("Rate", "Money", "rate"),
    ("FIFO Cost", "Money", "home_amount"),
    ("Qty On Hand", "Numeric", "qty_on_hand"),
    ("Asset Value", "Money", "home_asset_value"),
)


def valuation(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Quantity and value of every stock item on a day."""
    rows, total = list[Doc](), ZERO
    for id_, quantity, cost in book.store.all(
        "SELECT item, sum(qty), sum(cost) FROM stock WHERE day<=? GROUP BY item",
        asked.span.words[1],
    ):
        value = major(cost)
        total += value
        each = cents(value / dec(quantity)) if quantity else ZERO
        head = (splits.reader.name("Item", str(id_)), str(id_))
        rows.append({"ColData": cells(head, f"{quantity:.2f}", amount(value), amount(each))})
    rows.sort(key=lambda one: str(one["ColData"][0]["value"]).lower())
    if rows:
        rows.append(summary("TOTAL", "", f"{total:.2f}", "", group="GrandTotal"))
    described = [column("", "Item", "item"), column("Qty", "Numeric", "qty")]
    described += [
        column("Asset Value", "Money", "asset_value"),
        column("Calc. Avg", "Money", "calc_avg"),
    ]
    return frame(book, asked, described, rows)


def movements(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """What came and went of every stock item in a period, at what cost."""
    start, end = asked.span.words
    moves: dict[str, list[tuple[str, str, str, Decimal, Decimal]]] = defaultdict(list)
    for id_, type_, txn, day, quantity, cost in book.store.all(
        "SELECT item, txn_type, txn_id, day, qty, cost FROM stock WHERE day<=? ORDER BY day, qty<0,"
        " rowid",
        end,
    ):
        moves[str(id_)].append((type_, str(txn), day, dec(quantity), major(cost)))
    rows = []
    names = {id_: splits.reader.name("Item", id_) for id_ in moves}
    for id_ in sorted(moves, key=lambda id_: (names[id_].lower(), id_)):
        told, on_hand, value = list[Doc](), ZERO, ZERO
        count, worth = ZERO, ZERO
        for move in moves[id_]:
            on_hand, value = on_hand + move[3], value + move[4]
            if move[2] >= start:
                count, worth = count + move[3], worth + move[4]
                told.append(_movement(book, splits, move, on_hand, value))
        if told:
            sums = (f"{count:.2f}", "", f"{worth:.2f}", f"{on_hand:.2f}", f"{value:.2f}")
            rows.append(
                section(
                    (names[id_], id_), told, cells(f"Total for {names[id_]}", "", "", "", *sums)
                )
            )
    return frame(book, asked, [column(*one) for one in _DETAIL], rows)


def _movement(
    book: Book,
    splits: Splits,
    move: tuple[str, str, str, Decimal, Decimal],
    on_hand: Decimal,
    value: Decimal,
) -> Doc:
    type_, txn, day, quantity, cost = move
    doc = book.get(type_, txn) or {}
    entries = splits.documents.get((type_, txn), [])
    kind, id_ = entries[0].payee if entries else NOBODY
    number = "START" if type_ == "Item" else str(doc.get("DocNumber") or "")
    return row(
        day,
        (word_of(type_, doc), txn),
        number,
        (splits.reader.name(kind, id_), id_) if id_ else NOBODY,
        f"{quantity:.2f}",
        f"{cents(cost / quantity):.2f}" if quantity else "",
        f"{cost:.2f}",
        f"{on_hand:.2f}",
        f"{value:.2f}",
    )
