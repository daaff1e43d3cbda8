"""Commands that need the tables say so, in place of a database's error."""

from __future__ import annotations

from django.core.management.base import CommandError

from quicksync import tables


def require(*apps: str) -> None:
    """Raises CommandError when tables of quicksync, or of these apps, are not there as the code
    expects them.
    """
    if lacking := tables.behind("quicksync", *apps):
        raise CommandError(f"The tables lack {lacking}. {tables.FIX}")
