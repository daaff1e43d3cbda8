"""The reads that a run still has before it."""

from __future__ import annotations

from collections.abc import Iterable

from quicksync.models import SyncRun
from quicksync.models.run_values import ToRead
from quicksync.quickbooks.messages import Read
from quicksync.sync.worker.ids import new_request_id


def add(run: SyncRun, reads: Iterable[Read]) -> None:
    """Have a run read more, such as a record whose token was stale."""
    known = {entry.read for entry in run.reads}
    run.reads = run.reads + [entry_of(read) for read in reads if read not in known]


def next_entry(run: SyncRun) -> ToRead | None:
    """The first read that nobody has in hand."""
    return next((entry for entry in run.reads if not entry.out), None)


def find_entry(run: SyncRun, request_id: str) -> ToRead | None:
    """The read that goes by this request id."""
    return next((entry for entry in run.reads if entry.id == request_id), None)


def entry_of(read: Read) -> ToRead:
    """A read as it stands on a run's list."""
    return ToRead(new_request_id(), read)


def in_hand(run: SyncRun) -> bool:
    """Whether somebody has a read in hand."""
    return any(entry.out for entry in run.reads)
