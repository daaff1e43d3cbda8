"""Settle parcels: operations, mappings, remote records, attempts and counts in one transaction
(invariant 3).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from quicksync import signals
from quicksync.models import Attempt, EntityMapping, Operation, bulk
from quicksync.planning import totals
from quicksync.planning.reasons.reason import Reason
from quicksync.quickbooks.messages import Fate, Fault, Outcome, Remote, WireReply
from quicksync.records import Record
from quicksync.sync.exchange.believed import NOT_THIS, asking_is_vain, believed, is_unclear, pause
from quicksync.sync.exchange.outbox import CREATES, Parcel
from quicksync.sync.pairs import line_owners, merges, operation_state, state, taken
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.sides import agreed_of, readable
from quicksync.sync.plan import deposits, step_rows
from quicksync.sync.read import remote_records
from quicksync.sync.worker import clock
from quicksync.sync.worker.counts import BY_ACTION, Counting
from quicksync.sync.worker.ids import item_number

State = Operation.State
TRIES = 5

# What settling changes.
_MAPPING = [
    *state.LOCKED,
    "remote_type",
    "remote_id",
    "agreed_here",
    "agreed_there",
    "line_ids",
    "label",
]
_OPERATION = [
    *operation_state.COLUMNS,
    "warnings",
    "retry_at",
    "attempts_made",
    "parcel",
    "body",
    "doubted_at",
]


class Answer(NamedTuple):
    """What became of a parcel, as QuickBooks' reply tells it."""

    parcel: Parcel
    outcomes: Sequence[Outcome]
    reply: WireReply


