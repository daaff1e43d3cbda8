"""Run the QuickBooks Online simulator."""

from __future__ import annotations

import argparse
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quicksync.simulator.command import add_options, serve


class Command(BaseCommand):
    """A QuickBooks company on this machine, for development and tests."""

    help = "Run a QuickBooks Online company on this machine, for development, demos and tests."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the simulator."""
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until interrupted."""
        if not options["quiet"]:
            logging.getLogger("quicksync.simulator").setLevel(logging.INFO)
        serve(argparse.Namespace(**options), self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
