"""One QuickBooks company: its books, and the operations of the API on them as ready text."""

from __future__ import annotations

import hashlib
from typing import Any

from quicksync.simulator.accounting.answers import Telling, telling
from quicksync.simulator.accounting.book import Book, Switches
from quicksync.simulator.accounting.clock import Clock, envelope_stamp
from quicksync.simulator.accounting.entities import Entity, find_entity
from quicksync.simulator.accounting.errors import ApiError, missing, not_found
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.accounting.store import Store
from quicksync.simulator.company import cdc, replay, select
from quicksync.simulator.rules import writes
from quicksync.simulator.rules.validate import numeric

BATCH_LIMIT = 30
_DOUBLES = {"delete": "D", "void": "V"}


class Company:
    """What stands behind `/v3/company/<realm>`."""

    def __init__(
        self, store: Store, clock: Clock, realm: str, switches: Switches | None = None
    ) -> None:
        self.realm = realm
        self.book = Book(store, clock, realm, switches or Switches())

    @property
    def store(self) -> Store:
        """The company's rows."""
        return self.book.store

    def envelope(self, block: str) -> str:
        """A block with the time of the answer."""
        return f'{{{block},"time":"{envelope_stamp(self.book.clock.now())}"}}'

    def read(self, entity: Entity, id_: str) -> str:
        """One object by id, active or not."""
        if not entity.allows("R"):
            raise ApiError(500, f"Operation read on {entity.name} is not supported.")
        numeric(id_)
        # CompanyInfo is asked for by the realm.
        text = self._told(
            entity, "1" if entity.name in ("CompanyInfo", "Preferences") else id_, Telling.READ
        )
        if text is None:
            raise not_found()
        return self.envelope(f'"{entity.name}":{text}')

    def _told(self, entity: Entity, id_: object, how: Telling) -> str | None:
        statement = " ".join(
            ("SELECT", telling(entity.name, how), "FROM entity WHERE type=? AND id=?")
        )
        text: str | None = self.store.one(statement, entity.name, id_)
        return text

    def query(self, statement: str) -> str:
        """The answer of a statement."""
        return self.envelope(f'"QueryResponse":{select.answer(self.book, statement)}')

    def changes(self, names: str, since: str) -> str:
        """What changed since a moment, deletions included."""
        return self.envelope(
            f'"CDCResponse":[{{"QueryResponse":{cdc.answer(self.book, names, since)}}}]'
        )

    def write(self, entity: Entity, sent: Doc, params: dict[str, str]) -> str:
        """Create, update, delete or void; a known request id gets its first answer again."""
        request = params.get("requestid", "")
        if request:
            replay.check(request)
        with self.book.transaction():
            before = replay.known(self.store, request) if request else None
            if before is not None:
                return before[1]
            body = self.envelope(self._perform(entity, sent, params))
            if request:
                replay.remember(self.store, request, body)
        return body

    def _perform(self, entity: Entity, sent: Doc, params: dict[str, str]) -> str:
        operation = params.get("operation", "").lower()
        if operation == "delete":
            return f'"{entity.name}":{dumps(writes.delete(self.book, entity, sent))}'
        if operation == "void" or "void" in params.get("include", "").lower().split(","):
            return self._stored(entity, writes.void(self.book, entity, sent), Telling.UPDATED)
        if operation not in ("", "update", "create"):
            raise ApiError(500, f"Operation {operation} is not supported.")
        if (
            sent.get("Id") not in (None, "") or operation == "update" or entity.group == "single"
        ) and operation != "create":
            sent = {**sent, "Id": "1"} if entity.group == "single" else sent
            return self._stored(
                entity, writes.update(self.book, entity, sent, params), Telling.UPDATED
            )
        params = {key: value for key, value in params.items() if not key.startswith("_")}
        return self._stored(entity, writes.create(self.book, entity, sent, params), Telling.CREATED)

    def _stored(self, entity: Entity, doc: Doc, how: Telling) -> str:
        return f'"{entity.name}":{self._told(entity, doc["Id"], how) or dumps(doc)}'

    def batch(self, sent: Doc, params: dict[str, str]) -> str:
        """Up to 30 independent items; a repeated request id answers as before, whole or item by
        item.
        """
        items = sent.get("BatchItemRequest")
        if not isinstance(items, list):
            raise missing("BatchItemRequest")
        if len(items) > BATCH_LIMIT:
            raise ApiError(
                1040, f"The batch size {len(items)} exceeds the allowed limit of {BATCH_LIMIT}."
            )
        self._check_bids(items)
        request = params.get("requestid", "")
        asked = hashlib.sha256(dumps(items).encode()).hexdigest()
        if request:
            replay.check(request, batch=True)
            before = replay.known(self.store, request, asked)
            if before is not None:
                return before[1]
        answers = [self._item(item, request, params) for item in items]
        body = self.envelope(f'"BatchItemResponse":[{",".join(answers)}]')
        if request:
            with self.book.transaction():
                replay.remember(self.store, request, body, asked)
        return body

    def _check_bids(self, items: list[Any]) -> None:
        """Each item that has a name has it for itself, since it is answered by it."""
        bids = [str(item.get("bId") or "") for item in items if isinstance(item, dict)]
        named = [bid for bid in bids if bid]
        if len(named) < len(bids) and self.book.switches.missing_bids == "refuse":
            raise missing("bId")
        if len(set(named)) < len(named) and self.book.switches.repeated_bids == "refuse":
            twice = next(bid for bid in named if named.count(bid) > 1)
            raise ApiError(
                2600,
                f"bId {twice} stands at several items.",
                message="Conflict element in request",
                element="bId",
            )

    def _item(self, item: Any, request: str, params: dict[str, str]) -> str:
        item = item if isinstance(item, dict) else {}
        bid = str(item.get("bId") or "")
        try:
            block = self._item_block(item, f"{request}:{bid}" if request and bid else "", params)
        except ApiError as error:
            block = f'"Fault":{dumps(error.fault(in_batch=True))}'
        return f'{{{block},"bId":{dumps(bid)}}}' if bid else f"{{{block}}}"

    def _item_block(self, item: Doc, request: str, params: dict[str, str]) -> str:
        if item.get("Query"):
            return f'"QueryResponse":{select.answer(self.book, str(item["Query"]))}'
        if request and len(str(item.get("bId"))) > replay.LONGEST_BID:
            raise ApiError(
                2130,
                f"Invalid Request Id Format : bId has at most {replay.LONGEST_BID} characters.",
            )
        key = next((key for key in item if key not in ("bId", "operation", "optionsData")), "")
        entity = find_entity(key)
        if entity is None or not isinstance(item[key], dict):
            raise ApiError(2000, f"Invalid or unsupported object name. Object Name: {key}")
        if not entity.allows("B"):
            raise ApiError(500, f"Operation batch on {entity.name} is not supported.")
        operation = str(item.get("operation") or "create").lower()
        if operation not in ("create", "update", "delete", "void"):
            raise ApiError(500, f"Operation {operation} is not supported.")
        options = str(item.get("optionsData") or "").lower()
        with self.book.transaction():
            before = replay.known(self.store, request) if request else None
            if before is not None:
                return before[1]
            block = self._perform(entity, item[key], {"operation": operation, "include": options})
            if request:
                replay.remember(self.store, request, block)
        return block
