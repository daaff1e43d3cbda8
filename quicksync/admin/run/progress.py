"""How far a run is, in words and numbers, for pages and the script that keeps them up to date."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import address
from quicksync.models import SyncRun
from quicksync.sync.runs import starting


@dataclass(frozen=True)
class Progress:
    """A run that is under way, or has just ended; or a comparison."""

    words: str
    note: str
    started: str
    done: int
    total: int
    summary: str
    finished: bool
    waits: bool
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
        words=words(run),
        note=note(run) if run.is_active else "",
        started=started(run),
        done=run.done,
        total=run.total,
        summary=present.summary(run.counts) if run.counts else "",
        finished=not run.is_to_come,
        waits=run.state == SyncRun.State.QUEUED,
        url=address("syncrun", "change", run.pk),
        poll_url=address("syncrun", "progress", run.pk),
    )


def words(run: SyncRun) -> str:
    """What goes on now."""
    if run.state == SyncRun.State.QUEUED:
        return waits_behind(run)
    if run.state == SyncRun.State.PLANNING:
        return _phase(run)
    if run.state == SyncRun.State.APPROVED and not _begun(run):
        return _("Waiting in line")
    if run.is_active:
        return _("Syncing changes: %(done)s of %(total)s") % {
            "done": f"{run.done:,}",
            "total": f"{run.total:,}",
        }
    return pills.of_run(run).text


def started(run: SyncRun) -> str:
    """What sort of run it is, whose, since when."""
    values = {
        "what": run.get_trigger_display(),
        "who": present.who(run),
        "when": _clock(run.started_at),
    }
    if run.state == SyncRun.State.QUEUED:
        return _("%(what)s, asked for at %(when)s (%(who)s)") % values
    return _("%(what)s, started at %(when)s (%(who)s)") % values


def waits_behind(run: SyncRun) -> str:
    """Whose run a waiting one is behind, and that nobody needs to press again (A14)."""
    if not run.connection.is_live:
        return _("In line: it starts when the company is connected again.")
    other = (
        SyncRun.objects.filter(connection=run.connection_id, state__in=SyncRun.ACTIVE)
        .select_related("user")
        .first()
    )
    if other is None:
        return _("Next in line: it starts within a minute.")
    return (
        f"{starting.at_work(other)}"
        f" {_('This one is in line and starts automatically when that is done.')}"
    )


def note(run: SyncRun) -> str:
    """Who has the run in hand, or what it waits for and since when (A14)."""
    now = timezone.now()
    if run.resume_at and run.resume_at > now:
        why = run.connection.clock.last_error if run.troubles else ""
        return " ".join(
            [_("Continues automatically at %(when)s.") % {"when": _clock(run.resume_at)}, why]
        ).strip()
    return in_hand(run.lease_holder, run.lease_until, run.heartbeat_at, run.started_at)


def in_hand(
    holder: str, until: dt.datetime | None, sign: dt.datetime | None, since: dt.datetime
) -> str:
    """Which worker has the lease `until` then, with its last `sign` of life; or since when it waits
    for one.
    """
    if not (until and holder and sign):
        return _("Waiting for a worker since %(when)s.") % {"when": _clock(sign or since)}
    host, process, *_rest = [*holder.split(":"), ""]
    held = {"host": host, "process": process, "when": _clock(sign)}
    if until < timezone.now():
        return (
            _(
                "The worker %(host)s (process %(process)s) has been silent since %(when)s;"
                " another one will take over."
            )
            % held
        )
    return _("Running on %(host)s (process %(process)s); last sign of life at %(when)s.") % held


def _clock(when: dt.datetime) -> str:
    return f"{timezone.localtime(when):%H:%M:%S}"


def _begun(run: SyncRun) -> bool:
    """Whether a worker has taken it up since it was approved."""
    return bool(run.heartbeat_at and run.approved_at and run.heartbeat_at > run.approved_at)


def _phase(run: SyncRun) -> str:
    if run.heartbeat_at is None:
        return _("Waiting in line")
    phases = {
        "read": _("Reading what changed in QuickBooks"),
        "scan": _("Reading the records here"),
        "plan": _("Comparing both sides"),
    }
    return phases.get(run.phase, _("Working"))
