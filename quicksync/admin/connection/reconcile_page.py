"""The reconciliation of a connection: what the newest comparison found, and a button for another
(I12).

A worker compares, however many records there are: the page shows what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from quicksync.admin.connection import compared_totals
from quicksync.admin.parts import pills
from quicksync.admin.parts.base import address, perform, require, with_edition
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.progress import Progress, in_hand
from quicksync.models import Connection, Reconciliation
from quicksync.sync.monitor import comparison, reconcile, reconciling


@dataclass(frozen=True)
class Earlier:
    """One that has ended."""

    url: str
    title: str
    pill: Pill


@with_edition
def view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """Counts, totals and open balances of both sides, with each difference; by POST they are
    compared anew.
    """
    connection = get_object_or_404(Connection, pk=pk)
    require(request, "preview")
    own = address("connection", "reconcile", pk)
    if request.method == "POST":

        def work() -> str:
            reconciling.ask(connection, user=request.user)
            return _("The two sides are being compared. You may leave this page.")

        return perform(request, "preview", work, own)
    reconcile.comparable(connection)
    ended = list(_rows(connection).exclude(finished_at=None)[: reconciling.KEPT])
    shown = _shown(connection, ended, request.GET.get("of", ""))
    # Read by itself: it may be long.
    lines = reconciling.lines_of(Reconciliation.objects.get(pk=shown.pk)) if shown else None
    working = _rows(connection).filter(finished_at=None).first()
    newest = ended[0] if ended else None
    context = {
        **admin.admin_site.each_context(request),
        "media": admin.media,
        "title": _("Reconciliation"),
        "connection": connection,
        "shown": shown if lines is not None else None,
        "when": moment(shown.finished_at) if shown else "",
        "who": who(shown) if shown else "",
        "outdated": shown is not None and _outdated(connection, shown),
        "broken": newest if newest and newest.failed and not request.GET.get("of") else None,
        "progress": progress(working) if working else None,
        "earlier": [earlier(one) for one in ended] if len(ended) > 1 else [],
        "tables": compared_totals.tables(lines or ()),
        "agrees": comparison.agree(lines or ()),
        "explained": comparison.explained(lines or ()),
        "missing": compared_totals.missing(lines or ()),
        "opts": admin.opts,
    }
    return TemplateResponse(request, "quicksync/reconcile.html", context)


def progress_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """How far the comparison at work is, for the script that keeps the page up to date."""
    require(request, "preview")
    newest = _rows(get_object_or_404(Connection, pk=pk)).first()
    if newest is None:
        raise Http404
    response = JsonResponse(progress(newest).as_json())
    response["Cache-Control"] = "no-store"
    return response


def progress(one: Reconciliation) -> Progress:
    """A comparison as the pages show it while it is under way."""
    own = one.connection_id
    asked = _("Asked for by %(who)s at %(when)s.") % {
        "who": who(one),
        "when": moment(one.asked_at),
    }
    if one.begun_at is None:
        words = _("Waiting in line")
    else:
        words = _("Comparing both sides: %(done)s of %(total)s records") % {
            "done": f"{min(one.done, one.total):,}",
            "total": f"{one.total:,}",
        }
    return Progress(
        words=words,
        note=in_hand(one.lease_holder, one.lease_until, one.heartbeat_at, one.asked_at),
        started=asked,
        done=one.done,
        total=one.total,
        summary=asked,
        finished=one.finished_at is not None,
        waits=one.begun_at is None,
        url=address("connection", "reconcile", own),
        poll_url=address("connection", "reconcile_progress", own),
    )


def who(one: Reconciliation) -> str:
    """Who has asked for it."""
    return one.user.get_username() if one.user else _("somebody who has left")


def earlier(one: Reconciliation) -> Earlier:
    """One that has ended, with its page if it has a result."""
    url = f"{address('connection', 'reconcile', one.connection_id)}?of={one.pk}"
    title = f"{moment(one.finished_at)} · {who(one)}"
    return Earlier("" if one.failed else url, title, pills.of_reconciliation(one))


def _rows(connection: Connection) -> Any:
    return connection.reconciliations.select_related("user").defer("result", "sheet")


def _shown(
    connection: Connection, ended: Sequence[Reconciliation], asked: str
) -> Reconciliation | None:
    """The one that the address asks for, else the newest with a result."""
    done = [one for one in ended if not one.failed]
    if not asked:
        return done[0] if done else None
    found = next((one for one in done if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _outdated(connection: Connection, shown: Reconciliation) -> bool:
    """Whether a run has ended since."""
    last = connection.clock.last_run_at
    return last is not None and shown.begun_at is not None and last > shown.begun_at
