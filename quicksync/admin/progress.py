"""How far a run is, in words and numbers, for pages and for the script that keeps them up to date."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from quicksync.admin import pills, present
from quicksync.admin.base import address
from quicksync.models import SyncRun


@dataclass(frozen=True)
class Progress:
    """A run that is under way, or has just ended."""

    run_id: int
    words: str
    done: int
    total: int
    summary: str
    finished: bool
    url: str
    poll_url: str

    @property
    def percent(self) -> int | None:
        """None while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def as_json(self) -> dict[str, Any]:
        """What the script reads."""
        return {**asdict(self), "percent": self.percent}


def progress(run: SyncRun) -> Progress:
    """The state of a run as the pages show it."""
    return Progress(
        run_id=run.pk,
        words=words(run),
        done=run.done,
        total=run.total,
        summary=present.summary(run.counts) if run.counts else "",
        finished=not run.is_active,
        url=address("syncrun", "change", run.pk),
        poll_url=address("syncrun", "progress", run.pk),
    )


def words(run: SyncRun) -> str:
    """What goes on now."""
    if run.state == SyncRun.State.PLANNING:
        return _phase(run)
    if run.state == SyncRun.State.APPROVED and not _begun(run):
        return _("Waiting for its turn")
    if run.is_active:
        return _("Sending and taking over changes: %(done)s of %(total)s") % {
            "done": f"{run.done:,}",
            "total": f"{run.total:,}",
        }
    return pills.of_run(run).text


def _begun(run: SyncRun) -> bool:
    """Whether a worker has taken it up since it was approved."""
    return bool(run.heartbeat_at and run.approved_at and run.heartbeat_at > run.approved_at)


def _phase(run: SyncRun) -> str:
    if run.heartbeat_at is None:
        return _("Waiting for its turn")
    phases = {
        "read": _("Reading what changed in QuickBooks"),
        "scan": _("Looking at the records here"),
        "plan": _("Comparing both sides"),
    }
    return phases.get(run.phase, _("Working"))
