"""`quicksync_sync`: one run, worked on here and now instead of in the worker."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.exceptions import QuicksyncError
from quicksync.management import connections
from quicksync.models import SyncRun
from quicksync.planning.reasons import explain
from quicksync.planning.steps import Reason
from quicksync.quickbooks.editions import edition_for
from quicksync.records import KINDS
from quicksync.sync import cycle, drain, lease, tally
from quicksync.sync.cycle import Next

# The longest wait between two looks, in seconds, while QuickBooks has told us to wait.
LONGEST_WAIT = 15.0


class Command(BaseCommand):
    """Reads, compares and carries over, as "Synchronize now" does; exit code 1 when records or the run failed."""

    help = (
        "Synchronize one connection here and now, without a worker. Exit code 0 when everything went well, 1 when the "
        "run stopped or records failed; what is held or skipped has its reason in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        connections.add_option(parser)
        parser.add_argument("--preview", action="store_true", help="Only compare; approve or discard it in the admin.")
        parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections.chosen(options["connection"])
        if edition_for(connection.edition).can.polled:
            raise CommandError(f"{connection} is synchronized when its Web Connector runs, not from here.")
        trigger = SyncRun.Trigger.PREVIEW if options["preview"] else SyncRun.Trigger.MANUAL
        try:
            run = cycle.start(connection, trigger=trigger, preview=options["preview"])
            self._work(run, quiet=options["json"])
        except QuicksyncError as error:
            raise CommandError(error.sentence) from error
        run.refresh_from_db()
        self.stdout.write(as_json(run) if options["json"] else _summary(run))
        self._end(run)

    def _work(self, run: SyncRun, *, quiet: bool) -> None:
        """Slice after slice until the run ends, or waits for a person."""
        while run.is_active:
            verdict = drain.work(run.pk, lease.new_holder())
            run.refresh_from_db()
            if not quiet:
                self.stdout.write(f"{run.phase}: {run.done} of {max(run.total, run.done)} records")
            if verdict is None or verdict.next is Next.WAIT:
                time.sleep(min(verdict.wait if verdict else 1.0, LONGEST_WAIT))

    def _end(self, run: SyncRun) -> None:
        failed = tally.sums(run.counts)["failed"]
        if run.state in (SyncRun.State.FAILED, SyncRun.State.CANCELLED):
            why = explain(Reason(run.reason, run.reason_values)) if run.reason else None
            raise CommandError(f"The run ended: {run.get_state_display()}. {why.sentence if why else ''}".strip())
        if failed:
            raise CommandError(f"{failed} records failed: see Skipped records in the admin.")


def _summary(run: SyncRun) -> str:
    arrows = {"push": "→", "pull": "←", "none": " "}
    lines = [f"Run {run.pk}: {run.get_state_display()}, {run.calls} API calls"]
    for kind, direction, outcomes in tally.rows(run.counts):
        numbers = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items() if number)
        lines.append(f"  {arrows[direction]} {KINDS[kind].plural}: {numbers}")
    drafts = run.operations.filter(state="draft").count()
    if drafts:
        lines.append(f"  {drafts} proposals wait for approval in the admin.")
    return "\n".join(lines)


def as_json(run: SyncRun) -> str:
    """The run's result: {"run", "state", "reason", "counts", "sums", "calls", "reads"}."""
    result = {
        "run": run.pk, "state": run.state, "reason": run.reason, "counts": run.counts,
        "sums": tally.sums(run.counts), "calls": run.calls, "reads": run.metered,
    }  # fmt: skip
    return msgspec.json.encode(result).decode()
