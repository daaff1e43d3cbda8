"""A process that reads from QuickBooks: `python -m tests.access.worker CONNECTION`, once a line comes in.

With QUICKSYNC_TEST_KILL=1 it is killed when Intuit has answered with fresh tokens and before they are kept.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import django


def main(connection_id: int) -> None:
    """Say that all is set up, wait for the word, read the company, say what its name is."""
    django.setup()
    from quicksync.models import Connection
    from quicksync.quickbooks.editions import edition_for
    from quicksync.quickbooks.online import oauth
    from quicksync.sync import tokens

    if os.environ.get("QUICKSYNC_TEST_KILL"):
        oauth.tokens_from = _killed
    connection = Connection.objects.get(pk=connection_id)
    edition = edition_for(connection.edition)
    wire = edition.open(tokens.account(connection, edition))
    say("ready")
    sys.stdin.readline()
    read = edition.reads((), "")[0]
    say(wire.send(edition.read_request(read, "access")).status)


def say(what: object) -> None:
    """One line to whoever started this process."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _killed(answer: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


if __name__ == "__main__":
    main(int(sys.argv[1]))
