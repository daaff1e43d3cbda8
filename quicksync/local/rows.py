"""Rows below a document: the lines of an invoice, the allocations of a payment."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar, TypeAlias

import msgspec
from django.db import models

from quicksync.local import guesses
from quicksync.local.bound import REF_KINDS, Bound, Known, Place
from quicksync.local.convert import shapes
from quicksync.local.fields import FieldSpec
from quicksync.local.paths import attributes, has_column
from quicksync.records import KINDS, Allocation, Ref, SalesLine, to_cents

Identity: TypeAlias = Callable[[Any], Hashable]


@dataclass
class RowPlan:
    """The rows that a document shall have, in order, those to save among them, and those to delete.

    `moved` are present rows that come to stand in another place, where another row may still stand: they go beyond
    `last`, the last place there is, before any is saved.
    """

    rows: list[models.Model] = field(default_factory=list)
    unsaved: list[models.Model] = field(default_factory=list)
    gone: list[models.Model] = field(default_factory=list)
    moved: list[models.Model] = field(default_factory=list)
    last: int = 0


@dataclass(frozen=True)
class BoundRows:
    """Rows made ready for their model: how they are read from a parent and planned for one."""

    spec: Rows
    accessor: str
    model: type[models.Model]
    parent: models.ForeignKey[Any, Any]
    columns: tuple[Bound, ...]
    # The decimals that the host's own columns keep, by record field.
    places: Mapping[str, int]

    @property
    def related(self) -> tuple[str, ...]:
        return tuple(path for bound in self.columns for path in bound.related)

    @property
    def writable(self) -> bool:
        return all(bound.writable for bound in self.columns if bound.name in self.spec.needed)

    def prefetch(self) -> models.Prefetch[Any]:
        """The rows of many parents, in one query."""
        return models.Prefetch(self.accessor, self.ordered(self.model._default_manager.all()))

    def ordered(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        related = self.related
        return (rows.select_related(*related) if related else rows).order_by(*self.spec.ordering())

    def rows_of(self, parent: Any) -> list[Any]:
        """The parent's rows in order; without a query when they were prefetched."""
        if parent.pk is None:
            return []
        known = getattr(parent, "_prefetched_objects_cache", {})
        manager = getattr(parent, self.accessor)
        return list(manager.all() if self.accessor in known else self.ordered(manager.all()))

    def read(self, rows: Iterable[Any], currency: str) -> tuple[Any, ...]:
        """The rows as parts of a record."""
        return tuple(self.part(row, currency) for row in rows)

    def part(self, row: Any, currency: str) -> Any:
        values = {bound.name: bound.get(row) for bound in self.columns}
        return self.spec.part(**self.spec.completed(values, row, currency))

    def plan(self, parent: Any, current: Sequence[Any], wanted: Sequence[Any], known: Known, currency: str) -> RowPlan:
        """How `wanted` comes about from the rows there are: unchanged rows are left alone, others written or made."""
        plan = RowPlan(last=self._last(current, len(wanted)))
        before = self.read(current, currency)
        partners = _pair(before, wanted, self.spec.identities)
        puts = {bound.name: bound.put for bound in self.columns if bound.put is not None}
        for place, (whole, index) in enumerate(zip(wanted, partners, strict=True)):
            row = self.model(**{self.parent.name: parent}) if index is None else current[index]
            part = self.spec.fitted(whole, puts.keys(), self.places)
            old = None if index is None else before[index]
            changed = [name for name in puts if old is None or getattr(part, name) != getattr(old, name)]
            for name in changed:
                puts[name](row, getattr(part, name), known)
            moved = self._place(row, place)
            if moved and index is not None:
                plan.moved.append(row)
            if moved or changed:
                plan.unsaved.append(row)
            plan.rows.append(row)
        kept = {index for index in partners if index is not None}
        plan.gone = [row for index, row in enumerate(current) if index not in kept]
        return plan

    def _last(self, current: Sequence[Any], number: int) -> int:
        places = [getattr(row, self.spec.order) or 0 for row in current] if self.spec.order else []
        return max(number, *places) if places else number

    def step_aside(self, plans: Sequence[RowPlan], using: str) -> None:
        """Rows that change places go where no row stands, so that unique places hold at each moment."""
        moved = [row.pk for plan in plans for row in plan.moved]
        if moved:
            beyond = models.F(self.spec.order) + max(plan.last for plan in plans) + 1
            self.model._base_manager.using(using).filter(pk__in=moved).update(**{self.spec.order: beyond})

    def _place(self, row: Any, place: int) -> bool:
        name = self.spec.order
        if not name or getattr(row, name) == place + 1:
            return False
        setattr(row, name, place + 1)
        return True

    def written_columns(self) -> tuple[str, ...]:
        """The host columns that a write sets."""
        own = tuple(column for bound in self.columns if bound.put is not None for column in bound.columns)
        return (*own, self.spec.order) if self.spec.order else own


