"""Set-up: what the operator enters at Intuit and here, and whether it fits together (A1, A2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from quicksync.admin import pills
from quicksync.admin.base import address, require
from quicksync.admin.present import Why
from quicksync.conf import settings
from quicksync.models import Connection, WebhookDelivery
from quicksync.sync import setup


@dataclass(frozen=True)
class Address:
    """One address to be entered at Intuit, exactly so."""

    label: str
    url: str
    where: str


@dataclass(frozen=True)
class Secret:
    """One setting that is there or not; the value itself is never shown."""

    label: str
    setting: str
    is_set: bool


def setup_view(request: HttpRequest, admin: Any) -> HttpResponse:
    """GET shows the page; POST asks Intuit whether the keys are good."""
    require(request, "connect")
    if request.method == "POST":
        verdict = setup.check_keys()
        messages.add_message(request, messages.SUCCESS if verdict.is_good else messages.ERROR, verdict.sentence)
        return HttpResponseRedirect(address("connection", "setup"))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Set-up"),
        "opts": admin.opts,
        "addresses": addresses(request),
        "secrets": secrets(),
        "environment": settings.environment,
        "stand_in": settings.intuit_base,
        "problems": problems(request),
        "delivery": WebhookDelivery.objects.exclude(state="refused").order_by("-id").first(),
        "add_url": address("connection", "add") if request.user.has_perm("quicksync.add_connection") else "",
    }
    return TemplateResponse(request, "admin/quicksync/setup.html", context)


def addresses(request: HttpRequest) -> tuple[Address, ...]:
    """The addresses of this site, as the browser reached it."""
    found = (
        Address(_("Redirect URI"), _own("callback"), _("Keys & credentials → Redirect URIs")),
        Address(_("Webhook endpoint"), _own("webhook"), _("Webhooks → Endpoint URL")),
        Address(_("Launch URL"), _own("launch"), _("App settings → App URLs")),
        Address(_("Reconnect URL"), _own("reconnect"), _("App settings → App URLs")),
        Address(_("Disconnect URL"), _own("disconnected"), _("App settings → App URLs")),
    )
    return tuple(Address(one.label, request.build_absolute_uri(one.url), one.where) for one in found if one.url)


def _own(name: str) -> str:
    try:
        return reverse(f"quicksync:{name}")
    except NoReverseMatch:
        return ""


def secrets() -> tuple[Secret, ...]:
    """The keys, without their values."""
    return (
        Secret(_("Client ID"), "CLIENT_ID", bool(settings.client_id)),
        Secret(_("Client secret"), "CLIENT_SECRET", bool(settings.client_secret)),
        Secret(_("Webhook verifier token"), "WEBHOOK_VERIFIER", bool(settings.webhook_verifier)),
    )


def problems(request: HttpRequest) -> tuple[Why, ...]:
    """What does not fit together, each with what to do."""
    found = (_unreachable(), _insecure(request), _mixed_up())
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
    """Intuit takes plain http for localhost with development keys only."""
    site = urlsplit(request.build_absolute_uri("/"))
    if (
        settings.intuit_base
        or site.scheme == "https"
        or (settings.environment, site.hostname)
        == (
            "sandbox",
            "localhost",
        )
    ):
        return None
    if settings.environment == "sandbox":
        fix = _("Open this site as http://localhost, or by https.")
    else:
        fix = _("Open this site by https; behind a proxy, have it pass X-Forwarded-Proto on.")
    return _problem(
        "not-https",
        _("Intuit will not take the redirect address above."),
        _("It wants https; plain http only for localhost, and only with development keys."),
        fix,
    )


def _mixed_up() -> Why | None:
    """Production keys with sandbox companies, or the other way round."""
    if settings.intuit_base:
        return None
    others = Connection.objects.filter(edition="online").exclude(environment=settings.environment)
    names = ", ".join(others.order_by("name").values_list("name", flat=True)[:5])
    if not names:
        return None
    return _problem(
        "environment",
        _("These connections belong to Intuit's other environment: %(names)s.") % {"names": names},
        _("The keys are for %(one)s; a company of the other world refuses them.") % {"one": settings.environment},
        _("Set ENVIRONMENT and the keys to match, or change the environment on the connection before connecting it."),
    )
