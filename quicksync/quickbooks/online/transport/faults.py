"""What QuickBooks' faults mean: one closed table of codes, one of texts; what is in neither goes to
a person.

Each row answers one question first: is it certain that nothing was done? Where it is not, the fate
is UNKNOWN or LOOK, and the operation keeps its parcel and its request id. All other rows are
refusals before anything was written.

Sources in the comments: "codes" is Intuit's published list of error codes, "seen" are recorded
answers of the service or of its gateway, "users" are reports of integrators.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import msgspec

from quicksync.exceptions import (
    AccessExpired,
    AccessLost,
    AppRefused,
    ConnectionTrouble,
    Throttled,
    TryLater,
)
from quicksync.quickbooks.messages import Fate, Fault, WireReply
from quicksync.quickbooks.online.payloads import exact_json

THROTTLE_SECONDS = 60
"""How long Intuit asks to wait after its limit was passed."""

_TABLE: dict[Fate, dict[str, str]] = {
    Fate.REFRESH: {
        "110": "no-access",  # codes: OAuth error
        "3200": "no-access",  # seen: "Token expired"
        "3202": "no-access",  # codes: token missing
    },
    Fate.RECONNECT: {
        "100": "no-access",  # users: the token belongs to another company
        "120": "no-access",  # codes: the person who connected lost access to the company
        "140": "no-access",  # codes: company locked out
        "3100": "no-access",  # users: disconnected, wrong environment, wrong scope
    },
    Fate.WAIT: {
        "3001": "throttled",  # seen: limit passed
    },
    # Told inside QuickBooks, where the write may be done all the same.
    Fate.UNKNOWN: {
        "130": "quickbooks-down",  # codes: wrong cluster
        "150": "quickbooks-down",  # codes: company under maintenance
        "10000": "quickbooks-down",  # codes: a failure inside QuickBooks
    },
    Fate.LOOK: {
        "600": "outcome-unknown",  # codes: request id used before, and its answer not kept
    },
    Fate.REPLAN: {
        "5010": "stale-token",  # seen: somebody changed the record after we read it
        "10200": "stale-token",  # codes: the company was reset
    },
    Fate.PERSON: {
        "610": "inactive-reference",  # seen: deleted, inactive, or a wrong id
        # users: the document to link is closed, voided, or another customer's
        "620": "missing-reference",
        "630": "name-taken",  # codes: duplicate object
        "700": "missing-reference",  # codes: parent invalid
        "800": "paid-document",  # codes: something depends on it
        "2020": "required-empty",  # users: parameter missing
        "2040": "bad-characters",  # codes: invalid string
        "2050": "too-long",  # users: string length
        "2220": "currency-mismatch",  # codes: invalid currency
        "2250": "required-empty",  # codes: no lines
        "2500": "missing-reference",  # users: reference not found
        "5020": "no-access",  # codes: the person who connected may not do this
        "5030": "feature-off",  # codes: the company's plan lacks the feature
        "6010": "required-empty",  # codes: account without a type
        "6080": "required-empty",  # codes: no name
        "6090": "required-empty",  # codes: discount without amount or percent
        "6100": "tax-code-unmapped",  # codes: only TAX or NON in the United States
        "6110": "paid-document",  # codes: belongs to the card processor
        "6120": "paid-document",  # codes: likewise, delete
        "6140": "number-taken",  # users: document number
        "6150": "missing-reference",  # codes: parent required
        "6160": "tax-code-outdated",  # codes: custom sales tax code
        "6180": "too-many-levels",  # codes: below too many others
        "6190": "no-access",  # users: the subscription ended, the company is read-only
        "6200": "closed-period",  # codes: books closed
        "6210": "closed-period",  # users: books closed with a password
        "6220": "paid-document",  # codes: has a balance
        "6230": "tax-code-outdated",  # codes: custom sales tax code, update
        "6240": "name-taken",  # seen: name exists
        "6250": "inactive-reference",  # codes: customer missing or inactive
        "6420": "required-empty",  # codes: delivery by e-mail without an address
        "6430": "account-unmapped",  # codes: account type not allowed here
        "6440": "required-empty",  # codes: a line without product or account
        "6450": "paid-document",  # codes: settled, cannot be voided
        "6470": "tax-code-unmapped",  # codes: tax not allowed, or its rate missing
        "6480": "deposited",  # codes: matched with the bank
        "6520": "required-empty",  # codes: stock item without a quantity
        "6540": "deposited",  # users: part of a deposit
    },
}
CODES: dict[str, tuple[Fate, str]] = {
    code: (fate, reason) for fate, rows in _TABLE.items() for code, reason in rows.items()
}

# 6000 is "a business rule": only its text says which. The first row whose words are all in the text
# wins (users).
TEXTS: tuple[tuple[tuple[str, ...], Fate, str], ...] = (
    (("unexpected internal error",), Fate.UNKNOWN, "quickbooks-down"),
    (("one name at a time",), Fate.RETRY, "quickbooks-down"),
    (("same time",), Fate.RETRY, "quickbooks-down"),
    (("set a transaction amount",), Fate.PERSON, "zero-total"),
    (("rate before you save",), Fate.PERSON, "tax-code-unmapped"),
    (("accounts receivable", "name field"), Fate.PERSON, "receivable-account-on-line"),
    (("accounts payable", "name field"), Fate.PERSON, "receivable-account-on-line"),
    (("activate this item",), Fate.PERSON, "inactive-reference"),
    (("inactive",), Fate.PERSON, "inactive-reference"),
    (("currency",), Fate.PERSON, "currency-mismatch"),
    (("does not exist",), Fate.PERSON, "missing-reference"),
    (("already been invoiced",), Fate.PERSON, "paid-document"),
    (("linked",), Fate.PERSON, "paid-document"),
)
UNKNOWN = (Fate.PERSON, "quickbooks-refused")
# A fault without a code, or of QuickBooks' own system, refuses nothing.
UNCLEAR = (Fate.UNKNOWN, "quickbooks-down")


class Trouble(msgspec.Struct, frozen=True):
    """One error as QuickBooks told it, in any shape; `system`: QuickBooks itself failed."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""
    system: bool = False


