"""Evidence, read-only: what QuickBooks last told us, and every try on the wire."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import JournalAdmin, may, with_connection
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.operation_admin import preformatted
from quicksync.models import Attempt, RemoteRecord


@admin.register(RemoteRecord)
class RemoteRecordAdmin(JournalAdmin):
    """QuickBooks' records as it told us of them, lists such as accounts included."""

    list_display = ("name_or_id", "type", "remote_id", "status", "changed_there", "connection")
    list_filter = ("connection", "type", "active", "deleted")
    search_fields = ("name__istartswith", "remote_id__exact")
    search_help_text = _("Start of the name, or id in QuickBooks")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("name_or_id", "type", "remote_id", "status", "changed_there", "connection")
        return (*shown, "full_payload") if may(request, "payloads") else shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[RemoteRecord]:
        return with_connection(super().get_queryset(request)).defer("payload")

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
class AttemptAdmin(JournalAdmin):
    """Every try of every operation: QuickBooks' answer in short and its trace id, never a body."""

    list_display = ("tried", "status_text", "operation", "status", "fault", "message")
    list_filter = ("outcome", "fault")
    list_select_related = ("operation",)
    search_fields = ("trace_id__exact", "parcel__exact")
    search_help_text = _("Trace id or request id")
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

    @admin.display(description=_("Result"), ordering="outcome")
    def status_text(self, attempt: Attempt) -> str:
        return str(pills.of_attempt(attempt))

    @admin.display(description=_("When"), ordering="at")
    def tried(self, attempt: Attempt) -> str:
        return moment(attempt.at)
