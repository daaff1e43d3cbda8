"""Stock: what moves quantities, first in first out, and what it costs."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from quicksync.simulator.accounting import ledger
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, cents, dec, major, minor
from quicksync.simulator.accounting.postings import Posting

_OUT = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1}
_IN = {"Bill": 1, "Purchase": 1, "VendorCredit": -1}
# line, item, quantity, cost in hundredths, offset account
_Move = tuple[str, str, Decimal, int, str]


def move(book: Book, name: str, doc: Doc) -> None:
    """Replace the movements of a document."""
    before = {
        item
        for (item,) in book.store.all(
            "SELECT DISTINCT item FROM stock WHERE txn_type=? AND txn_id=?", name, doc["Id"]
        )
    }
    moves = list(_moves(book, name, doc))
    if not before and not moves:
        return
    _drop(book, name, str(doc["Id"]))
    for line, item, quantity, cost, account in moves:
        book.store.run(
            "INSERT INTO stock VALUES(?,?,?,?,?,?,?,?)",
            name,
            doc["Id"],
            line,
            item,
            doc["TxnDate"],
            float(quantity),
            cost,
            account or None,
        )
    for touched in before | {int(move[1]) for move in moves}:
        recount(book, str(touched))


def clear(book: Book, name: str, id_: str) -> None:
    """Take back the movements of a document that goes."""
    items = book.store.all(
        "SELECT DISTINCT item FROM stock WHERE txn_type=? AND txn_id=?", name, id_
    )
    _drop(book, name, id_)
    for (item,) in items:
        recount(book, str(item))


def _drop(book: Book, name: str, id_: str) -> None:
    """Forget the movements of a document and what they posted."""
    accounts = book.store.all(
        "SELECT DISTINCT account FROM posting WHERE txn_type=? AND txn_id=? AND part LIKE 'stock%'",
        name,
        id_,
    )
    book.store.run("DELETE FROM stock WHERE txn_type=? AND txn_id=?", name, id_)
    book.store.run(
        "DELETE FROM posting WHERE txn_type=? AND txn_id=? AND part LIKE 'stock%'", name, id_
    )
    ledger.refresh(book, {("Account", str(account)) for (account,) in accounts})


def _moves(book: Book, name: str, doc: Doc) -> list[_Move]:
    if name in _OUT:
        return [move for line in doc.get("Line", []) for move in _sold(book, line, _OUT[name])]
    if name in _IN:
        sign = -_IN[name] if doc.get("Credit") else _IN[name]
        rate = dec(doc.get("ExchangeRate") or 1)
        return [move for line in doc.get("Line", []) for move in _bought(book, line, sign, rate)]
    if name == "InventoryAdjustment":
        return [move for line in doc.get("Line", []) for move in _counted(book, doc, line)]
    return []


def _sold(book: Book, line: Doc, sign: int) -> list[_Move]:
    if line.get("DetailType") == "GroupLineDetail":
        return [
            move
            for inner in line["GroupLineDetail"].get("Line", [])
            for move in _sold(book, inner, sign)
        ]
    detail = line.get("SalesItemLineDetail") or {}
    item = _tracked(book, detail)
    if item is None or not dec(detail.get("Qty")):
        return []
    return [
        (
            str(line.get("Id")),
            str(item["Id"]),
            dec(detail["Qty"]) * sign,
            0,
            item["ExpenseAccountRef"]["value"],
        )
    ]


def _bought(book: Book, line: Doc, sign: int, rate: Decimal) -> list[_Move]:
    detail = line.get("ItemBasedExpenseLineDetail") or {}
    item = _tracked(book, detail)
    if item is None or not dec(detail.get("Qty")):
        return []
    cost = minor(dec(line.get("Amount")) * rate) * sign
    return [(str(line.get("Id")), str(item["Id"]), dec(detail["Qty"]) * sign, cost, "")]


def _counted(book: Book, doc: Doc, line: Doc) -> list[_Move]:
    detail = line["ItemAdjustmentLineDetail"]
    item = _tracked(book, detail)
    if item is None:
        return []
    quantity = dec(detail["QtyDiff"])
    cost = minor(quantity * dec(item.get("PurchaseCost"))) if quantity > 0 else 0
    return [
        (str(line.get("Id")), str(item["Id"]), quantity, cost, doc["AdjustAccountRef"]["value"])
    ]


def _tracked(book: Book, detail: Doc) -> Doc | None:
    id_ = (detail.get("ItemRef") or {}).get("value")
    item = book.get("Item", id_) if id_ else None
    return item if item is not None and item.get("Type") == "Inventory" else None


def recount(book: Book, item_id: str) -> None:
    """Walk an item's movements in order, price what leaves, and post what changed."""
    item = book.get("Item", item_id)
    if item is None:
        return
    layers: deque[tuple[Decimal, Decimal]] = deque()  # quantity and cost of one unit, oldest first
    on_hand, last = ZERO, dec(item.get("PurchaseCost"))
    for rowid, name, id_, line, quantity, cost, account in book.store.all(
        "SELECT rowid, txn_type, txn_id, line, qty, cost, offset_account FROM stock WHERE item=? "
        "ORDER BY day, qty < 0, rowid",
        item_id,
    ):
        count = dec(quantity)
        on_hand += count
        if count > 0:
            if name in _OUT:
                _reprice(book, item, rowid, (name, id_, line), minor(count * last), cost, account)
                cost = minor(count * last)
            elif account:
                _reprice(book, item, rowid, (name, id_, line), cost, None, account)
            last = major(cost) / count
            layers.append((count, last))
            continue
        value = ZERO
        value, last = _take(layers, -count, last)
        known = cost if name not in ("VendorCredit", "Purchase", "Bill") else None
        if known is not None:
            _reprice(book, item, rowid, (name, id_, line), -minor(value), cost, account)
    _keep(book, item, on_hand)


