"""The company API: from path and method to an operation of the company."""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator import reports
from quicksync.simulator.accounting.entities import Entity, find_entity
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.accounting.messages import Request, Response, json_response, text_response
from quicksync.simulator.company import delivery
from quicksync.simulator.company.company import Company
from quicksync.simulator.http import uploads
from quicksync.simulator.rules import recurring
from quicksync.simulator.rules.documents import rates, taxservice
from quicksync.simulator.rules.validate import numeric, parse_body


def serve(company: Company, request: Request, parts: list[str]) -> Response:
    """Answer one request; refusals are raised as ApiError."""
    head = parts[0].lower() if parts else ""
    special = _SPECIAL.get((request.method, head))
    if special is not None:
        return special(company, request, parts)
    entity = find_entity(head)
    if entity is None or entity.path != head:
        raise unsupported(request)
    return _entity(company, request, entity, parts)


def _entity(company: Company, request: Request, entity: Entity, parts: list[str]) -> Response:
    """One entity: read, write, send, print."""
    if len(parts) == 3:
        return _deliver(company, request, entity, parts)
    if request.method == "GET" and len(parts) == 2:
        text = company.read(entity, parts[1])
        if entity.name == "Attachable":
            text = uploads.with_address(company, text, request)
        elif entity.name == "Invoice" and "invoicelink" in request.query.get("include", "").lower():
            text = delivery.with_link(company.book, text, request.host)
        return text_response(text)
    if request.method == "GET" and len(parts) == 1 and entity.group == "single":
        return text_response(company.read(entity, "1"))
    if request.method == "POST" and len(parts) == 1:
        return text_response(company.write(entity, _body(request), request.query))
    raise unsupported(request)


def _deliver(company: Company, request: Request, entity: Entity, parts: list[str]) -> Response:
    book, (_, id_, action) = company.book, parts
    if request.method == "GET" and action == "pdf":
        numeric(id_)
        return Response(200, delivery.pdf(book, entity, id_), "application/pdf")
    if request.method != "POST" or action != "send":
        raise unsupported(request)
    numeric(id_)
    with book.transaction():
        doc = delivery.send(book, entity, id_, request.query.get("sendTo", ""))
    return text_response(company.envelope(f'"{entity.name}":{dumps(doc)}'))


def _upload(company: Company, request: Request, parts: list[str]) -> Response:
    return uploads.upload(company, request)


def _download(company: Company, request: Request, parts: list[str]) -> Response:
    return uploads.download(company, request, parts[1] if len(parts) > 1 else "")


def _tax_service(company: Company, request: Request, parts: list[str]) -> Response:
    if parts[1:] != ["taxcode"]:
        raise unsupported(request)
    with company.book.transaction():
        return json_response(taxservice.create_code(company.book, _body(request)))


def _rate(company: Company, request: Request, parts: list[str]) -> Response:
    doc = rates.read(company.book, request.query)
    return text_response(company.envelope(f'"ExchangeRate":{dumps(doc)}'))


def _set_rate(company: Company, request: Request, parts: list[str]) -> Response:
    with company.book.transaction():
        doc = rates.write(company.book, _body(request))
    return text_response(company.envelope(f'"ExchangeRate":{dumps(doc)}'))


def _recurring(company: Company, request: Request, parts: list[str]) -> Response:
    sent = _body(request)
    with company.book.transaction():
        act = recurring.delete if request.query.get("operation") == "delete" else recurring.save
        doc = act(company.book, sent)
    return text_response(company.envelope(f'"RecurringTransaction":{dumps(doc)}'))


def _query(company: Company, request: Request, parts: list[str]) -> Response:
    return text_response(company.query(_statement(request)))


def _batch(company: Company, request: Request, parts: list[str]) -> Response:
    return text_response(company.batch(_body(request), request.query))


def _changes(company: Company, request: Request, parts: list[str]) -> Response:
    query = request.query
    return text_response(company.changes(query.get("entities", ""), query.get("changedSince", "")))


def _report(company: Company, request: Request, parts: list[str]) -> Response:
    doc = reports.report(company.book, parts[1] if len(parts) > 1 else "", request.query)
    return json_response(doc)


_SPECIAL: dict[tuple[str, str], Callable[[Company, Request, list[str]], Response]] = {
    ("GET", "query"): _query,
    ("POST", "query"): _query,
    ("POST", "batch"): _batch,
    ("GET", "cdc"): _changes,
    ("POST", "upload"): _upload,
    ("GET", "download"): _download,
    ("POST", "taxservice"): _tax_service,
    ("GET", "exchangerate"): _rate,
    ("POST", "exchangerate"): _set_rate,
    ("POST", "recurringtransaction"): _recurring,
    ("GET", "reports"): _report,
}


def _statement(request: Request) -> str:
    if request.method == "POST":
        text = request.body.decode("utf-8", "replace") or request.query.get("query", "")
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            text = request.form.get("query", text)
    else:
        text = request.query.get("query", "")
    return text


def _body(request: Request) -> Doc:
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind not in ("application/json", "text/json", ""):
        raise ApiError(1050, f"Invalid Content Type : {kind}", status=415)
    return parse_body(request.body)


def unsupported(request: Request) -> ApiError:
    """A path or an operation that does not exist."""
    return ApiError(
        500,
        f"Operation Could not find resource for relative : {request.path} of full path: "
        f"https://{request.host}{request.path} is not supported.",
    )
