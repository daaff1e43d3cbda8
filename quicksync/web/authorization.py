"""Connecting a company in the browser: to Intuit, and back to the connection's admin page (A1, A4,
A5, A8).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from quicksync.exceptions import (
    AccessLost,
    Busy,
    ConnectionTrouble,
    NotAllowed,
    QuicksyncError,
    TryLater,
)
from quicksync.local import pages
from quicksync.models import Connection
from quicksync.quickbooks.loading import edition_for, is_direct, trouble_with
from quicksync.quickbooks.messages import Remote
from quicksync.quickbooks.online.transport.oauth import tokens_from
from quicksync.quickbooks.port import Account, DirectEdition, Tokens
from quicksync.redaction import covered
from quicksync.sync.access import app_keys
from quicksync.sync.access.meter import Meter
from quicksync.sync.actions import connect as connecting
from quicksync.sync.company.known import payload_of
from quicksync.web.places import page_of, staff_only
from quicksync.web.provider import ConnectAdapter

PERMISSION = "quicksync.connect_connection"
# Session key: for which connection this browser was last sent to Intuit; it only chooses the page
# to come back to.
BEGUN = "quicksync_connecting"
# The admin site whose Connect was pressed: that is where the person comes back to.
SITE = "quicksync_site"


@transaction.non_atomic_requests
@covered
@never_cache
@require_POST
@staff_only
@permission_required(PERMISSION, raise_exception=True)
def connect(request: HttpRequest) -> HttpResponse:
    """Send the person to Intuit to choose a company for the connection whose id was posted."""
    given = request.POST.get("connection", "")
    request.session[SITE] = request.GET.get("site", "")
    connection = get_object_or_404(Connection, pk=int(given) if given.isdecimal() else 0)
    if problem := _not_ready(connection):
        return _back(request, connection, messages.ERROR, problem)
    request.session[BEGUN] = connection.pk
    provider = ConnectAdapter(request, app_keys.keys_for(connection.environment)).get_provider()
    answer: HttpResponse = provider.redirect(
        request,
        process=AuthProcess.CONNECT,
        data={"connection": connection.pk, "user": str(request.user.pk)},
    )
    return answer


@transaction.non_atomic_requests
@covered
@never_cache
@require_GET
@staff_only
@permission_required(PERMISSION, raise_exception=True)
def callback(request: HttpRequest) -> HttpResponse:
    """Intuit sent the person back: keep the access, or say on the connection's page why not."""
    connection = _started_for(request)
    if connection is None:
        return _back(
            request,
            Connection.objects.filter(pk=request.session.get(BEGUN, 0)).first(),
            messages.ERROR,
            _(
                "This link back from Intuit has been used before, is more than ten minutes"
                " old, or was not started in this browser. Nothing was changed; press Connect"
                " or Reconnect to start again."
            ),
        )
    try:
        company = _take(request, connection)
    except QuicksyncError as error:
        return _back(request, connection, messages.ERROR, str(error))
    text = _("Connected to %(company)s. Its accounts, tax codes and terms are being read now.") % {
        "company": company or _("the company")
    }
    return _back(request, connection, messages.SUCCESS, text)


def _not_ready(connection: Connection) -> str:
    """Why a person cannot be sent to Intuit yet; "" when nothing is in the way."""
    if trouble := trouble_with(connection.edition):
        return trouble
    can = edition_for(connection.edition).can
    if not can.signs_in:
        return _("%(edition)s is connected without signing in at Intuit.") % {"edition": can.title}
    if app_keys.keys_for(connection.environment):
        return ""
    others = sorted(app_keys.keyed())
    if not others:
        return _(
            "The keys of your app at Intuit are missing. Enter them on Set-up, then"
            " press Connect again."
        )
    return _(
        "The app keys belong to Intuit's %(other)s environment, this"
        " connection to %(environment)s. Enter the keys for %(environment)s on"
        " Set-up, or change the connection's environment; then press Connect"
        " again."
    ) % {"other": others[0], "environment": connection.environment}


def _started_for(request: HttpRequest) -> Connection | None:
    """The connection for which this very browser session was sent to Intuit; each state counts
    once.
    """
    try:
        state = (
            ConnectAdapter(request)
            .get_provider()
            .unstash_redirect_state(request, request.GET.get("state", ""))
        )
    except PermissionDenied:
        return None
    data = state["data"]
    if data["user"] != str(request.user.pk):
        return None
    return Connection.objects.filter(pk=data["connection"]).first()


