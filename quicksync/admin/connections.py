"""The connection: home of everything. How it stands, its buttons, its settings, its categories."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from quicksync.admin.connection import connection_actions, reconcile_page
from quicksync.admin.connection.categories import CategoryInline, save_settings
from quicksync.admin.connection.connection_form import ConnectionForm
from quicksync.admin.connection.connection_page import PROBLEMS, page
from quicksync.admin.parts import pills
from quicksync.admin.parts.base import AuditedAdmin, address, not_in_step
from quicksync.admin.parts.openable import may_open
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.progress import waits_behind
from quicksync.admin.site import urls
from quicksync.admin.site.audit import audit_view
from quicksync.exceptions import QuicksyncError
from quicksync.models import Category, Connection, EntityMapping, SyncRun
from quicksync.options.company import CompanyOptions
from quicksync.options.row import table
from quicksync.quickbooks.loading import title_of, trouble_with
from quicksync.sync.actions import connect
from quicksync.sync.runs import starting

SETTINGS = ("name", "edition", "environment", "sync_type", "live", "interval_minutes", "options")
# What is chosen from QuickBooks' lists, and the other options of a company.
ENTRIES = tuple(name for name, row in table(CompanyOptions).items() if row.option.entries)
OTHERS = tuple(name for name in table(CompanyOptions) if name not in ENTRIES)


@admin.register(Connection)
class ConnectionAdmin(AuditedAdmin):
    """List and page of the connections."""

    form = ConnectionForm
    inlines = (CategoryInline,)
    list_display = ("name", "state", "problems", "last_run", "next_run", "company")
    list_filter = ("status", "sync_type", "paused")
    list_select_related = ("clock",)
    search_fields = ("name", "company_name", "realm_id")
    actions = ("synchronize_now",)

    class Media:
        js = ("quicksync/progress.js",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        edition = "edition_name" if obj is not None and obj.realm_id else "edition"
        company = ((None, {"fields": ("name", edition, "environment")}),)
        if obj is None:
            return company
        when = (_("When"), {"fields": ("sync_type", "live", "interval_minutes")})
        if not obj.connected_at:
            return (*company, when)
        if not self.has_change_permission(request, obj):
            return (*company, when, (None, {"fields": ("default_accounts",)}))
        accounts = {
            "fields": ENTRIES,
            "description": _(
                "Used where a record has none. Only accounts of a suitable type are offered."
            ),
        }
        others = ((_("Options"), {"fields": OTHERS}),) if OTHERS else ()
        return (*company, when, *others, (_("Default accounts"), accounts))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if fields := kwargs.get("fields"):  # the form makes those of the options by itself
            kwargs["fields"] = [name for name in fields if name not in table(CompanyOptions)]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("edition_name", "environment", "default_accounts")
            if obj is not None and obj.realm_id
            else ()
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """What a category offers, its edition says."""
        return self.inlines if obj is not None and not trouble_with(obj.edition) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A connected company is disconnected first: else its tokens would live on at Intuit."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.is_live)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The problems of all rows of the page are counted in one query."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)  # fills the cache from which the template reads
        found = not_in_step(EntityMapping.objects.filter(connection__in=rows, state__in=PROBLEMS))
        counts = dict(found.values_list("connection").annotate(n=Count("id")).order_by())
        offered = may_open(request, address("skippedrecord", "changelist"))
        for row in rows:
            row.problem_count, row.problems_open = counts.get(row.pk, 0), offered
        return changelist

    # --- Saving -----------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Only what people set is written: what a run has learnt of the company meanwhile stays."""
        obj._history_user = request.user
        if not change:
            obj.save()
            connect.categories(obj)
            return
        obj.save(update_fields=set(SETTINGS))
        if obj.is_scheduled and {"sync_type", "interval_minutes"} & set(form.changed_data):
            starting.due_now(obj)

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        for category in formset.save(commit=False):
            category._history_user = request.user
            save_settings(category)

    def response_add(
        self, request: HttpRequest, obj: Connection, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The next step is on the connection's own page."""
        messages.success(request, _("Saved. Now connect the company."))
        return HttpResponseRedirect(address("connection", "change", obj.pk))

    def response_change(self, request: HttpRequest, obj: Connection) -> HttpResponse:
        if "_addanother" in request.POST:
            return super().response_change(request, obj)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(address("connection", "change", obj.pk))

    # --- Pages ------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "synchronize": connection_actions.synchronize,
            "preview": connection_actions.preview,
            "pause": connection_actions.pause,
            "resume": connection_actions.resume,
            "disconnect": connection_actions.disconnect,
            "reconcile": reconcile_page.view,
            "reconcile_progress": reconcile_page.progress_view,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                {"admin": self},
                f"quicksync_connection_{name}",
            )
            for name, view in pages.items()
        ]
        audit = path(
            "changes/",
            self.admin_site.admin_view(audit_view),
            {"admin": self},
            "quicksync_connection_audit",
        )
        return [audit, *urls.pages(self), *own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        connection = self.get_object(request, object_id)
        if connection is None or not self.has_view_or_change_permission(request, connection):
            return super().change_view(request, object_id, form_url, extra_context)
        known = Category.objects.filter(connection=connection).exists()
        if not (known or trouble_with(connection.edition)):
            connect.categories(connection)
        extra = {"page": page(request, connection), "title": connection.name, "subtitle": None}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    # --- List -------------------------------------------------------------------------------------

    @admin.display(description=_("Edition"))
    def edition_name(self, connection: Connection) -> str:
        return title_of(connection.edition)

    @admin.display(description=_("Default accounts"))
    def default_accounts(self, connection: Connection) -> str:
        """Their names, for those who may look at the settings and not change them."""
        form = ConnectionForm(instance=connection)
        lines = ((form.fields[name].label, form.told(name)) for name in ENTRIES)
        return format_html_join("", "<div>{}: {}</div>", lines)

    @admin.display(description=_("State"), ordering="status")
    def state(self, connection: Connection) -> str:
        return str(pills.of_connection(connection))

    @admin.display(description=_("Last run"), ordering="clock__last_run_at")
    def last_run(self, connection: Connection) -> str:
        return moment(connection.clock.last_run_at)

    @admin.display(description=_("Next run"), ordering="clock__next_sync_at")
    def next_run(self, connection: Connection) -> str:
        return moment(connection.clock.next_sync_at) if connection.is_scheduled else ""

    @admin.display(description=_("Company in QuickBooks"), ordering="company_name")
    def company(self, connection: Connection) -> str:
        """Where it has another name than the connection."""
        return "" if connection.company_name == connection.name else connection.company_name

    @admin.display(description=_("Problems"))
    def problems(self, connection: Any) -> str:
        if not connection.problem_count:
            return str(pills.Pill(str(_("None")), pills.OK))
        pill = str(pills.Pill(f"{connection.problem_count:,}", pills.WARN))
        url = f"{address('skippedrecord', 'changelist')}?connection__id__exact={connection.pk}"
        return format_html('<a href="{}">{}</a>', url, pill) if connection.problems_open else pill

    @admin.action(description=_("Synchronize now"), permissions=("run",))
    def synchronize_now(self, request: HttpRequest, connections: QuerySet[Connection]) -> None:
        started = 0
        for connection in connections:
            try:
                run = starting.ask(connection, trigger=SyncRun.Trigger.MANUAL, user=request.user)
                if run.state == SyncRun.State.QUEUED:
                    messages.info(request, f"{connection}: {waits_behind(run)}")
                    continue
                started += 1
            except QuicksyncError as trouble:
                messages.error(request, f"{connection}: {trouble.sentence}")
        if started:
            messages.success(
                request, _("%(n)d started. See History for their progress.") % {"n": started}
            )
