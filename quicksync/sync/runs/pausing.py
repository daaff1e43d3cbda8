"""A company that a person has stopped, and lets go on."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from quicksync.models import Connection


def pause(connection: Connection, *, user: Any = None, why: str = "") -> None:
    """No automatic runs until somebody resumes."""
    connection.paused, connection.pause_reason = True, why[:300]
    connection.changed_by(user)
    connection.save(update_fields=["paused", "pause_reason"])


def resume(connection: Connection, *, user: Any = None) -> None:
    """Automatic runs again, the first one now."""
    connection.paused, connection.pause_reason, connection.failures = False, "", 0
    connection.next_sync_at = timezone.now()
    connection.changed_by(user)
    connection.save(update_fields=["paused", "pause_reason", "failures", "next_sync_at"])