@sensitive_variables()
def _take(request: HttpRequest, connection: Connection) -> str:
    """Exchange the code and connect; returns the company's name. Raises QuicksyncError with the
    sentence to show.
    """
    if "error" in request.GET or "code" not in request.GET:
        _denied(request.GET.get("error", ""))
    realm = request.GET.get("realmId", "")
    if not realm.isdecimal():
        raise NotAllowed(
            _("Intuit did not say which company you chose. Press Connect again and choose one.")
        )
    tokens = _tokens(ConnectAdapter(request, app_keys.keys_for(connection.environment)))
    company = _served(connection, tokens, realm)
    try:
        connecting.connected(connection, tokens, realm, user=request.user)
    except Busy:
        pass  # connected again while a run is at work, which goes on with the new access
    except NotAllowed:
        connecting.give_back(connection, tokens, realm)
        raise
    return str(company.get("company_name") or "")


def _denied(error: str) -> NoReturn:
    if error == "access_denied":
        raise NotAllowed(
            _(
                "Nothing was connected: access was not granted at Intuit. Press Connect"
                " to try again."
            )
        )
    raise NotAllowed(
        _(
            "Intuit sent you back without access (“%(reason)s”). Press Connect"
            " again; if it happens again, check the redirect address in Intuit's"
            " developer portal."
        )
        % {"reason": error[:60] or _("no reason given")}
    )


@sensitive_variables()
def _tokens(adapter: ConnectAdapter) -> Tokens:
    try:
        return tokens_from(adapter.exchange())
    except OAuth2Error as error:
        if "invalid_client" in str(error):
            raise NotAllowed(
                _(
                    "Nothing was connected: Intuit does not know the app keys. Test them on"
                    " Set-up, then press Connect again."
                )
            ) from error
        raise NotAllowed(
            _("Intuit did not accept its own code; it may be too old. Press Connect again.")
        ) from error
    except RequestException as error:
        raise TryLater(
            _("Intuit could not be reached just now. Press Connect again in a minute.")
        ) from error


@sensitive_variables()
def _served(connection: Connection, tokens: Tokens, realm: str) -> dict[str, Any]:
    """What the company says of itself, or NotAllowed for one that cannot be served (A3); nothing
    where we cannot ask.
    """
    edition = edition_for(connection.edition)
    if not is_direct(edition):
        return {}
    told = {
        remote.type: [plain]
        for remote in _set_up(connection, edition, tokens, realm)
        if (plain := payload_of(remote.payload)) is not None
    }
    company = dict(edition.company_facts(told)) if told else {}
    if company.get("self_employed"):
        raise NotAllowed(
            _(
                "%(company)s uses QuickBooks Self-Employed, which offers no access for"
                " other systems. A company on Simple Start or higher can be connected."
            )
            % {"company": company.get("company_name") or _("This company")}
        )
    return company


@sensitive_variables()
def _set_up(
    connection: Connection, edition: DirectEdition, tokens: Tokens, realm: str
) -> Sequence[Remote]:
    """The records of its set-up, by the very access that was granted. Raises NotAllowed when the
    company refuses it.

    QuickBooks being out of order for a moment is no reason to refuse: everything is read again
    soon.
    """
    account = Account(
        realm=realm,
        environment=connection.environment,
        token=lambda: tokens.access,
        renew=lambda _: tokens.access,
        window=connection.clock.limiter,
    )
    wire = edition.open(account)
    meter = Meter(connection.pk, wire)
    try:
        read = edition.reads((), "")[0]
        return edition.read_reply(read, wire.send(edition.read_request(read, "connect"))).remotes
    except AccessLost as error:
        raise NotAllowed(
            _(
                "Intuit granted access, but the company refuses it. Usually the app keys"
                " belong to the other environment (production or sandbox; Set-up names both),"
                " or the person may not administer this company."
            )
        ) from error
    except ConnectionTrouble:
        return ()
    finally:
        # This call counts too, and the first run begins within the same second.
        meter.save()
        wire.close()


def _back(
    request: HttpRequest, connection: Connection | None, level: int, text: str
) -> HttpResponseRedirect:
    with pages.on(request.session.get(SITE, "")):
        messages.add_message(request, level, _leading_to_set_up(text))
        return HttpResponseRedirect(page_of(connection))


def _leading_to_set_up(text: str) -> str:
    """The sentence, its "Set-up" a link to that page."""
    before, found, after = text.partition("Set-up")
    if not found:
        return text
    return format_html(
        '{}<a href="{}">{}</a>{}', before, pages.url("quicksync_connection_setup"), found, after
    )
