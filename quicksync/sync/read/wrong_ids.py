"""Answers that gave a new record the id of none.

Who creates a record knows its id from the answer alone. If that is wrong, the record is there under
another id, and comes with the next changes as one that nobody knows. By its name it is found out:
the id of the answer is asked for, and if QuickBooks has no such record, the pair is none, and the
two halves meet like any others.

Until then a question by that id finds nothing, which would look like a deletion: of a record that
was made here since the changes were last read, it is not believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q

from quicksync.models import EntityMapping, Operation, RemoteRecord, SyncRun, WebhookEvent
from quicksync.models.run_values import ToRead
from quicksync.quickbooks.messages import Read, Remote
from quicksync.quickbooks.port import Edition
from quicksync.records.spelling import fold
from quicksync.sync.pairs import merges, state


def believed(run: SyncRun, entry: ToRead, remotes: Sequence[Remote]) -> list[Remote]:
    """What a read brought, without the losses that its ids alone tell of: those of records made
    here that QuickBooks had no occasion yet to tell of.

    Its next changes tell of them, be it their creation or their deletion; so does a notification.
    """
    gone: dict[str, set[str]] = defaultdict(set)
    for remote in remotes if entry.read.ids else ():
        if remote.deleted and (remote.type, remote.id) not in run.progress.doubted:
            gone[remote.type].add(remote.id)
    new = {(type_, id_) for type_, ids in gone.items() for id_ in _untold(run, type_, ids)}
    return [remote for remote in remotes if (remote.type, remote.id) not in new]


def _untold(run: SyncRun, type_: str, ids: set[str]) -> set[str]:
    """Those made from here since the changes were last read, and named by no notification."""
    read = [at for at in (run.progress.cursor_at, run.connection.clock.read_at) if at is not None]
    made = Operation.objects.filter(
        connection=run.connection,
        mapping__remote_type=type_,
        mapping__remote_id__in=ids,
        action="create",
        direction="push",
        state=Operation.State.DONE,
    )
    if read:
        made = made.filter(settled_at__gte=max(read))
    found = {str(one) for one in made.values_list("mapping__remote_id", flat=True)}
    if not found:
        return found
    told = WebhookEvent.objects.filter(
        Q(remote_id__in=found) | Q(merged_id__in=found),
        realm_id=run.connection.realm_id,
        type__iexact=type_,
    )
    return found - {one for pair in told.values_list("remote_id", "merged_id") for one in pair}


def doubts(run: SyncRun, edition: Edition, entry: ToRead, remotes: Sequence[Remote]) -> list[Read]:
    """Reads of the records that this side made and nobody has seen since, where a change tells of
    another one by the same name; the run keeps in mind which they are.
    """
    told = {
        (remote.type, fold(remote.name)[:500]): remote.kind
        for remote in (remotes if entry.read.since else ())
        if remote.name and remote.kind and not remote.deleted
    }
    if not told:
        return []
    # The kind is for the index: of a hundred thousand invoices only those of these names are read.
    rows = RemoteRecord.objects.filter(
        connection=run.connection,
        deleted=False,
        kind__in=set(told.values()),
        name_key__in={name for _, name in told},
    )
    alike: dict[str, set[str]] = defaultdict(set)
    answered = {(remote.type, remote.id) for remote in remotes}
    for type_, name, remote_id in rows.values_list("type", "name_key", "remote_id"):
        if (type_, name) in told and (type_, remote_id) not in answered:
            alike[type_].add(remote_id)
    found = {type_: _unseen(run, type_, ids) for type_, ids in alike.items()}
    keys = {(type_, id_) for type_, ids in found.items() for id_ in ids}
    run.progress.doubted = tuple(sorted({*run.progress.doubted, *keys}))
    return [read for type_, ids in found.items() if ids for read in edition.read_again(type_, ids)]


def _unseen(run: SyncRun, type_: str, ids: set[str]) -> list[str]:
    """Those that were made from here, and on which nothing has been done since."""
    later = Operation.objects.filter(
        mapping=OuterRef("pk"), state=Operation.State.DONE, direction="push"
    ).exclude(action="create")
    pairs = EntityMapping.objects.filter(
        ~Exists(later),
        connection=run.connection,
        remote_type=type_,
        remote_id__in=ids,
        origin="here",
        object_key__isnull=False,
    )
    return sorted(str(one) for one in pairs.values_list("remote_id", flat=True))


def disown(run: SyncRun, remotes: Sequence[Remote]) -> None:
    """Pairs whose record there never was are halves again; what was refused because it named such a
    record is tried once more.
    """
    disowned: list[int] = []
    for remote in remotes:
        if not remote.deleted or (remote.type, remote.id) not in run.progress.doubted:
            continue
        rows = EntityMapping.objects.filter(
            connection=run.connection, remote_type=remote.type, remote_id=remote.id
        )
        disowned += state.move_where(
            rows,
            EntityMapping.State.PENDING,
            state.By.EXCHANGE,
            remote_type="",
            remote_id=None,
            agreed_here=None,
            agreed_there=None,
            line_ids={},
            version=F("version") + 1,
        )
    if disowned:
        merges.ask_refused(run)
