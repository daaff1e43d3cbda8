"""What customers owe and vendors are owed on a day: balances, ages, and their documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import parse_day
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, major
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.fields import Fields, Line, Reader, fields, ordered
from quicksync.simulator.reports.frame import (
    Cell,
    amount,
    cells,
    column,
    frame,
    row,
    section,
    summary,
)
from quicksync.simulator.reports.periods import asked_day
from quicksync.simulator.reports.splits import Splits

Drawer = Callable[[Book, Asked, list[Entry], Splits], Doc]
_CONTROL = {"Customer": "Accounts Receivable", "Vendor": "Accounts Payable"}
_KEYS = ("0", "1", "2", "3")  # the periods past due, as their columns are numbered


@dataclass
class _Item:
    """A document that moved a name's balance: hundredths of home currency, natural side."""

    entry: Entry
    total: int
    opens: int


def _items(book: Book, kind: str, entries: Iterable[Entry], until: str) -> list[_Item]:
    """Documents of A/R or A/P up to a day, with what is open of each on that day."""
    sign = 1 if kind == "Customer" else -1
    found: dict[tuple[str, str, str], _Item] = {}
    for entry in entries:
        if entry.control and entry.day <= until and entry.payee[0] == kind:
            item = found.setdefault((entry.type, entry.id, entry.payee[1]), _Item(entry, 0, 0))
            item.total += entry.home * sign
            item.opens += entry.home * sign
    by_document: dict[tuple[str, str], list[_Item]] = defaultdict(list)
    for item in found.values():
        by_document[item.entry.type, item.entry.id].append(item)
    settled: dict[tuple[str, str], int] = defaultdict(int)
    for type_, id_, to_type, to_id, value in book.store.all(
        "SELECT from_type, from_id, to_type, to_id, amount FROM link WHERE from_type IN ('Payment',"
        " 'BillPayment')"
    ):
        payment, target = by_document.get((type_, str(id_))), by_document.get((to_type, str(to_id)))
        if payment and target:
            settled[to_type, str(to_id)] += int(value)
            _settle(payment, target[0], int(value), settled[to_type, str(to_id)])
    return list(found.values())


def _settle(payment: list[_Item], target: _Item, value: int, so_far: int) -> None:
    """A payment and what it settles meet; cents of exchange fall to the last payment."""
    whole = abs(target.entry.fx)
    share = Fraction(abs(target.total), whole) if whole else Fraction(1)
    worth = round(so_far * share) - round((so_far - value) * share)
    worth = -worth if target.total < 0 else worth
    target.opens -= worth
    same = [one for one in payment if one.entry.payee == target.entry.payee]
    (same or payment)[0].opens += worth


def _chosen(asked: Asked, lines: list[Line]) -> list[Line]:
    start, end = asked_day(asked.query, "start_duedate"), asked_day(asked.query, "end_duedate")
    terms = asked.chosen("term")
    found = []
    for line in lines:
        due = _due(line)
        if (start and due < start) or (end and due > end) or not asked.keeps(line.entry):
            continue
        if not terms or str((line.doc.get("SalesTermRef") or {}).get("value")) in terms:
            found.append(line)
    return found


def _due(line: Line) -> date:
    return parse_day(line.entry.due) or date.min


def _lines(book: Book, asked: Asked, kind: str, entries: list[Entry], reader: Reader) -> list[Line]:
    found = []
    for item in _items(book, kind, entries, asked.span.words[1]):
        line = Line(reader, item.entry, amount=major(item.total), opens=major(item.opens))
        line.late = max((asked.day - _due(line)).days, 0)
        found.append(line)
    least = asked.query.get("past_due", "")
    lines = _chosen(asked, found)
    return [line for line in lines if (line.late or 0) >= int(least)] if least.isdigit() else lines


def _unpaid(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.opens]


