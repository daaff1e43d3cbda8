"""Look for a new record in QuickBooks' books, when asking brings no more: what is there is paired,
never made twice.

Nothing else can come twice: a change names its record, and QuickBooks refuses it under an old
token.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.compare import same
from quicksync.quickbooks.messages import Outcome, Remote, WireReply
from quicksync.records import Record, codec
from quicksync.sync.company import known
from quicksync.sync.exchange import conversation, open_operations, outbox
from quicksync.sync.exchange.outbox import CREATES, Parcel
from quicksync.sync.exchange.settle import AlreadySettled, Answer, Settlement
from quicksync.sync.pairs import operation_state, sides, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.search import Search
from quicksync.sync.worker import clock, lease, reading_list
from quicksync.sync.worker.ids import item_key

State = Operation.State
Lost = dict[str, dt.datetime]
"""Kinds of which nobody knows whether a record was made, and since when it may have been."""


def goes_on(run: SyncRun, company: AtHand) -> bool:
    """Read QuickBooks for what is looked for, or find it in what was read; False when there is
    nothing to do.
    """
    doubted = Operation.objects.filter(
        open_operations.due(), connection=run.connection_id, state=State.UNKNOWN
    )
    operations = list(
        doubted.filter(doubted_at__isnull=False).select_related("mapping", "run").order_by("id")
    )
    if not operations or run.reads:
        return False
    began = run.progress.look_began
    read = [one for one in operations if began and one.doubted_at and one.doubted_at < began]
    if not read:
        # All kinds: a read of some of them would move the run's cursor past what the others have to
        # tell.
        kinds = known.read_kinds(company.edition)
        reading_list.add(run, company.edition.reads(kinds, run.connection.clock.cursor))
        run.progress.look_began = clock.now()
        lease.keep(run, reads=run.reads, progress=run.progress)
        return True
    found = _adopt(run, company, read)
    with transaction.atomic():
        lease.keep(run)
        for operation in read:
            if sides.readable(operation) is None:
                outbox.leave_open(operation)
            elif operation.pk not in found:
                _not_there(operation)
    return True


def given_up(run: SyncRun, company: AtHand) -> Lost:
    """Before a plan: what was given up on and has been read since is its record's other half,
    whatever that one is called here by now; it must not look like somebody else's new record.
    Returns what is still not known.
    """
    lost = Operation.objects.filter(
        open_operations.given_up(), connection=run.connection_id, action=CREATES
    )
    operations = list(lost.select_related("mapping", "run").order_by("id"))
    found = _adopt(run, company, operations) if operations else set()
    since: Lost = {}
    for operation in operations:
        if operation.pk not in found:
            begun = operation.run.started_at
            since[operation.kind] = min(begun, since.get(operation.kind, begun))
    return since


def asks_first(run: SyncRun, lost: Lost) -> bool:
    """Whether QuickBooks is asked once more before this run plans: what is new there may be what
    was lost, under another name by now, and the answer alone tells which it is.
    """
    new = EntityMapping.objects.filter(
        connection=run.connection_id, kind__in=lost, object_key=None, touched_at__isnull=False
    )
    if not lost or run.progress.asked or not new.exists():
        return False
    run.progress.asked = True
    lease.keep(run, progress=run.progress)
    Operation.objects.filter(
        open_operations.given_up(), connection=run.connection_id, kind__in=lost
    ).update(retry_at=None)
    return True


def _not_there(operation: Operation) -> None:
    mine = Operation.objects.filter(
        pk=operation.pk, state=State.UNKNOWN, doubted_at=operation.doubted_at
    )
    if not operation.reason:
        # Only its age spoke against asking: QuickBooks repeats its answer, or does now what it has
        # not done.
        mine.update(doubted_at=None, retry_at=None, sent_at=timezone.now())
    elif operation_state.move_where(mine, State.STALE):
        record = EntityMapping.objects.filter(pk__in=[operation.mapping_id])
        state.move_where(record, EntityMapping.State.PENDING, state.By.EXCHANGE)


def _adopt(run: SyncRun, company: AtHand, operations: Sequence[Operation]) -> set[int]:
    """Settle those whose record is there by it. Returns their keys."""
    search = Search(company)
    found = search.records(operations)
    for operation in operations:
        mine = sides.readable(operation)
        if operation.pk in found and operation.mapping is not None and mine is not None:
            remote, sent = found[operation.pk], search.sent[operation.pk]
            operation.leaves = sorted(
                {*operation.leaves, *_changed(company, operation.kind, sent, remote)}
            )
            operation.mapping.agreed_here, operation.mapping.agreed_there = codec.dump_pair(
                mine, sent
            )
            outcome = Outcome(key=item_key(operation.pk), remote=remote)
            parcel = Parcel(operation.parcel, [operation])
            answer = Answer(parcel, [outcome], WireReply(status=0))
            settlement = Settlement(company, [answer], recovered=True, careful=True)
            with suppress(AlreadySettled), transaction.atomic():
                lease.keep(run)
                settlement.settle()
            conversation.read_again(run, company.edition, settlement)
    return set(found)


def _changed(company: AtHand, kind: str, sent: Record, remote: Remote) -> list[str]:
    """What was changed there since it was sent is a change there, and was not agreed on."""
    there = company.decode(remote)
    if remote.token == company.edition.can.untouched or not isinstance(there, Record):
        return []
    return [
        name
        for name in company.edition.fields(kind)
        if not same(getattr(sent, name), getattr(there, name))
    ]
