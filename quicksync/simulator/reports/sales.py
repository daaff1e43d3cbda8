"""Income and costs by customer, item, class, location or vendor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, cents, dec, major, minor
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.columns import Columns, Totals, Values, plus, shown, summed_up
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.frame import amount, cells, column, frame, summary
from quicksync.simulator.reports.splits import Splits

Drawer = Callable[[Book, Asked, list[Entry], Splits], Doc]
_SIGNS = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
_NOBODY = "Not Specified"
_PRODUCT = (
    "Quantity",
    "Amount",
    "% of Sales",
    "Avg Price",
    "COGS",
    "Gross Margin",
    "Gross Margin %",
)


def by(trait: str, kind: str, class_: str, sign: int) -> Drawer:
    """Income (or costs) by a property of the postings, in columns."""

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        chart = splits.reader.chart
        kept = [
            entry
            for entry in _within(asked, entries)
            if chart[entry.account]["Classification"] == class_
        ]
        columns = Columns(book, asked, kept, row=trait)
        found = {id_: [value * sign for value in values] for id_, values in columns.moved().items()}
        rows = _rows(splits, kind, found, columns.zero)
        return frame(book, asked, [column("", kind, kind.lower()), *columns.described()], rows)

    return drawn


def _within(asked: Asked, entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.day >= asked.span.words[0]]


def _rows(splits: Splits, kind: str, found: dict[str, Values], zero: Values) -> list[Doc]:
    names = {id_: splits.reader.name(kind, id_) for id_ in found}
    rows = [
        {"ColData": cells((names[id_], id_) if id_ else _NOBODY, *shown(found[id_]))}
        for id_ in sorted(found, key=lambda id_: (not id_, names[id_].lower(), id_))
    ]
    if rows:
        rows.append(summary("TOTAL", *summed_up(plus(zero, *found.values())), group="GrandTotal"))
    return rows


def customer_income(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """What every customer brought and cost; costs are negative (documented 2016)."""
    found: dict[str, Values] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for entry in _within(asked, entries):
        class_ = splits.reader.chart[entry.account]["Classification"]
        if class_ in ("Revenue", "Expense"):
            values = found[entry.customer]
            values[class_ == "Expense"] -= major(entry.home)
            values[2] -= major(entry.home)
    described = [column("", "Customer", "customer")]
    for title in ("Income", "Expenses", "Net Income"):
        described.append(column(title, "Money", title.lower().replace(" ", "_")))
    return frame(book, asked, described, _rows(splits, "Customer", found, [ZERO] * 3))


def item_sales(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """What was sold of every item, by column: quantity, amount, share, price, cost, margin."""
    columns = Columns(book, asked, _sold(book, splits, _within(asked, entries)), row="part")
    totals, width = columns.moved(), len(columns.zero)
    whole = _figures(totals, columns.zero, None)
    items = {part.partition(":")[2] for part in totals}
    names = {id_: splits.reader.name("Item", id_) for id_ in items}
    rows = list[Doc]()
    for id_ in sorted(items, key=lambda id_: (not id_, names[id_].lower(), id_)):
        figures = _figures(totals, columns.zero, id_)
        told = [cell for number in range(width) for cell in _product(figures, whole, number)]
        one: Doc = {"ColData": cells((names[id_], id_) if id_ else _NOBODY, *told)}
        rows.append(one if id_ else {**one, "group": "**"})
    if rows:
        told = [cell for number in range(width) for cell in _product(whole, whole, number)]
        rows.append({"ColData": cells("TOTAL", *told), "group": "GrandTotal"})
    described = [_product_column(asked, one) for one in columns.described()]
    return frame(book, asked, [{"ColTitle": "", "ColType": "ProductsAndService"}, *described], rows)


def _sold(book: Book, splits: Splits, entries: list[Entry]) -> list[Entry]:
    """The figures of every sale as entries: amount, cost, and the quantity in hundredths."""
    found, counted = list[Entry](), set[tuple[str, str, str]]()
    for entry in entries:
        class_ = splits.reader.chart[entry.account]["Classification"]
        key = (entry.type, entry.id, entry.item)
        if class_ == "Expense" and entry.type in _SIGNS and entry.item:
            found.append(_figure(entry, "COGS", entry.home))
        elif class_ == "Revenue":
            found.append(_figure(entry, "Amount", -entry.home))
            if key not in counted and entry.type in _SIGNS:
                counted.add(key)
                quantity = _quantity(book.get(entry.type, entry.id) or {}, entry.item)
                found.append(_figure(entry, "Quantity", minor(quantity) * _SIGNS[entry.type]))
    return found


def _figure(entry: Entry, name: str, value: int) -> Entry:
    found = entry.moved(entry.day, value)
    found.part = f"{name}:{entry.item}"
    return found


def _quantity(doc: Doc, item: str) -> Decimal:
    found = ZERO
    for line in doc.get("Line", []):
        found += _quantity(line.get("GroupLineDetail") or {}, item)
        detail = line.get("SalesItemLineDetail") or {}
        if str((detail.get("ItemRef") or {}).get("value") or "") == item:
            found += dec(detail.get("Qty"))
    return found


def _figures(totals: Totals, zero: Values, item: str | None) -> list[Values]:
    """Quantity, amount and cost of an item, or of all, in every column."""
    found = []
    for name in ("Quantity", "Amount", "COGS"):
        wanted = [values for part, values in totals.items() if part == f"{name}:{item}"]
        if item is None:
            wanted = [values for part, values in totals.items() if part.startswith(f"{name}:")]
        found.append(plus(zero, *wanted))
    return found


def _product_column(asked: Asked, described: Doc) -> Doc:
    start, end = asked.span.words
    meta = [one for one in described["MetaData"] if one["Name"] != "ColKey"]
    dates = meta or [{"Name": "StartDate", "Value": start}, {"Name": "EndDate", "Value": end}]
    inner = []
    for title in _PRODUCT:
        one: Doc = {"ColTitle": title, "ColType": "Money"}
        inner.append(one | ({"MetaData": dates} if title in ("Quantity", "Amount", "COGS") else {}))
    return {"ColTitle": described["ColTitle"], "ColType": "Money", "Columns": {"Column": inner}}


def _product(figures: list[Values], whole: list[Values], number: int) -> list[str]:
    quantity, total, cost = (values[number] for values in figures)
    margin = (
        [amount(cost), f"{total - cost:.2f}", _share(total - cost, total)] if cost else ["", "", ""]
    )
    price = amount(cents(total / quantity)) if quantity else ""
    return [amount(quantity), amount(total), _share(total, whole[1][number]), price, *margin]


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{cents(part * 100 / whole):.2f} %" if whole else ""
