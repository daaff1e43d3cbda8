"""The control routes: state, reset, companies, faults, log, clock, edits, webhooks, consent,
disconnect, ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from quicksync.simulator.accounting import ledger, stock
from quicksync.simulator.accounting.clock import stamp
from quicksync.simulator.accounting.errors import ApiError, ControlError
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads, loads_doc
from quicksync.simulator.accounting.messages import Request, Response, json_response
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.company.company import Company
from quicksync.simulator.http import edits
from quicksync.simulator.planting.seeding import Spec
from quicksync.simulator.site.site import Site
from quicksync.simulator.site.webhooks import PATIENCE, RETRIES, Target

log = logging.getLogger("quicksync.simulator")
MOST_COPIES = 100_000
LONGEST_LEAP = 100 * 366 * 86400


def control(site: Site, request: Request) -> Response:
    """Answer a control route; what cannot be done is told in one sentence with status 400."""
    route = request.path.removeprefix("/_simulator/").strip("/")
    handler = ROUTES.get((request.method, route))
    if handler is None:
        known = ", ".join(f"{method} {name}" for method, name in ROUTES)
        return json_response({"error": f"No such control route. Known: {known}."}, 404)
    try:
        return json_response(handler(site, _sent(request), request.query))
    except ApiError as error:
        return json_response({"error": error.detail or error.message, "code": error.code}, 400)
    except ControlError as error:
        return json_response({"error": str(error)}, 400)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        log.info("control route failed", exc_info=True, extra={"action": "simulator.control"})
        return json_response({"error": f"{route}: a setting is missing or of the wrong kind."}, 400)


def _sent(request: Request) -> Any:
    try:
        sent = loads(request.body) if request.body else {}
        dumps(sent).encode()  # half of a surrogate pair could not be told again
        return sent
    except ValueError as error:
        raise ControlError("The body is not JSON.") from error


def company_of(site: Site, realm: Any) -> Company:
    """The company of a realm; without one, the first."""
    if not site.companies:
        raise ControlError("There is no company.")
    if not realm:
        return next(iter(site.companies.values()))
    if str(realm) not in site.companies:
        raise ControlError(f"There is no company {realm}.")
    return site.companies[str(realm)]


def _status(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    return site.status()


def _reset(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    site.reset()
    return site.status()


def _companies(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    sent = dict(sent)
    copies = int(sent.pop("copies", 0))
    if not 0 <= copies <= MOST_COPIES:
        raise ControlError(f"copies is a number up to {MOST_COPIES:,}.")
    company = site.open(Spec.read(sent))
    entry = site.entry(company)
    if copies:
        entry["copies"] = [site.entry(site.copy(company)) for _ in range(copies)]
    return entry


def _faults(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    return {"faults": site.mishaps.set(sent)}


def _no_faults(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    site.mishaps.clear()
    return {"faults": 0}


def _requests(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    return {"requests": site.log.since(int(query.get("since") or 0)), "count": site.log.count}


def _clock(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    seconds = float(sent.get("seconds") or 0) + 60 * float(sent.get("minutes") or 0)
    seconds += 3600 * float(sent.get("hours") or 0) + 86400 * float(sent.get("days") or 0)
    if not abs(seconds) <= LONGEST_LEAP:
        raise ControlError("The clock moves by a hundred years at most.")
    site.advance(seconds)
    site.webhooks.wake()
    return {"now": stamp(site.clock.now()), "offset_seconds": site.clock.offset}


def _edit(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    wanted = sent if isinstance(sent, list) else [sent]
    results = []
    for entry in wanted:
        with site.serving(company_of(site, entry.get("realm_id") or entry.get("realm"))) as company:
            results.append(edits.edit(company, entry))
    return {"results": results} if isinstance(sent, list) else results[0]


def _webhooks(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    form = str(sent.get("format") or "cloudevents")
    if form not in ("classic", "cloudevents"):
        raise ControlError("format is classic or cloudevents.")
    options = {**sent, **(sent.get("options") or {})}
    site.webhooks.set(
        Target(
            url=str(sent.get("url") or sent.get("address") or ""),
            verifier=str(sent.get("verifier_token") or sent.get("verifier") or Target.verifier),
            format=form,
            delay=float(options.get("delay") or 0),
            duplicate=bool(options.get("duplicate")),
            reorder=bool(options.get("reorder")),
            drop=int(options.get("drop") or 0),
            retries=tuple(float(pause) for pause in options.get("retries", RETRIES)),
            patience=float(options.get("patience") or PATIENCE),
        )
    )
    return {
        "url": site.webhooks.target.url,
        "format": form,
        "verifier_token": site.webhooks.target.verifier,
    }


def _deliveries(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    return {"deliveries": list(site.webhooks.sent)}


def _consent(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    mode = str(sent.get("mode") or "approve")
    if mode not in ("ask", "approve", "deny"):
        raise ControlError("mode is ask, approve or deny.")
    site.consent.mode = mode
    site.consent.realm = str(sent.get("realm_id") or sent.get("realm") or "")
    return {"mode": mode, "realm_id": site.consent.realm}


def _disconnect(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    realm = company_of(site, sent.get("realm_id") or sent.get("realm")).realm
    site.tokens.end(realm)
    # Whoever tests goes on looking into the company by the tokens in the status.
    site.fresh_tokens(realm)
    return {"realm_id": realm}


def _ledger(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    return ledger_of(company_of(site, query.get("realm")))


def ledger_of(company: Company) -> Doc:
    """Trial balance, what is open per name, and stock; home currency unless a currency stands
    beside an amount.
    """
    book = company.book
    with book.store.lock:
        rows = ledger.trial_balance(book)
        return {
            "realm_id": company.realm,
            "currency": book.home,
            "trial_balance": rows,
            "debits": sum((row["debit"] for row in rows), dec(0)),
            "credits": sum((row["credit"] for row in rows), dec(0)),
            "balanced": ledger.is_balanced(book),
            "open_invoices": _open(company, "Invoice", "CustomerRef"),
            "open_credits": _open(company, "CreditMemo", "CustomerRef"),
            "unapplied_payments": _open(company, "Payment", "CustomerRef"),
            "open_bills": _open(company, "Bill", "VendorRef"),
            "vendor_credits": _open(company, "VendorCredit", "VendorRef"),
            "stock": stock.stock_list(book),
        }


def _open(company: Company, name: str, key: str) -> list[Doc]:
    rows = company.store.all(
        "SELECT body FROM entity WHERE type=? AND balance<>0 ORDER BY party, id", name
    )
    names: dict[str, Doc] = {}
    for (body,) in rows:
        doc = loads_doc(body)
        party = doc.get(key) or {}
        balance = dec(doc.get("UnappliedAmt") if name == "Payment" else doc.get("Balance"))
        entry = names.setdefault(
            str(party.get("value")),
            {"id": party.get("value"), "name": party.get("name"), "open": dec(0), "documents": []},
        )
        entry["open"] += balance
        entry["documents"].append(
            {
                "id": doc["Id"],
                "number": doc.get("DocNumber", ""),
                "balance": balance,
                "total": dec(doc["TotalAmt"]),
                "currency": doc["CurrencyRef"]["value"],
            }
        )
    return list(names.values())


def _counts(site: Site, sent: Any, query: dict[str, str]) -> Doc:
    company = company_of(site, query.get("realm"))
    return {
        "links": company.store.one("SELECT count(*) FROM link"),
        "entities": dict(company.store.all("SELECT type, count(*) FROM entity GROUP BY type")),
    }


Handler = Callable[[Site, Any, dict[str, str]], Doc]
ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "status"): _status,
    ("POST", "reset"): _reset,
    ("POST", "companies"): _companies,
    ("POST", "faults"): _faults,
    ("DELETE", "faults"): _no_faults,
    ("GET", "requests"): _requests,
    ("POST", "clock"): _clock,
    ("POST", "edit"): _edit,
    ("POST", "webhooks"): _webhooks,
    ("GET", "webhooks"): _deliveries,
    ("POST", "consent"): _consent,
    ("POST", "disconnect"): _disconnect,
    ("GET", "ledger"): _ledger,
    ("GET", "counts"): _counts,
}
