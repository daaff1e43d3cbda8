"""Bring the remote records up to date: which reads, what came back, whom it touches."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec.structs import replace

from quicksync.among import Among
from quicksync.models import Category, Connection, EntityMapping, RemoteRecord, SyncRun, plain_rows
from quicksync.models.run_values import UNKNOWN, ToRead
from quicksync.quickbooks.messages import NAMELESS, Read, ReadResult, Remote, moment
from quicksync.quickbooks.port import Edition
from quicksync.records import KINDS, kinds
from quicksync.records.spelling import fold
from quicksync.sync.company import codes
from quicksync.sync.company import known as company
from quicksync.sync.pairs import state
from quicksync.sync.pairs.halves import add_there
from quicksync.sync.read import vanished, wrong_ids
from quicksync.sync.read.news import news, of_their_kinds, same_versions
from quicksync.sync.worker import lease
from quicksync.sync.worker.reading_list import add, entry_of, in_hand, next_entry

LISTS_EVERY = dt.timedelta(days=1)
# QuickBooks forgets changes after 30 days; a little less, so that the boundary is never guessed.
CHANGES_KEPT = dt.timedelta(days=29)
# Records that could not be read, of which one day's run reads so many anew.
UNREAD = 500
_AFTER_NAMELESS = chr(ord(NAMELESS) + 1)


def begin(run: SyncRun, edition: Edition) -> None:
    """Give a run the reads that it starts with; they are saved with the first that is handed out.

    Everything at first and after too long a gap; afterwards one call for all kinds, and the lists
    once a day.
    """
    run.progress.began = True
    if run.scope.read:
        for name, ids in run.scope.read.items():
            # An earlier version of this program asked by kind.
            types = edition.remote_types(name) if name in KINDS else (name,)
            add(run, [read for type_ in types for read in edition.read_again(type_, ids)])
        return
    connection, clock, now = run.connection, run.connection.clock, timezone.now()
    kinds = kinds_read(run, edition)
    # A look at the set-up looks at all of it: what was missed is what somebody presses the button
    # for.
    afresh = clock.read_at is None or _forgotten(connection) or run.scope.setup
    cursor = "" if afresh else clock.cursor
    if _forgotten(connection) and not run.scope.kinds:
        vanished.everything(run)
    add(run, edition.reads(kinds, cursor))
    # A kind that the host has an adapter for only since lately has a past that no change tells of.
    late = [kind for kind in kinds if kind not in clock.read_kinds]
    if cursor and late:
        add(run, edition.reads(late, ""))
    lists_due = clock.lists_read_at is None or now - clock.lists_read_at > LISTS_EVERY
    if cursor and lists_due:
        add(run, edition.reads_daily(kinds))
        add(run, _unread(connection, edition))
        # What was missing when all of it was read may come now; its number is counted again in any
        # case.
        add(
            run, [read for name in company.missing(connection) for read in edition.read_whole(name)]
        )
    if lists_due or not cursor:
        run.progress.lists = True


def kinds_read(run: SyncRun, edition: Edition) -> tuple[str, ...]:
    """The kinds that a run reads."""
    return tuple(run.scope.kinds or company.read_kinds(edition))


def _forgotten(connection: Connection) -> bool:
    """Whether the change feed may not reach back any more to what was read last."""
    read_at = connection.clock.read_at
    return read_at is not None and timezone.now() - read_at > CHANGES_KEPT


def _unread(connection: Connection, edition: Edition) -> list[Read]:
    """What could not be read is read anew once a day: a mistake of an answer mends itself."""
    held = EntityMapping.objects.filter(
        connection=connection,
        state=EntityMapping.State.HELD,
        reason="unreadable-there",
        remote_id__isnull=False,
    )
    ids = defaultdict(list)
    for type_, remote_id in held.order_by("pk").values_list("remote_type", "remote_id")[:UNREAD]:
        ids[type_].append(str(remote_id))
    return [read for type_, wanted in ids.items() for read in edition.read_again(type_, wanted)]


def hand_out(run: SyncRun, edition: Edition, *, noted: bool = True) -> ToRead | None:
    """The next read that nobody has in hand, taken up; None when there is none. Unless it shall be
    `noted`, nothing is saved: whoever takes the run over then finds it as it was.

    Whether the change feed still reaches back is judged now, when it is asked: the run may have
    slept since it began.
    """
    entry = next_entry(run)
    if entry is not None and _is_past_telling(run, entry):
        _begin_anew(run, edition)
        entry = next_entry(run)
    if entry is not None:
        entry.out = True
        if noted:
            lease.keep(run, reads=run.reads, progress=run.progress, cursor=run.cursor)
    return entry


def _is_past_telling(run: SyncRun, entry: ToRead) -> bool:
    """Whether this read would not bring all that it was put on the list for."""
    return entry.read == UNKNOWN or (bool(entry.read.since) and _forgotten(run.connection))


def _begin_anew(run: SyncRun, edition: Edition) -> None:
    """Everything is read, and all that is known looked for, instead of what changed."""
    run.reads = [entry for entry in run.reads if not entry.read.since and entry.read != UNKNOWN]
    if not run.scope.kinds:
        vanished.everything(run)
        run.cursor = ""
    run.progress.lists = True
    add(run, edition.reads(kinds_read(run, edition), ""))


def _tells_set_up(remote: Remote, edition: Edition) -> bool:
    return remote.type in edition.set_up or remote.kind in kinds.LIST_KINDS


def take_result(run: SyncRun, edition: Edition, entry: ToRead, result: ReadResult) -> None:
    """Store what a read brought, in one transaction with the run's place in its list of reads."""
    with transaction.atomic():
        remotes = wrong_ids.believed(run, entry, result.remotes)
        doubts = wrong_ids.doubts(run, edition, entry, remotes)
        absorb(run.connection, edition, remotes)
        wrong_ids.disown(run, remotes)
        left = [other for other in run.reads if other.id != entry.id]
        left += [entry_of(read) for read in (*result.more, *doubts)]
        if any(_tells_set_up(remote, edition) for remote in remotes):
            run.progress.setup_seen = True
        # The first answer's time is the earliest: what changes while the others are read is read
        # again next time.
        if result.cursor and not run.cursor:
            run.progress.cursor_at = timezone.now()
        vanished.note(run, result)
        stands: dict[str, Any] = {
            "reads": left,
            "cursor": run.cursor or result.cursor or "",
            "progress": run.progress,
        }
        if left or result.remotes or result.totals or edition.can.polled:
            lease.keep(run, **stands)
        else:
            # Nothing was stored, and it was the last: the end of the run saves it, or whatever else
            # comes next. Who takes the run over before asks again. What a polled edition does next
            # may be in another process.
            lease.later(run, **stands)


