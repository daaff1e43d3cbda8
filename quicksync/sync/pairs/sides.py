"""Both sides of a mapping, as values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from quicksync.exceptions import BadValue
from quicksync.local.messages import Found
from quicksync.models import Connection, EntityMapping, Operation, RemoteRecord
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Agreed, Candidate
from quicksync.quickbooks.messages import Facts, Remote
from quicksync.quickbooks.port import Edition
from quicksync.quickbooks.wire_table import UNREADABLE, sentence_of
from quicksync.records import Record, codec


class Both:
    """One mapping with what both sides show now."""

    __slots__ = ("agreed", "candidate", "found", "lost", "mapping", "there", "there_row", "trouble")

    def __init__(
        self, mapping: EntityMapping, found: Found | None, row: Remote | None, there: Record | None
    ):
        self.mapping = mapping
        self.found = found
        self.there_row = row
        self.there = there
        self.agreed: Agreed | None = None
        # Something was agreed once, and nobody can read what.
        self.lost = False
        self.candidate: Candidate | None = None
        self.trouble: Reason | None = None
        if found is not None and found.error:
            self.trouble = why("unreadable-here", label=str(mapping), message=found.error)


def decode(edition: Edition, remote: Remote, facts: Facts) -> Record | str | None:
    """What the edition makes of a remote; a sentence when it cannot read it, which must not stop
    the others.
    """
    try:
        return edition.decode(remote, facts)
    except UNREADABLE as error:
        return sentence_of(error)


_STORED = {field: "remote_id" if field == "id" else field for field in Remote.__struct_fields__}


def as_remote(row: RemoteRecord) -> Remote:
    """One stored row as the edition's value."""
    return Remote(**{field: getattr(row, column) for field, column in _STORED.items()})


def stored(rows: QuerySet[RemoteRecord], *, streamed: int = 0) -> Iterator[Remote]:
    """Stored rows as the edition's values; `streamed` so many at a time where they may be all there
    are.
    """
    found = rows.values_list(*_STORED.values())
    for values in found.iterator(chunk_size=streamed) if streamed else found:
        yield Remote(**dict(zip(_STORED, values, strict=True)))


def agreement(mapping: EntityMapping) -> Agreed | str | None:
    """What both sides last agreed on; a sentence when its stored form cannot be read."""
    if mapping.agreed_here is None or mapping.agreed_there is None:
        return None
    try:
        here, there = codec.load_pair(mapping.agreed_here, mapping.agreed_there)
    except BadValue as error:
        return error.sentence
    if here.kind != mapping.kind or there.kind != mapping.kind:
        return f"It speaks of a {here.kind} and a {there.kind}."
    return Agreed(here=here, there=there)


def agreed_of(mapping: EntityMapping) -> Agreed | None:
    """What both sides last agreed on; None where nothing is known of it, for what is about to be
    agreed anew.
    """
    found = agreement(mapping)
    return found if isinstance(found, Agreed) else None


def date_of(record: Record | None) -> dt.date | None:
    """The date of a document, None for other records."""
    return record.booked_on() if record is not None else None


def readable(operation: Operation) -> Record | None:
    """What the written side shall look like; None for what another version of this program wrote
    down.
    """
    try:
        return codec.load(operation.record or {})
    except BadValue:
        return None


def as_sent(operation: Operation) -> Record | None:
    """The same as QuickBooks gets it: under the name that it has there (`planning.names_there`)."""
    record = readable(operation)
    told = next((one["will"] for one in operation.changes if one["name"] == "name"), None)
    if record is None or not isinstance(told, str) or told == getattr(record, "name", told):
        return record
    sent: Record = record.replace(name=told)
    return sent


def remotes_of(connection: Connection, operations: Sequence[Operation]) -> dict[int, Remote]:
    """Mapping's key -> what QuickBooks last told us of it, for operations that change something
    there.
    """
    wanted: dict[str, dict[str, int]] = {}
    for operation in operations:
        mapping = operation.mapping
        if mapping is not None and mapping.remote_id is not None:
            wanted.setdefault(mapping.remote_type, {})[mapping.remote_id] = mapping.pk
    return {
        ids[remote.id]: remote
        for type_, ids in wanted.items()
        for remote in stored(
            RemoteRecord.objects.filter(connection=connection, type=type_, remote_id__in=ids)
        )
    }
