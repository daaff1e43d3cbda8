"""Evidence, read-only: what QuickBooks last told us, and every try on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import (
    JournalAdmin,
    in_companies,
    may,
    of_companies,
    with_connection,
)
from quicksync.admin.parts.searching import Searched
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.operation_admin import preformatted
from quicksync.models import Attempt, EntityMapping, RemoteRecord
from quicksync.models.category import kind_choices
from quicksync.models.mapping import RECORDS
from quicksync.records.kinds import LIST_KINDS


class Kind(admin.SimpleListFilter):
    """What the record is, as far as it is anything here; asking the table for the kinds that it has
    would read all of it.
    """

    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(kind_choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class Standing(admin.SimpleListFilter):
    """Whether QuickBooks still has the record, and uses it."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", _("Active")),
            ("inactive", _("Inactive")),
            ("deleted", _("Deleted in QuickBooks")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        stands = {
            "active": {"active": True, "deleted": False},
            "inactive": {"active": False, "deleted": False},
            "deleted": {"deleted": True},
        }
        return queryset.filter(**stands.get(self.value() or "", {}))


@admin.register(RemoteRecord)
class RemoteRecordAdmin(Searched, JournalAdmin):
    """QuickBooks' records as it told us of them, lists such as accounts included."""

    list_display = ("name_or_id", "type", "remote_id", "status", "changed_there", "connection")
    list_filter: ClassVar[Any] = ("connection", Kind, Standing)
    search_fields = ("name", "remote_id")
    search_help_text = _("Part of a name or number, or id in QuickBooks")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("name_or_id", "type", "remote_id", "status", "changed_there", "connection")
        return (*shown, "full_payload") if may(request, "payloads") else shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[RemoteRecord]:
        rows = in_companies(request, super().get_queryset(request))
        return with_connection(rows).defer("payload")

    def ways(
        self, request: HttpRequest, rows: QuerySet[RemoteRecord], term: str
    ) -> Sequence[QuerySet[RemoteRecord]]:
        """By the names that their pairs and halves have; entries of lists, which are few, by their
        own.
        """
        mine = EntityMapping.objects.filter(
            connection=OuterRef("connection"),
            remote_type=OuterRef("type"),
            remote_id=OuterRef("remote_id"),
        )
        lists = of_companies(request, rows).filter(kind__in=("", *LIST_KINDS))
        for word in term.split():
            lists = lists.filter(Q(name__icontains=word) | Q(remote_id=word))
        return rows.filter(Exists(RECORDS.holding(mine, term))), lists

    @admin.display(description=_("Name"), ordering="name")
    def name_or_id(self, remote: RemoteRecord) -> str:
        return str(remote)

    @admin.display(description=_("State"))
    def status(self, remote: RemoteRecord) -> str:
        if remote.deleted:
            return str(pills.Pill(str(_("Deleted in QuickBooks")), pills.BAD))
        if not remote.active:
            return str(pills.Pill(str(_("Inactive")), pills.OFF))
        return str(pills.Pill(str(_("Active")), pills.OK))

    @admin.display(description=_("Changed in QuickBooks"))
    def changed_there(self, remote: RemoteRecord) -> str:
        """In the site's time zone, as everywhere; QuickBooks writes its own."""
        try:
            return moment(parse_datetime(remote.modified)) or remote.modified
        except ValueError:
            return remote.modified

    @admin.display(description=_("As received"))
    def full_payload(self, remote: RemoteRecord) -> str:
        return preformatted(remote.payload)


@admin.register(Attempt)
class AttemptAdmin(Searched, JournalAdmin):
    """Every try of every operation: QuickBooks' answer in short and its trace id, never a body."""

    list_display = ("tried", "status_text", "operation", "status", "fault", "message")
    list_filter = ("outcome",)
    list_select_related = ("operation",)
    search_fields = ("trace_id", "parcel", "fault")
    search_help_text = _("Trace id, request id, or QuickBooks' code")
    ordering = ("-id",)
    fields = (
        "tried",
        "status_text",
        "operation",
        "status",
        "fault",
        "message",
        "trace_id",
        "took_ms",
        "parcel",
    )

    def ways(
        self, request: HttpRequest, rows: QuerySet[Attempt], term: str
    ) -> Sequence[QuerySet[Attempt]]:
        troubles = rows.exclude(fault="")
        return rows.filter(trace_id=term), rows.filter(parcel=term), troubles.filter(fault=term)

    @admin.display(description=_("Result"), ordering="outcome")
    def status_text(self, attempt: Attempt) -> str:
        return str(pills.of_attempt(attempt))

    @admin.display(description=_("When"), ordering="at")
    def tried(self, attempt: Attempt) -> str:
        return moment(attempt.at)
