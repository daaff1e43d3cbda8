"""The currencies of both sides: a category is not switched on while its records use one that
QuickBooks lacks (A9).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField
from django.utils.translation import gettext as _

from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Connection


@dataclass(frozen=True)
class Currencies:
    """Codes such as "EUR", in order. `there` is empty while the company's set-up is not known."""

    here: tuple[str, ...]
    there: tuple[str, ...]

    @property
    def missing_there(self) -> tuple[str, ...]:
        """Used by records here, not known to QuickBooks: their documents would be refused."""
        return tuple(code for code in self.here if code not in self.there) if self.there else ()

    @property
    def missing_here(self) -> tuple[str, ...]:
        """Known to QuickBooks, used by no record here: worth a look, nothing is refused for it."""
        return tuple(code for code in self.there if code not in self.here) if self.here else ()


def compare(connection: Connection, kinds: Iterable[str] | None = None) -> Currencies:
    """Both sides' currencies; `kinds` restricts this side to what these categories hold. A query
    for each model.
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
    bound = adapter.table.fields.get("currency")
    if bound is None or len(bound.columns) != 1:
        return set()
    column = adapter.model._meta.get_field(bound.columns[0])
    if not isinstance(column, CharField):
        return set()
    found = adapter.queryset(connection).order_by().values_list(column.name, flat=True).distinct()
    return {code for code in found if code}


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
