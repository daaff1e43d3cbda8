"""The reads that a run still has before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from quicksync.models import SyncRun
from quicksync.quickbooks.messages import Read
from quicksync.sync.worker.ids import new_request_id


def add(run: SyncRun, reads: Iterable[Read]) -> None:
    """Have a run read more, such as a record whose token was stale."""
    known = {msgspec.json.encode(entry["read"], order="sorted") for entry in run.reads}
    fresh = [entry_of(read) for read in reads]
    run.reads = run.reads + [
        e for e in fresh if msgspec.json.encode(e["read"], order="sorted") not in known
    ]


def next_entry(run: SyncRun) -> dict[str, Any] | None:
    """The first read that nobody has in hand."""
    return next((entry for entry in run.reads if not entry["out"]), None)


def find_entry(run: SyncRun, request_id: str) -> dict[str, Any] | None:
    """The read that goes by this request id."""
    return next((entry for entry in run.reads if entry["id"] == request_id), None)


def as_read(entry: dict[str, Any]) -> Read:
    """The stored read as a value."""
    return msgspec.convert(entry["read"], Read)


def entry_of(read: Read) -> dict[str, Any]:
    """A read as it stands on a run's list."""
    return {"id": new_request_id(), "out": False, "read": msgspec.to_builtins(read)}
