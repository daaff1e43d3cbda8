"""QuickBooks' notifications: what each told, what became of it, and using it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import JournalAdmin, may
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.operation_admin import preformatted
from quicksync.models import Connection, WebhookDelivery
from quicksync.sync.read import inbox

# Events that the page of one delivery lists; a bookkeeper's import may cause thousands.
MOST_SHOWN = 100


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(JournalAdmin):
    """Notifications from QuickBooks, with what became of them."""

    list_display = ("received", "status", "events", "companies", "used")
    list_filter = ("state", "received_at")
    actions = ("replay",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = (
            "received",
            "status",
            "events",
            "unread",
            "companies",
            "used",
            "trace_id",
            "told",
        )
        return (*shown, "full_body") if may(request, "payloads") else shown

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        strange = WebhookDelivery.objects.filter(WebhookDelivery.puzzling())
        if request.method == "GET" and strange.exists():
            messages.warning(
                request,
                _(
                    "QuickBooks has sent notifications that this version cannot read. No change"
                    " is lost: each company is read at its interval. Update quicksync, then"
                    " process these notifications again."
                ),
            )
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The names of all companies of the page come with one query."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)  # fills the cache from which the template reads
        names = _names(rows)
        for row in rows:
            row.company_names = names
        return changelist

    @admin.display(description=_("State"), ordering="state")
    def status(self, delivery: WebhookDelivery) -> str:
        return str(pills.of_delivery(delivery))

    @admin.display(description=_("Received"), ordering="received_at")
    def received(self, delivery: WebhookDelivery) -> str:
        return moment(delivery.received_at)

    @admin.display(description=_("Read"), ordering="used_at")
    def used(self, delivery: WebhookDelivery) -> str:
        return moment(delivery.used_at)

    @admin.display(description=_("Companies"))
    def companies(self, delivery: WebhookDelivery) -> str:
        """By the names of their connections; by QuickBooks' number where we know none."""
        names = getattr(delivery, "company_names", None) or _names([delivery])
        return ", ".join(names.get(str(realm), str(realm)) for realm in delivery.realms)

    @admin.display(description=_("First event"))
    def told(self, delivery: WebhookDelivery) -> str:
        events = delivery.told.order_by("type", "remote_id", "pk")[:MOST_SHOWN]
        return format_html_join("", "<div>{}</div>", ((str(event),) for event in events)) or "-"

    @admin.display(description=_("As received"))
    def full_body(self, delivery: WebhookDelivery) -> str:
        return preformatted(delivery.body)

    @admin.action(description=_("Process again"), permissions=("run",))
    def replay(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        result = inbox.replay(deliveries.order_by("pk").iterator())
        if result.used:
            said = ngettext(
                "%(n)d notification was processed again.",
                "%(n)d notifications were processed again.",
                result.used,
            ) % {"n": result.used}
            messages.success(request, said)
        if result.strange:
            messages.error(
                request, _("%(n)d cannot be read by this version.") % {"n": result.strange}
            )


def _names(deliveries: Iterable[WebhookDelivery]) -> dict[str, str]:
    """QuickBooks' number of a company -> the name of its connection."""
    realms = {str(realm) for delivery in deliveries for realm in delivery.realms}
    found = Connection.objects.filter(realm_id__in=realms)
    return dict(found.values_list("realm_id", "name"))
