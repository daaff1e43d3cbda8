"""Operations and their attempts: the journal of what was decided, sent and answered. Read-only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import JournalAdmin, in_companies, may, with_connection
from quicksync.admin.parts.searching import Searched, amount
from quicksync.admin.parts.wording import moment
from quicksync.models import Attempt, EntityMapping, Operation
from quicksync.models.mapping import RECORDS
from quicksync.models.operation import PROPOSALS


class AttemptInline(admin.TabularInline):
    """The tries of one operation."""

    model = Attempt
    fields = ("at", "result", "status", "fault", "message", "trace_id", "took_ms")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("Result"))
    def result(self, attempt: Attempt) -> str:
        return str(pills.of_attempt(attempt))


class Direction(admin.SimpleListFilter):
    """Which side was written."""

    title = _("direction")
    parameter_name = "direction"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("push", _("→ to QuickBooks")), ("pull", _("← from QuickBooks"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(direction=self.value()) if self.value() else queryset


@admin.register(Operation)
class OperationAdmin(Searched, JournalAdmin):
    """One decided change each, with its result."""

    list_display = ("name", "what", "status", "reason_sentence", "money", "settled")
    list_filter = ("connection", "state", "kind", Direction)
    search_fields = ("label", "amount", "parcel")
    search_help_text = _("Part of a name or number, an amount, or a request id")
    ordering = ("-id",)
    inlines = (AttemptInline,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["name", "kind_name", "what", "status", "connection", "run"]
        if obj is None:
            return shown
        optional = {
            "settled_at": "settled",
            "reason": "reason_text",
            "amount": "money",
            "fields": "differences",
            "attempts_made": "attempts_made",
            "parcel": "parcel",
        }
        shown += [column for field, column in optional.items() if getattr(obj, field)]
        if may(request, "payloads"):
            shown += [
                column
                for field, column in (("body", "sent_body"), ("record", "full_record"))
                if getattr(obj, field)
            ]
        return shown

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Headed by what was done to which record, in words."""
        if (operation := context.get("original")) is not None:
            context |= {"title": self.what(operation), "subtitle": self.name(operation)}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        every = in_companies(request, super().get_queryset(request))
        rows: QuerySet[Operation] = with_connection(every).select_related("mapping", "run")
        return rows.defer("mapping__agreed_here", "mapping__agreed_there")

    def ways(
        self, request: HttpRequest, rows: QuerySet[Operation], term: str
    ) -> Sequence[QuerySet[Operation]]:
        """By the names of their records, rather than by an index of a name for each operation."""
        records = RECORDS.holding(EntityMapping.objects.all(), term)
        found = [
            rows.filter(mapping__in=records.values("pk")),
            PROPOSALS.holding(rows, term),
            rows.filter(parcel=term),
        ]
        value = amount(term)
        return found if value is None else [*found, rows.filter(amount=value)]

    @admin.display(description=_("Record"))
    def name(self, operation: Operation) -> str:
        return str(operation)

    @admin.display(description=_("Kind"))
    def kind_name(self, operation: Operation) -> str:
        return present.kind_name(operation.kind)

    @admin.display(description=_("When"), ordering="settled_at")
    def settled(self, operation: Operation) -> str:
        return moment(operation.settled_at)

    @admin.display(description=_("What"))
    def what(self, operation: Operation) -> str:
        return present.action_word(operation)

    @admin.display(description=_("State"), ordering="state")
    def status(self, operation: Operation) -> str:
        return str(pills.of_operation(operation))

    @admin.display(description=_("Reason"))
    def reason_sentence(self, operation: Operation) -> str:
        why = present.reason_of_operation(operation)
        return why.sentence if why else ""

    @admin.display(description=_("Reason"))
    def reason_text(self, operation: Operation) -> str:
        why = present.reason_of_operation(operation)
        return (
            format_html("{}<br><small>{} {}</small>", why.sentence, why.cause, why.fix)
            if why
            else ""
        )

    @admin.display(description=_("Amount"))
    def money(self, operation: Operation) -> str:
        return present.amount(operation.amount, operation.currency)

    @admin.display(description=_("Changes"))
    def differences(self, operation: Operation) -> str:
        return render_to_string("quicksync/changes.html", {"row": present.rows([operation])[0]})

    @admin.display(description=_("Sent text"))
    def sent_body(self, operation: Operation) -> str:
        return preformatted(operation.body)

    @admin.display(description=_("Record in full"))
    def full_record(self, operation: Operation) -> str:
        return preformatted(json.dumps(operation.record)) if operation.record else ""


def preformatted(text: str) -> str:
    """A payload as a person can read it; what is no JSON is shown as it stands."""
    if not text:
        return ""
    with suppress(msgspec.DecodeError):
        # Only white space is changed: an amount is shown with the zeros it came with.
        text = msgspec.json.format(text, indent=2)
    return format_html('<pre class="qs-payload">{}</pre>', text)
