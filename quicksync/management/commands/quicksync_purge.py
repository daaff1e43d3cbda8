"""`quicksync_purge`: delete journals past their time; the nightly schedule does the same."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from quicksync.management import table_check
from quicksync.sync.runs import nightly


class Command(BaseCommand):
    """Applies the KEEP_... settings now."""

    help = (
        "Delete attempts, runs and solved alerts that are older than the KEEP_... settings say."
        " Pairs and settings are never touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        table_check.require()
        deleted = nightly.purge()
        for table, number in deleted.items():
            self.stdout.write(f"{table.replace('_', ' ')}: {number} rows deleted")
