"""`qcluster`: django-q2's own command, which begins only when its tables are there."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.management import table_check
from quicksync.sync.worker import queue


class Command(BaseCommand):
    """Without tables the cluster would log a database error each second, and never do anything."""

    help = "Start the workers of django-q2, and its scheduler."

    def add_arguments(self, parser: CommandParser) -> None:
        if apps.is_installed("django_q"):
            _theirs().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not apps.is_installed("django_q"):
            raise CommandError(
                "django_q is not in INSTALLED_APPS. The runner of this site is"
                f' "{queue.name()}": see docs/running.md.'
            )
        table_check.require("django_q")
        _theirs().handle(*args, **options)


def _theirs() -> BaseCommand:
    return load_command_class("django_q", "qcluster")
