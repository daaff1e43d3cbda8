"""What the buttons of a connection's page do: synchronize, preview, pause, resume, disconnect."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from quicksync.admin.parts.base import address, perform, require
from quicksync.exceptions import QuicksyncError
from quicksync.models import Connection, SyncRun
from quicksync.sync.actions import connect
from quicksync.sync.runs import pausing, starting


def synchronize(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Compare and carry over, without asking again."""
    return _start(request, pk, "run", SyncRun.Trigger.MANUAL, preview=False)


def preview(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Compare, and show what would be done."""
    return _start(request, pk, "preview", SyncRun.Trigger.PREVIEW, preview=True)


def _start(
    request: HttpRequest, pk: int, what: str, trigger: SyncRun.Trigger, *, preview: bool
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    require(request, what)
    connection = get_object_or_404(Connection, pk=pk)
    try:
        run = starting.ask(connection, trigger=trigger, user=request.user, preview=preview)
    except QuicksyncError as trouble:
        messages.error(request, trouble.sentence)
        return HttpResponseRedirect(address("connection", "change", pk))
    return HttpResponseRedirect(address("syncrun", "change", run.pk))


def pause(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Nothing moves until somebody resumes."""
    connection = get_object_or_404(Connection, pk=pk)

    def work() -> str:
        pausing.pause(connection, user=request.user, why=request.POST.get("why", "").strip()[:300])
        return _("Paused. Nothing is synced automatically until you resume.")

    return perform(request, "run", work, address("connection", "change", pk))


def resume(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Goes on where it stopped."""
    connection = get_object_or_404(Connection, pk=pk)

    def work() -> str:
        pausing.resume(connection, user=request.user)
        return _("Resumed.")

    return perform(request, "run", work, address("connection", "change", pk))


@transaction.non_atomic_requests
def disconnect(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Asks first; then gives the access back to Intuit and keeps pairs and history (A6)."""
    connection = get_object_or_404(Connection, pk=pk)
    require(request, "connect")
    if request.method != "POST":
        context = {
            **admin.admin_site.each_context(request),
            "title": _("Disconnect %(name)s?") % {"name": connection},
            "connection": connection,
            "active": connection.runs.filter(state__in=SyncRun.ACTIVE).exists(),
            "opts": admin.opts,
        }
        return TemplateResponse(request, "quicksync/disconnect.html", context)

    def work() -> str:
        connect.disconnect(connection, user=request.user)
        return _("Disconnected. Pairs and history are kept.")

    return perform(request, "connect", work, address("connection", "change", pk))
