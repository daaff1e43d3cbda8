"""The two halves of every conversation: what to ask next, and what an answer means. Neither does
any I/O on a wire.

The direct driver calls them in a loop around a wire; a polled edition calls the first when it is
asked for work and the second when the answer is brought, in another process, later, or never. All
that either needs stands in the tables.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from quicksync.exceptions import ConnectionTrouble, TryLater
from quicksync.models import Attempt, Connection, Operation, SyncRun
from quicksync.quickbooks.messages import (
    NotReceived,
    Outcome,
    Purpose,
    Read,
    WireReply,
    WireRequest,
    WriteItem,
)
from quicksync.quickbooks.port import Edition
from quicksync.records import record_class
from quicksync.sync.exchange import open_operations, outbox
from quicksync.sync.exchange.outbox import Desk, Parcel
from quicksync.sync.exchange.settle import AlreadySettled, Answer, Settlement
from quicksync.sync.pairs import line_owners, operation_state, sides
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.read import look_first, remote_records
from quicksync.sync.worker import clock, deadlocks, garbage, lease, reading_list
from quicksync.sync.worker.ids import item_key

State = Operation.State
log = logging.getLogger("quicksync.exchange")


def requests_for(run: SyncRun, company: AtHand, desk: Desk, most: int) -> list[WireRequest]:
    """The next requests of a run, so many at most, with all that they rest on committed; none while
    there is nothing to send. Only parcels come several at once.
    """
    try:
        return _requests_for(run, company, desk, most)
    except outbox.Overtaken:
        return _requests_for(run, company, desk, most)


def _requests_for(run: SyncRun, company: AtHand, desk: Desk, most: int) -> list[WireRequest]:
    """What is in doubt is asked about before anything else is sent (invariant 4), and nothing
    overtakes a question: what was read meanwhile would be newer than what its answer tells.
    """
    edition = company.edition
    doubtful = _to_ask(run, edition) if desk.leftovers else None
    if doubtful is not None:
        with transaction.atomic():
            lease.keep(run)
            question = outbox.ask(doubtful)
        desk.asking += 1
        asks = edition.recover_request(doubtful.id, doubtful.bodies)
        return [msgspec.structs.replace(asks, id=question)]
    if desk.asking:
        return []
    silence = _sounds_out(run, edition)
    if run.phase == "send" and not silence and timezone.now() - run.knows_from > look_first.FRESH:
        look_first.prepare(run, edition)
    entry = remote_records.hand_out(run, edition, noted=not desk.untold)
    if entry is not None:
        desk.untold = False
        return [edition.read_request(entry.read, entry.id)]
    if run.phase == "send" and not silence and not reading_list.in_hand(run):
        with transaction.atomic():
            # First of all, so that a worker that has lost the run claims nothing.
            lease.keep(run)
            parcels = outbox.claim(run, company, desk, most)
        return [edition.write_request(parcel.id, parcel.bodies) for parcel in parcels]
    return []


def _sounds_out(run: SyncRun, edition: Edition) -> bool:
    """Whether QuickBooks gave no answer when it was last asked: whether it does again, a read finds
    out first.

    What is new is not sent into the silence, to be asked about in vain for hours, one rank after
    the other: all that waits, waits together.
    """
    if not (run.troubles and outbox.has_new(run)):
        return False
    if not run.reads:
        reading_list.add(run, edition.reads_daily(())[:1])
    return bool(run.reads)


def _to_ask(run: SyncRun, edition: Edition) -> Parcel | None:
    """The next parcel to ask about. Where asking is sending again, it is too late for that once
    QuickBooks may have forgotten the request id: then its books are read first.
    """
    while (doubtful := outbox.doubtful(run.connection)) is not None:
        hours = edition.can.remembers
        before = timezone.now() - dt.timedelta(hours=hours)
        old = [
            one.pk
            for one in doubtful.operations
            if one.action == outbox.CREATES and (one.sent_at or before) < before
        ]
        if not (hours and old):
            return doubtful
        Operation.objects.filter(pk__in=old, state=State.UNKNOWN).update(doubted_at=clock.now())
    return None


def settle(
    run: SyncRun,
    company: AtHand,
    request_id: str,
    purpose: Purpose,
    reply: WireReply,
    foresee: Callable[[Sequence[Read]], None] | None = None,
) -> bool:
    """Take an answer. One that nobody waits for (repeated, late) is noted and changes nothing.

    `foresee` is told what a page says to read next, before the page is stored.

    Tells whether it leaves something in doubt. Raises ConnectionTrouble when the reply answers
    nothing; then `no_answer` is to be told.
    """
    edition = company.edition
    if purpose is Purpose.READ:
        entry = reading_list.find_entry(run, request_id)
        if entry is not None:
            with garbage.kept():
                found = edition.read_reply(entry.read, reply)
                if foresee is not None and found.more:
                    foresee(found.more)
                remote_records.take_result(run, edition, entry, found)
        return False
    parcel = outbox.parcel_in_hand(run.connection, request_id)
    if parcel is None:
        log.info(
            "answer to nothing that is open", extra={"action": "late_answer", "parcel": request_id}
        )
        return False
    outcomes = _outcomes(edition, parcel, purpose, reply)
    if isinstance(outcomes, NotReceived):
        _not_received(run.connection, request_id)
        return True
    recovered = purpose is Purpose.RECOVER
    settlement = _settled(company, Answer(parcel, outcomes, reply), recovered=recovered)
    if settlement is None:
        return False
    read_again(run, edition, settlement)
    return settlement.in_doubt


def settle_together(
    run: SyncRun, company: AtHand, replies: Mapping[str, WireReply]
) -> dict[str, bool]:
    """Take the answers to several parcels in one transaction, which costs as many statements as one
    answer. Returns those that are taken, and whether they leave something in doubt.

    Whatever is not plain (an answer that says nothing, or comes twice, a row that somebody else
    has) is left for `settle`, parcel by parcel.
    """
    answers = []
    for parcel in outbox.parcels_in_hand(run.connection, replies):
        with suppress(ConnectionTrouble):
            reply = replies[parcel.id]
            outcomes = _outcomes(company.edition, parcel, Purpose.WRITE, reply)
            if not isinstance(outcomes, NotReceived):
                answers.append(Answer(parcel, outcomes, reply))
    if not answers:
        return {}
    settlement = Settlement(company, answers, recovered=False)
    try:
        settlement.settle()
    except (AlreadySettled, IntegrityError):
        return {}
    except OperationalError as error:
        if not deadlocks.is_one(error):
            raise
        return {}
    read_again(run, company.edition, settlement)
    return dict.fromkeys((answer.parcel.id for answer in answers), settlement.in_doubt)


def _settled(company: AtHand, answer: Answer, *, recovered: bool) -> Settlement | None:
    """The answer written down; None where that was done before.

    The host may save the same records at this moment, several in one transaction and in an order of
    its own: who is ended for that writes it down once more.
    """
    careful, tries = False, 0
    while True:
        settlement = Settlement(company, [answer], recovered=recovered, careful=careful)
        try:
            settlement.settle()
        except AlreadySettled:
            return None
        except IntegrityError:
            # Another mapping has the record that the answer tells of.
            if careful:
                raise
            careful = True
        except OperationalError as error:
            tries += 1
            if tries == deadlocks.TRIES or not deadlocks.is_one(error):
                raise
        else:
            return settlement
        answer = answer._replace(parcel=_afresh(answer.parcel))


def _afresh(parcel: Parcel) -> Parcel:
    """The parcel as the tables have it."""
    keys = [operation.pk for operation in parcel.operations]
    return Parcel(
        parcel.id,
        list(Operation.objects.filter(pk__in=keys).select_related("mapping").order_by("id")),
    )


def read_again(run: SyncRun, edition: Edition, settlement: Settlement) -> None:
    """Have the run read what had moved, or may have moved, when its answer was given."""
    for type_, ids in settlement.again.items():
        reading_list.add(run, edition.read_again(type_, ids))
    if settlement.again:
        lease.keep(run, reads=run.reads)


def no_answer(connection: Connection, request_id: str, purpose: Purpose, trouble: TryLater) -> None:
    """The request brought no answer: a read is owed again, a parcel's outcome may be unknown."""
    if purpose is Purpose.READ:
        return
    parcel = outbox.parcel_in_hand(connection, request_id)
    if parcel is None:
        return
    sent = trouble.sent or purpose is Purpose.RECOVER
    if sent:
        _unanswered(connection, parcel.id, trouble.wait)
    else:
        _unsent(connection, parcel.id, trouble.wait)
    Attempt.objects.bulk_create(
        Attempt(
            operation=operation,
            parcel=parcel.id,
            outcome=Attempt.Outcome.NO_ANSWER if sent else Attempt.Outcome.NOT_SENT,
            message=trouble.sentence[:1000],
            trace_id=trouble.trace_id,
        )
        for operation in parcel.operations
    )


