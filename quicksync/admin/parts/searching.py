"""The search of a long list: several ways of finding a row, each by an index of its own."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest

from quicksync.admin.parts import long_lists

# 1234.5, 1,234.50 and 1234,50 are amounts; so is a whole number, which may be any other number too.
_AMOUNT = re.compile(r"(-?(?:\d{1,3}(?:,\d{3})+|\d{1,15}))(?:\.(\d{1,4}))?|(-?\d{1,15}),(\d{2})")


class Searched(admin.ModelAdmin):
    """A list in which rows are found in the ways of `ways`; `search_fields` only says that there is
    a search.
    """

    @abstractmethod
    def ways(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> Sequence[QuerySet[Any]]:
        """Those of the rows that are found in each way."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = " ".join(search_term.replace("\0", "").split())
        if not term:
            return queryset, False
        return any_of(queryset, self.ways(request, queryset, term)), False


def any_of(rows: QuerySet[Any], ways: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    """The rows that are in one of these. An OR of them would use no index."""
    first, *others = ways
    return rows.filter(pk__in=_keys(first).union(*map(_keys, others))) if others else first


def _keys(way: QuerySet[Any]) -> QuerySet[Any]:
    """No further than anybody pages, so that a word which half of the rows have costs no more."""
    keys = way.values("pk")
    if connections[way.db].features.supports_slicing_ordering_in_compound:
        return keys[: long_lists.MOST_COUNTED + 1]
    return keys.order_by()


def amount(term: str) -> Decimal | None:
    """The amount that was typed, if it can be one."""
    found = _AMOUNT.fullmatch(term.replace(" ", ""))
    if found is None:
        return None
    whole, part, other, cents = found.groups()
    return Decimal(f"{(whole or other).replace(',', '')}.{part or cents or 0}")
