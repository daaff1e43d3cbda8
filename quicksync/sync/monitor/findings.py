"""What is not as it should be, with its cure: one list for health page, doctor and alerts (I14,
I15).
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django_q.models import Schedule

from quicksync.conf import settings
from quicksync.models import Connection, WebhookDelivery
from quicksync.models.appkeys import SECRETS
from quicksync.sync.access import app_keys, quota
from quicksync.sync.company import known as company
from quicksync.sync.monitor.health import Health
from quicksync.sync.worker import queue, schedule

# Days before the access ends on which people are told, each once.
TOLD_DAYS = (1, 7, 14)
# A schedule that is so late has no worker.
LATE = dt.timedelta(minutes=10)


class Level(enum.StrEnum):
    """How serious a finding is."""

    WARNING = "warning"  # works, but not for long or not wholly
    ERROR = "error"  # something does not work until a person acts


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. `code` is stable: the same finding is told once."""

    code: str
    level: Level
    sentence: str
    fix: str


def of_connection(health: Health) -> tuple[Finding, ...]:
    """What is the matter with one connection; nothing while it was never connected, or is
    disconnected on purpose.
    """
    if health.connection.status in {Connection.Status.NEW, Connection.Status.DISCONNECTED}:
        return ()
    return tuple(finding for rule in _RULES for finding in rule(health))


def of_site() -> tuple[Finding, ...]:
    """What is the matter with the site as a whole."""
    return tuple(finding for rule in _SITE_RULES for finding in rule())


# --- Rules of a connection ------------------------------------------------------------------------


def _access(health: Health) -> Iterator[Finding]:
    connection, days = health.connection, health.days_left
    if connection.status == Connection.Status.EXPIRED:
        yield Finding(
            "access-lost",
            Level.ERROR,
            "QuickBooks does not let us in any more; nothing is sent or fetched.",
            "Open the connection and press Reconnect. What waits is kept and goes on afterwards.",
        )
    elif connection.is_live and not connection.refresh_token:
        yield Finding(
            "access-unreadable",
            Level.ERROR,
            "The access to QuickBooks cannot be read with any encryption key.",
            "Put the key back into ENCRYPTION_KEYS (or the old SECRET_KEY into"
            " SECRET_KEY_FALLBACKS), or reconnect.",
        )
    elif days is not None and days <= max(TOLD_DAYS):
        near = next(number for number in TOLD_DAYS if days <= number)
        left = "less than a day" if days < 1 else "one day" if days == 1 else f"{days} days"
        yield Finding(
            f"access-ends-{near}", Level.WARNING, f"Access to QuickBooks ends in {left}.",
            "Open the connection and press Reconnect; nothing is lost and everything goes on.",
        )  # fmt: skip


def _stopped(health: Health) -> Iterator[Finding]:
    connection = health.connection
    if connection.paused and connection.failures >= settings.pause_after:
        yield Finding(
            "paused-by-itself",
            Level.ERROR,
            connection.pause_reason or "Paused by itself after failed runs.",
            "Open History, mend what the last run names, then press Resume on the connection.",
        )
    elif connection.failures >= 3:
        trouble = f" The last one: {connection.last_error}" if connection.last_error else ""
        yield Finding(
            "runs-fail",
            Level.WARNING,
            f"{connection.failures} runs in a row have stopped.{trouble}",
            "Open History: the run's reason names cause and fix.",
        )


def _late(health: Health) -> Iterator[Finding]:
    connection = health.connection
    if health.stuck_run:
        yield Finding(
            "run-stuck",
            Level.ERROR,
            f"Run {health.stuck_run} has shown no sign of life for a long time.",
            "Check that a worker runs (manage.py qcluster); it takes the run over. Or cancel the"
            " run in History.",
        )
    patience = max(connection.interval * 3, dt.timedelta(minutes=30))
    if connection.is_scheduled and health.works and connection.next_sync_at:
        overdue = timezone.now() - connection.next_sync_at
        if overdue > patience:
            yield Finding(
                "run-late",
                Level.ERROR,
                f"The next run has been due for {int(overdue.total_seconds()) // 60} minutes.",
                "Check that a worker runs (manage.py qcluster).",
            )


def _waits(health: Health) -> Iterator[Finding]:
    if health.unsafe_run:
        yield Finding(
            "unsafe-plan",
            Level.WARNING,
            "A plan would change so much that it waits for a person.",
            f"Open run {health.unsafe_run} in History; approve it with its own tick, or"
            " discard it.",
        )
    if health.problems:
        yield Finding(
            "records-wait", Level.WARNING, f"Records that wait for a person: {health.problems:,}.",
            "Open Skipped records: each names its cause and its fix.",
        )  # fmt: skip


