"""Operations that are not sent after all: what they name is missing, or they cannot be told in
QuickBooks' words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from quicksync import signals
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.records import Ref
from quicksync.sync.exchange.open_operations import owed
from quicksync.sync.pairs.links import Links
from quicksync.sync.plan import step_rows
from quicksync.sync.worker.counts import Tally

State = Operation.State


def wait_for(
    run: SyncRun, operation: Operation, missing: Sequence[Ref], links: Links, tally: Tally
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
    operation.reason_values = {"label": operation.label, "other": names, "others": [names]}
    settle_alone(operation, State.SKIPPED, "reference-not-synced")
    tally.settle(operation, "skipped")
    EntityMapping.objects.filter(pk__in=[operation.mapping_id]).update(
        state=EntityMapping.State.HELD,
        reason="reference-not-synced",
        reason_values=operation.reason_values,
        retry_at=timezone.now() + step_rows.LOOK_AGAIN,
    )


def refuse(run: SyncRun, operation: Operation, sentence: str, tally: Tally) -> None:
    """The edition has no way to say this record: it fails alone, with the sentence."""
    operation.reason_values = {"label": operation.label, "message": sentence, "detail": ""}
    settle_alone(operation, State.FAILED, "quickbooks-refused")
    tally.settle(operation, "failed")
    EntityMapping.objects.filter(pk__in=[operation.mapping_id]).update(
        state=EntityMapping.State.FAILED,
        reason="quickbooks-refused",
        reason_values=operation.reason_values,
    )


def settle_alone(operation: Operation, state: str, reason: str) -> None:
    """End an operation that never reached the wire."""
    operation.state, operation.reason, operation.settled_at = state, reason, timezone.now()
    operation.save(update_fields=["state", "reason", "reason_values", "settled_at"])
    if state == State.FAILED:
        signals.tell(signals.record_failed, Operation, operation=operation)
    elif state == State.SKIPPED:
        signals.tell(
            signals.record_skipped, Operation, operation=operation, mapping=operation.mapping
        )