class Settlement:
    """Parcels on their way into the tables: all of them, or none."""

    def __init__(
        self,
        company: AtHand,
        answers: Sequence[Answer],
        *,
        recovered: bool,
        careful: bool = False,
    ) -> None:
        self.company = company
        self.answers = answers
        self.operations = [one for answer in answers for one in answer.parcel.operations]
        self.recovered = recovered
        self.careful = careful
        self.counting = Counting()
        self.again: dict[str, list[str]] = defaultdict(list)
        self.touched: list[int] = []
        # Pairs that this moves: whoever saw them before looks again.
        self.moved: set[int] = set()
        self.attempts: list[Attempt] = []
        self.now = timezone.now()
        # What somebody had left out by the time that its answer came.
        self.left_out = {
            one.mapping_id
            for one in self.operations
            if one.mapping is not None and one.mapping.state == EntityMapping.State.EXCLUDED
        }

    @property
    def in_doubt(self) -> bool:
        """Whether something is left of which nobody knows what became of it."""
        return any(operation.state == State.UNKNOWN for operation in self.operations)

    def settle(self) -> None:
        """Write everything down; `again` is then type -> QuickBooks ids that must be read again as
        they may have moved.

        Raises AlreadySettled when an answer came twice, and IntegrityError when another mapping
        has the record that it tells of: then it is settled once more, `careful`.
        """
        remotes: list[Remote] = []
        for answer in self.answers:
            remotes += self._understand(answer)
        mappings = []
        for operation in self.operations:
            if operation.mapping is not None:
                operation.mapping.label = operation.mapping.label or operation.label
                mappings.append(operation.mapping)
        self._save(mappings, remotes)

    def _understand(self, answer: Answer) -> list[Remote]:
        """What an answer does to each operation, in hand. Returns the records that it tells of."""
        by_number = {item_number(outcome.key): outcome for outcome in answer.outcomes}
        others = self._others(answer.outcomes) if self.careful else {}
        remotes = []
        for operation in answer.parcel.operations:
            outcome = believed(operation, by_number.get(operation.pk))
            other = (
                others.get((outcome.remote.type, outcome.remote.id))
                if outcome.remote is not None
                else None
            )
            if other is not None and other.pk != operation.mapping_id:
                outcome = NOT_THIS
            if other is not None and outcome is NOT_THIS and other.origin == "there":
                self._given_away(operation, other)
            elif outcome.remote is not None:
                remotes.append(outcome.remote)
                self._done(operation, outcome)
            elif outcome.fault is not None:
                self._refused(operation, outcome.fault, alone=len(answer.parcel.operations) == 1)
            self._note(operation, outcome, answer)
        return remotes

    def _others(self, outcomes: Sequence[Outcome]) -> dict[tuple[str, str], EntityMapping]:
        """The records of this side that are paired already with what the answer tells of."""
        told = [outcome.remote for outcome in outcomes if outcome.remote is not None]
        rows_ = EntityMapping.objects.filter(
            connection=self.company.connection, object_key__isnull=False
        )
        rows_ = rows_.filter(
            remote_type__in={one.type for one in told}, remote_id__in=[one.id for one in told]
        )
        return {(row.remote_type, row.remote_id or ""): row for row in rows_}

    def _save(self, mappings: Sequence[EntityMapping], remotes: Sequence[Remote]) -> None:
        with transaction.atomic():
            if self.careful:
                # A read has met our own new record before its answer came: its half is the same
                # record.
                self._drop_halves(mappings)
            older = remote_records.store(self.company.connection, remotes)
            self._look_again()
            bulk.save(mappings, _MAPPING)
            # What is known is newer than this answer: whoever looked at it before knew nothing of
            # the answer.
            overtaken = [one.pk for one in mappings if (one.remote_type, one.remote_id) in older]
            state.touch_keys([*self.touched, *overtaken], self.now)
            self._save_operations()
            bulk.add(self.attempts)
            self.counting.keep()
            transaction.on_commit(self._tell)

    def _look_again(self) -> None:
        """What somebody skipped while it was on the wire has been written, and stays out from here
        on; what was planned of these pairs before this answer is overtaken.

        All rows are held, in the order of their keys, until this is written: a skip of this moment
        waits.
        """
        mine = {one.mapping_id: one for one in self.operations if one.mapping_id is not None}
        rows_ = (
            EntityMapping.objects.filter(pk__in=mine).order_by("pk").select_for_update(no_key=True)
        )
        for row in rows_.only(*state.LOCKED):
            mapping = mine[row.pk].mapping
            if mapping is None:
                continue
            if row.state == EntityMapping.State.EXCLUDED or row.pk in self.left_out:
                state.as_decided(mapping, row)
            state.as_held(mapping, row, moved=row.pk in self.moved)

    def _save_operations(self) -> None:
        """Only operations that still wait for it are settled; a second answer changes nothing."""
        keys = [operation.pk for operation in self.operations]
        parcels = [answer.parcel.id for answer in self.answers]
        waiting = Operation.objects.filter(
            pk__in=keys, state__in=(State.SENDING, State.UNKNOWN), parcel__in=parcels
        )
        if operation_state.move_where(waiting, State.DONE, at=self.now) != len(keys):
            raise AlreadySettled(*parcels)
        # Most parcels are done as a whole, and then that was all.
        bulk.save(
            [one for one in self.operations if one.state != State.DONE or one.warnings],
            _OPERATION,
        )

    def _drop_halves(self, mappings: Sequence[EntityMapping]) -> None:
        ids: dict[str, list[str]] = defaultdict(list)
        for mapping in mappings:
            if mapping.remote_id is not None:
                ids[mapping.remote_type].append(mapping.remote_id)
        for type_, wanted in ids.items():
            alone = Q(object_key=None, remote_type=type_, remote_id__in=wanted)
            halves = EntityMapping.objects.filter(alone, connection=self.company.connection)
            for run_id in {operation.run_id for operation in self.operations}:
                self.counting.forget(run_id, halves.values_list("pk", flat=True))
            bulk.remove(halves)

    # --- Done -------------------------------------------------------------------------------------

    def _done(self, operation: Operation, outcome: Outcome) -> None:
        remote, mapping = outcome.remote, operation.mapping
        operation_state.move(operation, State.DONE, at=self.now)
        self.counting.settle(operation, BY_ACTION[operation.action])
        if mapping is None or remote is None:
            return
        mapping.remote_type, mapping.remote_id = remote.type, remote.id
        if operation.action in ("void", "delete"):
            self._move(mapping, EntityMapping.State.GONE)
            operation.label = operation.label or mapping.label
            return
        here, there = readable(operation), self.company.decode(remote)
        known = {} if operation.action == CREATES else mapping.line_ids
        if isinstance(there, Record):
            known = line_owners.still_there(known, there)
        mapping.line_ids = {**known, **outcome.line_ids}
        # A repeated answer is as old as the first one was; and what cannot be read, nobody has
        # agreed on.
        afresh, unseen, apart = True, False, None
        if here is not None and isinstance(there, Record):
            unseen, apart = self._agree(operation, here, there, outcome.foreign_lines)
            afresh = self.recovered
        agreed = mapping.agreed_here is not None
        self._move(
            mapping, EntityMapping.State.IN_SYNC if agreed else EntityMapping.State.PENDING, apart
        )
        if afresh:
            self.again[remote.type].append(remote.id)
        if afresh or unseen or operation.leaves:
            self.touched.append(mapping.pk)

    def _agree(
        self, operation: Operation, here: Record, there: Record, foreign: Collection[str]
    ) -> tuple[bool, Reason | None]:
        """Agree on what both sides show, but for a bookkeeper's lines that nobody here has seen.

        Tells whether there are any: the next look carries them here, or says that they are there.
        And, where there are none, by how much the totals differ (F15).
        """
        mapping = operation.mapping
        if mapping is None:
            return False, None
        before = agreed_of(mapping)
        unseen = line_owners.to_be_seen(before, foreign)
        news = taken.news(mapping, self.company.edition, before, here, there)
        operation.leaves = sorted({*operation.leaves, *news})
        step_rows.agree(mapping, before, here, line_owners.without(there, unseen), operation.leaves)
        apart = None if unseen else totals.apart(here, there, operation.label)
        if apart is not None:
            operation.warnings = [*operation.warnings, step_rows.reason_row(apart)]
        return bool(unseen), apart

    def _move(self, mapping: EntityMapping, to: str, why: Reason | None = None) -> None:
        """What somebody left out meanwhile stays out."""
        self.moved.add(mapping.pk)
        if mapping.pk not in self.left_out:
            state.move(mapping, to, state.By.EXCHANGE, why=why or state.NO_REASON, at=self.now)

    # --- Refused ----------------------------------------------------------------------------------

    def _refused(self, operation: Operation, fault: Fault, *, alone: bool) -> None:
        """`alone` says that nothing else was in its parcel."""
        if is_unclear(operation, fault, recovered=self.recovered):
            self._unsure(operation, fault)
            return
        operation.attempts_made += 1
        if fault.fate is Fate.REPLAN and operation.mapping is not None:
            self._replan(operation, operation.mapping, fault)
            return
        if fault.whole and not alone:
            # Nothing of it was done: one bad record must not stop the others.
            self._again(operation)
            return
        if fault.fate in (Fate.RETRY, Fate.WAIT, Fate.REFRESH) and operation.attempts_made < TRIES:
            self._again(operation)
            operation.retry_at = self.now + dt.timedelta(
                seconds=fault.wait or 5 * 2**operation.attempts_made
            )
            return
        self._fail(operation, fault)

    def _unsure(self, operation: Operation, fault: Fault) -> None:
        """Nobody can say whether it was done: it keeps its parcel and its bytes until that is known
        (invariant 4).
        """
        looks = asking_is_vain(operation, fault, recovered=self.recovered)
        mapping = operation.mapping
        if looks and mapping is not None and operation.action != CREATES:
            # Its token makes sure that a change is not made twice: the record as it stands now
            # tells the rest.
            self._replan(operation, mapping, fault)
            return
        operation_state.move(operation, State.UNKNOWN, why=Reason("outcome-unknown"), at=self.now)
        operation.doubted_at = clock.now() if looks else None
        operation.retry_at = self.now + pause(operation, looks=looks)

    def _replan(self, operation: Operation, mapping: EntityMapping, fault: Fault) -> None:
        """What we knew is out of date: read again, compared again."""
        operation_state.move(operation, State.STALE, why=Reason(fault.reason), at=self.now)
        self._move(mapping, EntityMapping.State.PENDING)
        self.touched.append(mapping.pk)
        if mapping.remote_id is not None:
            self.again[mapping.remote_type].append(mapping.remote_id)

    def _again(self, operation: Operation) -> None:
        """Answered, so not unknown: it goes in another parcel, under another id."""
        operation_state.move(operation, State.PENDING, at=self.now)
        operation.parcel, operation.body = "", ""

    def _fail(self, operation: Operation, fault: Fault) -> None:
        values = {
            "label": operation.label,
            "message": fault.message,
            "detail": fault.detail,
            "fault": fault.code,
            "element": fault.element,
        }
        why = Reason(fault.reason, values)
        operation_state.move(operation, State.FAILED, why=why, at=self.now)
        self.counting.settle(operation, "failed")
        if fault.reason == merges.REFUSED and (record := readable(operation)) is not None:
            for type_, remote_id in merges.suspects(self.company, record):
                self.again[type_].append(remote_id)
        if operation.mapping is not None:
            mapping = operation.mapping
            self._move(mapping, EntityMapping.State.FAILED, why)
            if fault.reason == deposits.REASON and mapping.remote_id is not None:
                # If it shows the deposit, that is the reason why it waits, for as long as it lies
                # there.
                self.again[mapping.remote_type].append(mapping.remote_id)

    def _given_away(self, operation: Operation, other: EntityMapping) -> None:
        """It is there, and was taken for somebody else's new record: a person has to say which of
        the two here stays.

        Until then it is left out, or it would be made there a second time.
        """
        values = {"label": operation.label, "other": str(other)}
        why = Reason("partner-taken", values)
        operation_state.move(operation, State.FAILED, why=why, at=self.now)
        self.counting.settle(operation, "failed")
        if operation.mapping is not None:
            self._move(operation.mapping, EntityMapping.State.EXCLUDED, why)

    # --- Bookkeeping ------------------------------------------------------------------------------

    def _note(self, operation: Operation, outcome: Outcome, answer: Answer) -> None:
        fault, reply = outcome.fault, answer.reply
        done = Attempt.Outcome.RECOVERED if self.recovered else Attempt.Outcome.DONE
        no_answer, refused = Attempt.Outcome.NO_ANSWER, Attempt.Outcome.REFUSED
        self.attempts.append(
            Attempt(
                operation=operation,
                parcel=answer.parcel.id,
                outcome=(no_answer if operation.state == State.UNKNOWN else refused)
                if fault
                else done,
                status=reply.status,
                fault=fault.code if fault else "",
                message=f"{fault.message} {fault.detail}".strip()[:1000] if fault else "",
                trace_id=reply.trace_id,
                took_ms=reply.took_ms,
            )
        )

    def _tell(self) -> None:
        for operation in self.operations:
            if operation.state == State.DONE:
                signals.record_pushed.send_robust(Operation, operation=operation)
            elif operation.state == State.FAILED:
                signals.record_failed.send_robust(Operation, operation=operation)


class AlreadySettled(Exception):
    """A second answer to one of these parcels: the first one counts."""
