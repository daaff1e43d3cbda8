"""Working on a run here and now instead of in the worker, for commands."""

from __future__ import annotations

import time

import msgspec
from django.core.management.base import BaseCommand, CommandError

from quicksync.exceptions import QuicksyncError
from quicksync.models import SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.records import KINDS
from quicksync.sync.drivers import direct
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import counts, lease

# The longest wait between two looks, in seconds, while QuickBooks has told us to wait.
LONGEST_WAIT = 15.0


def work_here(command: BaseCommand, run: SyncRun, *, as_json: bool) -> None:
    """Work on a run to its end, or to where it waits for a person, and print its result.

    Raises CommandError when it stopped or records failed.
    """
    try:
        _work(command, run, quiet=as_json)
    except QuicksyncError as error:
        raise CommandError(error.sentence) from error
    run.refresh_from_db()
    command.stdout.write(in_json(run) if as_json else _summary(run))
    _end(run)


def _work(command: BaseCommand, run: SyncRun, *, quiet: bool) -> None:
    """Slice after slice."""
    while run.is_active:
        verdict = direct.work(run.pk, lease.new_holder())
        run.refresh_from_db()
        if not quiet:
            command.stdout.write(f"{run.phase}: {run.done} of {max(run.total, run.done)} records")
        if verdict is None or verdict.next is Next.WAIT:
            time.sleep(min(verdict.wait if verdict else 1.0, LONGEST_WAIT))


def _end(run: SyncRun) -> None:
    failed = counts.sums(run.counts)["failed"]
    if run.state in (SyncRun.State.FAILED, SyncRun.State.CANCELLED):
        why = explain(Reason(run.reason, run.reason_values)) if run.reason else None
        raise CommandError(
            f"The run ended: {run.get_state_display()}. {why.sentence if why else ''}".strip()
        )
    if failed:
        raise CommandError(f"{failed} records failed: see Skipped records in the admin.")


def _summary(run: SyncRun) -> str:
    arrows = {"push": "→", "pull": "←", "none": " "}
    lines = [f"Run {run.pk}: {run.get_state_display()}, {run.calls} API calls"]
    for kind, direction, outcomes in counts.rows(run.counts):
        numbers = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items() if number)
        lines.append(f"  {arrows[direction]} {KINDS[kind].plural}: {numbers}")
    drafts = run.operations.filter(state="draft").count()
    if drafts:
        lines.append(f"  {drafts} proposals are waiting for approval in the admin.")
    return "\n".join(lines)


def in_json(run: SyncRun) -> str:
    """The run's result: {"run", "state", "reason", "counts", "sums", "calls", "reads"}."""
    result = {
        "run": run.pk, "state": run.state, "reason": run.reason, "counts": run.counts,
        "sums": counts.sums(run.counts), "calls": run.calls, "reads": run.metered,
    }  # fmt: skip
    return msgspec.json.encode(result).decode()