def more(run: SyncRun, edition: Edition) -> bool:
    """Whether all that is in calls for more: records of which nothing tells whether they are still
    there.
    """
    reads = vanished.next_reads(run, edition)
    if reads:
        add(run, reads)
        lease.keep(run, reads=run.reads, progress=run.progress)
    return bool(reads)


def finish(run: SyncRun, edition: Edition) -> dict[str, Any]:
    """All reads of a cycle are in: learn the company's set-up. Returns where the connection stands
    now, to be saved.
    """
    if run.progress.setup_seen:
        _understand(run, edition)
    values: dict[str, Any] = {}
    if run.cursor and not run.scope.kinds:
        # Not now: the run may have slept since, and what the feed keeps is counted from the cursor
        # on.
        told_at = run.progress.cursor_at or timezone.now()
        values |= {
            "cursor": run.cursor,
            "read_at": told_at,
            "read_kinds": list(company.read_kinds(edition)),
        }
    if run.progress.lists:
        values["lists_read_at"] = timezone.now()
    return values


def _understand(run: SyncRun, edition: Edition) -> None:
    """What the set-up and the lists tell; what waited for it is looked at again (A10, A12, A13)."""
    news = company.learn(run.connection, edition)
    # Every code of this side is looked at once a day; between, those that records name.
    found = codes.propose_all(company.at_hand(run.connection)) if run.progress.lists else 0
    if news or found:
        codes.release(run.connection)


def absorb(connection: Connection, edition: Edition, remotes: Sequence[Remote]) -> int:
    """Store remote records and touch the mappings of those that say something new. Returns how many
    did.
    """
    known = _known(connection, remotes)
    were = {key: kind for key, ((kind, _), _) in known.items() if kind}
    if any(were.get((one.type, one.id), one.kind) != one.kind for one in remotes):
        remotes = of_their_kinds(connection, remotes, were)
    changed = [
        remote
        for remote in remotes
        if known.get((remote.type, remote.id), ("",))[0] != (remote.kind, digest(remote))
    ]
    if not changed:
        return 0
    with transaction.atomic():
        before = same_versions(
            connection, changed, {key: token for key, (_, token) in known.items()}
        )
        older = store(connection, changed, read=True)
        changed = news(connection, edition, changed, before)
        fresh = [remote for remote in changed if (remote.type, remote.id) not in older]
        _touch(
            connection,
            [remote for remote in [*fresh, *_named_now(connection, fresh)] if remote.kind],
        )
    return len(fresh)


def _named_now(connection: Connection, remotes: Sequence[Remote]) -> list[Remote]:
    """Records that once came without an id and have come with one now are not there under the other
    name any more.
    """
    names = {(remote.type, fold(remote.name)[:500]) for remote in remotes if remote.name}
    nameless = RemoteRecord.objects.filter(
        connection=connection, type__in={type_ for type_, _ in names}, deleted=False,
        remote_id__gte=NAMELESS, remote_id__lt=_AFTER_NAMELESS,
    )  # fmt: skip
    given = {
        (remote.type, fold(remote.name)[:500])
        for remote in remotes
        if not remote.id.startswith(NAMELESS)
    }
    mended = [row for row in nameless.defer("payload") if (row.type, row.name_key) in given]
    RemoteRecord.objects.filter(pk__in=[row.pk for row in mended]).update(deleted=True)
    return [Remote(type=row.type, id=row.remote_id, kind=row.kind, deleted=True) for row in mended]


