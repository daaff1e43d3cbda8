"""Health: how all connections stand, or one of them; what is wrong, and how it is mended (I14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.connection.connection_page import links
from quicksync.admin.connection.learned import Fact
from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import address
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.present import Why
from quicksync.admin.parts.wording import moment
from quicksync.admin.site.chart import chart
from quicksync.models import Connection, EntityMapping
from quicksync.sync.access import quota
from quicksync.sync.company import currencies
from quicksync.sync.monitor import findings, health
from quicksync.sync.monitor.findings import Finding, Level
from quicksync.sync.monitor.health import Health

TONES = {Level.WARNING: pills.WARN, Level.ERROR: pills.BAD}
PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One connection among all."""

    name: str
    url: str
    pill: Pill
    facts: dict[str, str]
    findings: tuple[Why, ...]


@dataclass(frozen=True)
class Stopped:
    """The records that one cause stops, with one of them as an example."""

    count: int
    why: Why | None
    example: str
    url: str


def all_view(request: HttpRequest, admin: Any) -> HttpResponse:
    """All connections."""
    _require(request, admin)
    rows = Connection.objects.order_by("name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Health"),
        "opts": admin.opts,
        "reads": _reads(),
        "site_findings": [_why(one) for one in findings.of_site()],
        "lines": [_line(one) for one in health.of(list(page.object_list))],
        "chart": chart(health.days()),
        "page_obj": page,
    }
    return TemplateResponse(request, "admin/quicksync/health.html", context)


def one_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """One connection."""
    _require(request, admin)
    connection = get_object_or_404(Connection, pk=pk)
    found = health.of([connection])[0]
    figures = _figures(found) | _currencies(connection)
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Health of %(name)s") % {"name": connection},
        "opts": admin.opts,
        "connection": connection,
        "pill": pills.of_connection(connection),
        "findings": [_why(one) for one in findings.of_connection(found)],
        "facts": [Fact(label, value) for label, value in figures.items() if value],
        "stopped": list(_stopped(found)),
        "links": [link for link in links(request, connection) if "?connection__id" in link.url],
        "chart": chart(health.days([connection])),
    }
    return TemplateResponse(request, "admin/quicksync/health.html", context)


def _require(request: HttpRequest, admin: Any) -> None:
    if not admin.has_view_permission(request):
        raise PermissionDenied


def _why(finding: Finding) -> Why:
    tone = TONES[finding.level]
    return Why(finding.code, finding.sentence, "", finding.fix, tone, pills.SIGNS[tone], None)


def _line(found: Health) -> Line:
    connection = found.connection
    return Line(
        name=str(connection),
        url=address("connection", "health_of", connection.pk),
        pill=pills.of_connection(connection),
        facts=_figures(found) if connection.connected_at else {},
        findings=tuple(_why(one) for one in findings.of_connection(found)),
    )


def _figures(found: Health) -> dict[str, str]:
    """Label -> text, in the order of the columns; "" where nothing is known."""
    connection, days, used = found.connection, found.days_left, found.usage
    return {
        _("Access"): (
            ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
            if days is not None
            else ""
        ),
        _("Last run"): moment(connection.clock.last_run_at),
        _("QuickBooks read"): _ago(found.lag),
        _("Waiting to be sent"): f"{found.owed:,}",
        _("Needs you"): f"{found.problems:,}",
        _("Calls this month"): (
            _("%(calls)s, including %(reads)s metered reads; forecast for the month: %(forecast)s")
            % {
                "calls": f"{used.calls:,}",
                "reads": f"{used.reads:,}",
                "forecast": f"{used.forecast:,}",
            }
        ),
    }


def _reads() -> str:
    """The metered reads of all companies, against the plan."""
    used = quota.of_site(timezone.now())
    if not used.limit:
        return ""
    return _(
        "All companies together: %(reads)s of %(limit)s metered reads this month"
        " (%(percent)d %%); forecast for the month: %(forecast)s."
    ) % {
        "reads": f"{used.reads:,}",
        "limit": f"{used.limit:,}",
        "percent": used.percent,
        "forecast": f"{used.forecast:,}",
    }


def _ago(lag: dt.timedelta | None) -> str:
    if lag is None:
        return ""
    minutes = int(lag.total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day ago", "%(n)d days ago", minutes // 1440) % {"n": minutes // 1440}


def _currencies(connection: Connection) -> dict[str, str]:
    """Both lists, and what one side lacks (A9)."""
    found = currencies.glance(connection)
    here = ", ".join(found.here)
    if here and found.newest:
        here = _("%(codes)s (in the newest records)") % {"codes": here}
    return {
        _("Currencies here"): here,
        _("Currencies in QuickBooks"): ", ".join(found.there),
        _("Not in QuickBooks, which refuses them"): ", ".join(found.missing_there),
        _("Not used here"): ", ".join(found.missing_here),
    }


def _stopped(found: Health) -> Iterable[Stopped]:
    """The causes, the most frequent first; one record of each is read for its sentence."""
    rows = EntityMapping.objects.filter(connection=found.connection, state__in=health.PROBLEMS)
    rows = rows.exclude(state=EntityMapping.State.IN_SYNC).exclude(reason="")
    first = dict(rows.order_by().values_list("reason").annotate(first=Min("id")))
    examples = EntityMapping.objects.select_related("connection").in_bulk(first.values())
    for cause in found.causes:
        example = examples.get(first.get(cause.code, 0))
        if example is not None:
            url = address("entitymapping", "change", example.pk)
            yield Stopped(cause.count, present.reason_of(example), str(example), url)
