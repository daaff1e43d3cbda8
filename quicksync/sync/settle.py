"""Settle a parcel: operations, mappings, remote records, attempts and counts in one transaction (invariant 3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from quicksync import signals
from quicksync.models import Attempt, Connection, EntityMapping, Operation
from quicksync.planning.reasons import why
from quicksync.quickbooks.edition import Edition
from quicksync.quickbooks.wire import Facts, Fate, Fault, Outcome, Remote, WireReply
from quicksync.records import KINDS, Record
from quicksync.sync import bulk, refresh, rows
from quicksync.sync.ids import item_number
from quicksync.sync.outbox import Parcel, record_of
from quicksync.sync.sides import agreed_of, decode
from quicksync.sync.tally import BY_ACTION, Tally

State = Operation.State
TRIES = 5

# What settling changes.
_MAPPING = [
    "remote_type", "remote_id", "state", "reason", "reason_values", "since", "agreed_here", "agreed_there", "line_ids",
    "label", "counted_in", "retry_at", "choice",
]  # fmt: skip
_OPERATION = [
    "state", "reason", "reason_values", "reason_field", "warnings", "settled_at", "retry_at", "attempts_made", "parcel",
    "body",
]  # fmt: skip


class Settlement:
    """One parcel on its way into the tables."""

    def __init__(self, connection: Connection, edition: Edition, facts: Facts, parcel: Parcel, *, recovered: bool):
        self.connection = connection
        self.edition = edition
        self.facts = facts
        self.parcel = parcel
        self.recovered = recovered
        self.tallies: dict[int, Tally] = defaultdict(Tally)
        self.counted: list[tuple[Operation, str]] = []
        self.again: dict[str, list[str]] = defaultdict(list)
        self.touched: list[int] = []
        self.attempts: list[Attempt] = []
        self.now = timezone.now()

    def settle(self, outcomes: Sequence[Outcome], reply: WireReply) -> dict[str, list[str]]:
        """Write everything down. Returns kind -> QuickBooks ids that must be read again because they had moved."""
        by_number = {item_number(outcome.key): outcome for outcome in outcomes}
        remotes = [outcome.remote for outcome in outcomes if outcome.remote is not None]
        mappings = []
        for operation in self.parcel.operations:
            outcome = by_number[operation.pk]
            if outcome.remote is not None:
                self._done(operation, outcome)
            elif outcome.fault is not None:
                self._refused(operation, outcome.fault)
            self._note(operation, outcome, reply)
            if operation.mapping is not None:
                operation.mapping.label = operation.mapping.label or operation.label
                mappings.append(operation.mapping)
        try:
            self._save(mappings, remotes)
        except IntegrityError:
            # A read has met our own new record before its answer came: its half is the same record.
            self._save(mappings, remotes, drop_halves=True)
        return self.again

    def _save(self, mappings: Sequence[EntityMapping], remotes: Sequence[Remote], *, drop_halves: bool = False) -> None:
        with transaction.atomic():
            if drop_halves:
                self._drop_halves(mappings)
            older = refresh.store(self.connection, remotes)
            bulk.save(mappings, _MAPPING)
            # What is known is newer than this answer: whoever looked at it before knew nothing of the answer.
            overtaken = [one.pk for one in mappings if (one.remote_type, one.remote_id) in older]
            EntityMapping.objects.filter(pk__in=[*self.touched, *overtaken]).update(touched_at=self.now)
            self._save_operations()
            bulk.add(self.attempts)
            if self.counted:
                self._count_anew()
            for run_id, tally in self.tallies.items():
                tally.keep(run_id)
            transaction.on_commit(self._tell)

    def _save_operations(self) -> None:
        """Only operations that still wait for this answer are settled; a second answer changes nothing."""
        keys = [operation.pk for operation in self.parcel.operations]
        waiting = Operation.objects.filter(pk__in=keys, state__in=(State.SENDING, State.UNKNOWN), parcel=self.parcel.id)
        if waiting.update(state=State.DONE, settled_at=self.now, reason="") != len(keys):
            raise AlreadySettled(self.parcel.id)
        # Most parcels are done as a whole, and then that was all.
        bulk.save([one for one in self.parcel.operations if one.state != State.DONE or one.warnings], _OPERATION)

    def _drop_halves(self, mappings: Sequence[EntityMapping]) -> None:
        ids: dict[str, list[str]] = defaultdict(list)
        for mapping in mappings:
            if mapping.remote_id is not None:
                ids[mapping.remote_type].append(mapping.remote_id)
        for type_, wanted in ids.items():
            alone = Q(object_key=None, remote_type=type_, remote_id__in=wanted)
            bulk.remove(EntityMapping.objects.filter(alone, connection=self.connection))

    # --- Done -----------------------------------------------------------------------------------------------------

    def _done(self, operation: Operation, outcome: Outcome) -> None:
        remote, mapping = outcome.remote, operation.mapping
        operation.state, operation.settled_at, operation.reason = State.DONE, self.now, ""
        self._count(operation, BY_ACTION[operation.action])
        if mapping is None or remote is None:
            return
        mapping.remote_type, mapping.remote_id = remote.type, remote.id
        mapping.state, mapping.reason, mapping.reason_values = EntityMapping.State.IN_SYNC, "", {}
        mapping.since, mapping.retry_at, mapping.choice = self.now, None, {}
        if operation.action in ("void", "delete"):
            self._removed(operation, mapping)
            return
        there = decode(self.edition, remote, self.facts)
        here = record_of(operation)
        if isinstance(there, Record):
            rows.agree(mapping, agreed_of(mapping), here, there, operation.leaves)
            self._compare_totals(operation, mapping, here, there)
        mapping.line_ids = {**mapping.line_ids, **outcome.line_ids}
        if operation.leaves:
            self.touched.append(mapping.pk)

    def _removed(self, operation: Operation, mapping: EntityMapping) -> None:
        mapping.state = EntityMapping.State.GONE
        operation.label = operation.label or mapping.label

    def _compare_totals(self, operation: Operation, mapping: EntityMapping, here: Record, there: Record) -> None:
        """Totals equal to the cent, or the record says by how much (F15)."""
        mine, theirs = here.amount(), there.amount()
        if not KINDS[operation.kind].is_document or mine is None or theirs is None or mine == theirs:
            return
        warning = why(
            "total-differs", label=operation.label, here=str(mine), there=str(theirs), difference=str(theirs - mine),
            currency=getattr(there, "currency", ""),
        )  # fmt: skip
        operation.warnings = [*operation.warnings, rows.reason_row(warning)]
        mapping.reason, mapping.reason_values = warning.code, rows.reason_row(warning)["values"]

    # --- Refused --------------------------------------------------------------------------------------------------

    def _refused(self, operation: Operation, fault: Fault) -> None:
        operation.attempts_made += 1
        mapping = operation.mapping
        if fault.fate is Fate.REPLAN and mapping is not None:
            operation.state, operation.reason, operation.settled_at = State.STALE, fault.reason, self.now
            mapping.state = EntityMapping.State.PENDING
            self.touched.append(mapping.pk)
            if mapping.remote_id is not None:
                self.again[operation.kind].append(mapping.remote_id)
            return
        if fault.whole and len(self.parcel.operations) > 1:
            self._alone(operation)
            return
        if fault.fate in (Fate.RETRY, Fate.WAIT) and operation.attempts_made < TRIES:
            # Answered, so not unknown: it goes again in another parcel, under another id.
            operation.state, operation.parcel, operation.body = State.PENDING, "", ""
            operation.retry_at = self.now + dt.timedelta(seconds=fault.wait or 5 * 2**operation.attempts_made)
            return
        self._fail(operation, fault)

    def _alone(self, operation: Operation) -> None:
        """The parcel was refused whole and nothing of it done: one bad record must not stop the others."""
        operation.state, operation.parcel, operation.body = State.PENDING, "", ""

    def _fail(self, operation: Operation, fault: Fault) -> None:
        values = {
            "label": operation.label, "message": fault.message, "detail": fault.detail, "fault": fault.code,
            "element": fault.element,
        }  # fmt: skip
        operation.state, operation.settled_at = State.FAILED, self.now
        operation.reason, operation.reason_values = fault.reason, values
        self._count(operation, "failed")
        if operation.mapping is not None:
            mapping = operation.mapping
            mapping.state, mapping.since = EntityMapping.State.FAILED, self.now
            mapping.reason, mapping.reason_values = fault.reason, values
            mapping.attempts += 1

    # --- Bookkeeping ----------------------------------------------------------------------------------------------

    def _count(self, operation: Operation, outcome: str) -> None:
        mapping = operation.mapping
        if mapping is not None and mapping.counted_in == operation.run_id:
            self.counted.append((operation, outcome))
            return
        if mapping is not None:
            mapping.counted_in = operation.run_id
        self.tallies[operation.run_id].add(operation.kind, operation.direction, outcome)

    def _count_anew(self) -> None:
        """What waited for a reference earlier in the same run was counted as skipped; what became of it counts."""
        waited = Operation.objects.filter(
            run_id__in={one.run_id for one, _ in self.counted},
            mapping_id__in={one.mapping_id for one, _ in self.counted},
            state=State.SKIPPED,
            action__in=BY_ACTION,
        )
        found = {(one.run_id, one.mapping_id): one for one in waited}
        for operation, outcome in self.counted:
            earlier = found.pop((operation.run_id, operation.mapping_id), None)
            if earlier is not None:
                self.tallies[operation.run_id].add(operation.kind, earlier.direction, "skipped", -1)
                self.tallies[operation.run_id].add(operation.kind, operation.direction, outcome)
        # Overtaken, so that nothing is taken off twice.
        waited.update(state=State.STALE)

    def _note(self, operation: Operation, outcome: Outcome, reply: WireReply) -> None:
        fault = outcome.fault
        done = Attempt.Outcome.RECOVERED if self.recovered else Attempt.Outcome.DONE
        self.attempts.append(
            Attempt(
                operation=operation,
                parcel=self.parcel.id,
                outcome=Attempt.Outcome.REFUSED if fault else done,
                status=reply.status,
                fault=fault.code if fault else "",
                message=f"{fault.message} {fault.detail}".strip()[:1000] if fault else "",
                trace_id=reply.trace_id,
                took_ms=reply.took_ms,
            )
        )

    def _tell(self) -> None:
        for operation in self.parcel.operations:
            if operation.state == State.DONE:
                signals.record_pushed.send_robust(Operation, operation=operation)
            elif operation.state == State.FAILED:
                signals.record_failed.send_robust(Operation, operation=operation)


class AlreadySettled(Exception):
    """A second answer to the same parcel: the first one counts."""
