"""The digest: once a week a mail of how everything stands; alerts tell what is new (I15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.models import Connection
from quicksync.sync.access import quota
from quicksync.sync.monitor import alerts, findings, health
from quicksync.sync.monitor.findings import Finding
from quicksync.sync.monitor.health import Health

# Causes that are named for each connection; the others are in its Health.
MOST_CAUSES = 5


def send() -> int:
    """Mail the digest to whom alerts go. Returns to how many."""
    recipients = alerts.addressees()
    found = [
        one for rows in alerts.batches() for one in health.of(rows) if one.connection.connected_at
    ]
    if not (recipients and found):
        return 0
    wrong = [findings.of_site(), *(findings.of_connection(one) for one in found)]
    number = sum(len(each) for each in wrong)
    subject = (
        ngettext(
            "QuickBooks, weekly: one thing needs a look",
            "QuickBooks, weekly: %(n)d things need a look",
            number,
        )
        % {"n": number}
        if number
        else _("QuickBooks, weekly: all is well")
    )
    return len(recipients) if alerts.mail(subject, [*_lines(found, wrong)], recipients) else 0


def _lines(found: Sequence[Health], wrong: Sequence[Sequence[Finding]]) -> Iterator[str]:
    site, *each = wrong
    for one, own in zip(found, each, strict=True):
        yield f"{one.connection}: {one.connection.get_status_display()}"
        yield f"  {_figures(one)}"
        if one.causes:
            yield "  " + _("Problems by cause: %(causes)s.") % {"causes": _causes(one)}
        yield from _named(own)
        if link := alerts.link(one.connection):
            yield f"  {link}"
        yield ""
    if site:
        yield _("This site")
        yield from _named(site)
        yield ""
    used = quota.of_site(timezone.now())
    if used.limit:
        yield (
            _("Metered reads this month: %(reads)s of %(limit)s, with a forecast of %(forecast)s.")
            % {
                "reads": f"{used.reads:,}",
                "limit": f"{used.limit:,}",
                "forecast": f"{used.forecast:,}",
            }
        )


def _figures(one: Health) -> str:
    last = one.connection.clock.last_run_at
    parts = [
        _("access for %(days)s days") % {"days": one.days_left}
        if one.days_left is not None
        else "",
        _("last run %(when)s") % {"when": f"{timezone.localtime(last):%Y-%m-%d %H:%M}"}
        if last
        else _("no run yet"),
        _("%(owed)s waiting to be sent") % {"owed": f"{one.owed:,}"},
        _("%(problems)s need you") % {"problems": f"{one.problems:,}"},
        _week(one.connection),
    ]
    return ", ".join(part for part in parts if part)


def _week(connection: Connection) -> str:
    """What ran in the last seven days."""
    days = health.days([connection])[-7:]
    good, failed = sum(day.good for day in days), sum(day.failed for day in days)
    return _("%(good)s runs finished and %(failed)s stopped since %(date)s") % {
        "good": f"{good:,}",
        "failed": f"{failed:,}",
        "date": f"{days[0].date:%Y-%m-%d}",
    }


def _causes(one: Health) -> str:
    named = [
        f"{cause.code.replace('-', ' ')} ({cause.count:,})" for cause in one.causes[:MOST_CAUSES]
    ]
    return ", ".join([*named, *([_("and others")] if len(one.causes) > MOST_CAUSES else [])])


def _named(found: Sequence[Finding]) -> Iterator[str]:
    for finding in found:
        yield f"  - {finding.sentence}"
        if finding.fix:
            yield f"    {finding.fix}"
