"""Bring the remote records up to date: which reads, what came back, whom it touches."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from quicksync.models import Category, Connection, EntityMapping, RemoteRecord, SyncRun
from quicksync.planning.match import fold
from quicksync.quickbooks.edition import Edition
from quicksync.quickbooks.wire import Read, ReadResult, Remote
from quicksync.records import KINDS
from quicksync.sync import bulk, codes, company, lease, sweep
from quicksync.sync.ids import new_request_id

LISTS_EVERY = dt.timedelta(days=1)
# QuickBooks forgets changes after 30 days; a little less, so that the boundary is never guessed.
CHANGES_KEPT = dt.timedelta(days=29)


def begin(run: SyncRun, edition: Edition) -> None:
    """Give a run the reads that it starts with; they are saved with the first one that is handed out.

    Everything at first and after too long a gap; afterwards one call for all kinds, and the lists once a day.
    """
    run.scope = run.scope | {"began": True}
    if asked := run.scope.get("read"):
        add(run, [read for kind, ids in asked.items() for read in edition.read_again(kind, ids)])
        return
    connection, now = run.connection, timezone.now()
    kinds = tuple(run.scope.get("kinds") or company.read_kinds(edition))
    too_long_ago = connection.read_at is not None and now - connection.read_at > CHANGES_KEPT
    # A look at the set-up looks at all of it: what was missed is what somebody presses the button for.
    afresh = connection.read_at is None or too_long_ago or run.scope.get("setup")
    cursor = "" if afresh else connection.cursor
    if too_long_ago and not run.scope.get("kinds"):
        sweep.everything(run)
    add(run, edition.reads(kinds, cursor))
    # A kind that the host has an adapter for only since lately has a past that no change tells of.
    late = [kind for kind in kinds if kind not in connection.read_kinds]
    if cursor and late:
        add(run, edition.reads(late, ""))
    lists_due = connection.lists_read_at is None or now - connection.lists_read_at > LISTS_EVERY
    if cursor and lists_due:
        add(run, edition.reads_daily(kinds))
    if lists_due or not cursor:
        run.scope["lists"] = True


def add(run: SyncRun, reads: Iterable[Read]) -> None:
    """Have a run read more, such as a record whose token was stale."""
    known = {msgspec.json.encode(entry["read"], order="sorted") for entry in run.reads}
    fresh = [_entry(read) for read in reads]
    run.reads = run.reads + [e for e in fresh if msgspec.json.encode(e["read"], order="sorted") not in known]


def next_entry(run: SyncRun) -> dict[str, Any] | None:
    """The first read that nobody has in hand."""
    return next((entry for entry in run.reads if not entry["out"]), None)


def find_entry(run: SyncRun, request_id: str) -> dict[str, Any] | None:
    """The read that goes by this request id."""
    return next((entry for entry in run.reads if entry["id"] == request_id), None)


def as_read(entry: dict[str, Any]) -> Read:
    """The stored read as a value."""
    return msgspec.convert(entry["read"], Read)


def _tells_set_up(remote: Remote, edition: Edition) -> bool:
    return remote.type in edition.set_up or remote.kind in company.LIST_KINDS


def take_result(run: SyncRun, edition: Edition, entry: dict[str, Any], result: ReadResult) -> None:
    """Store what a read brought, in one transaction with the run's place in its list of reads."""
    with transaction.atomic():
        absorb(run.connection, result.remotes)
        left = [other for other in run.reads if other["id"] != entry["id"]]
        left += [_entry(read) for read in result.more]
        setup = run.scope.get("setup_seen") or any(_tells_set_up(remote, edition) for remote in result.remotes)
        # The first answer's time is the earliest: what changes while the others are read is read again next time.
        cursor = run.cursor or result.cursor or ""
        sweep.note(run, result)
        lease.keep(run, reads=left, cursor=cursor, scope=run.scope | ({"setup_seen": True} if setup else {}))


def more(run: SyncRun, edition: Edition) -> bool:
    """Whether all that is in calls for more: records of which nothing tells whether they are still there."""
    reads = sweep.next_reads(run, edition)
    if reads:
        add(run, reads)
        lease.keep(run, reads=run.reads, scope=run.scope)
    return bool(reads)