class _Ages:
    """How late what is open is: current, and periods of some days past due."""

    def __init__(self, asked: Asked) -> None:
        self.days, self.count = _count(asked, "aging_period", 30), _count(asked, "num_periods", 4)

    def place(self, line: Line) -> int:
        """0 for what is not due, then one number per period; the last takes all that is later."""
        late = line.late or 0
        return 0 if not late else min(self.count, (late - 1) // self.days + 1)

    def title(self, place: int, *, past: str = "", last: str = " and over") -> str:
        """What a period is called."""
        if not place:
            return "Current"
        first = self.days * (place - 1) + 1
        return (
            f"{first}{last}{past}"
            if place == self.count
            else f"{first} - {self.days * place}{past}"
        )


def _count(asked: Asked, name: str, default: int) -> int:
    text = asked.query.get(name, "")
    if not text:
        return default
    if not text.isdigit() or not int(text):
        raise ApiError(2090, f"Invalid Number. Supplied value:{text}", element=name)
    return int(text)


def balances(kind: str) -> Drawer:
    """What every customer or vendor owes or is owed."""

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        lines = _unpaid(_lines(book, asked, kind, entries, splits.reader))
        rows = _by_name(splits.reader, kind, lines, lambda found: [_sum(found)])
        return frame(
            book, asked, [column("", kind, kind.lower()), column("Total", "Money", "total")], rows
        )

    return drawn


def aged(kind: str) -> Drawer:
    """What is open per name, by how late it is."""

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        ages = _Ages(asked)
        places = range(ages.count + 1)

        def values(lines: list[Line]) -> list[Decimal]:
            return [
                *(_sum([one for one in lines if ages.place(one) == place]) for place in places),
                _sum(lines),
            ]

        lines = _unpaid(_lines(book, asked, kind, entries, splits.reader))
        described = [column("", kind, kind.lower()), column("Current", "Money", "current")]
        described += [column(ages.title(place), "Money", str(place - 1)) for place in places[1:]]
        rows = _by_name(splits.reader, kind, lines, values)
        return frame(book, asked, [*described, column("Total", "Money", "total")], rows)

    return drawn


def _sum(lines: list[Line]) -> Decimal:
    return sum((line.opens or ZERO for line in lines), ZERO)


def _by_name(
    reader: Reader, kind: str, lines: list[Line], values: Callable[[list[Line]], list[Decimal]]
) -> list[Doc]:
    """One row per name, sub-customers under their customer, and the sum of all."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.entry.payee[1]].append(line)
    names = {id_: reader.name(kind, id_) for id_ in groups}
    under: dict[str, list[str]] = {}
    for id_ in sorted(groups, key=lambda id_: (names[id_].lower(), id_)):
        above = _above(reader.book, kind, id_)
        under.setdefault(above or id_, []).extend([id_] if above else [])
    tops = sorted(under, key=lambda id_: (reader.name(kind, id_).lower(), id_))
    rows = []
    for top in tops:
        below = under[top]
        title = reader.name(kind, top)
        own = [amount(value) for value in values(groups[top])] if top in groups else None
        if not below:
            rows.append({"ColData": cells((title, top), *(own or []))})
            continue
        inner = [
            {
                "ColData": cells(
                    (names[id_].partition(":")[2], id_),
                    *(amount(value) for value in values(groups[id_])),
                )
            }
            for id_ in below
        ]
        whole = [one for id_ in (top, *below) for one in groups.get(id_, [])]
        total = cells(f"Total {title}", *(f"{value:.2f}" for value in values(whole)))
        rows.append(section((title, top), inner, total, own=own))
    if rows:
        rows.append(
            summary("TOTAL", *(f"{value:.2f}" for value in values(lines)), group="GrandTotal")
        )
    return rows


def _above(book: Book, kind: str, id_: str) -> str:
    """The customer at the top above a sub-customer; "" for one that stands alone."""
    found, parent = "", id_
    while kind == "Customer" and parent:
        parent = str(
            book.store.one("SELECT parent FROM entity WHERE type='Customer' AND id=?", parent) or ""
        )
        found = parent or found
    return found


def aged_detail(kind: str) -> Drawer:
    """Every open document, the latest first, by how late it is."""

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        table, ages = fields(book, asked), _Ages(asked)
        lines = _unpaid(_lines(book, asked, kind, entries, splits.reader))
        rows = []
        for place in reversed(range(ages.count + 1)):
            found = [line for line in lines if ages.place(line) == place]
            if found:
                title = ages.title(place, past=" days past due", last=" or more")
                rows.append(_group(asked, table, title, found))
        return _told(book, asked, table, rows, lines)

    return drawn


def balance_detail(kind: str, status: str) -> Drawer:
    """The documents behind every customer's or vendor's balance; `status` is the parameter that
    chooses paid ones.
    """

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        table = fields(book, asked)
        lines = _lines(book, asked, kind, entries, splits.reader)
        wanted = asked.query.get(status) or "Unpaid"
        if wanted.lower() not in ("all", "paid", "unpaid"):
            raise ApiError(2170, f"Invalid Enumeration : {wanted}", element=status)
        if wanted.lower() != "all":
            lines = [line for line in lines if bool(line.opens) == (wanted.lower() == "unpaid")]
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            groups[line.entry.payee[1]].append(line)
        names = {id_: splits.reader.name(kind, id_) for id_ in groups}
        order = sorted(groups, key=lambda id_: (names[id_].lower(), id_))
        rows = [_group(asked, table, (names[id_], id_), groups[id_]) for id_ in order]
        return _told(book, asked, table, rows, lines)

    return drawn


def _group(asked: Asked, table: Fields, head: Cell, lines: list[Line]) -> Doc:
    title = head[0] if isinstance(head, tuple) else head
    rows = [row(*table.row(line)) for line in ordered(asked, table, lines)]
    return section(head, rows, cells(*table.summed(f"Total for {title}", lines)))


def _told(book: Book, asked: Asked, table: Fields, rows: list[Doc], lines: list[Line]) -> Doc:
    if rows:
        rows.append(summary(*table.summed("TOTAL", lines)))
    return frame(book, asked, table.described(), rows)
