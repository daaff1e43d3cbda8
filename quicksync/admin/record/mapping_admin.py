"""Records: every pair and half, with its state; and those that are skipped, with the way back."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quicksync.admin.connection.connection_page import SKIPPED_STATES
from quicksync.admin.parts import page_links, pills, present
from quicksync.admin.parts.base import (
    JournalAdmin,
    address,
    in_companies,
    may,
    not_in_step,
    with_connection,
)
from quicksync.admin.parts.openable import may_open
from quicksync.admin.parts.searching import Searched
from quicksync.admin.record.resolve import question, resolve
from quicksync.admin.record.skip_page import skip_page
from quicksync.exceptions import QuicksyncError
from quicksync.models import EntityMapping, Operation, SkippedRecord
from quicksync.models.mapping import RECORDS
from quicksync.models.operation import PROPOSALS
from quicksync.sync.actions import skipping

HEAVY = ("agreed_here", "agreed_there", "line_ids", "choice")
TIMELINE = 50


class MappingAdmin(Searched, JournalAdmin):
    """What the two lists of records share."""

    list_filter: ClassVar[Any] = ("connection", "kind", "state")
    search_fields = ("label", "object_key", "remote_id")
    search_help_text = gettext_lazy("Part of a name or number, key here, or id in QuickBooks")
    ordering = ("-id",)
    change_form_template = "quicksync/record.html"
    actions = ("add_back", "try_again", "leave_out")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntityMapping]:
        rows = in_companies(request, super().get_queryset(request))
        return with_connection(rows).defer(*HEAVY)

    def ways(
        self, request: HttpRequest, rows: QuerySet[EntityMapping], term: str
    ) -> Sequence[QuerySet[EntityMapping]]:
        planned = PROPOSALS.holding(Operation.objects.all(), term).values("mapping")
        return RECORDS.holding(rows, term), rows.filter(label="", pk__in=planned)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.view_entitymapping") or may(request, "resolve")

    def get_urls(self) -> list[URLPattern]:
        name = f"quicksync_{self.opts.model_name}_resolve"
        return [
            path("<int:pk>/resolve/", self.admin_site.admin_view(resolve), name=name),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        mapping = self.get_object(request, object_id)
        extra: dict[str, Any] = dict(extra_context or {})
        if mapping is not None and self.has_view_permission(request, mapping):
            operations = with_connection(mapping.operations.select_related("mapping")).defer("body")
            asked = question(mapping)
            present.give_names([mapping])
            extra |= {
                "title": str(mapping),
                "kind": present.kind_name(mapping.kind),
                "subtitle": None,
                "pill": pills.of_mapping(mapping),
                "offers": self._offers(request, mapping),
                "why": asked.why if asked else present.reason_of(mapping),
                "question": asked if may(request, "resolve") else None,
                "here": page_links.here(mapping),
                "there": page_links.there(mapping.connection, mapping),
                "rows": present.rows(operations.order_by("-id")[:TIMELINE]),
            }
        return super().change_view(request, object_id, form_url, extra)

    def _offers(self, request: HttpRequest, mapping: EntityMapping) -> list[tuple[str, str]]:
        """The actions of the list that make sense for this record: (name, words)."""
        if not may(request, "resolve"):
            return []
        excluded = mapping.state == EntityMapping.State.EXCLUDED
        offers = (
            [("add_back", _("Add back"))] if excluded else [("leave_out", _("Skip from now on"))]
        )
        if mapping.state in present.RETRYABLE:
            offers.insert(0, ("try_again", _("Try again now")))
        return offers

    # --- List -------------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Each row knows which links its reader may follow."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)  # fills the cache from which the template reads
        present.give_names(rows)
        for row in rows:
            row.may_open = functools.partial(may_open, request)
        return changelist

    @admin.display(description=gettext_lazy("Name"), ordering="label")
    def name(self, mapping: EntityMapping) -> str:
        return str(mapping)

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def kind_name(self, mapping: EntityMapping) -> str:
        return present.kind_name(mapping.kind)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def status(self, mapping: EntityMapping) -> str:
        return str(pills.of_mapping(mapping))

    @admin.display(description=gettext_lazy("Why, and what to do"))
    def reason_text(self, mapping: EntityMapping) -> str:
        why = present.reason_of(mapping)
        if why is None or mapping.state == EntityMapping.State.EXCLUDED:
            return mapping.note
        offered = why.link is not None and getattr(mapping, "may_open", str)(why.link.url)
        link = (
            format_html(' <a href="{}">{}</a>', why.link.url, why.link.text)
            if why.link and offered
            else ""
        )
        return format_html("{}<br><small>{}{}</small>", why.sentence, why.fix, link)

    @admin.display(description=gettext_lazy("Since"), ordering="since")
    def since_when(self, mapping: EntityMapping) -> str:
        return f"{timezone.localtime(mapping.since):%Y-%m-%d %H:%M}"

    # --- Actions ----------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        actions = super().get_actions(
            request, *(() if action_location is None else (action_location,))
        )
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=gettext_lazy("Add back"), permissions=("resolve",))
    def add_back(self, request: HttpRequest, mappings: QuerySet[EntityMapping]) -> None:
        try:
            count = skipping.add_back(mappings.filter(state__in=SKIPPED_STATES), user=request.user)
        except QuicksyncError as trouble:
            messages.error(request, trouble.sentence)
            return
        said = ngettext(
            "%(n)d record will be added back in the next run.",
            "%(n)d records will be added back in the next run.",
            count,
        )
        messages.success(request, said % {"n": count})

    @admin.action(description=gettext_lazy("Try again now"), permissions=("resolve",))
    def try_again(self, request: HttpRequest, mappings: QuerySet[EntityMapping]) -> None:
        try:
            run = skipping.retry(mappings.filter(state__in=present.RETRYABLE), user=request.user)
        except QuicksyncError as trouble:
            messages.error(request, trouble.sentence)
            return
        if run is None:
            messages.info(
                request, _("Another run is active, or none of them is waiting: see History.")
            )
            return
        link = format_html('<a href="{}">{}</a>', run_url(run.pk), _("View progress"))
        messages.success(request, format_html("{} {}", _("They are being tried again."), link))

    @admin.action(description=gettext_lazy("Skip from now on"), permissions=("resolve",))
    def leave_out(
        self, request: HttpRequest, mappings: QuerySet[EntityMapping]
    ) -> HttpResponse | None:
        return skip_page(self, request, mappings)


@admin.register(EntityMapping)
class EntityMappingAdmin(MappingAdmin):
    """All records that are known, on either side or both."""

    list_display = ("name", "kind_name", "status", "reason_text", "connection")


class SkippedState(admin.SimpleListFilter):
    """Which sort of skipped records; those out of scope are left out until asked for."""

    title = gettext_lazy("state")
    parameter_name = "state__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        words = dict(EntityMapping.State.choices)
        return [
            (state.value, str(words[state]))
            for state in (*SKIPPED_STATES, EntityMapping.State.OUTSIDE)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return (
            queryset.filter(state=self.value())
            if self.value()
            else queryset.filter(state__in=SKIPPED_STATES)
        )


@admin.register(SkippedRecord)
class SkippedRecordAdmin(MappingAdmin):
    """Records that were left out, held or refused: why, since when, and the way back (I6)."""

    list_display = ("name", "kind_name", "status", "reason_text", "since_when")
    list_filter: ClassVar[Any] = ("connection", "kind", SkippedState)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntityMapping]:
        return not_in_step(super().get_queryset(request))


def run_url(pk: int) -> str:
    """The page of a run."""
    return address("syncrun", "change", pk)
