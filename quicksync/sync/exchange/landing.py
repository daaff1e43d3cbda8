"""Apply what needs no wire: joins of two halves, and changes of QuickBooks that land here.

Host object, mapping, operation and counts are written in one transaction, so that a crash leaves
nothing in doubt.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from django.db import router, transaction
from django.utils import timezone

from quicksync import signals
from quicksync.among import Among
from quicksync.local.messages import Write, Written
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Connection, EntityMapping, Operation, SyncRun, bulk
from quicksync.models.run_values import Position
from quicksync.planning import totals
from quicksync.planning.reasons.reason import Reason
from quicksync.quickbooks.messages import Remote
from quicksync.records import Record
from quicksync.records.base import refs_in
from quicksync.sync.exchange import newcomers, open_operations, outbox, unsent
from quicksync.sync.pairs import ground, one_product, operation_state, sides, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import Links, translated
from quicksync.sync.pairs.sides import agreed_of
from quicksync.sync.plan import step_rows
from quicksync.sync.worker import garbage, lease
from quicksync.sync.worker.counts import BY_ACTION, Counting

State = Operation.State
# Through save() each object takes its time, and the host's own writes wait for the chunk to end.
CHUNK = 100
BULK_CHUNK = 250
# New objects, of which nothing has to be compared, land so many chunks in one.
TOGETHER = 2

_MAPPING = [
    *state.LOCKED,
    "model_label",
    "object_key",
    "label",
    "agreed_here",
    "agreed_there",
    "line_ids",
]


class Due(NamedTuple):
    """An operation that is due."""

    key: int
    action: str


def next_chunk(run: SyncRun) -> list[Due]:
    """Operations of the lowest open rank that need no wire, joins first; a plan makes no more of
    them later.
    """
    (rank,) = SyncRun.objects.filter(pk=run.pk).values_list(outbox.lowest_rank(run)).get()
    mine = run.operations.filter(open_operations.due(), state=State.PENDING, rank=rank)
    rows = mine.order_by("id").values_list("pk", "action")
    if run.position.joined != rank:
        joins = _due(rows.filter(action="pair")[:BULK_CHUNK])
        if joins:
            return joins
        # To look again before each chunk would be to look through all that is left of the rank.
        run.position = Position(joined=rank)
    size, most = CHUNK, CHUNK
    if all(adapter.bulk for adapter in registry.all()):
        size, most = BULK_CHUNK, BULK_CHUNK * TOGETHER
    pulls = _due(rows.filter(direction="pull")[:most])
    if any(one.action != outbox.CREATES for one in pulls):
        pulls = pulls[:size]
    # A join that was put off, since somebody was writing its record, comes last.
    return pulls or _due(rows.filter(action="pair")[:BULK_CHUNK])


def _due(rows: Iterable[tuple[int, str]]) -> list[Due]:
    return [Due(*row) for row in rows]


def loaded(keys: Sequence[int]) -> list[Operation]:
    """The operations of a chunk, or of what is left of one."""
    found = Operation.objects.filter(Among("id", keys)).select_related("mapping")
    return list(found.order_by("id"))


@contextmanager
def hosts() -> Iterator[None]:
    """The host's tables may be in other databases: what is locked there stays locked until all is
    written.
    """
    with ExitStack() as stack:
        for using in sorted({router.db_for_write(adapter.model) for adapter in registry.all()}):
            stack.enter_context(transaction.atomic(using=using))
        yield


def absorb(connection: Connection, kind: str, label: str, keys: Sequence[str]) -> None:
    """A new object that was saved by its own save() has been noticed: what was noted is the half
    that we have.
    """
    noted = EntityMapping.objects.filter(connection=connection, kind=kind, model_label=label)
    bulk.remove(noted.filter(Among("object_key", keys), remote_id=None))


def apply(run: SyncRun, company: AtHand, operations: Sequence[Operation]) -> None:
    """Apply one chunk."""
    with garbage.kept():
        if operations[0].action == "pair":
            _join(run, operations)
        else:
            _Landing(run, company).land(operations)


def _join(run: SyncRun, operations: Sequence[Operation]) -> None:
    """Two halves become one pair, under the half here; what differs is looked at again."""
    now = timezone.now()
    counting = Counting()
    with transaction.atomic():
        lease.keep(run)
        found = ground.look(operations)
        ground.put_off(found.busy)
        whole = [one for one in found.standing if one.mapping and one.mapping.is_pair]
        ground.overtaken([one.pk for one in (*found.moved, *whole)])
        joined = [one for one in found.standing if one not in whole]
        pairs = [(one.mapping, one.partner) for one in joined if one.mapping and one.partner]
        counting.forget(run.pk, [partner.pk for _, partner in pairs])
        EntityMapping.objects.filter(pk__in=[partner.pk for _, partner in pairs]).delete()
        for mapping, partner in pairs:
            state.joined(mapping, partner, now)
        bulk.save([mapping for mapping, _ in pairs], state.JOINED)
        _must_move(joined, now)
        counting.keep()


def _must_move(operations: Sequence[Operation], now: dt.datetime) -> None:
    """They are done; whoever does not find all of them pending has lost the run."""
    mine = Operation.objects.filter(pk__in=[one.pk for one in operations], state=State.PENDING)
    if operation_state.move_where(mine, State.DONE, at=now) != len(operations):
        raise lease.LeaseLost("Another worker has moved these operations.")


class _Landing:
    """One chunk of changes on their way into the host's tables."""

    def __init__(self, run: SyncRun, company: AtHand) -> None:
        self.run = run
        self.company = company
        self.links = Links(company.connection, company.edition)
        self.now = timezone.now()
        self.counting = Counting()
        self.settled: list[Operation] = []
        self.born: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.remotes: dict[int, Remote] = {}
        # What the host's objects show under the lock, by operation: as they are, and as the other
        # side is told of them.
        self.before: dict[int, Record] = {}
        self.here: dict[int, Record] = {}

    def land(self, operations: Sequence[Operation]) -> None:
        with transaction.atomic(), hosts():
            # First of all, so that a worker that has lost the run writes nothing.
            lease.keep(self.run)
            fresh = self._look_again(operations)
            removals = [one for one in fresh if one.action in ("void", "delete")]
            writes = [one for one in fresh if one.action not in ("void", "delete")]
            for adapter, group in self._by_adapter(writes).items():
                self._write(adapter, group)
            for operation in removals:
                self._remove(operation)
            for (kind, label), keys in self.born.items():
                absorb(self.run.connection, kind, label, keys)
            changed = [one.mapping for one in self.settled if one.mapping is not None]
            bulk.save(changed, _MAPPING)
            left = [
                one.mapping_id for one in self.settled if one.leaves and one.mapping_id is not None
            ]
            state.touch_keys(left, self.now)
            _must_move(self.settled, self.now)
            bulk.save(
                [one for one in self.settled if one.state != State.DONE], operation_state.COLUMNS
            )
            self.counting.keep()
            transaction.on_commit(self._tell)

    def _look_again(self, operations: Sequence[Operation]) -> list[Operation]:
        """Those whose records are still what the plan saw, locked; host objects first, as the
        host's own saves do.
        """
        strange = [one.pk for one in operations if sides.readable(one) is None]
        operations = [one for one in operations if one.pk not in strange]
        busy: set[int] = set()
        for adapter, group in self._by_adapter(operations).items():
            keys = {
                one.mapping.object_key: one.pk
                for one in group
                if one.mapping and one.mapping.object_key
            }
            held = adapter.hold(self.run.connection, list(keys))
            busy |= {keys[key] for key in held.busy}
            self.before |= {keys[key]: found.record for key, found in held.found.items()}
            told = one_product.here(self.run.connection, held.found)
            self.here |= {keys[key]: found.record for key, found in told.items()}
        found = ground.look(operations)
        ground.put_off([*found.busy, *(one for one in found.standing if one.pk in busy)])
        free = [one for one in found.standing if one.pk not in busy]
        came = self._came_since(free)
        moved = [one for one in free if one.pk in came or self._moved(one)]
        ground.overtaken([one.pk for one in (*found.moved, *moved)])
        ground.overtaken(strange, ground.UNREADABLE)
        return [one for one in free if one not in moved]

    def _came_since(self, operations: Sequence[Operation]) -> set[int]:
        """Those that would make anew what somebody has entered here since the plan."""
        proposed = {
            one.pk: record
            for one in operations
            if one.action == outbox.CREATES and (record := sides.readable(one)) is not None
        }
        return newcomers.met(self.run, proposed)

    def _moved(self, operation: Operation) -> bool:
        """Whether the object is another one than the plan saw: some changes of it tell nobody."""
        mapping, here = operation.mapping, self.here.get(operation.pk)
        if mapping is None or _adapter_of(operation) is None:
            return True
        if operation.action == outbox.CREATES:
            # What is made anew for a pair that has lost its object here is made only while that is
            # gone.
            return here is not None
        return here is None or (
            bool(operation.seen) and ground.seen(here, operation.fields) != operation.seen
        )

    def _by_adapter(self, operations: Sequence[Operation]) -> dict[Adapter, list[Operation]]:
        groups: dict[Adapter, list[Operation]] = defaultdict(list)
        for operation in operations:
            if adapter := _adapter_of(operation):
                groups[adapter].append(operation)
        return groups

    def _write(self, adapter: Adapter, operations: Sequence[Operation]) -> None:
        records = {
            one.pk: record for one in operations if (record := sides.readable(one)) is not None
        }
        self.links.ask_there(ref for record in records.values() for _, ref in record.refs())
        self.remotes = sides.remotes_of(self.run.connection, operations)
        by_key: dict[str, tuple[Operation, Record]] = {}
        writes = []
        for operation in operations:
            record, missing = translated(records[operation.pk], self.links.to_here.get)
            # What stays as it is here, or has no place here, may well name something that has no
            # partner.
            names = operation.fields if operation.action == "update" else adapter.writable()
            parts = adapter.parts()
            needed = {
                ref
                for name in names
                for ref in refs_in(getattr(records[operation.pk], name, None), parts.get(name))
            }
            lacking = [ref for ref in missing if ref in needed]
            record, missing = unsent.loosened(operation, record, lacking, self.links)
            if missing:
                unsent.wait_for(self.run, operation, missing, self.links, self.counting)
                continue
            by_key[str(operation.pk)] = operation, records[operation.pk]
            writes.append(self._as_write(adapter, operation, record))
        for written in adapter.write(self.run.connection, writes):
            operation, there = by_key[written.op]
            self._landed(adapter, operation, there, written)

    def _as_write(self, adapter: Adapter, operation: Operation, record: Record) -> Write:
        # The key of an object that is gone names nothing any more, nor do its lines.
        mapping = operation.mapping if operation.action != outbox.CREATES else None
        key = mapping.object_key if mapping else None
        if mapping is not None:
            record = _with_line_ids(
                record, {there: here for here, there in mapping.line_ids.items()}
            )
        fields = adapter.writable() & (frozenset(operation.fields) if key else adapter.carried())
        before = self.before.get(operation.pk)
        return Write(
            op=str(operation.pk),
            key=key,
            record=one_product.kept(record, self.here.get(operation.pk), before),
            fields=fields,
            before=before,
        )

    def _landed(
        self, adapter: Adapter, operation: Operation, there: Record, written: Written
    ) -> None:
        if written.error or written.record is None or operation.mapping is None:
            self._refused(operation, written.error)
            return
        mapping = operation.mapping
        if operation.action == outbox.CREATES:
            self.born[mapping.kind, adapter.label_lower].append(written.key)
        mapping.model_label, mapping.object_key = adapter.label_lower, written.key
        mapping.label = written.label[:300] or mapping.label
        now = self._now_there(mapping, there)
        here = one_product.one_here(self.run.connection, written.record)
        step_rows.agree(mapping, agreed_of(mapping), here, now, operation.leaves)
        if written.line_ids:
            mapping.line_ids = line_ids(written, there)
        # Equal to the cent, or the record says by how much (F15).
        apart = totals.apart(written.record, now, operation.label)
        self._done(operation, mapping, EntityMapping.State.IN_SYNC, apart or state.NO_REASON)

    def _now_there(self, mapping: EntityMapping, there: Record) -> Record:
        """What QuickBooks shows: a merged record may hold fields that it does not have yet."""
        remote = self.remotes.get(mapping.pk)
        now = self.company.decode(remote) if remote else None
        return now if isinstance(now, Record) else there

    def _remove(self, operation: Operation) -> None:
        mapping = operation.mapping
        adapter = _adapter_of(operation)
        if mapping is None or adapter is None or mapping.object_key is None:
            ground.overtaken([operation.pk])
            return
        trouble = adapter.remove(self.run.connection, mapping.object_key, operation.action)
        if trouble:
            self._refused(operation, trouble)
        else:
            self._done(operation, mapping, EntityMapping.State.GONE)

    def _done(
        self, operation: Operation, mapping: EntityMapping, to: str, why: Reason = state.NO_REASON
    ) -> None:
        state.move(mapping, to, state.By.EXCHANGE, why=why, at=self.now, locked=True)
        operation_state.move(operation, State.DONE, at=self.now)
        self._count(operation, BY_ACTION[operation.action])

    def _refused(self, operation: Operation, sentence: str) -> None:
        values: dict[str, Any] = {"label": operation.label, "detail": sentence, "message": sentence}
        why = Reason("host-refused", values)
        operation_state.move(operation, State.FAILED, why=why, at=self.now)
        if operation.mapping is not None:
            failed = EntityMapping.State.FAILED
            state.move(
                operation.mapping, failed, state.By.EXCHANGE, why=why, at=self.now, locked=True
            )
        self._count(operation, "failed")

    def _count(self, operation: Operation, outcome: str) -> None:
        self.counting.settle(operation, outcome)
        self.settled.append(operation)

    def _tell(self) -> None:
        for operation in self.settled:
            signal = (
                signals.record_pulled if operation.state == State.DONE else signals.record_failed
            )
            signal.send_robust(Operation, operation=operation)


def line_ids(written: Written, there: Record) -> dict[str, str]:
    """The saved lines' keys -> QuickBooks' ids of the lines that they were made of."""
    ids = zip(written.line_ids, getattr(there, "lines", ()), strict=False)
    return {mine: line.id for mine, line in ids if line.id}


def _adapter_of(operation: Operation) -> Adapter | None:
    """The adapter of the object, or of the model that a new one will be of; None when it is
    registered no more.
    """
    mapping = operation.mapping
    label = (
        mapping.model_label if mapping and mapping.object_key is not None else operation.model_label
    )
    if label:
        return registry.for_label(label, operation.kind)
    record = sides.readable(operation)
    return registry.taker(operation.kind, record) if record is not None else None


def _with_line_ids(record: Record, ids: dict[str, str]) -> Record:
    """The record's lines under this side's ids; lines that this side does not know keep none."""
    lines = getattr(record, "lines", None)
    if not lines:
        return record
    renamed: Record = record.replace(
        lines=tuple(type(line)(**{**_as_dict(line), "id": ids.get(line.id, "")}) for line in lines)
    )
    return renamed


def _as_dict(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__struct_fields__}