def finish(run: SyncRun, edition: Edition) -> dict[str, Any]:
    """All reads of a cycle are in: learn the company's set-up. Returns where the connection stands now, to be saved."""
    if run.scope.get("setup_seen"):
        _understand(run, edition)
    values: dict[str, Any] = {}
    if run.cursor and not run.scope.get("kinds"):
        values |= {"cursor": run.cursor, "read_at": timezone.now(), "read_kinds": list(company.read_kinds(edition))}
    if run.scope.get("lists"):
        values["lists_read_at"] = timezone.now()
    return values


def _understand(run: SyncRun, edition: Edition) -> None:
    """What the set-up and the lists tell; what waited for it is looked at again (A10, A12, A13)."""
    news = company.learn(run.connection, edition)
    facts = company.facts_of(run.connection)
    # Every code of this side is looked at once a day; between, those that records name.
    found = codes.propose_all(run.connection, edition, facts) if run.scope.get("lists") else 0
    if news or found:
        codes.release(run.connection)


def absorb(connection: Connection, remotes: Sequence[Remote]) -> int:
    """Store remote records and touch the mappings of those that differ from what we knew. Returns how many did."""
    changed = _changed(connection, remotes)
    if not changed:
        return 0
    store(connection, changed)
    _touch(connection, [remote for remote in changed if remote.kind])
    return len(changed)


def store(connection: Connection, remotes: Iterable[Remote]) -> None:
    """Insert or update remote records, without touching anything."""
    rows = {
        (remote.type, remote.id): RemoteRecord(
            connection=connection,
            type=remote.type,
            remote_id=remote.id,
            kind=remote.kind,
            token=remote.token,
            payload=remote.payload,
            fingerprint=digest(remote),
            name=remote.name[:500],
            name_key=fold(remote.name)[:500],
            active=remote.active,
            deleted=remote.deleted,
            modified=remote.modified,
        )
        for remote in remotes
    }
    bulk.add(
        rows.values(),
        unique=["connection", "type", "remote_id"],
        fields=[
            "kind", "token", "payload", "fingerprint", "name", "name_key", "active", "deleted", "modified",
        ],
    )  # fmt: skip


def digest(remote: Remote) -> str:
    """Changes when and only when the payload does."""
    text = f"{remote.deleted}{remote.active}{remote.token}{remote.payload}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _changed(connection: Connection, remotes: Sequence[Remote]) -> list[Remote]:
    ids = defaultdict(list)
    for remote in remotes:
        ids[remote.type].append(remote.id)
    known = {
        (type_, remote_id): fingerprint
        for type_, wanted in ids.items()
        for remote_id, fingerprint in RemoteRecord.objects.filter(
            connection=connection, type=type_, remote_id__in=wanted
        ).values_list("remote_id", "fingerprint")
    }
    return [remote for remote in remotes if known.get((remote.type, remote.id)) != digest(remote)]


def _touch(connection: Connection, remotes: Sequence[Remote]) -> None:
    """Mappings of changed records want to be looked at; a record nobody knew becomes a half, if its category is on."""
    now = timezone.now()
    enabled = set(Category.objects.filter(connection=connection, enabled=True).values_list("kind", flat=True))
    by_type = defaultdict(list)
    for remote in remotes:
        by_type[remote.type].append(remote)
    for type_, group in by_type.items():
        mappings = EntityMapping.objects.filter(
            connection=connection, remote_type=type_, remote_id__in=[remote.id for remote in group]
        )
        known = set(mappings.values_list("remote_id", flat=True))
        if known:
            mappings.update(touched_at=now)
        fresh = [r for r in group if r.id not in known and not r.deleted and r.kind in enabled]
        bulk.add([half_there(connection, remote, now) for remote in fresh])


def half_there(connection: Connection, remote: Remote | RemoteRecord, now: dt.datetime) -> EntityMapping:
    """The mapping of a record that so far exists only in QuickBooks."""
    return EntityMapping(
        connection=connection,
        kind=remote.kind,
        remote_type=remote.type,
        remote_id=remote.id if isinstance(remote, Remote) else remote.remote_id,
        label=(remote.name or KINDS[remote.kind].singular.capitalize())[:300],
        origin="there",
        touched_at=now,
    )


def _entry(read: Read) -> dict[str, Any]:
    return {"id": new_request_id(), "out": False, "read": msgspec.to_builtins(read)}