def _take(
    layers: deque[tuple[Decimal, Decimal]], wanted: Decimal, last: Decimal
) -> tuple[Decimal, Decimal]:
    value = ZERO
    while wanted > 0 and layers:
        quantity, cost = layers.popleft()
        used = min(quantity, wanted)
        value += used * cost
        last = cost
        wanted -= used
        if quantity > used:
            layers.appendleft((quantity - used, cost))
    # Below zero QuickBooks goes on with the last cost it knows.
    return cents(value + wanted * last), last


def _reprice(
    book: Book,
    item: Doc,
    rowid: int,
    source: tuple[str, int, str],
    cost: int,
    before: int | None,
    account: object,
) -> None:
    name, id_, line = source
    part = f"stock{line}:{item['Id']}"
    posted = book.store.one(
        "SELECT 1 FROM posting WHERE txn_type=? AND txn_id=? AND part=?", name, id_, part
    )
    if cost == before and (posted or not cost):
        return
    book.store.run("UPDATE stock SET cost=? WHERE rowid=?", cost, rowid)
    asset = str(item["AssetAccountRef"]["value"])
    book.store.run("DELETE FROM posting WHERE txn_type=? AND txn_id=? AND part=?", name, id_, part)
    _post_cost(book, item, source, cost, str(account), part)
    ledger.refresh(book, {("Account", asset), ("Account", str(account))})


def _post_cost(
    book: Book, item: Doc, source: tuple[str, int, str], cost: int, account: str, part: str
) -> None:
    name, id_, line = source
    if not cost:
        return
    day = book.store.one(
        "SELECT day FROM stock WHERE txn_type=? AND txn_id=? AND line=?", name, id_, line
    )
    source_doc = book.get(name, id_) or {}
    doc: Doc = {"Id": id_, "TxnDate": day, "DepartmentRef": source_doc.get("DepartmentRef")}
    sold = _line(source_doc.get("Line", []), line)
    detail = sold.get(str(sold.get("DetailType"))) or {}
    class_ = str((detail.get("ClassRef") or source_doc.get("ClassRef") or {}).get("value") or "")
    sides = ((str(item["AssetAccountRef"]["value"]), major(cost)), (account, -major(cost)))
    memo = str(sold.get("Description") or "")
    entries = [
        Posting(to, amount, item=str(item["Id"]), class_=class_, memo=memo) for to, amount in sides
    ]
    ledger.write(book, name, doc, entries, part)


def _line(lines: list[Doc], id_: str) -> Doc:
    """The line that moved stock, inside a group or not."""
    for line in lines:
        inner = _line((line.get("GroupLineDetail") or {}).get("Line", []), id_)
        if inner or str(line.get("Id")) == id_:
            return inner or line
    return {}


def _keep(book: Book, item: Doc, on_hand: Decimal) -> None:
    if dec(item.get("QtyOnHand")) != on_hand:
        item["QtyOnHand"] = on_hand
        book.save("Item", item, bump=False)


def stock_list(book: Book) -> list[Doc]:
    """Every tracked item: quantity and asset value in home currency."""
    rows = book.store.all("SELECT item, sum(qty), sum(cost) FROM stock GROUP BY item ORDER BY item")
    return [
        {"item_id": str(item), "quantity": dec(quantity), "value": major(value)}
        for item, quantity, value in rows
    ]
