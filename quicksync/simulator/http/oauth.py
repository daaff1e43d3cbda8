"""OAuth 2.0 as Intuit speaks it: consent, code, refresh, revoke, and who signed in."""

from __future__ import annotations

import base64
import binascii
import html
from urllib.parse import urlencode

from quicksync.simulator.accounting.jsontext import Doc, loads
from quicksync.simulator.accounting.messages import Request, Response, json_response, text_response
from quicksync.simulator.site.openid import PERSON, discovery
from quicksync.simulator.site.site import Site
from quicksync.simulator.site.tokens import GrantError, Pair

ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = frozenset(
    (
        ACCOUNTING,
        "com.intuit.quickbooks.payment",
        "openid",
        "profile",
        "email",
        "phone",
        "address",
        "intuit_name",
        "project-management.project",
        "app-foundations.custom-field-definitions",
        "app-foundations.custom-field-definitions.read",
        "payroll.compensation.read",
        "com.intuit.quickbooks.payroll",
        "com.intuit.quickbooks.payroll.timetracking",
        "indirect-tax.tax-calculation.quickbooks",
    )
)


def discover(site: Site, request: Request) -> Response:
    """The discovery document, production and sandbox alike."""
    return json_response(discovery(base_of(request)))


def base_of(request: Request) -> str:
    """The address the client reached the simulator at."""
    return f"{request.headers.get('x-forwarded-proto', 'http')}://{request.host}"


def authorize(site: Site, request: Request) -> Response:
    """Ask for consent in the browser, or answer at once when a control route said so."""
    query = request.form if request.method == "POST" else request.query
    problem = _problem(site, query)
    if problem:
        return text_response(
            _page("Sorry, but something went wrong", f"<p>{html.escape(problem)}</p>"),
            400,
            "text/html; charset=utf-8",
        )
    if query.get("scope") and not set(query["scope"].split()) <= SCOPES:
        return _back(query, {"error": "invalid_scope"})
    mode = query.get("decision") or site.consent.mode
    if mode == "deny":
        return _back(query, {"error": "access_denied"})
    if mode == "approve":
        return _approve(site, query)
    return text_response(_consent_page(site, query), 200, "text/html; charset=utf-8")


def _problem(site: Site, query: dict[str, str]) -> str:
    if query.get("client_id") != site.client_id:
        return "The client_id query parameter value is invalid."
    if query.get("response_type") != "code":
        return "The response_type query parameter is missing or not supported."
    if not query.get("redirect_uri", "").startswith(("http://", "https://")):
        return "The redirect_uri query parameter value is invalid."
    return "" if query.get("scope") else "The scope query parameter is missing."


def _approve(site: Site, query: dict[str, str]) -> Response:
    realm = query.get("realm_id") or site.consent.realm or next(iter(site.companies), "")
    code = site.tokens.code(realm, query["scope"], query["redirect_uri"], query.get("nonce", ""))
    answer = {"code": code}
    if any(scope.startswith("com.intuit.quickbooks") for scope in query["scope"].split()):
        answer["realmId"] = realm
    return _back(query, answer)


def _back(query: dict[str, str], answer: dict[str, str]) -> Response:
    if query.get("state"):
        answer["state"] = query["state"]
    target = query["redirect_uri"]
    sign = "&" if "?" in target else "?"
    return Response(
        302, b"", "text/html; charset=utf-8", {"Location": f"{target}{sign}{urlencode(answer)}"}
    )


def _consent_page(site: Site, query: dict[str, str]) -> str:
    keep = "".join(
        f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
        for key, value in query.items()
    )
    options = "".join(
        '<label><input type="radio" name="realm_id"'
        f' value="{realm}"{" checked" if position == 0 else ""}> '
        f"{html.escape(company.book.info['CompanyName'])} <small>{realm}</small></label>"
        for position, (realm, company) in enumerate(site.companies.items())
    )
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in query["scope"].split())
    return _page(
        "Connect your company",
        f'<form method="post" action="/connect/oauth2">{keep}<fieldset><legend>Which'
        f" company?</legend>{options}</fieldset><p>The application asks"
        f' for:</p><ul>{scopes}</ul><button name="decision" value="approve">Connect</button>'
        ' <button name="decision" value="deny" class="plain">Cancel</button></form>',
    )


