"""Create, update, void, delete: the way every write takes into the books."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from quicksync.simulator.accounting import answers, ledger, links, stock
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import Entity
from quicksync.simulator.accounting.errors import ApiError, business, missing, not_found, stale
from quicksync.simulator.accounting.jsontext import Doc, as_sent
from quicksync.simulator.accounting.money import ZERO, cents, dec
from quicksync.simulator.accounting.shapes import shapes
from quicksync.simulator.rules import attachments, autocredit
from quicksync.simulator.rules.documents import purchases
from quicksync.simulator.rules.documents.forms import check_open
from quicksync.simulator.rules.lists import openings
from quicksync.simulator.rules.lists.names import after_name
from quicksync.simulator.rules.numbers import number
from quicksync.simulator.rules.rules import PREPARE, links_of
from quicksync.simulator.rules.validate import checked, numeric
from quicksync.simulator.rules.work import Work

# Omitted from a full update these stay as they were, where everything else is set to nothing.
_KEPT = (
    "TxnDate",
    "DocNumber",
    "CurrencyRef",
    "ExchangeRate",
    "PrintStatus",
    "EmailStatus",
    "DepositToAccountRef",
    "APAccountRef",
    "CustomField",
    "Active",
    "GlobalTaxCalculation",
    "Type",
    "AccountType",
    "DeliveryInfo",
)
# Recorded: an order that is written whole without its number loses it.
_LOST = {("PurchaseOrder", "DocNumber")}
_VOIDABLE_LINES = ("Qty", "UnitPrice", "TaxInclusiveAmt")


def create(
    book: Book, entity: Entity, sent: Doc, params: dict[str, str], *, bookkeeper: bool = False
) -> Doc:
    """Write a new object and all that follows from it; returns it as stored."""
    if not entity.allows("C") and not bookkeeper:
        raise ApiError(500, f"Operation create on {entity.name} is not supported.")
    clean = checked(entity.name, sent, ignore=entity.computed - {"status"})
    for key in ("Id", "SyncToken", "sparse", "status"):
        clean.pop(key, None)
    clean["Id"] = params.get("_id") or book.new_id(entity.name)
    work = Work(book, entity, clean, deepcopy(clean), None, params, bookkeeper)
    return _write(work)


def update(
    book: Book, entity: Entity, sent: Doc, params: dict[str, str], *, bookkeeper: bool = False
) -> Doc:
    """Write an object again, whole or (`sparse`) only what was sent; returns it as stored."""
    sparse = str(sent.get("sparse", "")).lower() == "true"
    if not entity.allows("U") and not (sparse and entity.allows("S")) and not bookkeeper:
        raise ApiError(500, f"Operation update on {entity.name} is not supported.")
    old = current(book, entity, sent, bookkeeper=bookkeeper)
    computed = entity.computed - {"status"}
    clean = checked(entity.name, sent, ignore=computed)
    for key in ("sparse", "status"):
        clean.pop(key, None)
    doc: Doc = deepcopy(old) if sparse else _kept(entity.name, old)
    doc |= deepcopy({key: value for key, value in clean.items() if not _clears(value)})
    for key, value in clean.items():
        if _clears(value):
            doc.pop(key, None)
    doc |= {"Id": str(old["Id"])}
    if sparse:
        params = {**params, "_sparse": "1"}
    work = Work(book, entity, doc, clean, old, params, bookkeeper)
    return _write(work)


def _kept(name: str, old: Doc) -> Doc:
    return {key: deepcopy(old[key]) for key in _KEPT if key in old and (name, key) not in _LOST}


def _clears(value: Any) -> bool:
    return isinstance(value, str) and not value


def current(book: Book, entity: Entity, sent: Doc, *, bookkeeper: bool = False) -> Doc:
    """The object a write names, if the write's token is the latest."""
    id_ = sent.get("Id")
    if id_ in (None, ""):
        raise missing("Id")
    numeric(id_)
    found = book.get(entity.name, id_)
    if found is None:
        raise not_found()
    if bookkeeper:
        return deepcopy(found)
    token = sent.get("SyncToken")
    if (
        token in (None, "")
        and entity.name == "Attachable"
        and set(sent) <= {"Id", "domain", "sparse"}
    ):
        return deepcopy(found)  # recorded: a file is deleted by its id alone
    if token in (None, ""):
        raise missing("SyncToken")
    if str(token) != str(found["SyncToken"]):
        if not re.fullmatch(r"\d{1,18}", str(token)):
            said = as_sent(token)
            raise ApiError(2090, f"Invalid Number. Supplied value:{said}", element="SyncToken")
        raise stale()
    return deepcopy(found)


