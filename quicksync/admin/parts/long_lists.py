"""Lists that may hold millions of rows: counted no further than anybody pages, and sorted by a
column only while they are short.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

# Lists say "10,000+" beyond this: nobody pages through so many, and counting a million rows takes
# its time, as sorting them does.
MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody pages."""

    @cached_property
    def counted(self) -> int:
        """How many rows there are, or one more than are counted."""
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[: MOST_COUNTED + 1].count()
        return len(rows)

    @property
    def is_long(self) -> bool:
        return self.counted > MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """As many rows as there are pages for."""
        return min(self.counted, MOST_COUNTED)


class LongList(ChangeList):
    """A list of an admin that may be long. What sorts by its columns, and the years and months
    above it, are offered while it is not.
    """

    paginator: CappedPaginator

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.is_long:
            return
        self.sortable_by = ()
        # It asks all rows for the years that they have.
        self.date_hierarchy = None
        if self.params.pop(ORDER_VAR, None) is not None:
            self.filter_params.pop(ORDER_VAR, None)
            self.queryset = self.get_queryset(request)
            super().get_results(request)

    @property
    def is_long(self) -> bool:
        return self.paginator.is_long

    @property
    def counted_words(self) -> str:
        """How many rows there are, for people."""
        return f"{MOST_COUNTED:,}+" if self.is_long else str(self.result_count)

    @property
    def most_words(self) -> str:
        """Of how many rows a list is short."""
        return f"{MOST_COUNTED:,}"

    @property
    def in_words(self) -> InWords:
        """For the admin's own templates, whichever theme they are from."""
        return InWords(self)

    @property
    def chosen_words(self) -> str:
        """What stands beside the actions once all rows of all pages are chosen."""
        return _("All %(total_count)s selected") % {"total_count": self.counted_words}


class InWords:
    """A list as it is, but for its number of rows, which is a text."""

    def __init__(self, long: LongList) -> None:
        self._long = long
        self.result_count = long.counted_words

    def __getattr__(self, name: str) -> Any:
        return getattr(self._long, name)


class LongLists(admin.ModelAdmin):
    """Put it before `admin.ModelAdmin`: no count of everything, not even beside the filters.

    The templates `pagination.html`, `search_form.html` and `actions.html` of the app take over
    those of `quicksync/long`.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongList
