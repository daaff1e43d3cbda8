"""What stands before the company API: tokens, limits, content types, how faults are dressed."""

from __future__ import annotations

from quicksync.simulator.accounting.clock import envelope_stamp
from quicksync.simulator.accounting.errors import ApiError, gateway_body, xml_fault
from quicksync.simulator.accounting.jsontext import dumps
from quicksync.simulator.accounting.messages import Request, Response, json_response, text_response
from quicksync.simulator.http.api import serve
from quicksync.simulator.site.site import Site

THROTTLED = "message=ThrottleExceeded; errorCode=003001; statusCode=429"


def company_api(site: Site, request: Request) -> Response:
    """Everything under `/v3/company/<realm>`."""
    parts = [part for part in request.path.split("/") if part][2:]
    realm = parts[0] if parts else ""
    refused = _authorize(site, request, realm)
    if refused is not None:
        return refused
    write = request.method == "POST" and parts[1:2] not in (["query"], [])
    kind = parts[1] if parts[1:2] in (["batch"], ["reports"]) else ""
    if site.limits.count(realm, kind, site.clock.now(), write=write):
        return throttled(site, request)
    try:
        _check_accept(site, request)
        with site.serving(site.companies[realm]) as company:
            return serve(company, request, parts[1:])
    except ApiError as error:
        return refusal(site, request, error)


def refusal(site: Site, request: Request, error: ApiError) -> Response:
    """A fault in its envelope."""
    when = envelope_stamp(site.clock.now())
    if wants_xml(site, request):
        text = xml_fault(str(error.code), error.message, error.detail, error.kind, when)
        return text_response(text, error.status, "application/xml")
    body = {"Fault": error.fault()}
    # The recorded answer to a malformed id carries no time.
    response = json_response(body if error.code == 2030 else {**body, "time": when}, error.status)
    response.content_type = "application/json"  # recorded without a charset
    return response


def wants_xml(site: Site, request: Request) -> bool:
    """Whether the service would answer in XML, which is what it does unless JSON is asked for."""
    accept = request.headers.get("accept", "")
    if "json" in accept or request.path.endswith("/pdf") or "/download/" in request.path:
        return False
    return "xml" in accept or site.options.switches.without_accept == "refuse"


def _check_accept(site: Site, request: Request) -> None:
    """Only faults are built in XML here: better a plain refusal than JSON where the service would
    not send it.
    """
    if wants_xml(site, request):
        sentence = (
            "Without Accept: application/json the service answers in XML, and this simulator in"
            " JSON only."
        )
        raise ApiError(1050, sentence, status=406)


def throttled(site: Site, request: Request) -> Response:
    """429: too many requests."""
    detail = "The request limit was reached.  Try again later"
    when = envelope_stamp(site.clock.now())
    if wants_xml(site, request):
        return text_response(
            xml_fault("3001", THROTTLED, detail, "SERVICE", when), 429, "application/xml"
        )
    fault = {"Error": [{"Message": THROTTLED, "Detail": detail, "code": "3001"}], "type": "SERVICE"}
    return json_response({"Fault": fault, "time": when}, 429)


def _authorize(site: Site, request: Request, realm: str) -> Response | None:
    given = request.headers.get("authorization", "")
    value = given[7:].strip() if given.lower().startswith("bearer ") else ""
    if not value:
        return _denied(site, request, "EmptyField", "3202", "Authorization header missing")
    token = site.tokens.find(value)
    if token is None or token.kind != "access":
        return _denied(
            site, request, "AuthenticationFailed", "3200", f"Token invalid: {value[:8]}..."
        )
    if token.expires < site.clock.now():
        return _denied(
            site, request, "AuthenticationFailed", "3200", f"Token expired: {value[:8]}..."
        )
    if token.realm != realm or realm not in site.companies or "accounting" not in token.scope:
        word = "ApplicationAuthorizationFailed"
        return _denied(site, request, word, "3100", word, 403)
    return None


def _denied(
    site: Site, request: Request, word: str, code: str, detail: str, status: int = 401
) -> Response:
    message = f"message={word}; errorCode=00{code}; statusCode={status}"
    kind = "AUTHENTICATION" if status == 401 else "SERVICE"
    if wants_xml(site, request):
        text = xml_fault(code, message, detail, kind, envelope_stamp(site.clock.now()))
        response = text_response(text, status, "application/xml")
    else:
        response = text_response(
            dumps(gateway_body(code, message, detail, kind, int(site.clock.now() * 1000))), status
        )
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return response
