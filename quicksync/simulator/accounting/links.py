"""Which transaction settles, receives or comes from which, and what stays open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec, major, minor
from quicksync.simulator.accounting.shapes import shapes

# JSON names of linkable kinds; several words lead to one entity.
ENTITY_OF = {
    "Check": "Purchase",
    "Expense": "Purchase",
    "CashPurchase": "Purchase",
    "CreditCardCredit": "Purchase",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "ReceivePayment": "Payment",
    "Charge": "TimeActivity",
    "StatementCharge": "Invoice",
}
_OPEN = frozenset(("Invoice", "CreditMemo", "Bill", "VendorCredit"))
_SETTLERS = frozenset(("Payment", "BillPayment"))
# As recorded, a link raises the token at its other end, but that from a deposit, which touches
# nothing in it, and that from an invoice to its estimate, which moves the time alone.
_DATED = frozenset((("Invoice", "Estimate"),))


@dataclass(frozen=True, slots=True)
class Link:
    """From the transaction at hand to another one, with the amount that is settled."""

    type: str
    id: str
    amount: Decimal = ZERO
    line: str = ""
    to_line: str = ""


def entity_of(word: str) -> str:
    """The entity a TxnType means."""
    return ENTITY_OF.get(word, word)


def word_of(name: str) -> str:
    """The TxnType under which others see a transaction; recorded for bills paid by card, too."""
    return "BillPaymentCheck" if name == "BillPayment" else name


def outgoing(book: Book, name: str, id_: object) -> list[Link]:
    """What a transaction points at."""
    rows = book.store.all(
        "SELECT to_type, to_id, amount, from_line, to_line FROM link WHERE from_type=? AND"
        " from_id=? ORDER BY rowid",
        name,
        id_,
    )
    return [
        Link(type_, str(to), major(amount), line, to_line)
        for type_, to, amount, line, to_line in rows
    ]


def incoming(book: Book, name: str, id_: object) -> list[Link]:
    """What points at a transaction."""
    rows = book.store.all(
        "SELECT from_type, from_id, amount, from_line, to_line FROM link WHERE to_type=? AND"
        " to_id=? ORDER BY rowid",
        name,
        id_,
    )
    return [
        Link(type_, str(from_), major(amount), line, to_line)
        for type_, from_, amount, line, to_line in rows
    ]


def replace(book: Book, name: str, id_: str, links: list[Link]) -> None:
    """Set what a transaction points at and refresh everything that was or is touched."""
    before = outgoing(book, name, id_)
    if before == links:
        return
    book.store.run("DELETE FROM link WHERE from_type=? AND from_id=?", name, id_)
    for link in links:
        book.store.run(
            "INSERT INTO link VALUES(?,?,?,?,?,?,?)",
            name,
            id_,
            link.line,
            link.type,
            link.id,
            link.to_line,
            minor(link.amount),
        )
    for type_, target in dict.fromkeys((link.type, link.id) for link in [*before, *links]):
        refresh(book, type_, target, by=name)


def applied(book: Book, name: str, id_: object, *, without: tuple[str, str] = ("", "0")) -> Decimal:
    """How much of a document has been settled, optionally leaving one settling transaction out."""
    found = book.store.one(
        "SELECT sum(amount) FROM link WHERE to_type=? AND to_id=? AND from_type IN ('Payment',"
        " 'BillPayment') AND NOT (from_type=? AND from_id=?)",
        name,
        id_,
        *without,
    )
    return major(found or 0)


def open_amount(
    book: Book, name: str, doc: Doc, *, without: tuple[str, str] = ("", "0")
) -> Decimal:
    """What is still open on a document."""
    total = worth(name, doc) - dec(doc.get("Deposit"))
    return total - applied(book, name, doc["Id"], without=without)


def worth(name: str, doc: Doc) -> Decimal:
    """The total of a document; that of a journal entry is what stands on one of its sides, since it
    tells none.
    """
    if name != "JournalEntry":
        return dec(doc.get("TotalAmt", doc.get("Amount")))
    sides = (
        line
        for line in doc.get("Line", [])
        if (line.get("JournalEntryLineDetail") or {}).get("PostingType")
    )
    return sum(
        (dec(x["Amount"]) for x in sides if x["JournalEntryLineDetail"]["PostingType"] == "Debit"),
        ZERO,
    )


_FOLLOWS = ("Balance", "LinkedTxn", "TxnStatus", "POStatus", "HasBeenInvoiced", "BillableStatus")


def refresh(book: Book, name: str, id_: str, *, by: str) -> None:
    """Bring a document's balance and links in line with what points at it; `by` is the kind at the
    other end.
    """
    doc = book.get(name, id_)
    if doc is None:
        return
    before = {key: doc.get(key) for key in _FOLLOWS}
    settle(book, name, doc)
    if all((doc.get(key) or None) == (value or None) for key, value in before.items()):
        return
    if by == "Deposit" and not book.switches.deposits_touch:
        book.amend(name, doc)
    else:
        book.save(name, doc, bump=(by, name) not in _DATED, operation="Update")


def settle(book: Book, name: str, doc: Doc, own: list[Link] | None = None) -> None:
    """Compute balance and LinkedTxn of a document in place; `own` is what it points at, where that
    is not kept yet.
    """
    if name in _OPEN:
        doc["Balance"] = open_amount(book, name, doc)
        if name == "CreditMemo":
            doc["RemainingCredit"] = doc["Balance"]
        if book.multicurrency and "HomeBalance" in shapes().entities[name]:
            doc["HomeBalance"] = (doc["Balance"] * dec(doc.get("ExchangeRate", 1))).quantize(
                dec("0.01")
            )
    sources = incoming(book, name, doc["Id"])
    if own is None:
        own = outgoing(book, name, doc["Id"])
    shown = [] if name in ("Payment", "BillPayment", "Deposit") else own
    others = dict.fromkeys((link.type, link.id) for link in sources)
    doc["LinkedTxn"] = [_entry(link.type, link.id, link.to_line) for link in shown]
    doc["LinkedTxn"] += [_entry(type_, id_) for type_, id_ in others]
    _state(name, doc, sources)


def _entry(name: str, id_: str, line: str = "") -> Doc:
    entry: Doc = {"TxnId": id_, "TxnType": word_of(name)}
    if line:
        entry["TxnLineId"] = line
    return entry


def _state(name: str, doc: Doc, sources: list[Link]) -> None:
    kinds = {link.type for link in sources}
    if name == "Estimate" and doc.get("TxnStatus") in ("Pending", "Accepted", "Closed"):
        if "Invoice" in kinds:
            doc["TxnStatus"] = "Closed"
        elif doc["TxnStatus"] == "Closed":
            doc["TxnStatus"] = "Pending"
    elif name == "PurchaseOrder":
        _received(doc, sources)
    elif name == "ReimburseCharge":
        doc["HasBeenInvoiced"] = "Invoice" in kinds
    elif name == "TimeActivity" and doc.get("BillableStatus") in ("Billable", "HasBeenBilled"):
        doc["BillableStatus"] = "HasBeenBilled" if "Invoice" in kinds else "Billable"


def _received(doc: Doc, sources: list[Link]) -> None:
    receipts = [link for link in sources if link.type in ("Bill", "Purchase")]
    whole = any(not link.to_line for link in receipts)
    lines = [line for line in doc.get("Line", []) if line.get("DetailType") != "DescriptionOnly"]
    arrived = {link.to_line for link in receipts}
    if receipts and (whole or all(str(line.get("Id")) in arrived for line in lines)):
        doc["POStatus"] = "Closed"
    elif doc.get("POStatus") == "Closed" and not receipts:
        doc["POStatus"] = "Open"


def release(book: Book, name: str, id_: str) -> list[tuple[str, str]]:
    """Take a document out of the payments that settle it, whose amounts become unapplied again;
    returns those.
    """
    sources = list(dict.fromkeys((link.type, link.id) for link in incoming(book, name, id_)))
    for type_, source in sources:
        doc = book.get(type_, source)
        if doc is None:
            continue
        book.store.run(
            "DELETE FROM link WHERE from_type=? AND from_id=? AND to_type=? AND to_id=?",
            type_,
            source,
            name,
            id_,
        )
        if type_ in _SETTLERS:
            doc["Line"] = [line for line in doc.get("Line", []) if not _points_at(line, name, id_)]
            if type_ == "Payment":
                doc["UnappliedAmt"] = unapplied(doc)
        settle(book, type_, doc)
        book.save(type_, doc, operation="Update")
    return sources


def _points_at(line: Doc, name: str, id_: str) -> bool:
    return any(
        entity_of(str(link.get("TxnType"))) == name and str(link.get("TxnId")) == str(id_)
        for link in line.get("LinkedTxn", [])
    )


def unapplied(payment: Doc) -> Decimal:
    """What a payment leaves over: its total and the credits it uses, less what it pays."""
    rest = dec(payment.get("TotalAmt"))
    for line in payment.get("Line", []):
        is_credit = any(str(link.get("TxnType")) in CREDITS for link in line.get("LinkedTxn", []))
        rest += dec(line.get("Amount")) if is_credit else -dec(line.get("Amount"))
    return rest


CREDITS = frozenset(("CreditMemo", "VendorCredit", "Deposit", "Expense", "Check", "Purchase"))
