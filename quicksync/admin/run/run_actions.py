"""What the buttons of a preview and of a run do: approve, discard, skip, try again, cancel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.parts.base import address, perform
from quicksync.exceptions import BadValue
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.sync.actions import skipping
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending
from quicksync.sync.worker.run_sums import ASIDE


def approve_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry out the very rows that were shown; an unsafe plan needs its own tick."""
    run = _run(pk)

    def work() -> str:
        result = approve.approve(run, user=request.user, force=request.POST.get("force") == "yes")
        said = ngettext("%(n)d change approved.", "%(n)d changes approved.", result.approved) % {
            "n": result.approved
        }
        if result.stale:
            said += " " + _("%(n)d changed since the preview and will be compared again.") % {
                "n": result.stale
            }
        return said

    return perform(request, "run", work, _page(pk))


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the preview; nothing is changed anywhere."""
    run = _run(pk)

    def work() -> str:
        approve.discard(run, user=request.user)
        return _("The preview was discarded. Nothing was changed.")

    return perform(request, "preview", work, address("connection", "change", run.connection_id))


def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Skip the ticked rows, or all proposed rows of one kind, with the reason that was typed."""
    run = _run(pk)

    def work() -> str:
        why = request.POST.get("why", "").strip()[:300]
        if not why:
            raise BadValue(_("Give a reason: it is shown with the skipped records."))
        rows = Operation.objects.filter(run=run)
        if kind := request.POST.get("skip_kind", ""):
            chosen = rows.filter(kind=kind, state=Operation.State.DRAFT)
        else:
            ticked = [int(one) for one in request.POST.getlist("operation") if one.isdigit()]
            if not ticked:
                raise BadValue(_("Select the records to skip first."))
            chosen = rows.filter(pk__in=ticked)
        count = skipping.skip(chosen, user=request.user, why=why)
        waiting = chosen.filter(state=Operation.State.SKIPPED, action__in=ASIDE).values("mapping")
        count += skipping.exclude(
            EntityMapping.objects.filter(pk__in=waiting), user=request.user, why=why
        )
        return ngettext("%(n)d record skipped.", "%(n)d records skipped.", count) % {"n": count}

    return perform(request, "resolve", work, _page(pk))


def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one held or failed record again now."""
    wanted = request.POST.get("mapping", "")
    mappings = EntityMapping.objects.filter(pk=int(wanted) if wanted.isdigit() else 0)
    started: list[SyncRun] = []

    def work() -> str:
        run = skipping.retry(mappings, user=request.user)
        if run is not None:
            started.append(run)
        return _("It is being tried again.")

    response = perform(request, "resolve", work, _page(pk))
    return HttpResponseRedirect(_page(started[0].pk)) if started else response


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run: what has been sent stays, what waits is not sent."""
    run = _run(pk)

    def work() -> str:
        ending.cancel(run, user=request.user)
        return _("Cancelled. What is already done stays done.")

    return perform(request, "run", work, _page(pk))


def _run(pk: int) -> SyncRun:
    return get_object_or_404(SyncRun.objects.select_related("connection"), pk=pk)


def _page(pk: int) -> str:
    return address("syncrun", "change", pk)
