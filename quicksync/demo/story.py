"""The demonstration's steps in order: books, site, connection, first sync, quiet cycle, proof."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.utils import timezone

from quicksync.demo import proof, walk
from quicksync.demo.processes import Processes
from quicksync.demo.show import Bar, table
from quicksync.demo.simulated import Company
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Connection, ConnectionClock, SyncRun
from quicksync.options.choices import StartBasis
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.records import KINDS
from quicksync.sync.actions import connect
from quicksync.sync.plan import approve
from quicksync.sync.runs import pausing, starting
from quicksync.sync.worker import counts

LOGIN = "demo"
PASSWORD = LOGIN
NAME = "Sample company"
# The example files begin in October 2025: what is dated before this day is left out, with its
# reason.
START = dt.date(2026, 1, 1)
# Seconds without any sign of life from the worker after which the demonstration gives up.
SILENCE = 180

Say = Callable[[str], None]


def set_up(say: Say) -> AbstractBaseUser:
    """Tables, the demonstration's user, the sample books."""
    call_command("migrate", verbosity=0, interactive=False)
    users = get_user_model()._default_manager
    user: AbstractBaseUser | None = users.filter(**{users.model.USERNAME_FIELD: LOGIN}).first()
    if user is None:
        user = users.model(**{users.model.USERNAME_FIELD: LOGIN}, is_staff=True, is_superuser=True)
        user.set_password(PASSWORD)
        user.save()
    say("Sample books (docs/examples):")
    call_command("quicksync_import", examples=True, lists=True)
    return user


class Story:
    """The steps that need the other processes."""

    def __init__(
        self, say: Say, processes: Processes, company: Company, site: str, user: AbstractBaseUser
    ) -> None:
        self.say = say
        self.processes = processes
        self.company = company
        self.site = site
        self.user = user

    def connection(self) -> Connection:
        """The connection, made through the pages of both sides if it does not stand yet; it pauses
        while we look.
        """
        connection, _ = Connection.objects.get_or_create(
            name=NAME, defaults={"environment": Connection.Environment.SANDBOX}
        )
        pausing.pause(connection, why="The demo is at work.")
        if not connection.is_live:
            self.say(f"\nConnecting at {self.site} through QuickBooks' consent page")
            walk.connect(self.site, LOGIN, PASSWORD, connection)
        self._wait_for_others(connection)
        connection.refresh_from_db()
        self.say(
            f"Connected: {connection.company_name}, {connection.country},"
            f" {connection.home_currency}"
        )
        self._switch_on(connection)
        return connection

    @staticmethod
    def _switch_on(connection: Connection) -> None:
        """What a person does on the connection's page: categories on, and a start date."""
        for category in connect.categories(connection):
            if not category.enabled and category.first_synced_at is None:
                category.enabled = True
                if KINDS[category.kind].is_document:
                    category.start_date = START
                    category.options = category.options.replace(start_basis=StartBasis.DOCUMENT)
                category.save()

    def first_sync(self, connection: Connection) -> None:
        """Everything for the first time, if that has not been done before."""
        if connection.categories.filter(enabled=True, first_synced_at=None).exists():
            self.say("\nFirst synchronization: a preview, which is approved, then the run")
            run = self._start(connection, trigger=SyncRun.Trigger.PREVIEW, preview=True)
            self._watch(run, None)
            approved = approve.approve(run, user=self.user, force=bool(run.unsafe)).approved
            self.say(f"{approved} changes approved")
            self.say(_summary(self._finish(run, Bar())))

    def quiet_cycle(self, connection: Connection) -> None:
        """A cycle with nothing to do, as they come every five minutes; its calls are counted by the
        simulator's log.
        """
        before = self.company.requests_seen()
        run = self.sync(connection, bar=False)
        calls = self.company.api_calls(before)
        sums = counts.sums(run.counts)
        changes = sums["created"] + sums["updated"]
        self.say(
            f"\nNext cycle: {changes} change{'s' * (changes != 1)}, {calls} API"
            f" call{'s' * (calls != 1)}"
        )
        if changes or sums["failed"]:
            self.say(_summary(run))

    def prove(self, connection: Connection) -> bool:
        """Whether both sides agree to the cent, shown in numbers."""
        connection.refresh_from_db()
        return proof.show(connection, self.company, self.say)

    def sync(self, connection: Connection, *, bar: bool = True) -> SyncRun:
        """Synchronize now, as the button does, and watch. Raises NotAllowed when the run does not
        finish.
        """
        run = self._start(connection, trigger=SyncRun.Trigger.MANUAL)
        return self._finish(run, Bar() if bar else None)

    def _start(self, connection: Connection, *, trigger: str, preview: bool = False) -> SyncRun:
        while True:
            try:
                return starting.start(connection, trigger=trigger, user=self.user, preview=preview)
            except Busy:
                self._wait_for_others(connection)

    def _finish(self, run: SyncRun, bar: Bar | None) -> SyncRun:
        run.refresh_from_db()
        self._watch(run, bar)
        if run.state != SyncRun.State.DONE:
            why = explain(Reason(run.reason, run.reason_values)) if run.reason else None
            raise NotAllowed(
                f"The run ended as '{run.get_state_display()}'. {why.sentence if why else ''}"
            )
        return run

    def _wait_for_others(self, connection: Connection) -> None:
        run = SyncRun.objects.filter(connection=connection, state__in=SyncRun.ACTIVE).first()
        if run is not None:
            self._watch(run, None)

    def _watch(self, run: SyncRun, bar: Bar | None) -> None:
        while run.is_active:
            time.sleep(0.2)
            self.processes.check()
            run.refresh_from_db()
            alive = run.heartbeat_at or run.started_at
            if timezone.now() - max(alive, run.resume_at or alive) > dt.timedelta(seconds=SILENCE):
                raise NotAllowed("The worker shows no sign of life.")
            if bar is not None and run.is_active:
                bar.show(run)
        if bar is not None:
            bar.end(run)


def _summary(run: SyncRun) -> str:
    """The run's counts by kind and direction."""
    words = {"push": "→ QuickBooks", "pull": "← QuickBooks", "none": "stays"}
    rows = [
        [KINDS[kind].plural, words[direction], *outcomes.values()]
        for kind, direction, outcomes in sorted(
            counts.rows(run.counts), key=lambda row: (KINDS[row[0]].rank, row[1])
        )
    ]
    return "\n" + table(["", "direction", *counts.OUTCOMES], rows)


def let_run(connection: Connection) -> None:
    """From here on the schedule does it: the next cycle comes after the connection's interval."""
    connection.refresh_from_db()
    connection.paused, connection.pause_reason = False, ""
    connection.save(update_fields=["paused", "pause_reason"])
    ConnectionClock.objects.filter(pk=connection.pk).update(
        next_sync_at=timezone.now() + connection.interval
    )