_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}
body{color:#393a3d}
label{display:block;padding:.4rem 0}
button{background:#108000;color:#fff;border:0;border-radius:4px;padding:.7rem 1.4rem;font:inherit}
button{cursor:pointer}
button.plain{background:#fff;color:#393a3d;border:1px solid #8d9096}
fieldset{border:1px solid #d4d7dc;border-radius:4px}
small{color:#6b6c72}
"""


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style><h1>{title}</h1>{body}'
        "<p><small>QuickBooks Online simulator: nothing leaves this machine.</small></p></html>"
    )


def _client_ok(site: Site, request: Request, form: Doc) -> bool:
    given = request.headers.get("authorization", "")
    if given.lower().startswith("basic "):
        try:
            text = base64.b64decode(given[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return text == f"{site.client_id}:{site.client_secret}"
    return (form.get("client_id"), form.get("client_secret")) == (
        site.client_id,
        site.client_secret,
    )


def token(site: Site, request: Request) -> Response:
    """Code for tokens, or refresh."""
    if request.method != "POST":
        return json_response({"error": "invalid_request"}, 400)
    form = request.form
    if not _client_ok(site, request, form):
        return json_response({"error": "invalid_client"}, 401)
    try:
        if form.get("grant_type") == "authorization_code":
            pair, nonce = site.tokens.exchange(form.get("code", ""), form.get("redirect_uri", ""))
            return _pair(site, request, pair, nonce, signed=True)
        if form.get("grant_type") == "refresh_token":
            return _pair(
                site, request, site.tokens.refresh(form.get("refresh_token", "")), "", signed=False
            )
    except GrantError as error:
        return json_response({"error_description": str(error), "error": "invalid_grant"}, 400)
    return json_response(
        {"error": "unsupported_grant_type" if form.get("grant_type") else "invalid_request"}, 400
    )


def _pair(site: Site, request: Request, pair: Pair, nonce: str, *, signed: bool) -> Response:
    answer: Doc = {
        "x_refresh_token_expires_in": pair.refresh_seconds,
        "refresh_token": pair.refresh,
        "access_token": pair.access,
        "token_type": "bearer",
        "expires_in": pair.access_seconds,
    }
    if request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true":
        answer["x_refresh_token_hard_expires_in"] = pair.hard_seconds
    if signed and "openid" in pair.scope.split():
        answer["id_token"] = site.signer.id_token(
            site.client_id, pair.realm, site.clock.now(), nonce
        )
    return json_response(answer, cache_control="no-cache, no-store")


def revoke(site: Site, request: Request) -> Response:
    """End a connection."""
    try:
        sent = (
            loads(request.body)
            if request.headers.get("content-type", "").startswith("application/json")
            else None
        )
    except ValueError:
        return json_response({"error": "invalid_request"}, 400)
    form = sent if isinstance(sent, dict) else request.form
    if not _client_ok(site, request, form):
        return json_response({"error": "invalid_client"}, 401)
    if not site.tokens.revoke(str(form.get("token", ""))):
        return json_response({"error": "invalid_request"}, 400)
    return Response(200)


def sign_out(site: Site, request: Request) -> Response:
    """Where people sign out of Intuit; connections are another matter and stay."""
    page = _page("You have signed out", "<p>Connections of companies stay as they are.</p>")
    return text_response(page, 200, "text/html; charset=utf-8")


def jwks(site: Site, request: Request) -> Response:
    """The public keys."""
    return json_response(site.signer.jwks())


def userinfo(site: Site, request: Request) -> Response:
    """The person behind an access token."""
    found = site.tokens.find(request.headers.get("authorization", "")[7:])
    if (
        found is None
        or found.kind != "access"
        or found.expires < site.clock.now()
        or "openid" not in found.scope
    ):
        return json_response(
            {"error": "invalid_token"},
            401,
            WWW_Authenticate='Bearer realm="Intuit", error="invalid_token"',
        )
    return json_response(PERSON)
