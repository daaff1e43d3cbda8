"""`quicksync_demo`: the whole of quicksync on this machine, with a simulated QuickBooks company."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import time
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.demo import place, story
from quicksync.demo.processes import Processes, first_line, listening, log_file, port_or_free
from quicksync.demo.simulated import Company
from quicksync.exceptions import QuicksyncError

USUAL_PORT = 8000
# Seconds that simulator and site get to start: on a busy machine they need many.
PATIENCE = 300
READY = re.compile(r"ready at (http://\S+)")


class Command(BaseCommand):
    """Sample books, simulator, site, worker, connection, first sync, reconciliation; then it serves
    until Ctrl-C.
    """

    help = (
        "Show quicksync at work: sample books, a simulated QuickBooks company, the admin and a"
        " worker, connected and synchronized. Serves until Ctrl-C. Everything stays in var/demo;"
        " delete that folder to begin anew."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="End after the first sync; exit 0 if both sides agree.",
        )
        parser.add_argument(
            "--port", type=int, help=f"Port of the site ({USUAL_PORT}, or a free one, by default)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            inside = place.environment(os.environ)
        except QuicksyncError as error:
            raise CommandError(error.sentence) from error
        if inside is not None:
            self.stdout.flush()
            # The same command again, in the demonstration's own folder and database.
            os.execve(sys.executable, [sys.executable, *sys.argv], inside)
        # Shells start commands in the background deaf to Ctrl-C, and so would be all that the demo
        # starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            agreed = self._tell(options["port"], once=options["once"])
        except QuicksyncError as error:
            raise CommandError(f"{error.sentence}\nLogs: {place.folder()}") from error
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")
            return
        if not agreed:
            raise CommandError(
                "The two sides do not agree: see the lines with an exclamation mark."
            )

    def _tell(self, port: int | None, *, once: bool) -> bool:
        user = story.set_up(self._say)
        with Processes() as processes:
            company = self._start(processes)
            site = self._open_site(processes, port_or_free(port, USUAL_PORT, listening))
            tale = story.Story(self._say, processes, company, site, user)
            connection = tale.connection()
            tale.first_sync(connection)
            tale.quiet_cycle(connection)
            agreed = tale.prove(connection)
            if not once:
                story.let_run(connection)
                self._serve(processes, site, agreed=agreed)
            company.close()
        return agreed

    def _start(self, processes: Processes) -> Company:
        """The simulator, with a company that it keeps, stands in Intuit's place for this process
        and those to come.
        """
        store = str(place.folder() / "company.sqlite3")
        command = [sys.argv[0], "quickbooks_simulator", "--port", "0", "--store", store, "--quiet"]
        line = first_line(processes.start("quickbooks", command), PATIENCE)
        ready = READY.search(line)
        if ready is None:
            raise CommandError(f"The simulator did not start. Its log: {log_file('quickbooks')}")
        company = Company(ready[1])
        status = company.status()
        os.environ["QUICKSYNC_INTUIT_BASE"] = company.base
        os.environ["QUICKSYNC_CLIENT_ID"] = status["client_id"]
        os.environ["QUICKSYNC_CLIENT_SECRET"] = status["client_secret"]
        return company

    def _open_site(self, processes: Processes, door: socket.socket) -> str:
        site = f"http://127.0.0.1:{door.getsockname()[1]}/"
        with door:
            handle = door.fileno()
            processes.start("web", ["-m", "quicksync.demo.serve", str(handle)], handles=[handle])
        processes.start("worker", [sys.argv[0], "qcluster"])
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            processes.check()
            try:
                if requests.head(site, timeout=5, proxies={"http": ""}).status_code < 500:
                    return site
            except requests.RequestException:
                # Not open yet, or still loading.
                time.sleep(0.2)
        raise CommandError(f"The site did not open. Its log: {log_file('web')}")

    def _serve(self, processes: Processes, site: str, *, agreed: bool) -> None:
        self._say(
            f"\n  {site}admin/   login {story.LOGIN}, password {story.PASSWORD}\n\nCtrl-C stops"
            " everything."
        )
        while True:
            time.sleep(1)
            processes.check()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _interrupt(*args: object) -> None:
    """A polite stop from outside ends the processes as Ctrl-C does."""
    raise KeyboardInterrupt
