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
from quicksync.records import Ref
from quicksync.sync.exchange.open_operations import owed
from quicksync.sync.pairs import operation_state, state
from quicksync.sync.pairs.links import Links
from quicksync.sync.worker.counts import Counting

State = Operation.State


def wait_for(
    run: SyncRun, operation: Operation, missing: Sequence[Ref], links: Links, counting: Counting
) -> None:
    """A reference has no partner yet: wait while its operation is still open, else hold with the
    reason.
    """
    halves = [links.halves.get(ref) or links.halves_there.get(ref) for ref in missing]
    keys = [half.pk for half in halves if half is not None]
    open_ = Operation.objects.filter(owed(), mapping_id__in=keys, state__in=Operation.OPEN)
    if open_.exclude(pk=operation.pk).exists():
        operation.retry_at = timezone.now() + dt.timedelta(seconds=5)
        operation.save(update_fields=["retry_at"])
        return
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
