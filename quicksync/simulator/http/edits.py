"""What a bookkeeper does in QuickBooks itself, past the limits of the API."""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator.accounting import links
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import Entity, find_entity
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads
from quicksync.simulator.company.company import Company
from quicksync.simulator.rules import writes
from quicksync.simulator.rules.lists import merging


def edit(company: Company, sent: Doc) -> Doc:
    """Do one edit and return the object after it; `sent` has action, entity, id, values, and what
    an action needs.
    """
    sent = loads(dumps(sent))
    action = str(
        sent.get("action") or ("create" if not sent.get("id") and sent.get("values") else "update")
    )
    if action not in ACTIONS:
        raise ApiError(
            2020, f"Unknown action {action}; known: {', '.join(sorted(ACTIONS))}.", element="action"
        )
    with company.book.transaction():
        return ACTIONS[action](company.book, sent)


def _entity(sent: Doc) -> Entity:
    entity = find_entity(str(sent.get("entity") or ""))
    if entity is None:
        raise ApiError(
            2000, f"Invalid or unsupported object name. Object Name: {sent.get('entity')}"
        )
    return entity


def _values(sent: Doc) -> Doc:
    return dict(sent.get("values") or {})


def _create(book: Book, sent: Doc) -> Doc:
    return writes.create(book, _entity(sent), _values(sent), {}, bookkeeper=True)


def _update(book: Book, sent: Doc) -> Doc:
    entity = _entity(sent)
    values = {**_values(sent), "Id": str(sent.get("id") or "1"), "sparse": True}
    return writes.update(book, entity, values, {}, bookkeeper=True)


def _active(flag: bool) -> Callable[[Book, Doc], Doc]:
    def change(book: Book, sent: Doc) -> Doc:
        return _update(book, {**sent, "values": {"Active": flag}})

    return change


def _void(book: Book, sent: Doc) -> Doc:
    return writes.void(book, _entity(sent), {"Id": str(sent.get("id"))}, bookkeeper=True)


def _delete(book: Book, sent: Doc) -> Doc:
    return writes.delete(book, _entity(sent), {"Id": str(sent.get("id"))}, bookkeeper=True)


def _close_books(book: Book, sent: Doc) -> Doc:
    return _preferences(
        book, {"AccountingInfoPrefs": {"BookCloseDate": str(sent.get("date") or book.today())}}
    )


def _reopen_books(book: Book, sent: Doc) -> Doc:
    return _preferences(book, {"AccountingInfoPrefs": {"BookCloseDate": ""}})


def _preferences(book: Book, values: Doc) -> Doc:
    return _update(book, {"entity": "Preferences", "id": "1", "values": values})


def _set_preferences(book: Book, sent: Doc) -> Doc:
    return _preferences(book, _values(sent))


def _move_payment(book: Book, sent: Doc) -> Doc:
    """Apply a payment to another invoice: `to` is the invoice's id."""
    payment = book.need("Payment", sent.get("id"))
    target = book.need("Invoice", sent.get("to"))
    amount = min(
        payment["TotalAmt"],
        links.open_amount(book, "Invoice", target, without=("Payment", str(payment["Id"]))),
    )
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": str(target["Id"]), "TxnType": "Invoice"}]}
    values = {"Line": [line], "CustomerRef": target["CustomerRef"]}
    return _update(book, {"entity": "Payment", "id": payment["Id"], "values": values})


def _merge(book: Book, sent: Doc) -> Doc:
    """Merge one object of a list into another: what named `id` names `into` from now on, and `id`
    is gone.
    """
    return merging.merge(book, _entity(sent), str(sent.get("id")), str(sent.get("into")))


ACTIONS: dict[str, Callable[[Book, Doc], Doc]] = {
    "create": _create,
    "update": _update,
    "void": _void,
    "delete": _delete,
    "deactivate": _active(False),
    "reactivate": _active(True),
    "merge": _merge,
    "move_payment": _move_payment,
    "close_books": _close_books,
    "reopen_books": _reopen_books,
    "preferences": _set_preferences,
}