def _write(work: Work) -> Doc:
    book, entity, doc = work.book, work.entity, work.doc
    PREPARE[entity.name](work)
    if entity.group == "txn":
        number(work)
        purchases.check_links(work)
        _protect(work)
        _home_amounts(work)
        links.settle(book, entity.name, doc, links_of(entity.name, doc))
    answers.complete(book.realm, entity.name, doc)
    if work.old is not None and _seen(work.old) == _seen(doc):
        # Recorded: a write that changes nothing keeps token and time.
        return work.old
    if entity.group == "txn":
        _place(work)
    else:
        stored = book.save(entity.name, doc, operation="Create" if work.creating else "Update")
        if entity.group == "rate":
            book.store.run(
                "UPDATE entity SET name=?, day=? WHERE type=? AND id=?",
                stored["SourceCurrencyCode"],
                stored["AsOfDate"],
                entity.name,
                stored["Id"],
            )
        after_name(work)
        if entity.name == "Attachable" and work.creating:
            attachments.bump_parents(book, doc)
        openings.post_openings(work)
    if entity.name == "Customer" and doc.get("ParentRef"):
        ledger.refresh_parents(book, str(doc["ParentRef"]["value"]))
    return book.get(entity.name, doc["Id"]) or doc


def _seen(doc: Doc) -> Doc:
    """What a write may change of an object; what else a payment's lines say is worked out."""
    seen = {
        key: value
        for key, value in doc.items()
        if key not in ("SyncToken", "MetaData", "sparse", "domain")
    }
    if "Line" in seen:
        seen["Line"] = [
            {key: value for key, value in line.items() if key != "LineEx"} for line in seen["Line"]
        ]
    return seen


def _place(work: Work) -> None:
    """A transaction goes into the books: the row, its links, its stock, its postings."""
    book, name, doc = work.book, work.entity.name, work.doc
    own = links_of(name, doc)
    if work.creating:
        book.save(name, doc)
    links.replace(book, name, str(doc["Id"]), own)
    links.settle(book, name, doc)
    _resave(work)
    stock.move(book, name, doc)
    ledger.post(book, name, doc)
    openings.charges(work)
    if not work.creating and book.multicurrency:
        _post_again(book, [(link.type, link.id) for link in links.incoming(book, name, doc["Id"])])
    if name == "Invoice" and work.creating:
        autocredit.apply_credits(book, doc)


def _resave(work: Work) -> None:
    book, name, doc = work.book, work.entity.name, work.doc
    if work.creating:
        book.save(name, doc, bump=False, operation="Create")
    else:
        book.save(name, doc, operation="Update")


def _home_amounts(work: Work) -> None:
    doc = work.doc
    if (
        work.book.multicurrency
        and "TotalAmt" in doc
        and "HomeTotalAmt" in shapes().entities[work.entity.name]
    ):
        doc["HomeTotalAmt"] = cents(dec(doc["TotalAmt"]) * dec(doc.get("ExchangeRate", 1)))


def _protect(work: Work) -> None:
    """Deposited money cannot be changed; a document cannot fall below what was paid on it."""
    book, name, doc, old = work.book, work.entity.name, work.doc, work.old
    if old is None or work.bookkeeper:
        return
    amounts = ("TotalAmt", "DepositToAccountRef", "CustomerRef", "TxnDate")
    changed = any((old.get(key) or {}) != (doc.get(key) or {}) for key in amounts)
    if (
        changed
        and name in ("Payment", "SalesReceipt", "RefundReceipt")
        and _deposited(book, name, doc["Id"])
    ):
        raise _deposited_fault()
    if name in ("Invoice", "Bill", "CreditMemo", "VendorCredit"):
        paid = links.applied(book, name, doc["Id"])
        if paid and links.open_amount(book, name, doc) < 0:
            raise business(
                f"The total cannot be less than the {paid} already applied to the transaction."
            )
        party = "CustomerRef" if "CustomerRef" in doc else "VendorRef"
        if paid and (old.get(party) or {}).get("value") != (doc.get(party) or {}).get("value"):
            raise ApiError(
                6130,
                "Cannot change the name of a transaction that payments are applied to.",
                element=party,
            )


