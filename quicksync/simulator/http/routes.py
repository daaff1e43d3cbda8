"""From an address to what answers it, with the faults that were asked for in between."""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid

from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.accounting.messages import Request, Response, json_response, text_response
from quicksync.simulator.http import oauth, uploads
from quicksync.simulator.http.control import control
from quicksync.simulator.http.gateway import company_api, refusal, throttled
from quicksync.simulator.site import spoiled
from quicksync.simulator.site.site import Site

log = logging.getLogger("quicksync.simulator")
_EXACT = {
    "/connect/oauth2": oauth.authorize,
    "/oauth2/v1/tokens/bearer": oauth.token,
    "/v2/oauth2/tokens/revoke": oauth.revoke,
    "/app/sign-out": oauth.sign_out,
    "/op/v1/jwks": oauth.jwks,
    "/v1/openid_connect/userinfo": oauth.userinfo,
    "/.well-known/openid_configuration": oauth.discover,
    "/.well-known/openid_sandbox_configuration": oauth.discover,
}
_ERROR_PAGE = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>The service is"
    " unavailable.</p></body></html>"
)


def respond(site: Site, request: Request) -> Response:
    """The answer to any request, written into the log."""
    started = time.perf_counter()
    effects = site.mishaps.effects(request)
    if effects.get("latency_ms"):
        time.sleep(float(effects["latency_ms"]) / 1000)
    response = _before(site, request, effects) or _route(site, request)
    if "spoil" in effects:
        response = spoiled.spoil(response, effects["spoil"])
    if effects.get("drop_after_commit"):
        response = Response(response.status, response.body, drop=True)
    response.headers.setdefault("intuit_tid", f"1-{uuid.uuid4()}")
    response.headers.setdefault("x-spanid", str(uuid.uuid4()))
    seconds = time.perf_counter() - started
    if request.path.startswith("/v3/"):
        response.headers.setdefault("qbo-version", "1978.174")
        response.headers.setdefault("service-time", f"total={seconds * 1000:.0f}, db=0")
        response.headers.setdefault(
            "cache-control", "max-age=0, no-cache, no-store, must-revalidate, private"
        )
    if not request.path.startswith("/_simulator"):
        site.log.add(request, response, site.clock.now(), seconds)
    return response


def _company_api(site: Site, request: Request) -> Response:
    try:
        return company_api(site, request)
    except (
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        AssertionError,
        sqlite3.Error,
    ):
        # A fault of the simulator itself must look like one of the service, and be found in the
        # log.
        log.exception("request failed", extra={"action": "simulator.fault"})
        return refusal(site, request, ApiError(10000, status=500))


def _file(site: Site, request: Request) -> Response:
    realm, _, id_ = request.path.removeprefix("/files/").partition("/")
    if realm not in site.companies or not id_.isdigit():
        return json_response({"error": "No such file."}, 404)
    return uploads.file(site.companies[realm], request, id_)


def _before(site: Site, request: Request, effects: Doc) -> Response | None:
    """An answer that a fault gives in place of the real one."""
    if effects.get("drop_before"):
        return Response(0, drop=True)
    if effects.get("throttle"):
        site.limits.throttled += 1
        return throttled(site, request)
    if effects.get("invalid_grant"):
        return json_response(
            {"error_description": "Incorrect or invalid refresh token", "error": "invalid_grant"},
            400,
        )
    if effects.get("maintenance"):
        fault = ApiError(
            150,
            "CompanyUnderMaintenance: the company is under maintenance, statusCode: 503",
            message="Company Under Maintenance",
            status=503,
            kind="SystemFault",
        )
        return refusal(site, request, fault)
    if effects.get("html_error_page"):
        status = int(effects.get("status") or 502)
        return text_response(_ERROR_PAGE.format(f"{status} Bad Gateway"), status, "text/html")
    if effects.get("status"):
        return _canned(site, request, effects)
    return None


def _canned(site: Site, request: Request, effects: Doc) -> Response:
    status, body = int(effects["status"]), effects.get("body")
    if body is None:
        fault = ApiError(
            10000, "An application error has occurred while processing your request", status=status
        )
        return refusal(site, request, fault)
    text = body if isinstance(body, str) else dumps(body)
    return text_response(
        text, status, str(effects.get("content_type") or "application/json;charset=utf-8")
    )


def _route(site: Site, request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    if path.startswith("/_simulator"):
        return control(site, request)
    if path.startswith("/v3/company/"):
        return _company_api(site, request)
    if path.startswith("/files/"):
        return _file(site, request)
    handler = _EXACT.get(path)
    if handler is not None:
        return handler(site, request)
    if path == "/":
        return text_response(
            "<!doctype html><title>QuickBooks Online simulator</title><h1>QuickBooks Online"
            ' simulator</h1><p>It runs. See <a href="/_simulator/status">its status</a>.</p>',
            200,
            "text/html; charset=utf-8",
        )
    return json_response({"error": f"Nothing is served at {path}."}, 404)
