"""Webhook deliveries: proving that Intuit sent them, and reading both shapes that it sends."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from quicksync.exceptions import UnknownShape
from quicksync.quickbooks.messages import Delivery, Notice
from quicksync.quickbooks.online.payloads import exact_json

SIGNATURE_HEADER = "intuit-signature"


def signature(body: bytes, verifier: str) -> str:
    """The signature that Intuit puts on these bytes."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def verify(body: bytes, given: str, verifiers: Iterable[str]) -> bool:
    """Whether the signature belongs to exactly these bytes under one of these tokens; without any
    nothing is believed.

    All of them are tried whatever comes of the first, so that the time taken tells nothing.
    """
    told = given.strip().encode()
    found = [
        hmac.compare_digest(signature(body, verifier).encode(), told)
        for verifier in verifiers
        if verifier
    ]
    return any(found)


# What reading an event of an unforeseen form may raise.
_UNREADABLE = (KeyError, TypeError, AttributeError, ValueError)
# Reasons that are told of one delivery; thousands of events may have the same one.
_TOLD = 5


def parse(body: bytes) -> Delivery:
    """The events of a delivery, perhaps of several companies: what can be read, how much cannot.

    Raises UnknownShape when nothing can.
    """
    try:
        found = exact_json.read(body)
        events = _events(found)
    except _UNREADABLE as error:
        raise UnknownShape("A webhook delivery cannot be read.", detail=_reason(error)) from error
    notices: list[Notice] = []
    troubles: list[str] = []
    unread = 0
    for read, event in events:
        try:
            notices.append(read(*event))
        except _UNREADABLE as error:
            unread += 1
            if len(troubles) < _TOLD and (reason := _reason(error)) not in troubles:
                troubles.append(reason)
    if unread and not notices:
        raise UnknownShape("A webhook delivery cannot be read.", detail="; ".join(troubles))
    return Delivery(notices=tuple(notices), unread=unread, troubles=tuple(troubles))


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"


Event = tuple[Callable[..., Notice], tuple[Any, ...]]


def _events(found: object) -> Iterator[Event]:
    """Each event with what reads it, in either of Intuit's shapes."""
    if isinstance(found, list):
        return ((_cloud, (event,)) for event in found)
    if isinstance(found, dict) and isinstance(found.get("eventNotifications"), list):
        return _classic_events(found["eventNotifications"])
    raise ValueError("it has neither of the shapes that Intuit describes")


def _classic_events(notifications: list[Any]) -> Iterator[Event]:
    for part in notifications:
        change = part.get("dataChangeEvent") if isinstance(part, dict) else None
        entities = (change.get("entities") or ()) if isinstance(change, dict) else ()
        # A company's part in which no events can be found counts as one that cannot be read.
        if (
            not isinstance(part, dict)
            or "realmId" not in part
            or not isinstance(entities, list | tuple)
        ):
            entities = (None,)
        for entity in entities:
            yield _classic, (part, entity)


def _classic(part: dict[str, Any], entity: dict[str, Any]) -> Notice:
    realm, name, found = _text(part["realmId"]), _text(entity["name"]), _text(entity["id"])
    operation, time = _text(entity["operation"]).lower(), _text(entity.get("lastUpdated") or "")
    return Notice(
        realm=realm,
        type=name,
        id=found,
        operation=operation,
        time=time,
        key="/".join((realm, name, found, operation, time)),
        merged=_text(entity.get("deletedId") or ""),
    )


# CloudEvents say what happened in the past tense; one word for both shapes.
_OPERATIONS = {
    "created": "create",
    "updated": "update",
    "deleted": "delete",
    "merged": "merge",
    "voided": "void",
}


def _cloud(event: dict[str, Any]) -> Notice:
    """One CloudEvent; its type reads "qbo.<record type>.<what happened>.v1"."""
    company, name, happened, *_ = str(event["type"]).split(".")
    if company != "qbo":
        raise ValueError(f"an event of {company}")
    data = event.get("data") or {}
    return Notice(
        realm=_text(event["intuitaccountid"]),
        type=name,
        id=_text(event["intuitentityid"]),
        operation=_OPERATIONS.get(happened, happened),
        time=_text(event.get("time") or ""),
        key=_text(event["id"]),
        merged=_text(data.get("deletedId") or data.get("deletedid") or ""),
    )


def _text(value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return str(value).replace("\0", "")
