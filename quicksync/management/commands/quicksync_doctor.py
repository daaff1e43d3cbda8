"""`quicksync_doctor`: is all as it should be? Exit code 0 if so, 1 with warnings, 2 with errors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quicksync import tables
from quicksync.models import Connection
from quicksync.sync.access import key_check, quota
from quicksync.sync.monitor import findings, health
from quicksync.sync.monitor.findings import Finding, Level
from quicksync.sync.worker import queue

SIGNS = {Level.WARNING: "!", Level.ERROR: "x"}
EXIT = {Level.WARNING: 1, Level.ERROR: 2}


@dataclass(frozen=True)
class Patient:
    """One connection, or the site when it has no number."""

    name: str
    number: int | None
    figures: dict[str, Any]
    findings: tuple[Finding, ...]


class Command(BaseCommand):
    """The health of the site and of all connections, in the shell."""

    help = (
        "Say whether everything is as it should be: settings, tables, worker, and each connection"
        " with its figures. Exit code 0 when nothing is found, 1 with warnings, 2 with errors."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print everything as JSON.")
        parser.add_argument(
            "--keys",
            action="store_true",
            help="Ask Intuit whether the app's keys are good (one call).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        behind = _behind()
        site = Patient(
            "Site", None, {}, (*behind, *_checks(), *(_keys() if options["keys"] else ()))
        )
        patients = [site]
        if not behind:
            patients = [
                Patient("Site", None, _plan(), (*site.findings, *findings.of_site())),
                *_connections(),
            ]
        self.stdout.write(_as_json(patients) if options["json"] else "\n".join(_lines(patients)))
        found = [finding.level for patient in patients for finding in patient.findings]
        if found:
            errors, warnings = found.count(Level.ERROR), found.count(Level.WARNING)
            worst = Level.ERROR if errors else Level.WARNING
            words = (
                f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}."
            )
            raise CommandError(words, returncode=EXIT[worst])


def _behind() -> tuple[Finding, ...]:
    trouble = queue.trouble_with(queue.name())
    lacking = tables.behind("quicksync", *(() if trouble else queue.runner().apps))
    return (
        (
            Finding(
                "tables-behind",
                Level.ERROR,
                f"The database is not up to date: {lacking}.",
                tables.FIX,
            ),
        )
        if lacking
        else ()
    )


def _checks() -> Iterable[Finding]:
    for message in checks.run_checks(tags=["quicksync"]):
        level = Level.ERROR if message.level >= checks.ERROR else Level.WARNING
        yield Finding(str(message.id), level, str(message.msg), str(message.hint or ""))


def _keys() -> Iterable[Finding]:
    for verdict in key_check.check_keys():
        if not verdict.is_good:
            level = Level.WARNING if verdict.keys is key_check.Keys.UNREACHABLE else Level.ERROR
            yield Finding(
                f"keys-{verdict.keys}", level, verdict.sentence, "See the set-up page in the admin."
            )


def _connections() -> Iterable[Patient]:
    rows = list(Connection.objects.order_by("pk"))
    for one in health.of(rows):
        yield Patient(
            str(one.connection), one.connection.pk, _figures(one), findings.of_connection(one)
        )


def _figures(one: health.Health) -> dict[str, Any]:
    connection, last = one.connection, one.connection.clock.last_run_at
    return {
        "status": connection.status,
        "paused": connection.paused,
        "company": connection.company_name,
        "days_left": one.days_left,
        "last_run": last.isoformat(timespec="seconds") if last else None,
        "lag_seconds": int(one.lag.total_seconds()) if one.lag else None,
        "owed": one.owed,
        "problems": {cause.code: cause.count for cause in one.causes},
        "records_waiting": one.problems,
        "calls": one.usage.calls,
        "reads": one.usage.reads,
        "reads_forecast": one.usage.forecast,
    }


def _lines(patients: Iterable[Patient]) -> Iterable[str]:
    for patient in patients:
        yield f"{patient.name} (connection {patient.number})" if patient.number else patient.name
        if patient.figures:
            words = _in_words if patient.number else _plan_in_words
            yield f"    {words(patient.figures)}"
        for finding in patient.findings:
            yield f"  {SIGNS[finding.level]} {finding.code}: {finding.sentence}"
            if finding.fix:
                yield f"      {finding.fix}"
        if not patient.findings:
            yield "    nothing to report"


def _plan() -> dict[str, Any]:
    """What all companies together have used of the plan at Intuit."""
    used = quota.of_site(timezone.now())
    return {"reads": used.reads, "reads_forecast": used.forecast, "reads_limit": used.limit}


def _plan_in_words(figures: dict[str, Any]) -> str:
    text = "{reads} of {reads_limit} metered reads this month, about {reads_forecast} at its end"
    return text.format_map(figures)


def _in_words(figures: dict[str, Any]) -> str:
    days = figures["days_left"]
    parts = [
        figures["status"],
        f"access for {days} days" if days is not None else "",
        f"last run {figures['last_run']}" if figures["last_run"] else "no run yet",
        f"{figures['owed']} waiting to be sent, {figures['records_waiting']} need a person",
        f"{figures['reads']} metered reads this month",
    ]
    return "; ".join(part for part in parts if part)


def _as_json(patients: Iterable[Patient]) -> str:
    return json.dumps([asdict(patient) for patient in patients])
