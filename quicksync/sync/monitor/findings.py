"""What is not as it should be, with its cure: one list for page, doctor and alerts (I14, I15)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError
from quicksync.models import Connection, WebhookDelivery
from quicksync.models.appkeys import SECRETS
from quicksync.quickbooks.loading import signing_in, trouble_with
from quicksync.sync.access import app_keys, quota
from quicksync.sync.company import known as company
from quicksync.sync.monitor.health import Health
from quicksync.sync.worker import queue

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


def edition_gone(connection: Connection) -> Finding | None:
    """What to do when the edition of a connection cannot be used; None when it can."""
    trouble = trouble_with(connection.edition)
    if not trouble:
        return None
    if not connection.realm_id:
        fix = _(
            "Choose another edition, or put it back into QUICKSYNC['EDITIONS'] and restart the site"
            " and the worker."
        )
    else:
        fix = _(
            "Put it back into QUICKSYNC['EDITIONS'] and restart the site and the worker. Pairs,"
            " settings and history are kept."
        )
        if connection.status != Connection.Status.DISCONNECTED:
            fix += " " + _("If it is gone for good, disconnect the connection.")
    return Finding("edition-gone", Level.ERROR, trouble, fix)


def of_site() -> tuple[Finding, ...]:
    """What is the matter with the site as a whole."""
    return tuple(finding for rule in _SITE_RULES for finding in rule())


# --- Rules of a connection ------------------------------------------------------------------------


def _edition(health: Health) -> Iterator[Finding]:
    if found := edition_gone(health.connection):
        yield found


def _access(health: Health) -> Iterator[Finding]:
    connection, days = health.connection, health.days_left
    if connection.status == Connection.Status.EXPIRED:
        yield Finding(
            "access-lost",
            Level.ERROR,
            _("This site no longer has access to QuickBooks; nothing is sent or fetched."),
            _("Open the connection and press Reconnect. What is waiting is kept and then sent."),
        )
    elif connection.is_live and not health.readable:
        yield Finding(
            "access-unreadable",
            Level.ERROR,
            _("The access to QuickBooks cannot be decrypted with any configured key."),
            _(
                "Put the key back into ENCRYPTION_KEYS (or the old SECRET_KEY into"
                " SECRET_KEY_FALLBACKS), or reconnect."
            ),
        )
    elif days is not None and days <= max(TOLD_DAYS):
        near = next(number for number in TOLD_DAYS if days <= number)
        yield Finding(
            f"access-ends-{near}",
            Level.WARNING,
            _("Access to QuickBooks ends in less than a day.")
            if days < 1
            else ngettext(
                "Access to QuickBooks ends in one day.",
                "Access to QuickBooks ends in %(days)s days.",
                days,
            )
            % {"days": days},
            _("Open the connection and press Reconnect; nothing is lost and syncing continues."),
        )


def _stopped(health: Health) -> Iterator[Finding]:
    connection, clock = health.connection, health.connection.clock
    if connection.paused and clock.failures >= settings.pause_after:
        yield Finding(
            "paused-by-itself",
            Level.ERROR,
            connection.pause_reason or _("Paused automatically after failed runs."),
            _("Open History, fix what the last run names, then press Resume on the connection."),
        )
    elif clock.failures >= 3:
        sentence = _("%(number)s runs in a row have stopped.") % {"number": clock.failures}
        if clock.last_error:
            sentence += " " + _("The last one: %(error)s") % {"error": clock.last_error}
        yield Finding(
            "runs-fail",
            Level.WARNING,
            sentence,
            _("Open History: the run's reason gives the cause and the fix."),
        )


def _late(health: Health) -> Iterator[Finding]:
    connection = health.connection
    if health.stuck_run:
        yield Finding(
            "run-stuck",
            Level.ERROR,
            _("Run %(run)s has shown no sign of life for a long time.") % {"run": health.stuck_run},
            _(
                "Check that a worker is running (%(command)s); it takes the run over. Or cancel"
                " the run in History."
            )
            % {"command": _command()},
        )
    patience = max(connection.interval * 3, dt.timedelta(minutes=30))
    if connection.is_scheduled and health.works and connection.clock.next_sync_at:
        overdue = timezone.now() - connection.clock.next_sync_at
        if overdue > patience:
            yield Finding(
                "run-late",
                Level.ERROR,
                _("The next run has been due for %(minutes)s minutes.")
                % {"minutes": int(overdue.total_seconds()) // 60},
                _("Check that a worker is running (%(command)s).") % {"command": _command()},
            )


def _waits(health: Health) -> Iterator[Finding]:
    if health.unsafe_run:
        yield Finding(
            "unsafe-plan",
            Level.WARNING,
            _("A plan would change so much that a person has to approve it."),
            _("Open run %(run)s in History; tick its box to approve it, or discard it.")
            % {"run": health.unsafe_run},
        )
    if health.problems:
        yield Finding(
            "records-wait",
            Level.WARNING,
            _("Records that need you: %(number)s.") % {"number": f"{health.problems:,}"},
            _("Open Skipped records: each one gives its cause and its fix."),
        )


def _missing(health: Health) -> Iterator[Finding]:
    found = company.missing(health.connection)
    if found:
        numbers = ", ".join(
            f"{name} {known:,} of {total:,}" for name, (known, total) in sorted(found.items())
        )
        yield Finding(
            "records-missing",
            Level.ERROR,
            _("QuickBooks counts more records than it lets us read: %(numbers)s.")
            % {"numbers": numbers},
            _(
                "Nothing is done about the missing ones. Everything is read again once a day; if"
                " this does not go away, ask Intuit's support."
            ),
        )


def _environment(health: Health) -> Iterator[Finding]:
    connection, keyed = health.connection, health.keyed
    # Without any keys the site's own finding says so.
    if (
        keyed
        and connection.edition in signing_in()
        and app_keys.environment_of(connection.environment) not in keyed
    ):
        yield Finding(
            "environment",
            Level.ERROR,
            _(
                "The connection belongs to Intuit's %(environment)s environment, but the app's"
                " keys belong to %(others)s."
            )
            % {"environment": connection.environment, "others": ", ".join(sorted(keyed))},
            _(
                "Enter the keys for %(environment)s on the set-up page, or set ENVIRONMENT and the"
                " keys to it."
            )
            % {"environment": connection.environment},
        )


_RULES: tuple[Callable[[Health], Iterator[Finding]], ...] = (
    _edition, _access, _stopped, _late, _waits, _missing, _environment,
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
            _("The app's keys cannot be decrypted with any configured encryption key."),
            _(
                "Put the key back into ENCRYPTION_KEYS (or the old SECRET_KEY into"
                " SECRET_KEY_FALLBACKS), or enter the app's keys again on the set-up page."
            ),
        )
    elif (
        not any(one.keys for one in known)
        and Connection.objects.filter(edition__in=signing_in()).exists()
    ):
        yield Finding(
            "keys-missing",
            Level.ERROR,
            _("The keys of the app at Intuit are missing."),
            _(
                "Open Set-up in the admin: it says where to find them at Intuit, and you can enter"
                " them there. Or set CLIENT_ID and CLIENT_SECRET."
            ),
        )


def _worker() -> Iterator[Finding]:
    if trouble := queue.trouble_with(queue.name()):
        yield Finding("runner-unusable", Level.ERROR, trouble.sentence, trouble.fix)
        return
    due = queue.runner().next_look()
    if due is None:
        yield Finding(
            "schedule-missing",
            Level.ERROR,
            _("Nothing starts runs: the schedule is missing."),
            _("Run manage.py migrate, which creates it again."),
        )
    elif due < timezone.now() - LATE:
        yield Finding(
            "no-worker",
            Level.ERROR,
            _("No worker has looked for due runs since %(moment)s UTC.")
            % {"moment": f"{due:%Y-%m-%d %H:%M}"},
            _("Start %(command)s, under something that restarts it.") % {"command": _command()},
        )


def _queue() -> Iterator[Finding]:
    if queue.trouble_with(queue.name()) is None and not queue.answers():
        yield Finding(
            "queue-away",
            Level.ERROR,
            _(
                "The task queue does not answer. Nothing is lost, but runs start late or not at"
                " all."
            ),
            _(
                "Start the queue's broker again (%(setting)s in the settings names it). What is"
                " waiting then continues on its own."
            )
            % {"setting": queue.runner().setting},
        )


def _command() -> str:
    """What starts a worker here."""
    with suppress(ConfigurationError):
        return queue.runner().command
    return _("its runner cannot work")


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
            _("QuickBooks has sent a notification that we cannot read."),
            _(
                "Nothing is lost, since changes are read anyway. Look at it under Notifications"
                " from QuickBooks and update quicksync."
            ),
        )
    if WebhookDelivery.State.REFUSED in states:
        yield Finding(
            "webhook-refused",
            Level.WARNING,
            _("Notifications with a wrong signature were refused."),
            _(
                "Compare the verifier token on the set-up page (or WEBHOOK_VERIFIER) with that of"
                " the subscription at Intuit."
            ),
        )


def _reads() -> Iterator[Finding]:
    used = quota.of_site(timezone.now())
    fix = _("Choose longer intervals, or a bigger plan at Intuit (and set MONTHLY_READS to it).")
    numbers = {
        "reads": f"{used.reads:,}",
        "limit": f"{used.limit:,}",
        "forecast": f"{used.forecast:,}",
    }
    if used.is_over:
        yield Finding(
            "reads-over",
            Level.ERROR,
            _(
                "%(reads)s metered reads have been used this month; the plan allows %(limit)s."
                " Intuit may not answer again until next month."
            )
            % numbers,
            fix,
        )
    elif used.longer != 1:
        yield Finding(
            "reads-forecast",
            Level.WARNING,
            _(
                "At this rate all companies together will use %(forecast)s metered reads this"
                " month; the plan allows %(limit)s. Automatic runs are less frequent until then,"
                " so that reads are left for what people ask for."
            )
            % numbers,
            fix,
        )


_SITE_RULES: tuple[Callable[[], Iterator[Finding]], ...] = (
    _keys,
    _worker,
    _queue,
    _webhooks,
    _reads,
)
