"""Where Intuit sends people by its own pages: after Disconnect there, to launch the app, to
reconnect, to sign out.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from quicksync.exceptions import ConfigurationError, TryLater
from quicksync.models import Connection
from quicksync.quickbooks.loading import signing_in
from quicksync.quickbooks.online.transport import addresses
from quicksync.redaction import covered
from quicksync.sync.actions import connect
from quicksync.web.places import admin_site, login_page, page_of, staff_only

PERMISSION = "quicksync.connect_connection"
# Without the company's id each live connection is asked; sites with more wait for their next run.
MOST_ASKED = 10
GONE = gettext_noop(
    "The app no longer has access to the company in QuickBooks. Records stay as"
    " they are on both sides."
)


@transaction.non_atomic_requests
@covered
@never_cache
@require_GET
def disconnected(request: HttpRequest) -> HttpResponse:
    """Somebody removed the app at Intuit (A6): QuickBooks is asked at once, and the connection says
    what is so.

    An address can be opened by anybody, so only its answer counts. Whoever may not connect reads
    what has happened.
    """
    if not (getattr(request.user, "is_staff", False) and request.user.has_perm(PERMISSION)):
        return _told(request)
    ended, trouble = [], False
    for connection in _meant(request).filter(status=Connection.Status.CONNECTED)[:MOST_ASKED]:
        try:
            if connect.ended_there(connection, user=request.user):
                ended.append(connection)
        except (TryLater, ConfigurationError):
            trouble = True
    for connection in ended:
        text = _(
            "%(connection)s was disconnected at Intuit. Pairs, settings and history are kept."
        ) % {"connection": connection}
        messages.warning(request, text)
    if trouble:
        text = _(
            "Intuit could not be reached just now. If a connection was removed there,"
            " this site will show it after the next run."
        )
        messages.warning(request, text)
    elif not ended:
        _nothing_new(request)
    return HttpResponseRedirect(page_of(ended[0] if len(ended) == 1 else _only(request)))


@never_cache
@require_GET
@staff_only
def launch(request: HttpRequest) -> HttpResponse:
    """Opened from QuickBooks' list of apps: the connection of the company that the person comes
    from.
    """
    connection = _only(request)
    if connection is None and request.GET.get("realmId"):
        text = _(
            "The company you come from is not connected here yet. Add a connection for"
            " it, then press Connect."
        )
        messages.info(request, text)
    return HttpResponseRedirect(page_of(connection))


@never_cache
@require_GET
@staff_only
def reconnect(request: HttpRequest) -> HttpResponse:
    """Sent by Intuit because the access is about to end: one click renews it (A16)."""
    connection = _only(request)
    if connection is None:
        messages.info(
            request, _("Open the connection whose access you want to renew, and press Reconnect.")
        )
        return HttpResponseRedirect(page_of(None))
    messages.info(
        request, _("Press Reconnect to renew the access: syncing continues where it stopped.")
    )
    return HttpResponseRedirect(page_of(connection) + "#qs-reconnect")


@require_GET
def sign_out(request: HttpRequest) -> HttpResponse:
    """To Intuit's own sign-out (A7), so that somebody else can log in there. No connection changes
    by it.
    """
    return HttpResponseRedirect(addresses.sign_out())


def _told(request: HttpRequest) -> HttpResponse:
    """What a person without an account here reads, and where those with one go on."""
    site = admin_site()
    if site is None:
        return HttpResponse(_(GONE), content_type="text/plain")
    login = redirect_to_login(request.get_full_path(), login_page() or None)
    context = {
        **site.each_context(request),
        "title": _("Disconnected at Intuit"),
        "login_url": login["Location"],
    }
    return TemplateResponse(request, "quicksync/disconnected.html", context)


def _nothing_new(request: HttpRequest) -> None:
    connection = _only(request)
    if connection is None or connection.is_live:
        text = _("Nothing was disconnected: this site still has access to QuickBooks.")
    else:
        text = _(
            "This site no longer has access to %(connection)s in QuickBooks. Press"
            " Reconnect to continue; nothing was lost."
        ) % {"connection": connection}
    messages.info(request, text)


def _meant(request: HttpRequest) -> QuerySet[Connection]:
    """The connections of the company that Intuit names; all of them when it names none."""
    rows = Connection.objects.filter(edition__in=signing_in()).order_by("pk")
    realm = request.GET.get("realmId", "")
    return rows.filter(realm_id=realm) if realm else rows


def _only(request: HttpRequest) -> Connection | None:
    """The connection that is meant, when it can be but one: a live one before those of the past."""
    found = list(_meant(request)[:MOST_ASKED])
    live = [one for one in found if one.status in Connection.KEPT]
    chosen = live or found
    return chosen[0] if len(chosen) == 1 else None
