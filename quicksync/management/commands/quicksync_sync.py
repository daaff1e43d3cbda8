"""`quicksync_sync`: one run, worked on here and now instead of in the worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.exceptions import QuicksyncError
from quicksync.management import which_connection, working
from quicksync.models import SyncRun
from quicksync.quickbooks.loading import polled
from quicksync.sync.runs import starting


class Command(BaseCommand):
    """Reads, compares and carries over, as "Synchronize now" does; exit code 1 when records or the
    run failed.
    """

    help = (
        "Synchronize one connection here and now, without a worker. Exit code 0 when everything"
        " went well, 1 when the run stopped or records failed; what is held or skipped has its"
        " reason in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which_connection.add_option(parser)
        parser.add_argument(
            "--preview",
            action="store_true",
            help="Only compare; approve or discard it in the admin.",
        )
        parser.add_argument(
            "--json", action="store_true", help="Print the result as one JSON object."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = which_connection.chosen(options["connection"])
        trigger = SyncRun.Trigger.PREVIEW if options["preview"] else SyncRun.Trigger.MANUAL
        if connection.edition in polled():
            raise CommandError(
                f"{connection} is synchronized when its Web Connector runs, not from here."
            )
        try:
            run = starting.start(connection, trigger=trigger, preview=options["preview"])
        except QuicksyncError as error:
            raise CommandError(error.sentence) from error
        working.work_here(self, run, as_json=options["json"])
