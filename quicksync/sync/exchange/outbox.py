"""Moves of operations: claim parcels, put one back, doubt it. Each is one conditional UPDATE that
must hit its rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from quicksync.conf import settings
from quicksync.exceptions import BadValue, NotAllowed
from quicksync.models import Connection, EntityMapping, Operation, SyncRun, bulk
from quicksync.planning.case import answered
from quicksync.planning.reasons.words import why
from quicksync.quickbooks.messages import WriteItem
from quicksync.records import Ref
from quicksync.sync.exchange import newcomers
from quicksync.sync.exchange.open_operations import asked_about, due, given_up, owed
from quicksync.sync.exchange.unsent import loosened, refuse, wait_for
from quicksync.sync.pairs import ground, line_owners, operation_state, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import Links, translated
from quicksync.sync.pairs.sides import as_sent, remotes_of
from quicksync.sync.worker.counts import Counting
from quicksync.sync.worker.ids import item_key, new_request_id

State = Operation.State
# Between a parcel's id and the number of the question that asks about it.
QUESTION = "-"
# Above all ranks.
NO_RANK = 32767
CREATES = "create"
# What takes a record away names nothing but the record itself.
REMOVES = ("void", "delete")
# What was given up on is asked about again after so long, and at once when QuickBooks answers other
# questions again, unless that was only just.
ASK_LATER = dt.timedelta(hours=1)
JUST = dt.timedelta(minutes=5)


class Overtaken(NotAllowed):
    """Operations are not as they were read: a worker that slept past its lease has just settled
    what it had asked, say.
    """


class Parcel(NamedTuple):
    """Operations that travel together under one request id, in their order."""

    id: str
    operations: list[Operation]

    @property
    def bodies(self) -> list[str]:
        return [operation.body for operation in self.operations]


def leftovers(connection: Connection | OuterRef) -> Exists:
    """Whether anything is in doubt, or was claimed and has not been received: a condition."""
    claimed = Q(state__in=(State.SENDING, State.UNKNOWN)) | Q(state=State.PENDING) & ~Q(parcel="")
    return Exists(
        Operation.objects.filter(claimed, connection=connection, state__in=Operation.OPEN)
    )


def doubt(connection: Connection) -> int:
    """What another worker had on the wire when it stopped: its outcome is unknown and will be asked
    about.
    """
    sending = Operation.objects.filter(connection=connection, state=State.SENDING)
    return operation_state.move_where(sending, State.UNKNOWN, retry_at=None)


def doubtful(connection: Connection) -> Parcel | None:
    """A parcel, or what is left of it, whose outcome is unknown and due to be asked about."""
    in_doubt = Operation.objects.filter(
        due(), connection=connection, state=State.UNKNOWN, doubted_at=None
    )
    first = in_doubt.order_by("id").first()
    if first is None:
        return None
    parcel = _parcel(connection, first.parcel, State.UNKNOWN)
    return Parcel(
        parcel.id, [operation for operation in parcel.operations if operation.doubted_at is None]
    )


def ask_again(mapping_ids: Sequence[int]) -> int:
    """A person wants to know: outcomes that were given up on are asked about once more."""
    return Operation.objects.filter(mapping_id__in=mapping_ids, state=State.UNKNOWN).update(
        recoveries=0, retry_at=None
    )


def leave_open(operation: Operation) -> None:
    """Nobody here can tell what to look for in QuickBooks' books: it holds nothing up, and is asked
    about later.
    """
    mine = Operation.objects.filter(
        pk=operation.pk, state=State.UNKNOWN, doubted_at=operation.doubted_at
    )
    if mine.update(
        doubted_at=None, recoveries=settings.recoveries, retry_at=timezone.now() + ASK_LATER
    ):
        say_unknown([operation])


def say_unknown(operations: Iterable[Operation]) -> None:
    """What became of these nobody can say: their records say so, since when they do."""
    for operation in operations:
        mine = EntityMapping.objects.filter(pk__in=[operation.mapping_id])
        told = why("outcome-unknown", label=operation.label)
        state.move_where(mine, EntityMapping.State.UNKNOWN, state.By.EXCHANGE, why=told)


def ask_given_up(connection: Connection) -> None:
    """QuickBooks answers: what was given up on while it did not is asked about now."""
    now = timezone.now()
    waiting = Operation.objects.filter(given_up(), connection=connection, retry_at__gt=now)
    waiting.filter(retry_at__lte=now + ASK_LATER - JUST).update(retry_at=None)


def ask(parcel: Parcel) -> str:
    """The parcel is on its way to be asked about. Returns the question's own id: an answer to an
    earlier question must not count for what was sent since.
    """
    _must_send(parcel.operations, State.UNKNOWN, retry_at=None, recoveries=F("recoveries") + 1)
    return f"{parcel.id}{QUESTION}{parcel.operations[0].recoveries + 1}"


class Desk:
    """What one worker's claims share, so that they need not be looked up for each parcel.

    `leftovers` says that parcels of an unknown outcome, or certainly not received, may be waiting;
    `asking` is how many questions are on their way; `untold` that nobody knows yet of the run's
    beginning, whose one read does no harm if somebody else begins it once more.
    """

    def __init__(self, company: AtHand) -> None:
        self._company = company
        self._links: Links | None = None
        self.leftovers = True
        self.asking = 0
        self.untold = False

    def links(self, refs: Iterable[Ref]) -> Links:
        """The partners of these references; those that had none before are looked for again."""
        if self._links is None:
            self._links = Links(self._company.connection, self._company.edition)
        self._links.trim()
        unpaired = {ref for ref in refs if ref not in self._links.to_there}
        self._links.forget(unpaired)
        self._links.ask_here(unpaired)
        return self._links

    def clear(self) -> None:
        """A new plan may have mapped new codes."""
        self._links = None


def claim(run: SyncRun, company: AtHand, desk: Desk, most: int) -> list[Parcel]:
    """The next parcels to send, so many at most, committed before any of them is sent; none while
    nothing can be. What is claimed together costs as many statements as one parcel.

    Parents go first: while any operation of a lower rank is open, those above wait.
    """
    with transaction.atomic(savepoint=False):
        waiting = _put_back(run) if desk.leftovers else None
        if waiting is not None:
            _must_send(waiting.operations, State.PENDING, sent_at=timezone.now())
            return [waiting]
        size = company.edition.can.parcel
        ready: list[Operation] = []
        # All that is looked at and not ready is settled or put off, so that this comes to an end.
        while not ready:
            operations = _next(run, size, most)
            if not operations:
                return []
            ready = _prepare(run, company, _as_planned(run, company, operations), desk)
        now = timezone.now()
        _must_send(ready, State.PENDING, sent_at=now)
        parcels = [Parcel(new_request_id(), packed) for packed in _packed(ready, size)]
        for parcel in parcels:
            for operation in parcel.operations:
                operation_state.move(operation, State.SENDING, at=now)
                operation.parcel = parcel.id
        bulk.save(ready, ["parcel", "body"])
        return parcels


def _put_back(run: SyncRun) -> Parcel | None:
    """A parcel that was claimed and certainly not received: it goes as it was, under its id."""
    mine = Operation.objects.filter(due(), connection=run.connection_id, state=State.PENDING)
    first = mine.exclude(parcel="").order_by("id").first()
    return _parcel(run.connection, first.parcel, State.PENDING) if first else None


def has_new(run: SyncRun) -> bool:
    """Whether the next thing to send is something that was never sent."""
    mine = run.operations.filter(state=State.PENDING, direction="push")
    return run.phase == "send" and mine.exists() and not mine.exclude(parcel="").exists()


def _next(run: SyncRun, size: int, most: int) -> list[Operation]:
    """What goes into the next parcels of this size, `most` of them at most."""
    mine = run.operations.filter(
        due(), state=State.PENDING, direction="push", rank=lowest_rank(run), parcel=""
    )
    found = mine.select_related("mapping").order_by("id")[: size * most]
    return [operation for packed in _packed(found, size)[:most] for operation in packed]


def _packed(operations: Iterable[Operation], size: int) -> list[list[Operation]]:
    """These in their order, parcel by parcel. What was in a parcel that was refused as a whole goes
    alone, to find the one that was meant.
    """
    packed: list[list[Operation]] = []
    for operation in operations:
        last = packed[-1] if packed else []
        if not last or len(last) == size or operation.attempts_made or last[0].attempts_made:
            packed.append([operation])
        else:
            last.append(operation)
    return packed


def _as_planned(run: SyncRun, company: AtHand, operations: Sequence[Operation]) -> list[Operation]:
    """Those whose pair is as it was planned, which it stays until the claim is committed, and that
    nobody has entered in QuickBooks since.

    The others are overtaken; what somebody is saving at this moment waits for that.
    """
    found = ground.look(operations)
    ground.put_off(found.busy)
    came = _came_since(run, company, found.standing) if run.has_looked_since else set()
    ground.overtaken([*(one.pk for one in found.moved), *came])
    return [one for one in found.standing if one.pk not in came]


def _came_since(run: SyncRun, company: AtHand, operations: Sequence[Operation]) -> set[int]:
    """Those that would make anew what somebody has entered in QuickBooks since the plan."""
    proposed = {
        one.pk: record
        for one in operations
        if one.action == CREATES and (record := as_sent(one)) is not None
    }
    return newcomers.met_there(run, company, proposed)


def lowest_rank(run: SyncRun) -> Least:
    """The lowest rank in which anything is open: parents go before children.

    One look into the index for each state; all states in one condition would sort everything that
    is open.
    """
    return Least(*(Coalesce(_first_rank(run, state), NO_RANK) for state in Operation.OPEN))


def _first_rank(run: SyncRun, state: str) -> Subquery:
    waits = {State.PENDING: due(), State.UNKNOWN: asked_about()}.get(Operation.State(state), Q())
    return Subquery(run.operations.filter(waits, state=state).order_by("rank").values("rank")[:1])


def _prepare(
    run: SyncRun, company: AtHand, operations: Sequence[Operation], desk: Desk
) -> list[Operation]:
    """Give each its text for the wire; those without their references are settled here."""
    records = {
        operation.pk: record
        for operation in operations
        if (record := as_sent(operation)) is not None
    }
    ground.overtaken([one.pk for one in operations if one.pk not in records], ground.UNREADABLE)
    links = desk.links(ref for record in records.values() for _, ref in record.refs())
    remotes = remotes_of(run.connection, operations)
    ready, counting = [], Counting()
    for operation in operations:
        mapping = operation.mapping
        if mapping is None or operation.pk not in records:
            continue
        record, missing = translated(records[operation.pk], links.to_there.get)
        if missing:
            record, missing = loosened(operation, record, missing, links)
        if missing and operation.action not in REMOVES:
            wait_for(run, operation, missing, links, counting)
            continue
        creates = operation.action == CREATES
        # What is made anew has nothing in common with the record that is gone.
        known = line_owners.Known() if creates else line_owners.known(mapping, operation.fields)
        item = WriteItem(
            key=item_key(operation.pk),
            action=operation.action,
            kind=operation.kind,
            record=record,
            fields=frozenset(operation.fields),
            remote=None if creates else remotes.get(mapping.pk),
            line_ids=known.ids,
            agreed_lines=known.agreed,
            decided=frozenset(
                name
                for name in operation.fields
                if answered(type(record), mapping.choice, name) == "here"
            ),
        )
        try:
            operation.body = company.edition.body(item, company.facts)
        except BadValue as error:
            refuse(run, operation, error.sentence, counting)
            continue
        ready.append(operation)
    counting.keep()
    return ready


def parcel_in_hand(connection: Connection, request_id: str) -> Parcel | None:
    """The operations that still wait for the answer to this request: a parcel, or a question about
    one.
    """
    parcel_id = request_id.partition(QUESTION)[0]
    return next(iter(parcels_in_hand(connection, [parcel_id])), None)


def parcels_in_hand(connection: Connection, parcel_ids: Collection[str]) -> list[Parcel]:
    """Those of these parcels of which anything still waits for an answer."""
    found = _parcels(connection, parcel_ids, State.SENDING, State.UNKNOWN)
    return [parcel for parcel in found if parcel.operations]


def _parcel(connection: Connection, parcel_id: str, *states: str) -> Parcel:
    return _parcels(connection, [parcel_id], *states)[0]


def _parcels(connection: Connection, parcel_ids: Collection[str], *states: str) -> list[Parcel]:
    # Ordered by id among its connection's, SQLite would walk through all operations that the
    # connection ever had.
    rows = Operation.objects.filter(parcel__in=parcel_ids, state__in=states)
    found = {parcel_id: Parcel(parcel_id, []) for parcel_id in parcel_ids}
    for operation in rows.select_related("mapping").order_by("id"):
        if operation.connection_id == connection.pk:
            found[operation.parcel].operations.append(operation)
    return list(found.values())


def _must_send(mine: Sequence[Operation], before: str, **also: Any) -> None:
    keys = [operation.pk for operation in mine]
    rows = Operation.objects.filter(pk__in=keys, state=before)
    if operation_state.move_where(rows, State.SENDING, **also) != len(keys):
        raise Overtaken("Another worker has moved these operations.")


def in_doubt(connection: Connection) -> int:
    """How many operations have an unknown outcome that is still asked about."""
    return Operation.objects.filter(asked_about(), connection=connection).count()


def soonest_retry(run: SyncRun) -> float | None:
    """Seconds until something owed may be tried again; None when nothing waits for a time."""
    waiting = Operation.objects.filter(
        owed(), connection=run.connection_id, state__in=Operation.OPEN, retry_at__isnull=False
    )
    soonest = waiting.order_by("retry_at").values_list("retry_at", flat=True).first()
    return max(0.0, (soonest - timezone.now()).total_seconds()) if soonest else None
