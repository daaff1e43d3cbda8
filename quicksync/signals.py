"""Signals for host projects (J7). Sent robustly after commit; our own flow never runs on them."""

from __future__ import annotations

import functools
from typing import Any

from django.db import transaction
from django.dispatch import Signal

# run: SyncRun. A run ended, whatever way (`run.state`): also one that was cancelled, discarded or
# left the line.
run_finished = Signal()
# operation: Operation. A record was written to QuickBooks.
record_pushed = Signal()
# operation: Operation. A record of QuickBooks was written here.
record_pulled = Signal()
# operation: Operation or None, mapping: EntityMapping. A record was held or skipped, by a plan, on
# its way, or by a person; `mapping.reason` says why. There is no operation where a person skips a
# record that no plan is about.
record_skipped = Signal()
# operation: Operation, mapping: EntityMapping. Both sides changed the same of one record, and a
# person has to choose.
conflict = Signal()
# operation: Operation. QuickBooks or the host refused a record.
record_failed = Signal()
# connection: Connection. Access was lost; a person has to connect again.
connection_lost = Signal()
# delivery: WebhookDelivery. QuickBooks notified us in a shape that nobody here knows; changes are
# still read in time.
webhook_strange = Signal()


def tell(signal: Signal, sender: type[Any], **what: Any) -> None:
    """Send once the transaction is committed; what goes wrong in a receiver goes no further."""
    transaction.on_commit(functools.partial(signal.send_robust, sender, **what), robust=True)
