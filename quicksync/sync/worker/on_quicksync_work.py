"""The runner `quicksync_work`: no queue at all. Its workers look into the tables themselves, where
whatever is owed stands anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from quicksync.models import Routine
from quicksync.sync.worker import routines


class QuicksyncWork:
    """`quicksync.sync.worker.queue.Runner` says what each part is for."""

    model = Routine
    command = "manage.py quicksync_work"
    setting = ""
    apps: Sequence[str] = ()

    def enqueue(self, task: str, ids: Sequence[int]) -> None:
        """Runs and wakes are seen where they stand; only a routine has to be told to hurry."""
        if task in routines.RULES:
            routines.hasten(task)

    def answers(self) -> bool:
        return True

    def ensure(self) -> int:
        return routines.ensure()

    def forget(self) -> None:
        Routine.objects.all().delete()

    def next_look(self) -> dt.datetime | None:
        return routines.next_look()
