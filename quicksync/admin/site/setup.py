"""Set-up: what the operator enters at Intuit and here, and whether it fits together (A1, A2)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import address, require
from quicksync.admin.parts.page_links import Link
from quicksync.admin.parts.present import Why
from quicksync.admin.site import setup_keys
from quicksync.conf import settings
from quicksync.models import Connection, SyncRun, WebhookDelivery
from quicksync.quickbooks.loading import signing_in
from quicksync.redaction import covered
from quicksync.sync.access import app_keys

SIMULATOR = "http://127.0.0.1:9400"
MOST_NAMED = 5


@dataclass(frozen=True)
class Address:
    """One text to be entered at Intuit, exactly so: Intuit's name of the field, and where it stands
    there.
    """

    label: str
    where: str
    text: str


@transaction.non_atomic_requests
@covered
@sensitive_post_parameters()
def setup_view(request: HttpRequest, admin: Any) -> HttpResponse:
    """GET shows the page; POST stores, tests or removes keys."""
    require(request, "connect")
    if request.method == "POST":
        setup_keys.act(request)
        return HttpResponseRedirect(address("connection", "setup"))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Set-up"),
        "opts": admin.opts,
        "addresses": addresses(request),
        "cards": setup_keys.cards(),
        "stand_in": settings.intuit_base,
        "simulator": SIMULATOR,
        "problems": problems(request),
        "delivery": WebhookDelivery.objects.exclude(state="refused").order_by("-id").first(),
        "connectable": connectable() if request.user.has_perm("quicksync.view_connection") else (),
        "add_url": (
            address("connection", "add")
            if request.user.has_perm("quicksync.add_connection")
            else ""
        ),
    }
    return TemplateResponse(request, "admin/quicksync/setup.html", context)


def addresses(request: HttpRequest) -> tuple[Address, ...]:
    """The addresses of this site, as the browser reached it, under the names of Intuit's fields."""
    urls = _("Settings → App URLs")
    found = (
        Address(_("Redirect URI"), _("Settings → Redirect URIs → Add URI"), _own("callback")),
        Address(_("Launch URL"), urls, _own("launch")),
        Address(_("Disconnect URL"), urls, _own("disconnected")),
        Address(_("Connect/Reconnect URL"), urls, _own("reconnect")),
        Address(_("Endpoint URL"), _("Webhooks"), _own("webhook")),
    )
    whole = [
        Address(one.label, one.where, request.build_absolute_uri(one.text))
        for one in found
        if one.text
    ]
    host = urlsplit(request.build_absolute_uri("/")).hostname or ""
    return (*whole[:1], Address(_("Host domain"), urls, host), *whole[1:])


def connectable() -> tuple[Link, ...]:
    """The connections that wait for somebody to connect them."""
    rows = (
        Connection.objects.filter(edition__in=signing_in())
        .exclude(status=Connection.Status.CONNECTED)
        .order_by("name")
    )
    return tuple(
        Link(str(row), address("connection", "change", row.pk)) for row in rows[:MOST_NAMED]
    )


def _own(name: str) -> str:
    try:
        return reverse(f"quicksync:{name}")
    except NoReverseMatch:
        return ""


def problems(request: HttpRequest) -> tuple[Why, ...]:
    """What does not fit together, each with what to do."""
    found = (_unreachable(), _insecure(request), _mixed_up(), _refused_app())
    return tuple(why for why in found if why is not None)


def _problem(code: str, sentence: str, cause: str, fix: str) -> Why:
    return Why(code, sentence, cause, fix, pills.WARN, pills.SIGNS[pills.WARN], None)


def _unreachable() -> Why | None:
    if _own("callback"):
        return None
    return _problem(
        "no-addresses",
        _("The addresses of quicksync are missing."),
        _("The project's urls do not include them yet."),
        _("A developer adds include(“quicksync.web.urls”)."),
    )


def _insecure(request: HttpRequest) -> Why | None:
    """Intuit takes plain http for localhost with development keys only, and no bare IP address."""
    site = urlsplit(request.build_absolute_uri("/"))
    host = site.hostname or ""
    if settings.intuit_base or (site.scheme == "https" and not _is_ip(host)):
        return None
    if host == "localhost" and site.scheme == "http":
        if app_keys.keyed() == {app_keys.Environment.SANDBOX}:
            return None
        return _problem(
            "localhost",
            _("With these addresses Intuit accepts sandbox companies only."),
            _("Only development keys may return to localhost."),
            _(
                "For real companies, open this site over https under its own name; the"
                " addresses below then change."
            ),
        )
    return _problem(
        "not-https",
        _("Intuit will not accept the redirect address below."),
        _(
            "It requires https and a host name instead of a number; plain http is allowed"
            " for localhost only, with development keys."
        ),
        _(
            "Open this site over https under its name (to try it out, as"
            " http://localhost). Behind a proxy, make the proxy pass on"
            " X-Forwarded-Proto."
        ),
    )


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _mixed_up() -> Why | None:
    """Connections of an environment that has no keys, while the other one has some."""
    keyed = app_keys.keyed()
    if settings.intuit_base or not keyed:
        return None
    others = Connection.objects.filter(edition__in=signing_in()).exclude(environment__in=keyed)
    names = ", ".join(others.order_by("name").values_list("name", flat=True)[:MOST_NAMED])
    if not names:
        return None
    there = min({app_keys.Environment.PRODUCTION.value, app_keys.Environment.SANDBOX.value} - keyed)
    return _problem(
        "environment",
        _("These connections belong to Intuit's other environment: %(names)s.") % {"names": names},
        _("The keys are for %(one)s; a %(other)s company refuses them.")
        % {
            "one": ", ".join(keyed),
            "other": there,
        },
        _(
            "Enter the keys for %(other)s below, or change the environment on the connection before"
            " connecting it."
        )
        % {"other": there},
    )


def _refused_app() -> Why | None:
    """QuickBooks has refused the app itself, which most often means keys of the wrong environment
    (error 3100).
    """
    rows = Connection.objects.filter(
        edition__in=signing_in(), status=Connection.Status.EXPIRED
    ).order_by("name")
    last = SyncRun.objects.filter(connection=OuterRef("pk")).order_by("-id").values("reason")[:1]
    refused = rows.annotate(why=Subquery(last)).filter(why="app-refused")[:MOST_NAMED]
    if not refused:
        return None
    names = ", ".join(
        _("%(name)s (%(one)s)") % {"name": row, "one": row.environment} for row in refused
    )
    return _problem(
        "app-refused",
        _("QuickBooks does not give this app access to %(names)s (error 3100).") % {"names": names},
        _(
            "Usually the keys below are in the wrong place: development keys work for"
            " sandbox companies only, production keys for real ones only. Or somebody"
            " disconnected the app in QuickBooks."
        ),
        _(
            "Compare both pairs of keys with those at Intuit, then press Reconnect on the"
            " connection."
        ),
    )