def _unsent(connection: Connection, parcel_id: str, wait: int) -> None:
    """The parcel certainly never reached QuickBooks: it stays as it is and goes out later."""
    later = timezone.now() + dt.timedelta(seconds=wait)
    mine = Operation.objects.filter(connection=connection, parcel=parcel_id, state=State.SENDING)
    operation_state.move_where(mine, State.PENDING, retry_at=later)


def _unanswered(connection: Connection, parcel_id: str, wait: int) -> None:
    """No answer came: the outcome is unknown until QuickBooks has been asked; too many questions
    hold nothing up.
    """
    now = timezone.now()
    mine = Operation.objects.filter(connection=connection, parcel=parcel_id, doubted_at=None)
    sent = mine.filter(state__in=(State.SENDING, State.UNKNOWN))
    later = now + dt.timedelta(seconds=wait)
    operation_state.move_where(sent, State.UNKNOWN, retry_at=later)
    lost = list(mine.filter(open_operations.given_up()))
    if not lost:
        return
    outbox.say_unknown(lost)
    # Not one after the other, each with the wait that another question in vain brings.
    Operation.objects.filter(open_operations.given_up(), connection=connection).update(
        retry_at=now + outbox.ASK_LATER
    )


def _not_received(connection: Connection, question: str) -> None:
    """QuickBooks says that it never saw the parcel: it may be sent, under the same id.

    Only the newest question's first answer says so; any other may be older than what was sent
    since.
    """
    parcel_id, _, number = question.partition(outbox.QUESTION)
    mine = Operation.objects.filter(
        connection=connection, parcel=parcel_id, recoveries=int(number or 0), doubted_at=None
    )
    sent = mine.filter(state__in=(State.SENDING, State.UNKNOWN))
    again = F("recoveries") + 1
    operation_state.move_where(sent, State.PENDING, retry_at=None, recoveries=again)


def _outcomes(
    edition: Edition, parcel: Parcel, purpose: Purpose, reply: WireReply
) -> Sequence[Outcome] | NotReceived:
    items = [_item(operation) for operation in parcel.operations]
    if purpose is Purpose.RECOVER:
        return edition.recover_reply(items, reply)
    return edition.write_reply(items, reply)


def _item(operation: Operation) -> WriteItem:
    """What is needed to read an answer; its references are this side's, which no answer depends on.

    Of a record that nobody here can read, its lines are all that is missed.
    """
    mapping = operation.mapping
    anew = operation.action == outbox.CREATES
    known = (
        line_owners.Known()
        if mapping is None or anew
        else line_owners.known(mapping, operation.fields)
    )
    return WriteItem(
        key=item_key(operation.pk),
        action=operation.action,
        kind=operation.kind,
        record=sides.readable(operation) or record_class(operation.kind)(),
        fields=frozenset(operation.fields),
        line_ids=known.ids,
        agreed_lines=known.agreed,
    )
