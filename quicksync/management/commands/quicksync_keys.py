"""`quicksync_keys new|rotate`: make an encryption key; put the newest key to use."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.management import table_check
from quicksync.sync.access import key_rotation


class Command(BaseCommand):
    """Keys of the tokens at rest."""

    help = (
        "`new` prints a key for QUICKSYNC['ENCRYPTION_KEYS'], where the newest stands first."
        " `rotate` encrypts all tokens with the newest key; afterwards the older ones can be"
        " removed from the settings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("new", "rotate"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "new":
            self.stdout.write(Fernet.generate_key().decode())
            return
        table_check.require()
        done, lost = key_rotation.rotate()
        self.stdout.write(f"{done} secrets are encrypted with the newest key.")
        if lost:
            raise CommandError(
                f"{lost} secrets cannot be decrypted with any of the keys. Put back the key they"
                " were written with, or connect their companies again."
            )
