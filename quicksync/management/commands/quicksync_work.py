"""`quicksync_work`: a worker that needs no queue, for systemd, cron or a container."""

from __future__ import annotations

import argparse
import random
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.management import table_check
from quicksync.management.shift import Shift, told_by_signals
from quicksync.sync.worker import queue, schedule

# Seconds between two looks while there is nothing to do.
POLL = 1.0


class Command(BaseCommand):
    """Several may run side by side: each run is one's alone, by its lease."""

    help = (
        "Do the background work without a queue: start the runs that are due, work on them, send"
        " alerts. Runs until it is told to stop (SIGTERM, Ctrl-C), and ends then after the slice"
        " at work. Several may run side by side."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="Stop as soon as nothing is left to do: for cron.",
        )
        parser.add_argument(
            "--poll",
            type=_seconds,
            default=POLL,
            help="Seconds between two looks while there is nothing to do (%(default)s).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table_check.require()
        if queue.name() == queue.QUICKSYNC_WORK:
            schedule.ensure()
        else:
            self.stderr.write(
                f'The runner of this site is "{queue.name()}"; this worker helps it out.'
            )
        shift = Shift(poll=options["poll"], dice=random.SystemRandom())
        with told_by_signals(shift.told):
            if options["once"]:
                shift.until_idle()
                if shift.failed:
                    raise CommandError(f"Failed tasks: {len(shift.failed)}. The log says why.")
            else:
                self.stdout.write("At work. Stop with Ctrl-C or SIGTERM.")
                shift.until_told()


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0.05 <= (seconds := float(text)) <= 60:
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.05 to 60.")
