"""Webhooks: events of all companies, signed, in both formats, sent again when nobody answers."""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import http.client
import itertools
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from quicksync.simulator.accounting.book import Event
from quicksync.simulator.accounting.clock import Clock, pacific
from quicksync.simulator.accounting.jsontext import Doc, dumps

# Seconds in which a delivery is to be answered.
PATIENCE = 3
RETRIES = (10, 20, 30, 300, 1200, 7200, 14400, 21600)
_WORDS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "void",
    "Emailed": "emailed",
}
# Entities that send no events.
_SILENT = frozenset(
    (
        "CompanyInfo",
        "CustomerType",
        "Attachable",
        "ExchangeRate",
        "TaxCode",
        "TaxRate",
        "ReimburseCharge",
        "InventoryAdjustment",
        "RecurringTransaction",
        "CreditCardPaymentTxn",
    )
)


@dataclass
class Target:
    """Where events go, and what goes wrong on the way."""

    url: str = ""
    verifier: str = "simulator-verifier-token"
    format: str = "cloudevents"
    delay: float = 0
    duplicate: bool = False
    reorder: bool = False
    drop: int = 0  # how many of the next deliveries get lost
    retries: tuple[float, ...] = RETRIES
    patience: float = PATIENCE


@dataclass(order=True)
class _Delivery:
    due: float
    number: int
    body: bytes = field(compare=False)
    attempt: int = field(compare=False, default=0)


class Webhooks:
    """A queue and one thread that empties it; started with the first event."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.target = clock, Target()
        self.sent: list[Doc] = []
        self._queue: list[_Delivery] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._open = True

    def set(self, target: Target) -> None:
        """Send to another address from now on."""
        with self._wake:
            self.target = target

    def forget(self) -> None:
        """No address, nothing waiting."""
        with self._wake:
            self.target = Target()
            self._queue.clear()
            self.sent.clear()

    def notify(self, realm: str, events: list[Event]) -> None:
        """Queue the events of one company."""
        if not self.target.url:
            return
        told = [event for event in _merged(events) if event.entity not in _SILENT]
        if not told:
            return
        if self.target.reorder:
            told.reverse()
        body = body_of(self.target.format, realm, told)
        with self._wake:
            if self.target.drop > 0:
                self.target.drop -= 1
                return
            for _ in range(2 if self.target.duplicate else 1):
                due = self.clock.now() + self.target.delay
                heapq.heappush(self._queue, _Delivery(due, next(self._numbers), body))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="simulator-webhooks", daemon=True
                )
                self._thread.start()
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while self._open and not self._ready():
                    self._wake.wait(self._pause())
                if not self._open:
                    return
                delivery, target = heapq.heappop(self._queue), self.target
            status = _send(target, delivery.body)
            self.sent.append(
                {"status": status, "attempt": delivery.attempt + 1, "body": delivery.body.decode()}
            )
            if status != 200 and delivery.attempt < len(target.retries):
                delivery.due = self.clock.now() + target.retries[delivery.attempt]
                delivery.attempt += 1
                with self._wake:
                    heapq.heappush(self._queue, delivery)

    def _ready(self) -> bool:
        return bool(self._queue) and self._queue[0].due <= self.clock.now()

    def _pause(self) -> float | None:
        # The clock may be moved on meanwhile, so the wait is never long.
        return min(1.0, max(0.0, self._queue[0].due - self.clock.now())) if self._queue else None

    def wake(self) -> None:
        """Look again: the clock was moved."""
        with self._wake:
            self._wake.notify()

    def close(self) -> None:
        """Stop the thread."""
        with self._wake:
            self._open = False
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(5)


def _merged(events: list[Event]) -> list[Event]:
    """One event per object: what was created and then changed by its own effects is a creation."""
    kept: dict[tuple[str, str], Event] = {}
    for event in events:
        before = kept.get((event.entity, event.id))
        if before is None or before.operation == "Update" or event.operation != "Update":
            kept[(event.entity, event.id)] = event
    return list(kept.values())


def body_of(form: str, realm: str, events: list[Event]) -> bytes:
    """The body of a delivery, classic or CloudEvents."""
    if form == "classic":
        return dumps({"eventNotifications": [_classic(realm, events)]}).encode()
    return dumps([_cloud(realm, event) for event in events]).encode()


def _classic(realm: str, events: list[Event]) -> Doc:
    entities = []
    for event in events:
        when = pacific(event.when).strftime("%Y-%m-%dT%H:%M:%S%z")
        entity = {
            "name": event.entity,
            "id": event.id,
            "operation": event.operation,
            "lastUpdated": when,
        }
        if event.deleted_id:
            entity["deletedId"] = event.deleted_id
        entities.append(entity)
    return {"realmId": realm, "dataChangeEvent": {"entities": entities}}


def _cloud(realm: str, event: Event) -> Doc:
    when = datetime.fromtimestamp(event.when, UTC)
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.{event.entity.lower()}.{_WORDS[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": when.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
        "intuitentityid": event.id,
        "intuitaccountid": realm,
        "data": {"deletedId": event.deleted_id} if event.deleted_id else {},
    }


def signature(verifier: str, body: bytes) -> str:
    """The value of the intuit-signature header."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def _send(target: Target, body: bytes) -> int:
    """Post a delivery; 0 when nobody answered in time."""
    parts = urlsplit(target.url)
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=target.patience)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "intuit-signature": signature(target.verifier, body),
        "intuit-created-time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "intuit-t-id": str(uuid.uuid4()),
        "intuit-notification-schema-version": "0.1",
        "user-agent": "intuit_notification_server/0.1",
    }
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
        )
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