def _deposited(book: Book, name: str, id_: object) -> bool:
    return any(link.type == "Deposit" for link in links.incoming(book, name, id_))


def _deposited_fault() -> ApiError:
    return ApiError(
        6540,
        "Deposited Transaction cannot be changed : If you want to change or delete this, you must"
        " edit the deposit it appears on and remove it.",
    )


def delete(book: Book, entity: Entity, sent: Doc, *, bookkeeper: bool = False) -> Doc:
    """Remove an object for good; returns the stub QuickBooks answers with."""
    if not entity.allows("D"):
        raise ApiError(500, f"Operation delete on {entity.name} is not supported.")
    old = current(book, entity, sent, bookkeeper=bookkeeper)
    id_ = str(old["Id"])
    if entity.group == "txn":
        _removable(book, entity, old, bookkeeper=bookkeeper)
        released = links.release(book, entity.name, id_)
        links.replace(book, entity.name, id_, [])
        stock.clear(book, entity.name, id_)
        ledger.unpost(book, entity.name, id_)
        _post_again(book, released)
        openings.drop_charges(book, entity.name, id_)
    book.delete(entity.name, id_)
    return {"domain": "QBO", "status": "Deleted", "Id": id_}


def _post_again(book: Book, sources: list[tuple[str, str]]) -> None:
    """Payments post by what they settle: whose debt it was, and at which rate."""
    for name, id_ in sources:
        found = book.get(name, id_)
        if found is not None and name in ("Payment", "BillPayment"):
            ledger.post(book, name, found)


def _removable(book: Book, entity: Entity, old: Doc, *, bookkeeper: bool) -> None:
    work = Work(book, entity, old, {}, old, {}, bookkeeper)
    check_open(work, str(old.get("TxnDate") or "9999-12-31"))
    if bookkeeper:
        return
    if _deposited(book, entity.name, old["Id"]):
        raise _deposited_fault()
    if openings.invoiced(book, entity.name, old["Id"]):
        raise ApiError(
            6400,
            "Deleting this purchase would leave an invoice that passes it on without its charge.",
        )
    sources = {link.type for link in links.incoming(book, entity.name, old["Id"])}
    if sources and book.switches.delete_linked == "refuse":
        raise business("You must unlink any linked transactions before you can delete this one.")


def void(book: Book, entity: Entity, sent: Doc, *, bookkeeper: bool = False) -> Doc:
    """Keep an object but take its amounts away; returns it as stored."""
    if not entity.allows("V") and not bookkeeper:
        raise ApiError(500, f"Operation void on {entity.name} is not supported.")
    old = current(book, entity, sent, bookkeeper=bookkeeper)
    if not bookkeeper:
        check_open(Work(book, entity, old, {}, old), str(old["TxnDate"]))
        if _deposited(book, entity.name, old["Id"]):
            raise _deposited_fault()
    id_ = str(old["Id"])
    released = links.release(book, entity.name, id_)
    links.replace(book, entity.name, id_, [])
    stock.clear(book, entity.name, id_)
    doc = _voided(entity, book.get(entity.name, id_) or old)
    book.save(entity.name, doc, operation="Void")
    ledger.post(book, entity.name, doc)
    _post_again(book, released)
    return doc


def _voided(entity: Entity, doc: Doc) -> Doc:
    note = str(doc.get("PrivateNote") or "")
    doc["PrivateNote"] = (
        note if note.startswith("Voided") else f"Voided - {note}" if note else "Voided"
    )
    for key in (
        "TotalAmt",
        "Amount",
        "Balance",
        "UnappliedAmt",
        "HomeTotalAmt",
        "HomeBalance",
        "RemainingCredit",
        "Deposit",
    ):
        if key in doc:
            doc[key] = ZERO
    if entity.name in ("Payment", "BillPayment"):
        doc["Line"] = []
    doc.pop("CashBack", None)
    for line in doc.get("Line", []):
        _void_line(line)
    if "TxnTaxDetail" in doc:
        doc["TxnTaxDetail"] = {"TotalTax": ZERO}
    doc["LinkedTxn"] = []
    return doc


def _void_line(line: Doc) -> None:
    if "Amount" in line:
        line["Amount"] = ZERO
    for value in line.values():
        if isinstance(value, dict):
            for key in _VOIDABLE_LINES:
                value.pop(key, None)
            for inner in value.get("Line", []):
                _void_line(inner)
