"""Rows below a document: the lines of an invoice, the allocations of a payment."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

import msgspec
from django.db import models

from quicksync.local.binding import guesses
from quicksync.local.binding.fields import FieldSpec
from quicksync.local.binding.paths import attributes, has_column
from quicksync.local.bound import Place
from quicksync.local.bound_rows import BoundRows, Identity
from quicksync.local.convert import shapes
from quicksync.records import Allocation, Line, Part, to_cents


class Rows:
    """Base of Lines and Allocations: `accessor` is the reverse name of the rows' foreign key to the
    document.
    """

    part: ClassVar[type[Part]]
    needed: ClassVar[frozenset[str]]
    # What is worked out where no column says it.
    follows: ClassVar[frozenset[str]] = frozenset()
    identities: ClassVar[tuple[Identity, ...]]

    def __init__(self, accessor: str, *, order: str = "", **fields: FieldSpec) -> None:
        self.accessor = accessor
        self.order = order
        self.fields = fields

    def bind(self, place: Place) -> BoundRows:
        """Ready for the place's model; raises WrongField when accessor or column is not there."""
        model, parent = self._child(place)
        part: type[Part] = place.shape.part
        known = shapes(part)
        if unknown := sorted(set(self.fields) - set(known)):
            near = difflib.get_close_matches(unknown[0], known, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            hint += f"Fields: {', '.join(sorted(set(known) - {'id'}))}."
            raise place.wrong(f"have no field {unknown[0]!r}.", hint)
        if self.order and not has_column(model, self.order):
            raise place.wrong(
                f"are ordered by {self.order!r}, which {model._meta.label} does not have.",
                f"It has: {', '.join(attributes(model))}.",
            )
        columns = []
        for name, shape in known.items():
            spot = Place(
                f"{place.adapter}.{place.name}", model, name, shape, part.references.get(name, ())
            )
            bound = guesses.bind(
                spot, self.fields.get(name, guesses.UNSAID), part.usual.get(name, ())
            )
            if bound is not None:
                columns.append(bound)
        bound_names = {bound.name for bound in columns}
        if lacking := sorted(self.needed - bound_names):
            raise place.wrong(
                f"need {lacking[0]!r}.",
                f"Use {type(self).__name__}({self.accessor!r}, {lacking[0]}=...).",
            )
        places = {bound.name: bound.places for bound in columns if bound.places is not None}
        return BoundRows(self, part, self.accessor, model, parent, tuple(columns), places)

    def _child(self, place: Place) -> tuple[type[models.Model], models.ForeignKey[Any, Any]]:
        for relation in place.model._meta.related_objects:
            if relation.get_accessor_name() == self.accessor and isinstance(
                relation.field, models.ForeignKey
            ):
                return relation.related_model, relation.field
        names = sorted(
            filter(None, (one.get_accessor_name() for one in place.model._meta.related_objects))
        )
        raise place.wrong(
            f"are {self.accessor!r}, which {place.model._meta.label} does not have.",
            f"Its related rows: {', '.join(names) or 'none'}.",
        )

    def ordering(self) -> tuple[str, ...]:
        return (self.order, "pk") if self.order else ("pk",)

    def completed(self, values: dict[str, Any], row: Any, currency: str) -> dict[str, Any]:
        """What was read, with what follows from it."""
        return values

    def fitted(self, part: Any, writable: Collection[str], places: Mapping[str, int]) -> Any:
        """The part as the host's columns can hold it; `places` are the decimals they keep."""
        return part


class Lines(Rows):
    """The lines of a document: `Lines("items", description="text", quantity="qty",
    unit_price="price")`.

    Unnamed fields are looked for under their usual names; None leaves one out. Without an `amount`
    it is quantity x unit price, rounded half up. `order` is a column that keeps the lines' order.
    """

    part = Line
    needed = frozenset({"unit_price"})
    follows = frozenset({"amount"})
    identities = (
        lambda line: line.id or object(),
        lambda line: (*line.names(), line.description.strip()),
    )

    def completed(self, values: dict[str, Any], row: Any, currency: str) -> dict[str, Any]:
        values["id"] = str(row.pk) if row.pk is not None else ""
        if "amount" not in values:
            values["amount"] = to_cents(
                (values.get("quantity", ONE) or ZERO) * (values["unit_price"] or ZERO), currency
            )
        return values

    def fitted(self, part: Any, writable: Collection[str], places: Mapping[str, int]) -> Any:
        """The line for a host that keeps quantity and price only: whatever they are, they multiply
        to the amount.

        QuickBooks also keeps lines with an amount alone, and prices with more decimals than the
        host has.
        """
        if "amount" in writable:
            return part
        quantity = _rounded(part.quantity, places.get("quantity"))
        price = _rounded(part.unit_price, places.get("unit_price"))
        if price is None and quantity:
            price = _rounded(part.amount / quantity, places.get("unit_price"))
        if quantity is None or price is None or to_cents(quantity * price) != to_cents(part.amount):
            quantity, price = ONE, part.amount
        return msgspec.structs.replace(part, quantity=quantity, unit_price=price)


def _rounded(value: Decimal | None, places: int | None) -> Decimal | None:
    if value is None or places is None:
        return value
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


ONE, ZERO = Decimal(1), Decimal(0)


class Allocations(Rows):
    """What a payment pays: `Allocations("allocations", document="invoice", amount="amount")`; or
    the credits that it uses: `Allocations("credits", document="credit_note", amount="amount")`.
    """

    part = Allocation
    needed = frozenset({"document", "amount"})
    identities = (lambda allocation: allocation.document,)
