"""Pills: a state as a short text with a sign and a colour, so that none of the three carries the
meaning alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from quicksync.models import (
    Attempt,
    Connection,
    EntityMapping,
    Operation,
    Reconciliation,
    SyncRun,
    WebhookDelivery,
)
from quicksync.planning.reasons.table import Severity
from quicksync.sync.worker.counts import sums
from quicksync.sync.worker.run_sums import ASIDE

OK, INFO, WAIT, WARN, BAD, OFF = "ok", "info", "wait", "warn", "bad", "off"
SIGNS = {OK: "✓", INFO: "i", WAIT: "…", WARN: "!", BAD: "✕", OFF: "—"}


@dataclass(frozen=True)
class Pill:
    """One state, ready to be printed in a template."""

    text: str
    tone: str
    sign: str = ""

    def __str__(self) -> str:
        sign = self.sign or SIGNS[self.tone]
        return format_html(
            '<span class="qs-pill qs-{}"><span class="qs-sign"'
            ' aria-hidden="true">{}</span>{}</span>',
            self.tone,
            sign,
            self.text,
        )


_CONNECTION = {
    Connection.Status.NEW: WAIT,
    Connection.Status.CONNECTED: OK,
    Connection.Status.EXPIRED: BAD,
    Connection.Status.DISCONNECTED: OFF,
}
_MAPPING = {
    EntityMapping.State.IN_SYNC: OK,
    EntityMapping.State.PENDING: WAIT,
    EntityMapping.State.HELD: WARN,
    EntityMapping.State.CONFLICT: WARN,
    EntityMapping.State.FAILED: BAD,
    EntityMapping.State.UNKNOWN: WAIT,
    EntityMapping.State.EXCLUDED: OFF,
    EntityMapping.State.OUTSIDE: OFF,
    EntityMapping.State.DRIFTED: WARN,
    EntityMapping.State.GONE: OFF,
}
_RUN = {
    SyncRun.State.QUEUED: WAIT,
    SyncRun.State.PLANNING: WAIT,
    SyncRun.State.DRAFT: INFO,
    SyncRun.State.APPROVED: WAIT,
    SyncRun.State.RUNNING: WAIT,
    SyncRun.State.DONE: OK,
    SyncRun.State.FAILED: BAD,
    SyncRun.State.CANCELLED: OFF,
}
_VERDICT = {
    Reconciliation.Verdict.NOTHING: OFF,
    Reconciliation.Verdict.AGREE: OK,
    Reconciliation.Verdict.EXPLAINED: INFO,
    Reconciliation.Verdict.DIFFER: WARN,
}
_OPERATION = {
    Operation.State.DRAFT: INFO,
    Operation.State.PENDING: WAIT,
    Operation.State.SENDING: WAIT,
    Operation.State.UNKNOWN: WARN,
    Operation.State.DONE: OK,
    Operation.State.FAILED: BAD,
    Operation.State.SKIPPED: OFF,
    Operation.State.STALE: OFF,
    Operation.State.CANCELLED: OFF,
}
_ATTEMPT = {
    Attempt.Outcome.DONE: OK,
    Attempt.Outcome.RECOVERED: OK,
    Attempt.Outcome.REFUSED: BAD,
    Attempt.Outcome.NO_ANSWER: WARN,
    Attempt.Outcome.NOT_SENT: OFF,
}
_DELIVERY = {
    WebhookDelivery.State.USED: OK,
    WebhookDelivery.State.REPEATED: OFF,
    WebhookDelivery.State.IGNORED: OFF,
    WebhookDelivery.State.REFUSED: BAD,
    WebhookDelivery.State.STRANGE: BAD,
}
_SEVERITY = {Severity.INFO: INFO, Severity.WARNING: WARN, Severity.ERROR: BAD}


def of_connection(connection: Connection) -> Pill:
    """A pause hides a good status, never a bad one."""
    if connection.paused and connection.is_live:
        return Pill(str(_("Paused")), WARN, "‖")
    return Pill(connection.get_status_display(), _CONNECTION[Connection.Status(connection.status)])


def of_mapping(mapping: EntityMapping) -> Pill:
    """Where a record stands. One in step that was touched since is about to be compared again."""
    if mapping.state == EntityMapping.State.IN_SYNC and mapping.touched_at is not None:
        return Pill(str(_("Will be compared")), WAIT)
    text = str(mapping.get_state_display())
    if mapping.state == EntityMapping.State.FAILED:
        text = str(
            _("Refused by this site")
            if mapping.reason == "host-refused"
            else _("Refused by QuickBooks")
        )
    return Pill(text, _MAPPING[EntityMapping.State(mapping.state)])


def of_state(state: EntityMapping.State) -> Pill:
    """A state that several records are in, for whatever reason each of them."""
    return Pill(str(state.label), _MAPPING[state])


def of_run(run: SyncRun) -> Pill:
    """The state of a run; a finished one with failed records says so."""
    if run.state == SyncRun.State.DONE and failures(run):
        return Pill(str(_("Finished, with failures")), WARN)
    return Pill(run.get_state_display(), _RUN[SyncRun.State(run.state)])


def of_reconciliation(one: Reconciliation) -> Pill:
    """What a comparison that has ended came to."""
    if one.failed:
        return Pill(str(_("Stopped")), BAD)
    verdict = Reconciliation.Verdict(one.verdict)
    return Pill(str(verdict.label), _VERDICT[verdict])


def of_operation(operation: Operation) -> Pill:
    """The state of an operation; what waits for somebody has written nothing."""
    if operation.state == Operation.State.SKIPPED and operation.action in ASIDE:
        return Pill(str(_("Nothing sent")), OFF)
    return Pill(operation.get_state_display(), _OPERATION[Operation.State(operation.state)])


def of_attempt(attempt: Attempt) -> Pill:
    """The outcome of an attempt."""
    return Pill(attempt.get_outcome_display(), _ATTEMPT[Attempt.Outcome(attempt.outcome)])


def of_delivery(delivery: WebhookDelivery) -> Pill:
    """What became of a notification."""
    return Pill(delivery.get_state_display(), _DELIVERY[WebhookDelivery.State(delivery.state)])


def tone_of(severity: Severity) -> str:
    """The colour of a reason."""
    return _SEVERITY[severity]


def failures(run: SyncRun) -> int:
    """How many records of a run failed."""
    return sums(run.counts)["failed"]
