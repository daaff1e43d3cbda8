"""Alerts: what was wrong, since when, whether somebody was told, and when it was over (I15)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts.base import JournalAdmin, with_connection
from quicksync.admin.parts.wording import moment
from quicksync.models import Alert


class IsOver(admin.SimpleListFilter):
    """What still is, what was, or both; what still is when nothing is chosen."""

    title = _("state")
    parameter_name = "over"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Open")), ("yes", _("Solved"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(ended_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Alert)
class AlertAdmin(JournalAdmin):
    """The list and the single alert; they come and go by themselves."""

    list_display = ("sentence", "connection", "found", "told", "over")
    list_filter: ClassVar[Any] = (IsOver, "level", "connection")
    fields = ("sentence", "fix", "connection", "level", "code", "since", "told_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return with_connection(super().get_queryset(request))

    @admin.display(description=_("Since"), ordering="since")
    def found(self, alert: Alert) -> str:
        return moment(alert.since)

    @admin.display(description=_("E-mailed"), ordering="told_at")
    def told(self, alert: Alert) -> str:
        return moment(alert.told_at)

    @admin.display(description=_("Solved"), ordering="ended_at")
    def over(self, alert: Alert) -> str:
        return moment(alert.ended_at)
