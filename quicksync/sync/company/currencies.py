"""The currencies of both sides: a category is not switched on while its records use one that
QuickBooks lacks (A9).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import CharField
from django.utils.translation import gettext as _

from quicksync import distinct
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Connection

# So many of the newest objects of a model are looked at for a page, where no index tells.
NEWEST = 10_000


@dataclass(frozen=True)
class Currencies:
    """Codes such as "EUR", in order. `there` is empty while the company's set-up is not known;
    `newest` says that only the newest objects were looked at, of some model.
    """

    here: tuple[str, ...]
    there: tuple[str, ...]
    newest: bool = False

    @property
    def missing_there(self) -> tuple[str, ...]:
        """Used by records here, not known to QuickBooks: their documents would be refused."""
        return tuple(code for code in self.here if code not in self.there) if self.there else ()

    @property
    def missing_here(self) -> tuple[str, ...]:
        """Known to QuickBooks, used by no record here: worth a look, nothing is refused for it."""
        return tuple(code for code in self.there if code not in self.here) if self.here else ()


def glance(connection: Connection) -> Currencies:
    """Both sides' currencies for a page: a query for each model, none of which reads a large table
    from end to end.
    """
    here: set[str] = set()
    newest = False
    for adapter in registry.all():
        column = _column(adapter)
        if column is None:
            continue
        objects = adapter.queryset(connection)
        if distinct.can_step(objects, column):
            here |= {*distinct.steps(objects, column)}
            continue
        last = objects.order_by("-pk").values_list(column, flat=True)[: NEWEST + 1]
        found = last.iterator(chunk_size=NEWEST + 1)
        here |= {*islice(found, NEWEST)}
        newest |= next(found, None) is not None
    codes = tuple(sorted(code for code in here if code))
    return Currencies(codes, tuple(sorted(of_company(connection))), newest)


def compare(connection: Connection, kinds: Iterable[str] | None = None) -> Currencies:
    """Both sides' currencies; `kinds` restricts this side to what these categories hold. A query
    for each model, which may read all of it.
    """
    served = (
        registry.all()
        if kinds is None
        else [one for kind in kinds for one in registry.for_kind(kind)]
    )
    here = {code for adapter in served for code in used(adapter, connection)}
    return Currencies(tuple(sorted(here)), tuple(sorted(of_company(connection))))


def used(adapter: Adapter, connection: Any) -> set[str]:
    """The currencies that an adapter's objects name in a column of their own, if they have one."""
    column = _column(adapter)
    if column is None:
        return set()
    objects = adapter.queryset(connection)
    if distinct.can_step(objects, column):
        return {code for code in distinct.steps(objects, column) if code}
    found = objects.order_by().values_list(column, flat=True).distinct()
    return {code for code in found if code}


def _column(adapter: Adapter) -> str | None:
    """The column in which an adapter's objects name their currency."""
    bound = adapter.table.fields.get("currency")
    if bound is None or len(bound.columns) != 1:
        return None
    column = adapter.model._meta.get_field(bound.columns[0])
    return column.name if isinstance(column, CharField) else None


def of_company(connection: Connection) -> set[str]:
    """The home currency, and the others once several are switched on in QuickBooks.

    {} while that is not known: before the first look, and when a company has several that have not
    been read.
    """
    home = {connection.home_currency} - {""}
    if not home or not connection.facts.get("multicurrency"):
        return home
    others = set(connection.facts.get("currencies", ()))
    return home | others if others else set()


def refusal(connection: Connection, kind: str) -> str:
    """Why a category may not be switched on, with both lists; "" when its currencies match."""
    found = compare(connection, [kind])
    if not found.missing_there:
        return ""
    lists = f"Here: {', '.join(found.here)}. In QuickBooks: {', '.join(found.there)}."
    return _(
        "Records here use %(codes)s, which QuickBooks does not have. %(lists)s Switch"
        " the currency on in QuickBooks (Settings, Currencies), or correct the"
        " records, then switch this on."
    ) % {"codes": ", ".join(found.missing_there), "lists": lists}
