"""Signals for host projects (J7). Sent with `send_robust` after commit; our own flow never runs on them."""

from __future__ import annotations

from django.dispatch import Signal

# run: SyncRun. A run ended, whatever way (`run.state`).
run_finished = Signal()
# operation: Operation. A record was written to QuickBooks.
record_pushed = Signal()
# operation: Operation. A record of QuickBooks was written here.
record_pulled = Signal()
# operation: Operation. A record was held, skipped or refused; `operation.reason` says why.
record_skipped = Signal()
# operation: Operation. QuickBooks or the host refused a record.
record_failed = Signal()
# connection: Connection. Access was lost; a person has to connect again.
connection_lost = Signal()
# delivery: WebhookDelivery. QuickBooks notified us in a shape that nobody here knows; changes are still read in time.
webhook_strange = Signal()
