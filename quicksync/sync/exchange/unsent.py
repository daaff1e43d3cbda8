"""Operations that are not sent after all: what they name is missing, or they cannot be told in
QuickBooks' words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from quicksync import signals
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why as reason
from quicksync.records import Record, Ref
from quicksync.records.base import refs_in
from quicksync.sync.exchange.open_operations import owed
from quicksync.sync.pairs import operation_state, state
from quicksync.sync.pairs.links import Links
from quicksync.sync.worker.counts import Counting

State = Operation.State


def loosened(
    operation: Operation, record: Record, missing: Sequence[Ref], links: Links
) -> tuple[Record, tuple[Ref, ...]]:
    """The record without loose references that have no partner and will have none, and what is
    missing all the same. What it goes without stays to be looked at again.
    """
    left = [
        name
        for name in sorted(record.loose)
        if any(ref in missing for ref in refs_in(getattr(record, name)))
    ]
    if not left:
        return record, tuple(missing)
    sent = [name for name in left if name in operation.fields]
    named = [ref for name in sent for ref in refs_in(getattr(record, name))]
    if named and _still_comes(operation, named, links):
        return record, tuple(missing)
    blank = type(record)()
    others = {ref for name, ref in record.refs() if name not in left}
    if sent:
        operation.leaves = sorted({*operation.leaves, *sent})
        operation.fields = [name for name in operation.fields if name not in sent]
        operation.save(update_fields=["leaves", "fields"])
    without: Record = record.replace(**{name: getattr(blank, name) for name in left})
    return without, tuple(ref for ref in missing if ref in others)


def _still_comes(operation: Operation, missing: Sequence[Ref], links: Links) -> bool:
    """Whether something is owed yet that may bring what is missing."""
    halves = [links.halves.get(ref) or links.halves_there.get(ref) for ref in missing]
    keys = [half.pk for half in halves if half is not None]
    open_ = Operation.objects.filter(owed(), mapping_id__in=keys, state__in=Operation.OPEN)
    return open_.exclude(pk=operation.pk).exists()


def wait_for(
    run: SyncRun, operation: Operation, missing: Sequence[Ref], links: Links, counting: Counting
) -> None:
    """A reference has no partner yet: wait while its operation is still open, else hold with the
    reason.
    """
    if _still_comes(operation, missing, links):
        operation.retry_at = timezone.now() + dt.timedelta(seconds=5)
        operation.save(update_fields=["retry_at"])
        return
    halves = [links.halves.get(ref) or links.halves_there.get(ref) for ref in missing]
    names = ", ".join(str(half) for half in halves if half is not None) or missing[0].kind.replace(
        "_", " "
    )
    why = reason("reference-not-synced", label=operation.label, other=names, others=[names])
    _end(operation, State.SKIPPED, EntityMapping.State.HELD, why)
    counting.settle(operation, "skipped")


def refuse(run: SyncRun, operation: Operation, sentence: str, counting: Counting) -> None:
    """The edition has no way to say this record: it fails alone, with the sentence."""
    why = reason("quickbooks-refused", label=operation.label, message=sentence, detail="")
    _end(operation, State.FAILED, EntityMapping.State.FAILED, why)
    counting.settle(operation, "failed")


def _end(operation: Operation, ended: str, record: str, why: Reason) -> None:
    """End an operation that never reached the wire; its record says the same."""
    operation_state.move(operation, ended, why=why, at=timezone.now())
    operation.save(update_fields=operation_state.COLUMNS)
    mine = EntityMapping.objects.filter(pk__in=[operation.mapping_id])
    state.move_where(mine, record, state.By.EXCHANGE, why=why)
    if ended == State.FAILED:
        signals.tell(signals.record_failed, Operation, operation=operation)
    elif ended == State.SKIPPED:
        signals.tell(
            signals.record_skipped, Operation, operation=operation, mapping=operation.mapping
        )
