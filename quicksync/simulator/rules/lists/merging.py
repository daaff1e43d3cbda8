"""Two objects of a list become one, as by a bookkeeper: everything follows the one that stays."""

from __future__ import annotations

from typing import Any

from quicksync.simulator.accounting import ledger, stock
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import Entity
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, loads
from quicksync.simulator.rules.work import label

_REFERENCES = {
    "Customer": ("CustomerRef", "EntityRef", "Entity", "ParentRef"),
    "Vendor": ("VendorRef", "EntityRef", "Entity", "PrefVendorRef"),
    "Account": (
        "AccountRef",
        "IncomeAccountRef",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "DepositToAccountRef",
        "ItemAccountRef",
        "BankAccountRef",
        "CCAccountRef",
        "DiscountAccountRef",
        "APAccountRef",
        "ARAccountRef",
        "FromAccountRef",
        "ToAccountRef",
        "CreditCardAccountRef",
        "ParentRef",
    ),
}


def merge(book: Book, entity: Entity, lost: str, kept: str) -> Doc:
    """Everything that named the lost one names the kept one; the lost one is gone. Returns the kept
    one.
    """
    book.need(entity.name, lost)
    survivor = book.need(entity.name, kept)
    if not entity.is_list or lost == kept:
        raise ApiError(500, "Operation merge is not supported.")
    _move_postings(book, entity.name, lost, kept)
    _rename_all(book, entity.name, lost, {"value": kept, "name": label(entity.name, survivor)})
    book.store.run("DELETE FROM entity WHERE type=? AND id=?", entity.name, lost)
    book.forget(entity.name)
    if entity.name in ("Customer", "Vendor", "Account"):
        ledger.refresh(book, {(entity.name, kept)})
    if entity.name == "Item":
        stock.recount(book, kept)
    book.tell(entity.name, kept, "Merge", deleted_id=lost)
    return book.save(entity.name, book.need(entity.name, kept))


def _move_postings(book: Book, name: str, lost: str, kept: str) -> None:
    store = book.store
    if name in ("Customer", "Vendor"):
        store.run("UPDATE posting SET name_id=? WHERE name_type=? AND name_id=?", kept, name, lost)
    elif name == "Account":
        store.run("UPDATE posting SET account=? WHERE account=?", kept, lost)
        store.run("UPDATE stock SET offset_account=? WHERE offset_account=?", kept, lost)
    elif name == "Item":
        store.run("UPDATE posting SET item=? WHERE item=?", kept, lost)
        store.run("UPDATE stock SET item=? WHERE item=?", kept, lost)
    store.run(
        "INSERT INTO total SELECT kind, ?, home, fx FROM total WHERE kind=? AND id=? "
        "ON CONFLICT DO UPDATE SET home=home+excluded.home, fx=fx+excluded.fx",
        kept,
        name,
        lost,
    )
    store.run("DELETE FROM total WHERE kind=? AND id=?", name, lost)


def _rename_all(book: Book, name: str, lost: str, reference: Doc) -> None:
    keys = _REFERENCES.get(name, (f"{name}Ref", "ParentRef"))
    for type_, body in book.store.all(
        "SELECT type, body FROM entity WHERE body LIKE ?", f'%{{"value":"{lost}"%'
    ):
        doc = loads(body)
        inside = [key for key in keys if key != "ParentRef" or type_ == name]
        if _rename(doc, inside, lost, reference) and (type_, str(doc.get("Id"))) != (name, lost):
            book.save(type_, doc, operation="Update")


def _rename(value: Any, keys: list[str], lost: str, reference: Doc) -> bool:
    found = False
    if isinstance(value, dict):
        for key, entry in value.items():
            if key in keys and isinstance(entry, dict) and str(entry.get("value")) == lost:
                entry.update(reference)
                found = True
            else:
                found |= _rename(entry, keys, lost, reference)
    elif isinstance(value, list):
        for entry in value:
            found |= _rename(entry, keys, lost, reference)
    return found
