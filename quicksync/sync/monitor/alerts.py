"""Alerts by e-mail: what is newly wrong, in one mail, each thing once (I15)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync.conf import settings
from quicksync.local import pages
from quicksync.models import Alert, Connection
from quicksync.sync.monitor import findings, health
from quicksync.sync.monitor.findings import Finding

log = logging.getLogger("quicksync.alerts")

PERMISSION = "quicksync.connect_connection"
# Connections that are looked at together.
BATCH = 200


def check() -> int:
    """Look for what is wrong, note what is new and what is over, and send the new in one mail.
    Returns how many.
    """
    _note(None, findings.of_site(), Alert.objects.filter(connection=None, ended_at=None))
    for connections in batches():
        known = defaultdict(list)
        for alert in Alert.objects.filter(connection__in=connections, ended_at=None):
            known[alert.connection_id].append(alert)
        for found in health.of(connections):
            _note(found.connection, findings.of_connection(found), known[found.connection.pk])
    return tell()


def batches() -> Iterator[list[Connection]]:
    """All connections, some at a time."""
    last = 0
    rows = Connection.objects.order_by("pk")
    while found := list(rows.filter(pk__gt=last)[:BATCH]):
        last = found[-1].pk
        yield found


def _note(connection: Connection | None, found: Iterable[Finding], alerts: Iterable[Alert]) -> None:
    """Keep the open alerts of one connection, or of the site, in step with what is found."""
    known = {alert.code: alert for alert in alerts}
    new = {finding.code: finding for finding in found}
    over = [alert.pk for code, alert in known.items() if code not in new]
    if over:
        Alert.objects.filter(pk__in=over, ended_at=None).update(ended_at=timezone.now())
    for code, finding in new.items():
        words = {
            "level": finding.level,
            "sentence": finding.sentence[:1000],
            "fix": finding.fix[:1000],
        }
        if code not in known:
            # Another worker may find it at the same moment: the constraint keeps one of the two.
            Alert.objects.bulk_create(
                [Alert(connection=connection, code=code, **words)], ignore_conflicts=True
            )
        elif known[code].sentence != words["sentence"]:
            Alert.objects.filter(pk=known[code].pk, ended_at=None).update(**words)


def tell() -> int:
    """Send what nobody has been told yet; what cannot be sent is tried again next time. Returns how
    many were sent.

    Without anybody to tell they wait, and are shown in the admin.
    """
    recipients = addressees()
    if not recipients:
        return 0
    now = timezone.now()
    waiting = list(Alert.objects.filter(ended_at=None, told_at=None).values_list("pk", flat=True))
    # Claimed one by one: a mail goes out once, however many workers are at it.
    ours = [pk for pk in waiting if Alert.objects.filter(pk=pk, told_at=None).update(told_at=now)]
    alerts = Alert.objects.filter(pk__in=ours).select_related("connection")
    told = list(alerts.order_by(F("connection__name").asc(nulls_first=True), "connection_id", "id"))
    if told and not mail(_subject(told), [*_lines(told)], recipients):
        Alert.objects.filter(pk__in=ours).update(told_at=None)
        return 0
    return len(told)


def addressees() -> list[str]:
    """`ALERT_EMAILS`; if that is empty, the staff who may connect companies, by e-mail."""
    if settings.alert_emails:
        return list(settings.alert_emails)
    staff = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
    return sorted({user.email for user in staff if user.email and user.has_perm(PERMISSION)})


def mail(subject: str, lines: Sequence[str], recipients: Sequence[str]) -> bool:
    """One mail for each address, so that none sees the others."""
    mails = [EmailMessage(subject, "\n".join(lines), to=[address]) for address in recipients]
    try:
        for one in mails:
            one.send()
    except OSError as error:
        # Mail servers' refusals are OSErrors too.
        log.error(
            "alerts could not be sent: %s", type(error).__name__, extra={"action": "alerts_unsent"}
        )
        return False
    log.info("alerts sent", extra={"action": "alerts", "mails": len(mails)})
    return True


def _subject(alerts: Sequence[Alert]) -> str:
    if len(alerts) == 1:
        alert = alerts[0]
        about = f"{alert.connection}: " if alert.connection else ""
        return " ".join(f"QuickBooks: {about}{alert.sentence}".split())[:150]
    return _("QuickBooks: %(number)s things need a look") % {"number": len(alerts)}


def _lines(alerts: Sequence[Alert]) -> Iterator[str]:
    for connection, group in groupby(alerts, key=lambda alert: alert.connection):
        yield str(connection or "This site")
        for alert in group:
            yield f"  - {alert.sentence}"
            if alert.fix:
                yield f"    {alert.fix}"
        if address := link(connection):
            yield f"  {address}"
        yield ""
    yield _("Each problem is e-mailed once. Health in the admin shows how things are now.")


def link(connection: Connection | None) -> str:
    """The page to go to, when the site knows its own address (`SITE_URL`)."""
    if not settings.site_url:
        return ""
    if connection is None:
        page = pages.url("quicksync_connection_health")
    else:
        page = pages.url("quicksync_connection_change", connection.pk)
    return settings.site_url + page if page else ""
