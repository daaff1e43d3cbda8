"""`qcluster`: django-q2's own command, which begins only when its tables are there."""

from __future__ import annotations

from typing import Any

from django_q.management.commands import qcluster

from quicksync.management import table_check


class Command(qcluster.Command):
    """Without tables the cluster would log a database error each second, and never do anything."""

    def handle(self, *args: Any, **options: Any) -> None:
        table_check.require("django_q")
        super().handle(*args, **options)
