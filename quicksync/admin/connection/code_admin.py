"""Code mappings: which entry of QuickBooks' lists a code of this side means."""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import list_entries, pills
from quicksync.admin.parts.base import AuditedAdmin
from quicksync.local.registry import registry
from quicksync.models import CodeMapping, Connection, RemoteRecord
from quicksync.records import KINDS
from quicksync.sync.company import codes
from quicksync.sync.worker import wakes

LISTS = tuple(kind for kind, info in KINDS.items() if info.is_list)
MOST_SUGGESTIONS = 500


class Suggestions(forms.TextInput):
    """A text field with suggestions; anything may be typed."""

    template_name = "quicksync/suggestions.html"

    def __init__(self, offered: list[str]) -> None:
        super().__init__(attrs={"list": "id_code_suggestions", "autocomplete": "off"})
        self.offered = offered

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "offered": self.offered}


class CodeMappingForm(forms.ModelForm):
    """One code and its entry. Which connection and which list is settled before: the entries depend
    on them.
    """

    remote_id = forms.ChoiceField(label=_("Entry in QuickBooks"))

    class Meta:
        model = CodeMapping
        fields = ("connection", "kind", "code", "remote_id")
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {
            "connection": forms.HiddenInput,
            "kind": forms.HiddenInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connection, kind = self._which()
        entries = self.fields.get("remote_id")
        if connection is None or not isinstance(entries, forms.ChoiceField):
            return
        offered = list_entries.for_lines(connection, kind)
        chosen = self.instance.remote_id
        known = [(entry.id, str(entry)) for entry in offered]
        if chosen and chosen not in dict(known):
            known.append((chosen, _("%(id)s (not in QuickBooks' list any more)") % {"id": chosen}))
        entries.choices = [("", "---------"), *known]
        if "code" in self.fields:  # who may only look has no fields
            self.fields["code"].widget = Suggestions(codes_here(connection, kind))

    def _which(self) -> tuple[Connection | None, str]:
        if self.instance.pk:
            return self.instance.connection, self.instance.kind
        raw = self.data.get("connection") or self.initial.get("connection")
        kind = self.data.get("kind") or self.initial.get("kind") or ""
        found = (
            Connection.objects.filter(pk=int(raw)).first() if raw and str(raw).isdigit() else None
        )
        return found, str(kind)


def codes_here(connection: Connection, kind: str) -> list[str]:
    """Codes that this side knows, as suggestions."""
    found: dict[str, None] = {}
    for adapter in registry.for_kind(kind):
        found.update(
            dict.fromkeys(seen.key for seen in islice(adapter.seen(connection), MOST_SUGGESTIONS))
        )
    return list(found)


@admin.register(CodeMapping)
class CodeMappingAdmin(AuditedAdmin):
    """Codes and their entries. Entries are chosen from QuickBooks' own lists, by name."""

    form = CodeMappingForm
    list_display = ("code", "kind", "entry", "how", "connection")
    list_filter = ("connection", "kind", "origin")
    list_select_related = ("connection",)
    search_fields = ("code__istartswith", "remote_id__exact")
    fields = ("connection", "kind", "code", "remote_id")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The entries' names come with one query for the whole page."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)  # fills the cache from which the template reads
        names = {
            (remote.connection_id, remote.kind, remote.remote_id): str(remote)
            for remote in RemoteRecord.objects.filter(
                connection__in={row.connection_id for row in rows},
                kind__in={row.kind for row in rows},
                remote_id__in={row.remote_id for row in rows},
            ).only("connection_id", "kind", "remote_id", "name", "type")
        }
        for row in rows:
            row.entry_name = names.get((row.connection_id, row.kind, row.remote_id), row.remote_id)
        return changelist

    @admin.display(description=_("Entry in QuickBooks"), ordering="remote_id")
    def entry(self, mapping: Any) -> str:
        return str(mapping.entry_name)

    @admin.display(description=_("Mapped by"))
    def how(self, mapping: CodeMapping) -> str:
        if mapping.origin == CodeMapping.Origin.CHOSEN:
            return str(pills.Pill(str(_("Chosen by a person")), pills.OK))
        tone = pills.OK if mapping.confidence >= 90 else pills.WARN
        text = _("Suggested, %(n)d%% sure") % {"n": mapping.confidence}
        return str(pills.Pill(str(text), tone))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """First which company and which list, then the code: the entries to choose depend on it."""
        asked = request.POST if request.method == "POST" else request.GET
        if asked.get("connection") and asked.get("kind"):
            return super().add_view(request, form_url, extra_context)
        return self._choose_list(request)

    def _choose_list(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Choose a list"),
            "opts": self.opts,
            "connections": Connection.objects.order_by("name"),
            "lists": [(kind, KINDS[kind].plural.capitalize()) for kind in LISTS],
            "code": request.GET.get("code", ""),
        }
        return TemplateResponse(request, "quicksync/choose_list.html", context)

    def save_model(self, request: HttpRequest, obj: CodeMapping, form: Any, change: bool) -> None:
        """A person's choice is certain; the rate of a tax code is noted, so that a later change is
        seen (A12).
        """
        obj.origin, obj.confidence = CodeMapping.Origin.CHOSEN, 100
        obj.rate = list_entries.rate(obj.connection, obj.kind, obj.remote_id)
        super().save_model(request, obj, form, change)
        codes.release(obj.connection)
        wakes.wake([obj.connection_id])
