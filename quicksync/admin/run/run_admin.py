"""Runs: the preview that waits for a yes, the progress of one under way, the history of those that
ended.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import JournalAdmin, may, with_connection
from quicksync.admin.run import export, run_actions, sections
from quicksync.admin.run.progress import progress
from quicksync.models import Operation, SyncRun
from quicksync.sync.pairs import ground


@admin.register(SyncRun)
class SyncRunAdmin(JournalAdmin):
    """History, and the preview."""

    list_display = ("started", "status", "result", "by", "took", "connection")
    list_filter = ("connection", "state", "trigger")
    date_hierarchy = None
    actions = ("download",)
    change_form_template = "quicksync/run.html"

    class Media:
        js = ("quicksync/progress.js", "quicksync/preview.js")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        return (
            with_connection(super().get_queryset(request))
            .select_related("user")
            .defer("reads", "scope", "sums")
        )

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "approve": run_actions.approve_run,
            "discard": run_actions.discard,
            "skip": run_actions.skip,
            "retry": run_actions.retry,
            "cancel": run_actions.cancel,
            "progress": self.progress_view,
            "csv": self.csv_view,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"quicksync_syncrun_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    # --- One run ----------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self._run(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            **self.run_context(request, run),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.change_form_template, context)

    def run_context(self, request: HttpRequest, run: SyncRun) -> dict[str, Any]:
        """What the page of a run shows."""
        only, after = _page_asked(request)
        draft = run.state == SyncRun.State.DRAFT
        groups = [] if run.is_to_come else sections.groups(run, only, after)
        moved, more = _moved(run) if draft else (0, False)
        return {
            "opts": self.opts,
            "media": self.media,
            "title": _("Preview") if draft else _("Run of %(when)s") % {"when": self.started(run)},
            "run": run,
            "draft": draft,
            "pill": pills.of_run(run),
            "who": present.who(run),
            "took": present.duration(run),
            "progress": progress(run) if run.is_to_come else None,
            "groups": groups,
            "only": only,
            "unsafe": sections.unsafe_plans(run),
            "moved": moved,
            "looked_at": f"{SyncRun.LARGE:,}" if more else "",
            "proposed": draft and run.operations.filter(state=Operation.State.DRAFT).exists(),
            "first": ", ".join(map(present.kind_word, run.progress.first)),
            "why": present.run_reason(run),
            "headings": sections.overview_headings() if draft else present.count_headings(),
            "counts": sections.overview(run, groups)
            if draft and not only
            else present.count_rows(run.counts),
            "may": {what: may(request, what) for what in ("preview", "run", "resolve")},
        }

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the run is, for the script that keeps the page up to date."""
        response = JsonResponse(progress(self._run(request, pk)).as_json())
        response["Cache-Control"] = "no-store"
        return response

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """All operations of the run as a file for a spreadsheet."""
        return export.operations(self._run(request, pk))

    def _run(self, request: HttpRequest, pk: object) -> SyncRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = SyncRun.objects.select_related("connection", "user", "approved_by")
        run = runs.filter(pk=int(str(pk))).first() if str(pk).isdigit() else None
        if run is None:
            raise Http404
        return run

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_view_permission(request, obj)
            or may(request, "preview")
            or may(request, "run")
        )

    # --- History ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Started"), ordering="-id")
    def started(self, run: SyncRun) -> str:
        return f"{timezone.localtime(run.started_at):%Y-%m-%d %H:%M}"

    @admin.display(description=gettext_lazy("Started by"))
    def by(self, run: SyncRun) -> str:
        return f"{run.get_trigger_display()}, {present.who(run)}"

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def status(self, run: SyncRun) -> str:
        return str(pills.of_run(run))

    @admin.display(description=gettext_lazy("Result"))
    def result(self, run: SyncRun) -> str:
        if run.state == SyncRun.State.QUEUED:
            return ""
        return present.summary(run.counts) if run.counts or not run.is_active else _("running")

    @admin.display(description=gettext_lazy("Took"))
    def took(self, run: SyncRun) -> str:
        calls = ngettext("%(n)d API call", "%(n)d API calls", run.calls) % {"n": run.calls}
        return f"{present.duration(run)}, {calls}"

    @admin.action(description=gettext_lazy("Download as CSV"))
    def download(self, request: HttpRequest, runs: QuerySet[SyncRun]) -> HttpResponseBase:
        return export.history(runs)


def _page_asked(request: HttpRequest) -> tuple[tuple[str, str] | None, int]:
    """The one section that the address asks for, and after which operation it goes on."""
    kind, section = request.GET.get("kind", ""), request.GET.get("section", "")
    after = request.GET.get("after", "0")
    return ((kind, section) if kind and section else None), int(after) if after.isdigit() else 0


def _moved(run: SyncRun) -> tuple[int, bool]:
    """How many of the proposals would be taken out at approval, since their records changed after
    the plan; and whether there are more proposals than are looked at for a page.
    """
    proposed, stand = run.operations.filter(state=Operation.State.DRAFT), ground.drafts(run)
    keys = proposed.order_by("rank", "id").values("pk")
    more = keys[SyncRun.LARGE : SyncRun.LARGE + 1].exists()
    if not more:
        return proposed.count() - stand.count(), False
    first = keys[: SyncRun.LARGE]
    return SyncRun.LARGE - stand.filter(pk__in=first).count(), True
