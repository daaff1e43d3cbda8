"""Recurring templates: documents that wait for their day."""

from __future__ import annotations

from copy import deepcopy

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import stamp
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ApiError, missing, not_found, stale
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.rules.rules import PREPARE
from quicksync.simulator.rules.validate import checked
from quicksync.simulator.rules.work import Work

KINDS = frozenset(
    (
        "Bill",
        "Purchase",
        "CreditMemo",
        "Deposit",
        "Estimate",
        "Invoice",
        "JournalEntry",
        "RefundReceipt",
        "SalesReceipt",
        "Transfer",
        "VendorCredit",
        "PurchaseOrder",
    )
)
_TYPES = ("Automated", "Reminded", "UnScheduled")


def save(book: Book, sent: Doc) -> Doc:
    """Create or replace a template; the answer is the object under the name of its kind."""
    kind, inner = _inner(sent)
    entity = entities()[kind]
    clean = checked(kind, inner, ignore=entity.computed - {"status"})
    info = clean.get("RecurringInfo") or {}
    if not info.get("Name"):
        raise missing("RecurringInfo.Name")
    if info.get("RecurType") not in _TYPES:
        raise ApiError(2170, f"Invalid Enumeration : {info.get('RecurType')}", element="RecurType")
    old = None
    for key in ("sparse", "status"):
        clean.pop(key, None)
    if clean.get("Id"):
        old = _stored(book, kind, clean)
    else:
        clean["Id"] = book.new_id("RecurringTransaction")
    work = Work(book, entity, clean, deepcopy(clean), old)
    PREPARE[kind](work)
    clean["RecurDataRef"] = {"value": str(clean["Id"])}
    return _write(book, kind, clean, old)


def _inner(sent: Doc) -> tuple[str, Doc]:
    sent = sent.get("RecurringTransaction") or sent
    found = [key for key in sent if key in KINDS and isinstance(sent[key], dict)]
    if len(found) != 1:
        raise ApiError(
            2000, f"Invalid or unsupported object name. Object Name: {next(iter(sent), '')}"
        )
    return found[0], sent[found[0]]


def _stored(book: Book, kind: str, clean: Doc) -> Doc:
    row = book.store.row("RecurringTransaction", clean["Id"])
    if row is None or kind not in row.doc():
        raise not_found()
    if str(clean.get("SyncToken")) != str(row.token):
        raise stale()
    found: Doc = row.doc()[kind]
    return found


def _write(book: Book, kind: str, doc: Doc, old: Doc | None) -> Doc:
    now = int(book.clock.now())
    row = book.store.row("RecurringTransaction", doc["Id"])
    token, created = (row.token + 1, row.created) if row and old else (0, now)
    doc |= {"domain": "QBO", "sparse": False, "SyncToken": str(token),
            "MetaData": {"CreateTime": stamp(created), "LastUpdatedTime": stamp(now)}}  # fmt: skip
    book.store.run(
        "INSERT OR REPLACE INTO entity(type, id, token, active, created, updated, name, number,"
        " body) VALUES('RecurringTransaction',?,?,?,?,?,?,?,?)",
        doc["Id"],
        token,
        int(doc["RecurringInfo"].get("Active", True)),
        created,
        now,
        doc["RecurringInfo"]["Name"],
        kind,
        dumps({kind: doc}),
    )
    return {kind: doc}


def delete(book: Book, sent: Doc) -> Doc:
    """Take a template away; the stub stands under the name of its kind."""
    kind, inner = _inner(sent)
    _stored(book, kind, inner)
    book.store.run("DELETE FROM entity WHERE type='RecurringTransaction' AND id=?", inner["Id"])
    return {kind: {"domain": "QBO", "status": "Deleted", "Id": str(inner["Id"])}}