def fault_of(trouble: Trouble, *, updating: bool = False) -> Fault:
    """The fault classified; `updating` says that the request named a record there by its id."""
    fate, reason = CODES.get(
        trouble.code, UNCLEAR if trouble.system or not trouble.code else UNKNOWN
    )
    text = f"{trouble.message} {trouble.detail}".lower()
    if trouble.code == "6000":
        fate, reason = next(
            ((fate, why) for words, fate, why in TEXTS if all(word in text for word in words)),
            UNKNOWN,
        )
    elif trouble.code == "610" and updating:
        fate, reason = Fate.REPLAN, "deleted-elsewhere"
    elif trouble.code == "2500" and "inactive" in text:
        reason = "inactive-reference"
    wait = THROTTLE_SECONDS if fate is Fate.WAIT else 0
    return Fault(trouble.code, fate, reason, trouble.message, trouble.detail, trouble.element, wait)


# --- Shapes ---------------------------------------------------------------------------------------


def troubles_in(answer: object) -> tuple[Trouble, ...]:
    """The errors of a parsed JSON answer or of its "Fault" part; the gateway writes all keys in
    lower case (seen).
    """
    found = _lowered(answer)
    fault = found.get("fault", found)
    errors = _lowered(fault).get("error")
    system = "system" in str(_lowered(fault).get("type")).lower()
    if isinstance(errors, Mapping):
        errors = [errors]
    return (
        tuple(_trouble(_lowered(error), system=system) for error in errors)
        if isinstance(errors, list)
        else ()
    )


def _lowered(value: object) -> dict[str, Any]:
    return (
        {str(name).lower(): part for name, part in value.items()}
        if isinstance(value, Mapping)
        else {}
    )


def _trouble(error: Mapping[str, Any], *, system: bool = False) -> Trouble:
    text = {name: str(error.get(name) or "") for name in ("code", "message", "detail", "element")}
    return Trouble(_bare(text["code"]), text["message"], text["detail"], text["element"], system)


def _bare(code: str) -> str:
    """Codes come as text, as numbers and with zeros in front (users: "003001")."""
    return code.lstrip("0") if code.isdigit() else code


