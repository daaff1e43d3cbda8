"""SyncedAdmin: what a host's own ModelAdmin gets - state, buttons, timeline, bookmarks, the
read-only rule.

class InvoiceAdmin(SyncedAdmin, admin.ModelAdmin): ...
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quicksync.admin.parts.base import address, may
from quicksync.admin.parts.stale import Guard, GuardsForms, opened_rows, tables, wrap
from quicksync.admin.record import timeline
from quicksync.exceptions import QuicksyncError
from quicksync.local import pages
from quicksync.models import SyncRun
from quicksync.sync.actions import single_records
from quicksync.sync.worker.harmless import Harmless

BADGE = "quickbooks_state"
# What the buttons of the panel add to the page's own form.
ASKED = "_quicksync"
# More would not fit into one run that a person waits for; whole categories are synchronized from
# the connection.
MOST_SENT = 1_000


class SyncedAdmin(GuardsForms):
    """Put it before `admin.ModelAdmin`. Needs an adapter for the model; without one it changes
    nothing.

    Adds to the change page the buttons "Send to QuickBooks" and "Get from QuickBooks", a panel with
    the record's state, its link to QuickBooks and its timeline; to the list a column
    `quickbooks_state` (placed last unless `list_display` names it), two actions and "Keep this
    filter as a bookmark". Records that are edited in QuickBooks only are shown read-only with the
    reason. Users need the permission `quicksync.run_connection` to send and get.
    """

    # --- List -------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = tuple(super().get_list_display(request))
        return (
            columns
            if BADGE in columns or timeline.adapter_of(self.model) is None
            else (*columns, BADGE)
        )

    @admin.display(description=gettext_lazy("QuickBooks"))
    def quickbooks_state(self, obj: Any) -> str:
        """The record's state as a pill."""
        return str(timeline.badge(getattr(obj, "_quicksync_mappings", ())))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The states of all rows of the page come with one query."""
        changelist = super().get_changelist_instance(request)
        adapter = timeline.adapter_of(self.model)
        if adapter is not None:
            rows = list(changelist.result_list)  # fills the cache from which the template reads
            found: dict[str, Any] = {}
            with self._aside(), transaction.atomic():
                found = timeline.badges(adapter, rows)
            for row in rows:
                row._quicksync_mappings = found.get(adapter.key_of(row), [])
        return changelist

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        """Since Django 6.1 there are actions on the list and on a page; ours are the list's."""
        where = () if action_location is None else (action_location,)
        actions: dict[str, Any] = super().get_actions(request, *where)
        if timeline.adapter_of(self.model) is not None and may(request, "run"):
            ours = {action.__name__: self.get_action(action, *where) for action in ACTIONS}
            actions |= {name: action for name, action in ours.items() if action}
        return actions

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and timeline.adapter_of(self.model) is not None:
            query = request.GET.urlencode()
            offered = bool(query) and request.user.has_perm("quicksync.add_bookmark")
            keep = {"model_label": self.model._meta.label_lower, "query": query}
            page = address("bookmark", "add") if offered else ""
            extra = {"quicksync_bookmark": f"{page}?{urlencode(keep)}" if page else ""}
            rows = getattr((response.context_data or {}).get("cl"), "formset", None)
            if rows is not None:
                extra["quicksync_opened"] = opened_rows(rows)
            wrap(response, "quicksync/synced/change_list.html", extra)
        return response

    # --- Change page ------------------------------------------------------------------------------

    @property
    def urls(self) -> list[Any]:
        """The pages of one admin site lead to pages of the same site."""
        return pages.on_site(self.admin_site.name, super().urls)

    def get_urls(self) -> list[URLPattern]:
        options = self.model._meta
        name = f"{options.app_label}_{options.model_name}_quickbooks"
        view = self.admin_site.admin_view(self.quickbooks_view)
        return [path("<path:object_id>/quickbooks/", view, name=name), *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        response: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        adapter = timeline.adapter_of(self.model)
        if adapter is None or obj is None or not isinstance(response, TemplateResponse):
            return response
        panel: timeline.Panel | None = None
        with self._aside(), transaction.atomic():
            panel = timeline.panel(adapter, obj)
        if panel is None:
            return response
        options = self.model._meta
        url = reverse(
            f"{self.admin_site.name}:{options.app_label}_{options.model_name}_quickbooks",
            args=(quote(obj.pk),),
        )
        extra = {
            "quicksync_panel": panel,
            "quicksync_locked": self.quickbooks_lock(obj),
            "quicksync_url": url,
            "quicksync_may_run": may(request, "run"),
            "quicksync_saves": self.has_change_permission(request, obj),
            **self.quicksync_opened(context),
        }
        wrap(response, "quicksync/synced/change_form.html", extra)
        return response

    def quickbooks_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST with `direction` = push or pull: send this record now, or get it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not may(request, "run") or not self.has_view_permission(request, obj):
            raise PermissionDenied
        direction = (
            "pull" if "pull" in (request.POST.get("direction"), request.POST.get(ASKED)) else "push"
        )
        _send(request, self.model, [obj], direction)
        options = self.model._meta
        page = f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=(quote(obj.pk),)))

    # --- Typed changes ----------------------------------------------------------------------------

    def quicksync_guards(self, obj: Any) -> bool:
        """Only what a company knows is changed by synchronizing."""
        with self._aside(), transaction.atomic():
            return timeline.is_known(self.model, obj)
        return False

    def quicksync_moved_sentence(self, guard: Guard) -> str:
        since = guard.opened.at if guard.opened else None
        if since is None or not timeline.brought_since(self.model, guard.obj, since):
            return super().quicksync_moved_sentence(guard)
        return _(
            "Changes arrived from QuickBooks while this page was open. Nothing is saved"
            " yet: choose which values to keep."
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """“Get from QuickBooks” on a page with typed changes says what would be lost before it does
        anything.
        """
        if request.method == "POST" and object_id and request.POST.get(ASKED) == "pull":
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                unsaved = self._unsaved(request, obj)
                if not unsaved:
                    return self.quickbooks_view(request, unquote(object_id))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _unsaved(self, request: HttpRequest, obj: Any) -> list[str]:
        """What was typed on the page that was sent, by label; the page is told so."""
        factory = self.get_form(request, obj, change=True)
        form = factory(request.POST, request.FILES, instance=obj)
        form.is_valid()
        guard = getattr(form, "guard", None)
        changed = guard.touched(form) if guard else list(form.changed_data)
        for prefix, rows, inline in tables(self, request, obj):
            if rows(**self.get_formset_kwargs(request, obj, inline, prefix)).has_changed():
                changed.append(str(inline.verbose_name_plural))
        if guard:
            guard.unsaved = changed
        return changed

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """“Send to QuickBooks” has saved what was typed; now it is sent."""
        if request.POST.get(ASKED) == "push":
            return self.quickbooks_view(request, str(obj.pk))
        return super().response_change(request, obj)

    # --- The read-only rule -----------------------------------------------------------------------

    def quickbooks_lock(self, obj: Any) -> str:
        """Why this record is edited in QuickBooks only; "" when it may be edited here. One query,
        then remembered.
        """
        adapter = timeline.adapter_of(self.model)
        if adapter is None or obj.pk is None:
            return ""
        known: str | None = getattr(obj, "_quicksync_locked", None)
        if known is None:
            with self._aside(), transaction.atomic():
                known = obj._quicksync_locked = timeline.locked(adapter, obj)
        return known or ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or not self.quickbooks_lock(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not self.quickbooks_lock(obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Lists with editable columns ask for no permission of single rows: the rule holds there
        too.
        """
        if change and self.quickbooks_lock(obj):
            raise PermissionDenied(self.quickbooks_lock(obj))
        super().save_model(request, obj, form, change)

    def _aside(self) -> Harmless:
        """A page of the host's opens without our part of it, whatever is wrong with that."""
        return Harmless(
            "panel_failed",
            _("the state in QuickBooks is not shown"),
            model=self.model._meta.label_lower,
        )


@admin.action(description=gettext_lazy("Send to QuickBooks"))
def send_to_quickbooks(modeladmin: Any, request: HttpRequest, chosen: QuerySet[Model]) -> None:
    _send(request, modeladmin.model, chosen, "push")


@admin.action(description=gettext_lazy("Force update: send every field again"))
def force_update_in_quickbooks(
    modeladmin: Any, request: HttpRequest, chosen: QuerySet[Model]
) -> None:
    _send(request, modeladmin.model, chosen, "push", resend=True)


ACTIONS: tuple[Any, ...] = (send_to_quickbooks, force_update_in_quickbooks)


def _send(
    request: HttpRequest, model: type[Model], chosen: Any, direction: str, *, resend: bool = False
) -> None:
    adapter = timeline.adapter_of(model)
    if adapter is None:
        return
    keys = [adapter.key_of(obj) for obj in chosen[: MOST_SENT + 1]]
    if len(keys) > MOST_SENT:
        text = _(
            "Choose at most %(n)s records at a time, or synchronize the whole category"
            " from the connection."
        )
        messages.error(request, text % {"n": f"{MOST_SENT:,}"})
        return
    try:
        runs = single_records.send(
            adapter.label_lower, keys, user=request.user, direction=direction, resend=resend
        )
    except QuicksyncError as trouble:
        messages.error(request, trouble.sentence)
        return
    messages.success(request, _started(runs, len(keys), direction))


def _started(runs: list[SyncRun], count: int, direction: str) -> str:
    if direction == "pull":
        said = ngettext(
            "Getting %(n)d record from QuickBooks.", "Getting %(n)d records from QuickBooks.", count
        )
    else:
        said = ngettext(
            "Sending %(n)d record to QuickBooks.", "Sending %(n)d records to QuickBooks.", count
        )
    see = format_html_join(
        " ",
        '<a href="{}">{}</a>',
        ((address("syncrun", "change", run.pk), _("View progress")) for run in runs),
    )
    return format_html("{} {}", said % {"n": count}, see)
