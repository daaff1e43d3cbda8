"""What a new object brings along: opening balances, first stock, charges to pass on."""

from __future__ import annotations

from quicksync.simulator.accounting import ledger, links, stock
from quicksync.simulator.accounting.account_types import is_balance_sheet
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, cents, dec, minor
from quicksync.simulator.rules.work import Work


def post_openings(work: Work) -> None:
    """Opening balances of accounts and customers, opening stock, and counted changes of stock."""
    name = work.entity.name
    if name == "Account" and dec(work.params.get("_opening")):
        _account(work)
    elif name == "Customer" and dec(work.params.get("_opening")):
        _customer(work)
    elif name == "Item" and (dec(work.params.get("_quantity")) or dec(work.params.get("_adjust"))):
        _item(work)


def _equity(book: Book) -> str:
    return str(book.account("Equity", subtype="OpeningBalanceEquity")["Id"])


def _journal(work: Work, day: str, lines: list[Doc], note: str) -> None:
    """An entry made by QuickBooks itself, seen as a journal entry."""
    book = work.book
    doc: Doc = {
        "Id": book.new_id("JournalEntry"),
        "TxnDate": day,
        "PrivateNote": note,
        "Adjustment": False,
        "CurrencyRef": dict(work.doc.get("CurrencyRef") or {"value": book.home}),
        "Line": lines,
        "TotalAmt": ZERO,
    }
    book.save("JournalEntry", doc, operation="Create")
    ledger.post(book, "JournalEntry", doc)


def _side(
    book: Book, number: int, kind: str, account: str, amount: object, entity: Doc | None = None
) -> Doc:
    found = book.need("Account", account)
    detail: Doc = {
        "PostingType": kind,
        "AccountRef": {"value": account, "name": found["FullyQualifiedName"]},
    }
    if entity:
        detail["Entity"] = entity
    return {
        "Id": str(number),
        "Description": "Opening Balance",
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def _account(work: Work) -> None:
    if not is_balance_sheet(work.doc):
        return
    amount = cents(work.params["_opening"])
    debit = (work.doc["Classification"] == "Asset") == (amount > 0)
    own, other = ("Debit", "Credit") if debit else ("Credit", "Debit")
    lines = [
        _side(work.book, 0, own, str(work.doc["Id"]), abs(amount)),
        _side(work.book, 1, other, _equity(work.book), abs(amount)),
    ]
    _journal(
        work, work.params["_opening_day"] or work.book.today().isoformat(), lines, "Opening balance"
    )


def _customer(work: Work) -> None:
    book, amount = work.book, cents(work.params["_opening"])
    receivable = str(
        book.account("Accounts Receivable", currency=work.doc["CurrencyRef"]["value"])["Id"]
    )
    owner = {
        "Type": "Customer",
        "EntityRef": {"value": str(work.doc["Id"]), "name": work.doc["DisplayName"]},
    }
    own, other = ("Debit", "Credit") if amount > 0 else ("Credit", "Debit")
    lines = [
        _side(book, 0, own, receivable, abs(amount), owner),
        _side(book, 1, other, _equity(book), abs(amount)),
    ]
    _journal(
        work,
        str(work.doc.get("OpenBalanceDate") or book.today().isoformat()),
        lines,
        "Opening balance",
    )


def _item(work: Work) -> None:
    book, item = work.book, work.doc
    quantity = dec(work.params.get("_quantity") or work.params["_adjust"])
    if work.params.get("_quantity"):
        account = _equity(book)
    else:
        account = str(book.account("Cost of Goods Sold", subtype="SuppliesMaterialsCogs")["Id"])
    id_ = book.new_id("InventoryAdjustment")
    cost = minor(quantity * dec(item.get("PurchaseCost"))) if quantity > 0 else 0
    # The quantity on hand is counted from the movements, so it starts from what they say.
    book.store.run(
        "INSERT INTO stock VALUES(?,?,?,?,?,?,?,?)",
        "InventoryAdjustment",
        id_,
        "1",
        item["Id"],
        work.params["_day"],
        float(quantity),
        cost,
        account,
    )
    stock.recount(book, str(item["Id"]))


def charges(work: Work) -> None:
    """A billable expense line becomes a charge that an invoice can pass on."""
    if work.entity.name not in ("Bill", "Purchase"):
        return
    book, source = work.book, (work.entity.name, work.doc["Id"])
    kept = dict(
        book.store.all("SELECT line, id FROM charge WHERE source_type=? AND source_id=?", *source)
    )
    for line in work.doc.get("Line", []):
        detail = line.get(str(line.get("DetailType"))) or {}
        if detail.get("BillableStatus") == "Billable" and detail.get("CustomerRef"):
            _charge(work, line, detail, str(kept.pop(str(line["Id"]), "")))
    for id_ in kept.values():
        _drop_charge(book, str(id_))


def _charge(work: Work, line: Doc, detail: Doc, id_: str) -> None:
    book = work.book
    if not id_:
        id_ = book.new_id("ReimburseCharge")
        book.store.run(
            "INSERT INTO charge VALUES(?,?,?,?)", id_, work.entity.name, work.doc["Id"], line["Id"]
        )
    fresh: Doc = {
        "Id": id_,
        "CustomerRef": dict(detail["CustomerRef"]),
        "TxnDate": work.doc["TxnDate"],
        "Amount": dec(line["Amount"]),
        "HasBeenInvoiced": False,
        "CurrencyRef": dict(work.doc["CurrencyRef"]),
        "Line": [_charge_line(line)],
    }
    links.settle(book, "ReimburseCharge", fresh)
    book.save("ReimburseCharge", fresh)


def _drop_charge(book: Book, id_: str) -> None:
    book.store.run("DELETE FROM charge WHERE id=?", id_)
    book.store.remove("ReimburseCharge", id_, int(book.clock.now()))


def _charge_line(line: Doc) -> Doc:
    detail = line[line["DetailType"]]
    return {
        "Id": "1",
        "LineNum": 1,
        "Amount": dec(line["Amount"]),
        "Description": line.get("Description", ""),
        "DetailType": "ReimburseLineDetail",
        "ReimburseLineDetail": {
            key: detail[key]
            for key in ("ItemRef", "Qty", "UnitPrice", "TaxCodeRef")
            if key in detail
        },
    }


def drop_charges(book: Book, name: str, id_: str) -> None:
    """The charges of an expense go with it."""
    for (charge,) in book.store.all(
        "SELECT id FROM charge WHERE source_type=? AND source_id=?", name, id_
    ):
        _drop_charge(book, str(charge))


def invoiced(book: Book, name: str, id_: object) -> bool:
    """Whether an invoice passes on a charge of this expense."""
    found = book.store.one(
        "SELECT 1 FROM charge c JOIN link l ON l.to_type='ReimburseCharge' AND l.to_id=c.id "
        "WHERE c.source_type=? AND c.source_id=? LIMIT 1",
        name,
        id_,
    )
    return bool(found)