def _missing(health: Health) -> Iterator[Finding]:
    found = company.missing(health.connection)
    if found:
        numbers = ", ".join(
            f"{name} {known:,} of {total:,}" for name, (known, total) in sorted(found.items())
        )
        yield Finding(
            "records-missing",
            Level.ERROR,
            f"QuickBooks counts more records than it lets us read: {numbers}.",
            "Nothing is done about those that are missing. All are read again once a day; if it"
            " stays so, ask Intuit's support.",
        )


def _environment(health: Health) -> Iterator[Finding]:
    connection, keyed = health.connection, health.keyed
    # Without any keys the site as a whole is told.
    if (
        keyed
        and connection.edition == "online"
        and app_keys.environment_of(connection.environment) not in keyed
    ):
        yield Finding(
            "environment",
            Level.ERROR,
            f"The connection belongs to Intuit's {connection.environment} environment, the app keys"
            f" to {', '.join(sorted(keyed))}.",
            f"Enter the keys for {connection.environment} on the set-up page, or set ENVIRONMENT"
            " and the keys to it.",
        )


_RULES: tuple[Callable[[Health], Iterator[Finding]], ...] = (
    _access, _stopped, _late, _waits, _missing, _environment,
)  # fmt: skip


# --- Rules of the site ----------------------------------------------------------------------------


def _keys() -> Iterator[Finding]:
    known = app_keys.in_force()
    lost = [
        one.stored for one in known if one.stored and any(map(one.stored.is_unreadable, SECRETS))
    ]
    if lost:
        yield Finding(
            "keys-unreadable",
            Level.ERROR,
            "Keys that were entered in the admin can be read with no encryption key.",
            "Put the key back into ENCRYPTION_KEYS (or the old SECRET_KEY into"
            " SECRET_KEY_FALLBACKS), or enter them again on the set-up page.",
        )
    elif (
        not any(one.keys for one in known) and Connection.objects.filter(edition="online").exists()
    ):
        yield Finding(
            "keys-missing",
            Level.ERROR,
            "The keys of the app at Intuit are missing.",
            "Open Set-up in the admin: it tells where they stand at Intuit, and takes them. Or set"
            " CLIENT_ID and CLIENT_SECRET.",
        )


def _worker() -> Iterator[Finding]:
    row = Schedule.objects.filter(func=schedule.DISPATCH).order_by("-next_run").first()
    if row is None:
        yield Finding(
            "schedule-missing", Level.ERROR, "Nothing starts runs: the schedule is missing.",
            "Run manage.py migrate, which makes it again.",
        )  # fmt: skip
    elif row.next_run and row.next_run < timezone.now() - LATE:
        yield Finding(
            "no-worker",
            Level.ERROR,
            f"No worker has looked for due runs since {row.next_run:%Y-%m-%d %H:%M} UTC.",
            "Start manage.py qcluster, under something that starts it again.",
        )


def _queue() -> Iterator[Finding]:
    if not queue.answers():
        yield Finding(
            "queue-away",
            Level.ERROR,
            "The task queue does not answer. Nothing is lost, but runs begin late or not at all.",
            "Start the queue's broker again (Q_CLUSTER in the settings names it). What waits goes"
            " on by itself.",
        )


def _webhooks() -> Iterator[Finding]:
    lately = timezone.now() - dt.timedelta(days=1)
    found = WebhookDelivery.objects.filter(
        WebhookDelivery.puzzling() | Q(state=WebhookDelivery.State.REFUSED), received_at__gte=lately
    )
    states = set(found.order_by().values_list("state", flat=True).distinct())
    if states - {WebhookDelivery.State.REFUSED}:
        yield Finding(
            "webhook-strange",
            Level.WARNING,
            "QuickBooks has sent a notification of an unknown shape.",
            "Nothing is lost, for changes are read anyway; look at it under Webhook deliveries and"
            " update quicksync.",
        )
    if WebhookDelivery.State.REFUSED in states:
        yield Finding(
            "webhook-refused",
            Level.WARNING,
            "Notifications with a wrong signature were refused.",
            "Compare the verifier token on the set-up page (or WEBHOOK_VERIFIER) with that of the"
            " subscription at Intuit.",
        )


def _reads() -> Iterator[Finding]:
    used = quota.of_site(timezone.now())
    later = (
        "Automatic runs come less often until then, so that what people ask for can still be read."
    )
    fix = "Choose longer intervals, or a bigger plan at Intuit (and set MONTHLY_READS to it)."
    if used.is_over:
        yield Finding(
            "reads-over",
            Level.ERROR,
            f"{used.reads:,} metered reads of this month are used; the plan allows {used.limit:,}."
            " Intuit may answer no more until the next month.",
            fix,
        )
    elif used.longer != 1:
        yield Finding(
            "reads-forecast",
            Level.WARNING,
            f"At this rate all companies together use {used.forecast:,} metered reads this month;"
            f" the plan allows {used.limit:,}. {later}",
            fix,
        )


_SITE_RULES: tuple[Callable[[], Iterator[Finding]], ...] = (
    _keys,
    _worker,
    _queue,
    _webhooks,
    _reads,
)
