"""Import of the past: choose dates, see what they hold and cost, preview it or begin (A15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import address, require
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.wording import moment
from quicksync.exceptions import QuicksyncError
from quicksync.models import Connection, SyncRun
from quicksync.records import KINDS
from quicksync.sync.actions import import_past
from quicksync.sync.pairs.date_window import Window

LATEST = 10
WAYS = (
    ("", gettext_lazy("As set for each category")),
    ("pull", gettext_lazy("← only from QuickBooks")),
    ("push", gettext_lazy("→ only to QuickBooks")),
)


class PastForm(forms.Form):
    """The window."""

    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"})
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What"), widget=forms.CheckboxSelectMultiple
    )
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=WAYS, required=False)

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = connection
        chosen = self.fields["kinds"]
        if isinstance(chosen, forms.MultipleChoiceField):
            on = connection.categories.filter(enabled=True).values_list("kind", flat=True)
            # Lists such as terms have no date; they travel with what names them.
            kinds = sorted(
                (kind for kind in on if not KINDS[kind].is_list), key=lambda kind: KINDS[kind].rank
            )
            chosen.choices = [(kind, present.kind_word(kind)) for kind in kinds]

    def window(self) -> Window:
        """What was chosen. Only of a form that is valid."""
        data = self.cleaned_data
        return Window(data["since"], data["until"], tuple(data["kinds"]), data["direction"])


@dataclass(frozen=True)
class Line:
    """What the window holds of one kind, in one direction."""

    kind: str
    way: str
    count: int


@dataclass(frozen=True)
class Earlier:
    """An import that was begun before."""

    url: str
    title: str
    what: str
    pill: Pill
    summary: str


def past_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """GET with a window shows its estimate; POST begins, or previews with `preview`."""
    require(request, "history")
    connection = get_object_or_404(Connection, pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    form = PastForm(
        asked if "since" in asked else None, connection=connection, initial=_initial(connection)
    )
    found: import_past.Estimate | None = None
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                return _begin(request, connection, form.window())
            found = import_past.estimate(connection, form.window())
        except QuicksyncError as trouble:
            messages.error(request, trouble.sentence)
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Import older records"),
        "opts": admin.opts,
        "connection": connection,
        "form": form,
        "found": found,
        "lines": _lines(found) if found else [],
        "earlier": [_earlier(run) for run in _imports(connection)],
    }
    return TemplateResponse(request, "admin/quicksync/past.html", context)


def _begin(request: HttpRequest, connection: Connection, window: Window) -> HttpResponse:
    preview = request.POST.get("begin") != "now"
    run = import_past.start(connection, window, user=request.user, preview=preview)
    return HttpResponseRedirect(address("syncrun", "change", run.pk))


def _initial(connection: Connection) -> dict[str, Any]:
    """The year before the earliest start date: what people ask for first."""
    started = [day for day in connection.categories.values_list("start_date", flat=True) if day]
    until = min(started, default=timezone.localdate())
    return {"since": until.replace(year=until.year - 1, day=min(until.day, 28)), "until": until}


def _lines(found: import_past.Estimate) -> list[Line]:
    numbers = sorted(found.numbers.items(), key=lambda one: (KINDS[one[0][0]].rank, one[0][1]))
    words = {"pull": _("← from QuickBooks"), "push": _("→ to QuickBooks")}
    return [Line(present.kind_word(kind), words[way], number) for (kind, way), number in numbers]


def _imports(connection: Connection) -> Iterable[SyncRun]:
    runs = connection.runs.filter(trigger=SyncRun.Trigger.PAST).select_related("user", "connection")
    return runs.defer("reads")[:LATEST]


def _earlier(run: SyncRun) -> Earlier:
    window = Window.of(run.scope)
    what = ""
    if window is not None:
        kinds = ", ".join(present.kind_word(kind) for kind in window.kinds)
        what = f"{window.since} … {window.until}: {kinds}"
    url = address("syncrun", "change", run.pk)
    return Earlier(
        url,
        f"{moment(run.started_at)}, {present.who(run)}",
        what,
        pills.of_run(run),
        present.summary(run.counts) if run.counts else "",
    )
