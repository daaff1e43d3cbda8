"""A process that reads from QuickBooks: `python -m tests.access.worker CONNECTION`, once a line
comes in.

With QUICKSYNC_TEST_KILL it is killed when Intuit has given fresh tokens: as the answer comes
("answer"), or when all is done but to store them ("store").
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import django


def main(connection: str) -> None:
    """Say that all is set up, wait for the word, read the company, say what its name is."""
    django.setup()
    from quicksync.exceptions import AccessLost, TryLater
    from quicksync.models import Connection
    from quicksync.quickbooks.loading import edition_for
    from quicksync.quickbooks.online.transport import oauth
    from quicksync.sync.access import tokens

    kill = os.environ.get("QUICKSYNC_TEST_KILL")
    if kill == "answer":
        oauth.tokens_from = _killed
    if kill == "store":
        tokens.save = _killed
    connection = Connection.objects.get(pk=int(connection))
    edition = edition_for(connection.edition)
    wire = edition.open(tokens.account(connection, edition))
    say("ready")
    sys.stdin.readline()
    read = edition.reads((), "")[0]
    try:
        say(wire.send(edition.read_request(read, "access")).status)
    except (AccessLost, TryLater) as trouble:
        # The run of a real worker would wait, or end.
        say(type(trouble).__name__)


def say(what: object) -> None:
    """One line to whoever started this process."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _killed(*args: Any, **options: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


if __name__ == "__main__":
    main(sys.argv[1])
