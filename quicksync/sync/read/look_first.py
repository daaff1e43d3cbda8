"""Before anything is made in QuickBooks, what has changed there is read: a plan may have waited for
its approval, for QuickBooks or for its turn, and the bookkeeper goes on entering meanwhile (C11).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from quicksync.models import Operation, SyncRun
from quicksync.quickbooks.messages import Read
from quicksync.quickbooks.port import Edition
from quicksync.sync.read import remote_records
from quicksync.sync.worker import reading_list

# What was read so long ago is no ground to make anything on. A long run asks anew as often, with
# one call.
FRESH = dt.timedelta(minutes=5)


def prepare(run: SyncRun, edition: Edition) -> None:
    """Put what has changed since the connection last read on the run's list, if it is about to make
    something new; saved with the first of these reads.
    """
    run.progress.looked_at = timezone.now()
    makes = run.operations.filter(
        state=Operation.State.PENDING, direction="push", action="create", parcel=""
    )
    if makes.exists():
        reading_list.add(run, _changes(run, edition))


def _changes(run: SyncRun, edition: Edition) -> Sequence[Read]:
    """What tells of everything since the connection last read, by whichever run; () before it ever
    has.
    """
    cursor = run.connection.clock.cursor or run.cursor
    return edition.reads(remote_records.kinds_read(run, edition), cursor) if cursor else ()
