"""Access that is gone: the company waits for a person to connect it again."""

from __future__ import annotations

from django.db import transaction

from quicksync import signals
from quicksync.models import Connection, ConnectionAccess, ConnectionClock
from quicksync.sync.worker import queue

Status = Connection.Status


def expire(connection: Connection, sentence: str, *, version: int | None = None) -> None:
    """QuickBooks lets us in no more: say so, once; everything owed stays owed until somebody
    connects again (A5).

    With `version`, only if nobody has connected since tokens of that version were refused.
    """
    refused = {} if version is None else {"version": version}
    with transaction.atomic():
        ended = ConnectionAccess.objects.filter(pk=connection.pk, **refused).update(
            access_token="", lease_until=None
        )
        moved = ended and Connection.objects.filter(
            pk=connection.pk, status=Status.CONNECTED
        ).update(status=Status.EXPIRED)
        connection.refresh_from_db()
        if moved:
            ConnectionClock.objects.filter(pk=connection.pk).update(
                last_error=sentence[:500], next_sync_at=None
            )
            # Leaves its trace in the audit, as connecting again will.
            connection.save(update_fields=["status"])
            # Somebody has to act: the mail about it does not wait for the hour.
            queue.enqueue("alerts")
            transaction.on_commit(
                lambda: signals.connection_lost.send_robust(Connection, connection=connection)
            )