def _pair(before: Sequence[Any], wanted: Sequence[Any], identities: Sequence[Identity]) -> list[int | None]:
    """For each wanted part the index of the present one it continues: by the first identity, then by the next."""
    partners: list[int | None] = [None] * len(wanted)
    free = dict.fromkeys(range(len(before)))
    for identity in identities:
        by_identity: dict[Hashable, list[int]] = {}
        for index in free:
            by_identity.setdefault(identity(before[index]), []).append(index)
        for place, part in enumerate(wanted):
            if partners[place] is None and (found := by_identity.get(identity(part))):
                index = found.pop(0)
                partners[place] = index
                del free[index]
    return partners


class Rows:
    """Base of Lines and Allocations: `accessor` is the reverse name of the rows' foreign key to the document."""

    part: ClassVar[type[msgspec.Struct]]
    needed: ClassVar[frozenset[str]]
    identities: ClassVar[tuple[Identity, ...]]

    def __init__(self, accessor: str, *, order: str = "", **fields: FieldSpec) -> None:
        self.accessor = accessor
        self.order = order
        self.fields = fields

    def bind(self, place: Place) -> BoundRows:
        """Ready for the place's model; raises WrongField when the accessor or a column is not there."""
        model, parent = self._child(place)
        known = shapes(self.part)
        if unknown := sorted(set(self.fields) - set(known)):
            near = difflib.get_close_matches(unknown[0], known, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            hint += f"Fields: {', '.join(sorted(set(known) - {'id'}))}."
            raise place.wrong(f"have no field {unknown[0]!r}.", hint)
        if self.order and not has_column(model, self.order):
            raise place.wrong(f"are ordered by {self.order!r}, which {model._meta.label} does not have.",
                              f"It has: {', '.join(attributes(model))}.")  # fmt: skip
        columns = []
        for name, shape in known.items():
            kind = REF_KINDS.get(name, name if name in KINDS else "")
            spot = Place(f"{place.adapter}.{place.name}", model, name, shape, kind)
            bound = guesses.bind(spot, self.fields.get(name, guesses.UNSAID), guesses.ROWS.get(name, ()))
            if bound is not None:
                columns.append(bound)
        bound_names = {bound.name for bound in columns}
        if lacking := sorted(self.needed - bound_names):
            raise place.wrong(
                f"need {lacking[0]!r}.", f"Say {type(self).__name__}({self.accessor!r}, {lacking[0]}=...)."
            )
        places = {bound.name: bound.places for bound in columns if bound.places is not None}
        return BoundRows(self, self.accessor, model, parent, tuple(columns), places)

    def _child(self, place: Place) -> tuple[type[models.Model], models.ForeignKey[Any, Any]]:
        for relation in place.model._meta.related_objects:
            if relation.get_accessor_name() == self.accessor and isinstance(relation.field, models.ForeignKey):
                return relation.related_model, relation.field
        names = sorted(filter(None, (one.get_accessor_name() for one in place.model._meta.related_objects)))
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
    """The lines of a sales document: `Lines("items", description="text", quantity="qty", unit_price="price")`.

    Unnamed fields are looked for under their usual names; None leaves one out. Without an `amount` it is
    quantity x unit price, rounded half up. `order` is a column that keeps the lines' order.
    """

    part = SalesLine
    needed = frozenset({"unit_price"})
    identities = (
        lambda line: line.id or object(),
        lambda line: (line.item, line.description.strip()),
    )

    def completed(self, values: dict[str, Any], row: Any, currency: str) -> dict[str, Any]:
        values["id"] = str(row.pk) if row.pk is not None else ""
        if "amount" not in values:
            values["amount"] = to_cents(
                (values.get("quantity", ONE) or ZERO) * (values["unit_price"] or ZERO), currency
            )
        return values

    def fitted(self, part: Any, writable: Collection[str], places: Mapping[str, int]) -> Any:
        """The line for a host that keeps quantity and price only: whatever they are, they multiply to the amount.

        QuickBooks also keeps lines with an amount alone, and prices with more decimals than the host has.
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
    """What a payment pays: `Allocations("allocations", document="invoice", amount="amount")`."""

    part = Allocation
    needed = frozenset({"document", "amount"})
    identities = (lambda allocation: allocation.document,)


def refs_of(parts: Iterable[Any]) -> Iterable[Ref]:
    """The references inside rows."""
    for part in parts:
        for name in part.__struct_fields__:
            if isinstance(value := getattr(part, name), Ref):
                yield value


__all__ = ["Allocations", "BoundRows", "Lines", "RowPlan", "Rows"]
