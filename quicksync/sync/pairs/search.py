"""Find records as they were sent among those of QuickBooks that nothing here is paired with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence

from django.db.models import Exists, OuterRef, Q

from quicksync.models import EntityMapping, Operation, RemoteRecord
from quicksync.quickbooks.messages import Remote
from quicksync.records import Record, Ref
from quicksync.records.limits import cleaned
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import Links, translated
from quicksync.sync.pairs.sides import as_sent, stored

# Times of QuickBooks are texts in the company's own zone: so much earlier is surely before.
MARGIN = dt.timedelta(days=2)


def _as_it_is(ref: Ref) -> Hashable:
    """All of them are in QuickBooks' references."""
    return ref


def _by_identity(record: Record) -> Hashable:
    return record.identity(_as_it_is)


def _by_the_rest(record: Record) -> Hashable:
    """What is left of an invoice that QuickBooks has numbered, a payment that it has dated."""
    return record.identity_left(_as_it_is)


class Search:
    """One look; `sent` are the records looked for in QuickBooks' references, by their operations'
    keys.
    """

    def __init__(self, company: AtHand) -> None:
        self.company = company
        self.links = Links(company.connection, company.edition)
        self.sent: dict[int, Record] = {}

    def records(self, operations: Sequence[Operation]) -> dict[int, Remote]:
        """Operation's key -> its record there. Where more are there than could be meant, none is.

        What another version of this program wrote down is not looked for.
        """
        found: dict[int, Remote] = {}
        by_kind: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            mine = as_sent(operation)
            if mine is None:
                continue
            self.links.ask_here(ref for _, ref in mine.refs())
            self.sent[operation.pk] = self._as_taken(translated(mine, self.links.to_there.get)[0])
            by_kind[operation.kind].append(operation)
        for kind, group in by_kind.items():
            there = self._unpaired(kind, min(one.run.started_at for one in group))
            keys = [one.pk for one in group]
            self._match(keys, there, _by_identity, found)
            own = self.company.facts.custom_numbers
            unnamed = [
                key
                for key in keys
                if key not in found and self.sent[key].is_named_there(own_numbers=own)
            ]
            self._match(unnamed, there, _by_the_rest, found)
        return found

    def _as_taken(self, record: Record) -> Record:
        """The record in the texts that QuickBooks took: cut to its lengths, without the characters
        that it refuses.
        """
        limits = self.company.edition.limits()
        texts = {name: getattr(record, name) for name in record.__struct_fields__}
        taken: Record = record.replace(
            **{
                name: cleaned(text, limits.get((record.kind, name)))
                for name, text in texts.items()
                if isinstance(text, str) and text
            }
        )
        return taken

    def _unpaired(self, kind: str, since: dt.datetime) -> dict[str, tuple[Remote, Record]]:
        """What QuickBooks has of a kind from that time on; what tells no time may be as new."""
        pair = EntityMapping.objects.filter(
            connection=self.company.connection,
            remote_type=OuterRef("type"),
            remote_id=OuterRef("remote_id"),
            object_key__isnull=False,
        )
        recent = Q(modified="") | Q(modified__gte=(since - MARGIN).date().isoformat())
        rows = RemoteRecord.objects.filter(
            recent, ~Exists(pair), connection=self.company.connection, kind=kind, deleted=False
        )
        found = stored(rows.order_by("id"))
        decoded = ((remote, self.company.decode(remote)) for remote in found)
        return {
            remote.id: (remote, record) for remote, record in decoded if isinstance(record, Record)
        }

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
