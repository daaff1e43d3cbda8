"""A company that a person has stopped, and lets go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from quicksync.models import Connection, ConnectionClock


def pause(connection: Connection, *, user: Any = None, why: str = "") -> None:
    """No automatic runs until somebody resumes."""
    connection.paused, connection.pause_reason = True, why[:300]
    connection.changed_by(user)
    connection.save(update_fields=["paused", "pause_reason"])


def resume(connection: Connection, *, user: Any = None) -> None:
    """Automatic runs again, the first one now."""
    connection.paused, connection.pause_reason = False, ""
    connection.changed_by(user)
    with transaction.atomic():
        connection.save(update_fields=["paused", "pause_reason"])
        # A task that found it paused was for nothing; nobody waits for it.
        ConnectionClock.objects.filter(pk=connection.pk).update(
            failures=0, next_sync_at=timezone.now(), woken_at=None
        )
