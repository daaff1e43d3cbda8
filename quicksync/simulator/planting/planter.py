"""Adds objects the way the rules write them, and finds them again by name."""

from __future__ import annotations

from typing import Any

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import cents, dec
from quicksync.simulator.rules import writes


class Planter:
    """Writes into a company while it is being planted."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._ids: dict[tuple[str, str], str] = {}

    def add(self, name: str, params: dict[str, str] | None = None, **values: Any) -> Doc:
        """A new object through the same rules as the API's."""
        doc = writes.create(self.book, entities()[name], values, params or {}, bookkeeper=True)
        entity = entities()[name]
        word = doc.get("FullyQualifiedName") or doc.get(entity.name_field) or doc.get("DocNumber")
        if word:
            self._ids[(name, str(word))] = str(doc["Id"])
        return doc

    def ref(self, name: str, word: str) -> Doc:
        """A reference to what was added under a name."""
        return {"value": self._ids[(name, word)]}

    def account(self, full: str, kind: str, subtype: str, id_: str = "") -> None:
        """An account; a colon leads to its parent."""
        above, _, own = full.rpartition(":")
        values: Doc = {"Name": own, "AccountType": kind, "AccountSubType": subtype}
        if above:
            values |= {"SubAccount": True, "ParentRef": self.ref("Account", above)}
        self.add("Account", {"_id": id_} if id_ else None, **values)

    def sale_line(self, item: str, quantity: object, price: object, code: str = "") -> Doc:
        """A line of a sales form."""
        detail: Doc = {
            "ItemRef": self.ref("Item", item),
            "Qty": dec(quantity),
            "UnitPrice": dec(price),
        }
        if code:
            detail["TaxCodeRef"] = {"value": code}
        return {"Amount": cents(dec(quantity) * dec(price)), "DetailType": "SalesItemLineDetail",
                "Description": item, "SalesItemLineDetail": detail}  # fmt: skip

    def cost_line(self, account: str, amount: object, code: str = "", **more: Any) -> Doc:
        """A line of an expense form."""
        detail: Doc = {"AccountRef": self.ref("Account", account), **more}
        if code:
            detail["TaxCodeRef"] = {"value": code}
        return {
            "Amount": cents(amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "Description": account,
            "AccountBasedExpenseLineDetail": detail,
        }
