"""Find records as they were sent among those of QuickBooks that nothing here is paired with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence

from django.db.models import Exists, OuterRef, Q

from quicksync.models import Connection, EntityMapping, Operation, RemoteRecord
from quicksync.planning.match import identity_of
from quicksync.quickbooks.edition import Edition
from quicksync.quickbooks.wire import Facts, Remote
from quicksync.records import Invoice, Record
from quicksync.sync.outbox import record_of
from quicksync.sync.references import Links, translated
from quicksync.sync.sides import decode, stored

# Times of QuickBooks are texts in the company's own zone: so much earlier is surely before.
MARGIN = dt.timedelta(days=2)


def _by_identity(record: Record) -> Hashable:
    return identity_of(record, lambda ref: ref)


def _by_amount(record: Record) -> Hashable:
    """QuickBooks numbers invoices by itself where the company has no numbers of its own."""
    if not isinstance(record, Invoice) or record.customer is None:
        return None
    return record.customer, record.issued_on, record.amount()


# From the surest to the loosest.
WAYS: tuple[Callable[[Record], Hashable], ...] = (_by_identity, _by_amount)


class Search:
    """One look; `sent` are the records looked for in QuickBooks' references, by their operations' keys."""

    def __init__(self, connection: Connection, edition: Edition, facts: Facts) -> None:
        self.connection = connection
        self.edition = edition
        self.facts = facts
        self.links = Links(connection, edition)
        self.sent: dict[int, Record] = {}

    def records(self, operations: Sequence[Operation]) -> dict[int, Remote]:
        """Operation's key -> its record there. Where more are there than could be meant, none is."""
        found: dict[int, Remote] = {}
        by_kind: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            mine = record_of(operation)
            self.links.ask_here(ref for _, ref in mine.refs())
            self.sent[operation.pk], _ = translated(mine, self.links.to_there.get)
            by_kind[operation.kind].append(operation)
        for kind, group in by_kind.items():
            there = self._unpaired(kind, min(one.run.started_at for one in group))
            for way in WAYS:
                self._match([one.pk for one in group if one.pk not in found], there, way, found)
        return found

    def _unpaired(self, kind: str, since: dt.datetime) -> dict[str, tuple[Remote, Record]]:
        """What QuickBooks has of a kind from that time on; what tells no time may be as new."""
        pair = EntityMapping.objects.filter(
            connection=self.connection, remote_type=OuterRef("type"), remote_id=OuterRef("remote_id"),
            object_key__isnull=False,
        )  # fmt: skip
        recent = Q(modified="") | Q(modified__gte=(since - MARGIN).date().isoformat())
        rows = RemoteRecord.objects.filter(recent, ~Exists(pair), connection=self.connection, kind=kind, deleted=False)
        decoded = ((remote, decode(self.edition, remote, self.facts)) for remote in stored(rows.order_by("id")))
        return {remote.id: (remote, record) for remote, record in decoded if isinstance(record, Record)}

    def _match(
        self,
        keys: Collection[int],
        there: dict[str, tuple[Remote, Record]],
        known_by: Callable[[Record], Hashable],
        found: dict[int, Remote],
    ) -> None:
        wanted: dict[Hashable, list[int]] = defaultdict(list)
        for key in keys:
            wanted[known_by(self.sent[key])].append(key)
        offered: dict[Hashable, list[Remote]] = defaultdict(list)
        for remote, record in there.values():
            offered[known_by(record)].append(remote)
        for identity, mine in wanted.items():
            remotes = offered.get(identity, [])
            if identity is not None and len(remotes) <= len(mine):
                found.update(zip(mine, remotes, strict=False))
                for remote in remotes:
                    there.pop(remote.id)
