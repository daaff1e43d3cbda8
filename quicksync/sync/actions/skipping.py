"""Skip a record, add it back, try it again - with who and why (I6, I9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from quicksync import signals
from quicksync.exceptions import Busy
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.models.run_values import Scope
from quicksync.planning.reasons.words import why as reason
from quicksync.sync.exchange import outbox
from quicksync.sync.pairs import operation_state, state
from quicksync.sync.runs import starting
from quicksync.sync.worker import run_sums
from quicksync.sync.worker.counts import Counting, End

State = EntityMapping.State


def skip(operations: Iterable[Operation], *, user: Any, why: str) -> int:
    """Skip the records of these proposals until somebody adds them back. Returns how many."""
    rows = [
        one
        for one in operations
        if one.state == Operation.State.DRAFT and one.mapping_id is not None
    ]
    with transaction.atomic():
        _wait_for_approvals(rows)
        mine = Operation.objects.filter(
            pk__in=[one.pk for one in rows], state=Operation.State.DRAFT
        )
        mappings = {
            half for pair in mine.values_list("mapping_id", "partner_id") for half in pair if half
        }
        excluded = _exclude(EntityMapping.objects.filter(pk__in=mappings), user=user, why=why)
        drafts = Operation.objects.filter(mapping_id__in=mappings, state=Operation.State.DRAFT)
        _count(drafts)
        said = reason("skipped-by-user", who=str(user), why=why)
        runs = set(drafts.values_list("run_id", flat=True))
        _tell(excluded, operation_state.move_telling(drafts, Operation.State.SKIPPED, why=said))
        run_sums.keep_anew(runs)
    return len(excluded)


def _tell(mappings: Collection[int], operations: Collection[int] = ()) -> None:
    """Each record once; with the newest of the proposals that were about it."""
    about = {
        one.mapping_id: one for one in Operation.objects.filter(pk__in=operations).order_by("pk")
    }
    for mapping in EntityMapping.objects.filter(pk__in=mappings):
        signals.tell(
            signals.record_skipped, Operation, operation=about.get(mapping.pk), mapping=mapping
        )


def _wait_for_approvals(operations: Iterable[Operation]) -> None:
    """A plan that is being approved goes first: what it sends cannot be skipped any more."""
    connections = {one.connection_id for one in operations}
    plans = SyncRun.objects.filter(connection__in=connections, state=SyncRun.State.DRAFT)
    list(plans.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _count(drafts: QuerySet[Operation]) -> None:
    """Each record that somebody takes out of a run is one that the run skipped."""
    counting = Counting()
    for run_id, mapping_id, kind in drafts.values_list("run_id", "mapping_id", "kind"):
        counting.add(run_id, mapping_id, End(kind, "", "skipped", "skipped-by-user"))
    counting.keep()


def exclude(mappings: QuerySet[EntityMapping], *, user: Any, why: str) -> int:
    """Leave these records out from now on."""
    with transaction.atomic():
        excluded = _exclude(mappings, user=user, why=why)
        _tell(excluded)
    return len(excluded)


def _exclude(mappings: QuerySet[EntityMapping], *, user: Any, why: str) -> list[int]:
    note = f"{user}: {why}" if why else str(user)
    left_out = reason("skipped-by-user", who=str(user), why=why)
    return state.move_where(
        mappings, State.EXCLUDED, state.By.PERSON, why=left_out, note=note[:300]
    )


def add_back(mappings: Any, *, user: Any) -> int:
    """Take these records in again; the next run looks at them (path 5)."""
    wanted = list(mappings)
    # As they were shown: what has come in by itself since stays as it is.
    rows = EntityMapping.objects.filter(
        pk__in=[one.pk for one in wanted], state__in={one.state for one in wanted}
    )
    return len(state.move_where(rows, State.PENDING, state.By.PERSON, note=f"{user}"[:300]))


def retry(mappings: Iterable[EntityMapping], *, user: Any) -> SyncRun | None:
    """Look at these held or failed records now. None when a run at work will do it."""
    rows = list(mappings)
    if not rows:
        return None
    state.ask_now(EntityMapping.objects.filter(pk__in=[row.pk for row in rows]))
    outbox.ask_again([row.pk for row in rows])
    only = tuple(row.pk for row in rows if row.connection_id == rows[0].connection_id)
    try:
        return starting.start(
            rows[0].connection,
            trigger=SyncRun.Trigger.OBJECT,
            user=user,
            scope=Scope(mappings=only),
        )
    except Busy:
        return None