_XML_ERROR = re.compile(r"<Error\b([^>]*)>(.*?)</Error>", re.DOTALL)
_XML_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_XML_PART = re.compile(r"<(Message|Detail)>(.*?)</\1>", re.DOTALL)


def _xml_troubles(text: str) -> Iterator[Trouble]:
    """Throttle answers may be XML (seen). Four known elements are picked out as text: no parser, so
    nothing of what XML can do to one.
    """
    for attributes, inside in _XML_ERROR.findall(text):
        named = {
            name.lower(): html.unescape(value) for name, value in _XML_ATTRIBUTE.findall(attributes)
        }
        parts = {
            name.lower(): html.unescape(value).strip() for name, value in _XML_PART.findall(inside)
        }
        yield _trouble(named | parts)


def troubles_of(reply: WireReply) -> tuple[Trouble, ...]:
    """The errors in a reply's body: JSON of either spelling, XML, or none."""
    text = reply.body.lstrip()
    if text.startswith(b"<"):
        return tuple(_xml_troubles(text[:65536].decode("utf-8", "replace")))
    try:
        return troubles_in(exact_json.read(text))
    except ValueError:
        return ()


# --- Troubles of the whole connection -------------------------------------------------------------


def check(reply: WireReply) -> None:
    """Raise the ConnectionTrouble that a reply as a whole is; return when it is an answer, be it a
    refusal.
    """
    if reply.status == 200 and reply.body.lstrip()[:1] == b"{":
        return
    troubles = troubles_of(reply)
    codes = {trouble.code for trouble in troubles}
    detail = _detail(reply, troubles)
    if reply.status == 429 or "3001" in codes:
        wait = reply.wait or THROTTLE_SECONDS
        raise Throttled(
            "QuickBooks asked us to slow down.", wait=wait, detail=detail, trace_id=reply.trace_id
        )
    fates = {fault_of(trouble).fate for trouble in troubles}
    if reply.status in {401, 403} or (
        reply.status == 400 and fates & {Fate.REFRESH, Fate.RECONNECT}
    ):
        _refused(reply, codes, detail)
    if reply.status == 400 and troubles and Fate.UNKNOWN not in fates:
        return
    raise TryLater(
        "QuickBooks is out of order or in maintenance: it gave no proper answer.",
        sent="150" not in codes,
        wait=reply.wait or THROTTLE_SECONDS,
        detail=detail,
        trace_id=reply.trace_id,
    )


def _refused(reply: WireReply, codes: set[str], detail: str) -> NoReturn:
    fates = {CODES.get(code, UNKNOWN)[0] for code in codes}
    if Fate.UNKNOWN in fates or (reply.status == 403 and not codes):
        raise TryLater(
            "QuickBooks does not let anybody in right now.", detail=detail, trace_id=reply.trace_id
        )
    if Fate.RECONNECT not in fates and (reply.status == 401 or Fate.REFRESH in fates):
        raise AccessExpired(
            "QuickBooks refused the access token.", detail=detail, trace_id=reply.trace_id
        )
    if "3100" in codes:
        raise AppRefused(
            "QuickBooks does not let this app into the company (error 3100). Most often the app's"
            " keys and the company belong to different environments, sandbox and production, or the"
            " app was disconnected in QuickBooks.",
            detail=detail,
            trace_id=reply.trace_id,
        )
    raise AccessLost(
        "QuickBooks no longer lets us into this company: somebody has to connect it again.",
        detail=detail,
        trace_id=reply.trace_id,
    )


def _detail(reply: WireReply, troubles: tuple[Trouble, ...]) -> str:
    told = "; ".join(f"{part.code} {part.message} {part.detail}".strip() for part in troubles)
    return f"HTTP {reply.status}. {told}".strip()


def refused_read(reply: WireReply) -> ConnectionTrouble:
    """The error for a read that QuickBooks understood and refused."""
    troubles = troubles_of(reply)
    told = next((trouble.detail or trouble.message for trouble in troubles), "no reason given")
    return ConnectionTrouble(
        f"QuickBooks refused to be read: {told}",
        detail=_detail(reply, troubles),
        trace_id=reply.trace_id,
    )
