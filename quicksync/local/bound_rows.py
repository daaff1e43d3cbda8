"""Rows below a document made ready for their model: how they are read from and planned for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

from django.db import models

from quicksync.local import fresh
from quicksync.local.bound import Bound, Known
from quicksync.records import Part

Identity: TypeAlias = Callable[[Any], Hashable]


class RowSpec(Protocol):
    """What `Lines` and `Allocations` say of the rows that they declare."""

    needed: ClassVar[frozenset[str]]
    follows: ClassVar[frozenset[str]]
    identities: ClassVar[tuple[Identity, ...]]
    order: str

    def ordering(self) -> tuple[str, ...]: ...
    def completed(self, values: dict[str, Any], row: Any, currency: str) -> dict[str, Any]: ...
    def fitted(self, part: Any, writable: Collection[str], places: Mapping[str, int]) -> Any: ...


@dataclass
class RowPlan:
    """The rows that a document shall have, in order, those to save among them, and those to delete.

    `moved` are present rows that come to stand in another place, where another row may still stand:
    they go beyond `last`, the last place there is, before any is saved.
    """

    rows: list[models.Model] = field(default_factory=list)
    unsaved: list[models.Model] = field(default_factory=list)
    gone: list[models.Model] = field(default_factory=list)
    moved: list[models.Model] = field(default_factory=list)
    last: int = 0


@dataclass(frozen=True)
class BoundRows:
    """Rows made ready for their model: how they are read from a parent and planned for one."""

    spec: RowSpec
    sort: type[Part]
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
    def shown(self) -> frozenset[str]:
        """What a row says: its columns, and what follows from them."""
        return frozenset(bound.name for bound in self.columns) | self.spec.follows

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
        return self.sort(**self.spec.completed(values, row, currency))

    def plan(
        self,
        parent: Any,
        current: Sequence[Any],
        wanted: Sequence[Any],
        known: Known,
        currency: str,
    ) -> RowPlan:
        """How `wanted` comes about from the rows there are: unchanged rows are left alone, others
        written or made.
        """
        plan = RowPlan(last=self._last(current, len(wanted)))
        before = self.read(current, currency)
        partners = _pair(before, wanted, self.spec.identities)
        puts = {bound.name: bound.put for bound in self.columns if bound.put is not None}
        for place, (whole, index) in enumerate(zip(wanted, partners, strict=True)):
            row = self._new(parent) if index is None else current[index]
            part = self.spec.fitted(whole, puts.keys(), self.places)
            old = None if index is None else before[index]
            changed = [
                name for name in puts if old is None or getattr(part, name) != getattr(old, name)
            ]
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

    def _new(self, parent: Any) -> Any:
        row = fresh.new(self.model)
        setattr(row, self.parent.name, parent)
        return row

    def _last(self, current: Sequence[Any], number: int) -> int:
        places = [getattr(row, self.spec.order) or 0 for row in current] if self.spec.order else []
        return max(number, *places) if places else number

    def step_aside(self, plans: Sequence[RowPlan], using: str) -> None:
        """Rows that change places go where no row stands: unique places hold at each moment."""
        moved = [row.pk for plan in plans for row in plan.moved]
        if moved:
            beyond = models.F(self.spec.order) + max(plan.last for plan in plans) + 1
            self.model._base_manager.using(using).filter(pk__in=moved).update(
                **{self.spec.order: beyond}
            )

    def _place(self, row: Any, place: int) -> bool:
        name = self.spec.order
        if not name or getattr(row, name) == place + 1:
            return False
        setattr(row, name, place + 1)
        return True


def _pair(
    before: Sequence[Any], wanted: Sequence[Any], identities: Sequence[Identity]
) -> list[int | None]:
    """For each wanted part the index of the present one it continues: by the first identity, then
    by the next.
    """
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
