"""Webhook deliveries: proving that Intuit sent them, and reading both shapes that it sends."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from quicksync.exceptions import UnknownShape
from quicksync.quickbooks.wire import Notice

SIGNATURE_HEADER = "intuit-signature"


def signature(body: bytes, verifier: str) -> str:
    """The signature that Intuit puts on these bytes."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def verify(body: bytes, given: str, verifiers: Iterable[str]) -> bool:
    """Whether the signature belongs to exactly these bytes under one of these tokens; without any nothing is believed.

    All of them are tried whatever comes of the first, so that the time taken tells nothing.
    """
    told = given.strip().encode()
    found = [hmac.compare_digest(signature(body, verifier).encode(), told) for verifier in verifiers if verifier]
    return any(found)


def parse(body: bytes) -> tuple[Notice, ...]:
    """The events of a delivery, of several companies perhaps. Raises UnknownShape."""
    try:
        found = msgspec.json.decode(body)
        if isinstance(found, list):
            return tuple(_cloud(event) for event in found)
        if isinstance(found, dict) and isinstance(found.get("eventNotifications"), list):
            return tuple(_classic(found["eventNotifications"]))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnknownShape("A webhook delivery cannot be read.", detail=f"{type(error).__name__}: {error}") from error
    raise UnknownShape("A webhook delivery has neither of the shapes that Intuit describes.")


def _classic(notifications: list[Any]) -> Iterator[Notice]:
    for part in notifications:
        realm = str(part["realmId"])
        for entity in (part.get("dataChangeEvent") or {}).get("entities") or ():
            name, found, operation = str(entity["name"]), str(entity["id"]), str(entity["operation"]).lower()
            time = str(entity.get("lastUpdated") or "")
            yield Notice(
                realm=realm,
                type=name,
                id=found,
                operation=operation,
                time=time,
                key="/".join((realm, name, found, operation, time)),
                merged=str(entity.get("deletedId") or ""),
            )


# CloudEvents say what happened in the past tense; one word for both shapes.
_OPERATIONS = {"created": "create", "updated": "update", "deleted": "delete", "merged": "merge", "voided": "void"}


def _cloud(event: dict[str, Any]) -> Notice:
    """One CloudEvent; its type reads "qbo.<record type>.<what happened>.v1"."""
    company, name, happened, *_ = str(event["type"]).split(".")
    if company != "qbo":
        raise ValueError(f"an event of {company}")
    data = event.get("data") or {}
    return Notice(
        realm=str(event["intuitaccountid"]),
        type=name,
        id=str(event["intuitentityid"]),
        operation=_OPERATIONS.get(happened, happened),
        time=str(event.get("time") or ""),
        key=str(event["id"]),
        merged=str(data.get("deletedId") or data.get("deletedid") or ""),
    )
