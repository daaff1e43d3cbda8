"""What is news of a record: not that QuickBooks tells the same version of it in another form.

A record comes with other properties in the answer to a write, by itself, and among others; what
quicksync wrote comes back with the next change feed. A balance may move, and a link come, without a
new version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from quicksync.models import Connection, EntityMapping, RemoteRecord
from quicksync.quickbooks.messages import Remote
from quicksync.quickbooks.port import Edition
from quicksync.records import Record
from quicksync.sync.company.known import facts_of
from quicksync.sync.pairs.sides import decode, stored

Key = tuple[str, str]
"""Type and id of a record."""


def of_their_kinds(
    connection: Connection, remotes: Sequence[Remote], known: Mapping[Key, str]
) -> Sequence[Remote]:
    """The records, each of the kind that it is looked after as: one that is gone shows nothing any
    more, and one that looks like another kind by now is still the record that it was. `known` are
    the kinds known.
    """
    ids = defaultdict(list)
    for remote in remotes:
        before = known.get((remote.type, remote.id), remote.kind)
        if before != remote.kind and (remote.deleted or remote.kind):
            ids[remote.type].append(remote.id)
    if not ids:
        return remotes
    kept = {(type_, id_): known[type_, id_] for type_, wanted in ids.items() for id_ in wanted}
    mapped = {
        (type_, id_)
        for type_, wanted in ids.items()
        for id_ in EntityMapping.objects.filter(
            connection=connection, remote_type=type_, remote_id__in=wanted
        ).values_list("remote_id", flat=True)
    }
    return [
        msgspec.structs.replace(remote, kind=kept[key])
        if (key := (remote.type, remote.id)) in kept and (remote.deleted or key in mapped)
        else remote
        for remote in remotes
    ]


def same_versions(
    connection: Connection, remotes: Sequence[Remote], tokens: Mapping[Key, str]
) -> dict[Key, Remote]:
    """What is known of those of these records whose version is known already; `tokens` are the
    versions known.
    """
    ids = defaultdict(list)
    for remote in remotes:
        if remote.token and tokens.get((remote.type, remote.id)) == remote.token:
            ids[remote.type].append(remote.id)
    return {
        (type_, known.id): known
        for type_, wanted in ids.items()
        for known in stored(
            RemoteRecord.objects.filter(connection=connection, type=type_, remote_id__in=wanted)
        )
    }


def news(
    connection: Connection,
    edition: Edition,
    remotes: Iterable[Remote],
    before: Mapping[Key, Remote],
) -> list[Remote]:
    """Those that say something else than what was known of the same version."""
    facts = facts_of(connection) if before else None

    def told(remote: Remote, known: Remote | None) -> bool:
        if (
            known is None
            or facts is None
            or (known.active, known.deleted) != (remote.active, remote.deleted)
        ):
            return False
        record = decode(edition, remote, facts)
        return isinstance(record, Record) and record == decode(edition, known, facts)

    return [remote for remote in remotes if not told(remote, before.get((remote.type, remote.id)))]
