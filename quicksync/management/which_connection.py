"""Which connection a command is about."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from quicksync.management import table_check
from quicksync.models import Connection


def add_option(parser: CommandParser) -> None:
    """The option that names it."""
    parser.add_argument(
        "--connection", help="Number or name of the connection; needed only when there are several."
    )


def chosen(wanted: str | None) -> Connection:
    """The connection that somebody named, or the only one. Raises CommandError with the ones there
    are.
    """
    table_check.require()
    found = Connection.objects.order_by("pk")
    if wanted:
        named = found.filter(pk=int(wanted)) if wanted.isdecimal() else found.filter(name=wanted)
    else:
        named = found.exclude(status=Connection.Status.NEW)
    rows = list(named[:2])
    if len(rows) == 1:
        return rows[0]
    known = (
        ", ".join(f"{one.pk} ({one.name})" for one in found[:20])
        or "none yet: create one in the admin"
    )
    raise CommandError(f"Name a connection with --connection. There are: {known}.", returncode=2)
