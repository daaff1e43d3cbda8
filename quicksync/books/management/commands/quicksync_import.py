"""`quicksync_import FILE.csv --kind customer`: a file of one's own into the bundled books."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync import tables
from quicksync.books.importing import KINDS, Refused, import_path
from quicksync.books.sample import load_examples, sample_books


class Command(BaseCommand):
    """Imports one CSV file, all of it or nothing."""

    help = (
        "Import customers, vendors, employees, items, invoices, credit notes, payments or bills"
        " from a CSV file into the bundled books."
        " Everything is checked first; with any problem nothing is imported, and each problem is"
        " told with its line and column. Importing a file again changes only what has changed in"
        " it. docs/examples has files to start from."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", help="The CSV file (UTF-8; its first line names the columns)."
        )
        parser.add_argument("--kind", choices=list(KINDS), help="What the file holds.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Check everything, import nothing."
        )
        parser.add_argument(
            "--lists",
            action="store_true",
            help=(
                "First add the sample tax codes, terms, payment methods and accounts that are"
                " missing."
            ),
        )
        parser.add_argument(
            "--examples", action="store_true", help="Import the example files, in place of a file."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if lacking := tables.behind("books"):
            raise CommandError(f"The tables lack {lacking}. {tables.FIX}")
        if options["lists"]:
            sample_books()
        if options["examples"]:
            for kind, result in load_examples().items():
                self.stdout.write(f"{kind}: {_summary(*result)}")
        elif options["file"] and options["kind"]:
            self._import(Path(options["file"]), options["kind"], dry_run=options["dry_run"])
        elif not options["lists"]:
            raise CommandError("Name a file and its --kind, or say --examples.", returncode=2)

    def _import(self, path: Path, kind: str, *, dry_run: bool) -> None:
        try:
            result = import_path(path, kind, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except Refused as refused:
            for line in refused.lines():
                self.stderr.write(line)
            count = len(refused.problems)
            message = ngettext(
                "%(count)s problem. Nothing was imported.",
                "%(count)s problems. Nothing was imported.",
                count,
            )
            raise CommandError(message % {"count": count}) from refused
        done = _("Checked; nothing imported") if dry_run else _("Imported")
        self.stdout.write(self.style.SUCCESS(f"{done}: {_summary(*result)}"))


def _summary(created: int, updated: int, unchanged: int) -> str:
    values = {"created": created, "updated": updated, "unchanged": unchanged}
    return _("%(created)s created, %(updated)s updated, %(unchanged)s unchanged") % values
