"""What a field object is made ready for and becomes: its place in a record, and how it is read and
written there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import models

from quicksync.local.convert import Shape
from quicksync.local.messages import Misfit
from quicksync.records import Ref

# Reference -> the host object it names, for the references of the records being written.
Known: TypeAlias = Mapping[Ref, Any]
Get: TypeAlias = Callable[[Any], Any]
Put: TypeAlias = Callable[[Any, Any, Known], None]

# Amounts of money must come to the same cent on both sides; prices for one unit may be rounded to a
# column's decimals.
AMOUNTS = frozenset({"amount", "balance", "discount", "tax", "total", "unapplied"})
PRICES = frozenset({"purchase_cost", "unit_price"})


class WrongField(Misfit):
    """A field map that does not fit its model: what is wrong, and the fix."""


@dataclass(frozen=True)
class Place:
    """Where a field object stands: the host's model, the record field, its shape and, for
    references, their kinds.

    `legal` are the only values that the record field can have, where there are such.
    """

    adapter: str
    model: type[models.Model]
    name: str
    shape: Shape
    kinds: tuple[str, ...] = ()
    computed: bool = False
    legal: tuple[Any, ...] = ()

    @property
    def kind(self) -> str:
        """The kind that a reference names, the first where it may be one of several; "" for other
        fields.
        """
        return self.kinds[0] if self.kinds else ""

    @property
    def words(self) -> str:
        """The kinds that a reference may name, in a sentence."""
        return " or a ".join(self.kinds)

    @property
    def is_money(self) -> bool:
        return self.shape.type is Decimal and self.name in AMOUNTS | PRICES

    @property
    def is_amount(self) -> bool:
        return self.shape.type is Decimal and self.name in AMOUNTS

    def wrong(self, what: str, hint: str) -> WrongField:
        return WrongField(f"{self.adapter}: {self.name} {what}", hint)


@dataclass(frozen=True)
class Bound:
    """A field object made ready for its place.

    `put` is None when the host's side has no way to write it; `own` says that it is not ours to
    write all the same, such as a total that the host works out. `related` are the paths to select
    along, `columns` the host's columns that `put` sets, `places` the decimals that they keep.
    """

    name: str
    get: Get
    put: Put | None = None
    related: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    own: bool = False
    # The list and the path of a code that is plain text here; ("", "") for other fields.
    code: tuple[str, str] = ("", "")
    places: int | None = None
    # Whether `put` does nothing but set the columns: a host's own functions may do anything.
    only_sets: bool = False

    @property
    def writable(self) -> bool:
        return self.put is not None and not self.own


__all__ = ["AMOUNTS", "PRICES", "Bound", "Get", "Known", "Place", "Put", "WrongField"]
