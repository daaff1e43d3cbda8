"""Answers of QuickBooks that tests change on their way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from quicksync.quickbooks.messages import Purpose, WireReply, WireRequest
from quicksync.quickbooks.online.transport.client import OnlineClient

DEEP = "[" * 5000 + "]" * 5000
_MARK = "%deep%"


class Answers:
    """Changes rows of reads, as long as `changes` has them: (type, id) -> what to change of the
    row, in place.
    """

    def __init__(self, monkeypatch: Any) -> None:
        self.changes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {}
        self.seen = 0
        send = OnlineClient.send

        def sent(client: OnlineClient, request: WireRequest) -> WireReply:
            return self.changed(request, send(client, request))

        monkeypatch.setattr(OnlineClient, "send", sent)

    def change(self, type_name: str, remote_id: str | None, **values: Any) -> None:
        """From now on the row has these values; `...` takes one away, the mark `deep` nests it
        without end.
        """

        def apply(row: dict[str, Any]) -> None:
            for name, value in values.items():
                if value is ...:
                    row.pop(name, None)
                else:
                    row[name] = _MARK if value == "deep" else value

        self.changes[type_name, str(remote_id)] = apply

    def changed(self, request: WireRequest, reply: WireReply) -> WireReply:
        """The reply with its rows changed."""
        if request.purpose is not Purpose.READ or not self.changes or reply.status != 200:
            return reply
        tree = json.loads(reply.body)
        told = tree.get("QueryResponse")
        parts = (
            [told]
            if told
            else [part for one in tree.get("CDCResponse", ()) for part in one["QueryResponse"]]
        )
        for part in parts:
            for name, rows in part.items():
                for row in rows if isinstance(rows, list) else ():
                    apply = self.changes.get((name, row.get("Id", "")))
                    if apply:
                        apply(row)
                        self.seen += 1
        return msgspec.structs.replace(
            reply, body=json.dumps(tree).replace(f'"{_MARK}"', DEEP).encode()
        )