def store(
    connection: Connection, remotes: Iterable[Remote], *, read: bool = False
) -> set[tuple[str, str]]:
    """Insert or update remote records, without touching anything, but never by something older than
    is known.

    Returns type and id of those that are older. `read` says that the records were read, and do not
    come from the answer to a write: such an answer may be repeated long after the record was
    deleted.
    """
    found: dict[tuple[str, str], Remote] = {}
    for remote in remotes:
        key = remote.type, remote.id
        if key not in found or not is_older(remote, found[key], read=read):
            found[key] = remote
    with transaction.atomic():
        known = _locked(connection, found)
        older = {key for key, row in known.items() if is_older(found[key], row, read=read)}
        _write(connection, [remote for key, remote in found.items() if key not in older], known)
    return older


def _locked(
    connection: Connection, remotes: Mapping[tuple[str, str], Remote]
) -> dict[tuple[str, str], RemoteRecord]:
    """What is known of these, locked: a worker's newer answer is waited for, not overwritten."""
    ids = defaultdict(list)
    for type_, remote_id in remotes:
        ids[type_].append(remote_id)
    return {
        (row.type, row.remote_id): row
        for type_, wanted in ids.items()
        for row in RemoteRecord.objects.select_for_update(no_key=True)
        .filter(Among("remote_id", wanted), connection=connection, type=type_)
        .order_by("remote_id")
        .only("type", "remote_id", "token", "modified", "deleted")
    }


def is_older(remote: Remote, known: Remote | RemoteRecord, *, read: bool) -> bool:
    """Whether QuickBooks told this before what is known: by its token, else by its time (design:
    older never replaces newer). A deletion is final, but a record that is read again after all is
    there.
    """
    if remote.deleted:
        return False
    if known.deleted and not read:
        return True
    if (
        remote.token.isdecimal()
        and known.token.isdecimal()
        and int(remote.token) != int(known.token)
    ):
        return int(remote.token) < int(known.token)
    then, before = moment(remote.modified), moment(known.modified)
    return then is not None and before is not None and then < before


_COLUMNS = (
    *("type", "remote_id", "kind", "token", "payload", "fingerprint", "name", "name_key"),
    *("active", "deleted", "modified"),
)


def _row(remote: Remote, known: RemoteRecord | None) -> tuple[Any, ...]:
    """Token and time that an answer leaves out, as a deletion does, stay known: they tell what is
    older.
    """
    token = remote.token or (known.token if known else "")
    modified = remote.modified or (known.modified if known else "")
    return (
        *(remote.type, remote.id, remote.kind, token, remote.payload, digest(remote)),
        *(remote.name[:500], fold(remote.name)[:500], remote.active, remote.deleted, modified),
    )


def _write(
    connection: Connection, remotes: Iterable[Remote], known: Mapping[tuple[str, str], RemoteRecord]
) -> None:
    # In one order for all workers, so that two of them never wait for each other.
    ordered = sorted(remotes, key=lambda remote: (remote.type, remote.id))
    plain_rows.insert(
        RemoteRecord,
        {"connection_id": connection.pk},
        _COLUMNS,
        [_row(remote, known.get((remote.type, remote.id))) for remote in ordered],
        unique=["connection", "type", "remote_id"],
        rising="token",
    )


def digest(remote: Remote) -> str:
    """Changes when and only when the payload does."""
    text = f"{remote.deleted}{remote.active}{remote.token}{remote.payload}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _known(
    connection: Connection, remotes: Sequence[Remote]
) -> dict[tuple[str, str], tuple[tuple[str, str], str]]:
    """What is known of these records: their kind and fingerprint, and their token.

    An earlier version of this program may have known them as of no kind.
    """
    ids = defaultdict(list)
    for remote in remotes:
        ids[remote.type].append(remote.id)
    return {
        (type_, remote_id): ((kind, fingerprint), token)
        for type_, wanted in ids.items()
        for remote_id, kind, fingerprint, token in RemoteRecord.objects.filter(
            Among("remote_id", wanted), connection=connection, type=type_
        ).values_list("remote_id", "kind", "fingerprint", "token")
    }


def _touch(connection: Connection, remotes: Sequence[Remote]) -> None:
    """Mappings of changed records want to be looked at; a record nobody knew becomes a half, if its
    category is on.
    """
    now = timezone.now()
    enabled = set(
        Category.objects.filter(connection=connection, enabled=True).values_list("kind", flat=True)
    )
    by_type = defaultdict(list)
    for remote in remotes:
        by_type[remote.type].append(remote)
    for type_, group in by_type.items():
        mappings = EntityMapping.objects.filter(connection=connection, remote_type=type_)
        ids = Among("remote_id", [remote.id for remote in group])
        known = set(mappings.filter(ids).values_list("remote_id", flat=True))
        if known:
            state.touch(mappings.filter(remote_id__in=known), now)
        fresh = [r for r in group if r.id not in known and not r.deleted and r.kind in enabled]
        add_there(connection, fresh, now)


def forget_reads(run: SyncRun) -> None:
    """Reads that another worker had in hand, or that got no answer, are owed again."""
    if in_hand(run):
        lease.keep(run, reads=[replace(entry, out=False) for entry in run.reads])
