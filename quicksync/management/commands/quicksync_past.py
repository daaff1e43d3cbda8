"""`quicksync_past`: import records from before the start date, by a window of dates (A15)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.exceptions import QuicksyncError
from quicksync.management import which_connection, working
from quicksync.models import Connection
from quicksync.records import KINDS
from quicksync.sync.actions import import_past
from quicksync.sync.pairs.date_window import Window


class Command(BaseCommand):
    """An estimate, a preview, or the import itself, here and now."""

    help = (
        "Import records from before the start date: documents dated within the window, other"
        " records changed within it. --estimate only says what that would be. Exit code 0 when"
        " everything went well, 1 when the run stopped or records failed. Begun again after it was"
        " stopped, it brings what is still missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which_connection.add_option(parser)
        parser.add_argument(
            "--since",
            required=True,
            type=dt.date.fromisoformat,
            help="First day, such as 2024-01-01.",
        )
        parser.add_argument("--until", required=True, type=dt.date.fromisoformat, help="Last day.")
        parser.add_argument(
            "--kind", action="append", choices=tuple(KINDS), help="May be given several times."
        )
        parser.add_argument(
            "--direction", choices=("push", "pull"), default="", help="Only one way."
        )
        parser.add_argument(
            "--estimate", action="store_true", help="Only say how many records and API calls."
        )
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
        kinds = options["kind"] or _enabled(connection)
        window = Window(options["since"], options["until"], tuple(kinds), options["direction"])
        try:
            if options["estimate"]:
                self._estimate(import_past.estimate(connection, window), as_json=options["json"])
                return
            run = import_past.start(connection, window, preview=options["preview"])
        except QuicksyncError as error:
            raise CommandError(error.sentence) from error
        working.work_here(self, run, as_json=options["json"])

    def _estimate(self, found: import_past.Estimate, *, as_json: bool) -> None:
        rows = [
            {"kind": kind, "direction": way, "records": n}
            for (kind, way), n in sorted(found.numbers.items())
        ]
        if as_json:
            self.stdout.write(
                json.dumps({"records": rows, "writes": found.writes, "reads": found.reads})
            )
            return
        for row in rows:
            arrow = "→" if row["direction"] == "push" else "←"
            self.stdout.write(f"{arrow} {KINDS[str(row['kind'])].plural}: {row['records']}")
        self.stdout.write(
            f"{found.records} records, about {found.calls} API calls ({found.reads} of them"
            " metered)."
        )


def _enabled(connection: Connection) -> list[str]:
    return list(connection.categories.filter(enabled=True).values_list("kind", flat=True))
