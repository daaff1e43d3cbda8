"""Translate references between the sides: an object's key or a code here, an id in QuickBooks
there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from quicksync.among import Among
from quicksync.local.registry import registry
from quicksync.models import CodeMapping, Connection, EntityMapping
from quicksync.planning.matching.proposals import SURE
from quicksync.quickbooks.port import Edition
from quicksync.records import KINDS, Address, Record, Ref
from quicksync.records.base import naming_fields
from quicksync.records.kinds import LIST_KINDS

Move = Callable[[Ref], Ref | None]
# Under this name a pair's choice keeps the id of the record that its own was merged into, where
# that is another pair's.
MERGED = "merged"
# So many halves are remembered at once: a first plan meets each record's customer as one.
HALVES = 2000
# And so many partners, beside those of lists: a first pull makes as many as a company has records.
PARTNERS = 5000


def translated(record: Record, move: Move) -> tuple[Record, tuple[Ref, ...]]:
    """The record in the other side's references, line ids untouched, and the references that have
    no partner.
    """
    missing: list[Ref] = []

    def walk(value: Any) -> Any:
        if isinstance(value, Ref):
            partner = move(value)
            if partner is None:
                missing.append(value)
            return partner or value
        if isinstance(value, tuple):
            return tuple(walk(part) for part in value)
        if isinstance(value, msgspec.Struct) and not isinstance(value, Address):
            named = {name: walk(getattr(value, name)) for name in naming_fields(type(value))}
            return msgspec.structs.replace(value, **named)
        return value

    return walk(record), tuple(missing)


def here_ref(mapping: EntityMapping) -> Ref | None:
    """How records of this side name the mapping's object."""
    if mapping.object_key is None:
        return None
    adapter = registry.for_label(mapping.model_label, mapping.kind)
    return (
        registry.ref(adapter, mapping.object_key)
        if adapter
        else Ref(mapping.kind, mapping.object_key)
    )


def there_ref(mapping: EntityMapping) -> Ref | None:
    """How QuickBooks' records name the mapping's record."""
    if mapping.remote_id is None:
        return None
    return Ref(KINDS[mapping.kind].named_there, mapping.remote_id)


class Links:
    """Which reference here is which there, for one connection. Lists are loaded whole, the others
    as they are asked.
    """

    def __init__(self, connection: Connection, edition: Edition) -> None:
        self._connection = connection
        self._edition = edition
        self.to_there: dict[Ref, Ref] = {}
        self.to_here: dict[Ref, Ref] = {}
        # Mappings that are halves, met while looking for partners: by the reference that names
        # them.
        self.halves: dict[Ref, EntityMapping] = {}
        self.halves_there: dict[Ref, EntityMapping] = {}
        self._asked: set[Ref] = set()
        self._asked_there: set[Ref] = set()
        self.load_lists()
        self._lists = max(len(self.to_here), len(self.to_there))

    def load_lists(self) -> None:
        """Code mappings and the pairs of list kinds: a person's choice wins over a pair, a pair
        over a guess.

        Guesses that nobody can be sure of wait for a person.
        """
        codes = CodeMapping.objects.filter(connection=self._connection).order_by("confidence", "id")
        rows = codes.values_list("kind", "code", "remote_id", "origin", "confidence")
        for kind, code, remote_id, origin, confidence in rows:
            if origin == CodeMapping.Origin.PROPOSED and confidence >= SURE:
                self._join(Ref(kind, code), Ref(kind, remote_id))
        pairs = EntityMapping.objects.filter(
            connection=self._connection,
            kind__in=LIST_KINDS,
            object_key__isnull=False,
            remote_id__isnull=False,
        )
        for kind, key, partner in pairs.values_list("kind", "object_key", "remote_id"):
            self._join(Ref(kind, str(key)), Ref(kind, str(partner)))
        for kind, code, remote_id, origin, _ in rows:
            if origin == CodeMapping.Origin.CHOSEN:
                self._join(Ref(kind, code), Ref(kind, remote_id))

    def _join(self, here: Ref, there: Ref) -> None:
        self.to_there[here] = there
        self.to_here[there] = here

    def ask_here(self, refs: Iterable[Ref]) -> None:
        """Look up the partners of references of this side."""
        wanted = set(refs) - self._asked - self.to_there.keys()
        if not wanted:
            return
        self._asked |= wanted
        by_label: dict[tuple[str, str], list[str]] = defaultdict(list)
        for ref in wanted:
            adapter, key = registry.split(ref)
            if adapter is not None:
                by_label[ref.kind, adapter.label_lower].append(key)
        for (kind, label), keys in by_label.items():
            rows = EntityMapping.objects.filter(
                Among("object_key", keys),
                connection=self._connection,
                kind=kind,
                model_label=label,
            )
            for mapping in rows.defer("agreed_here", "agreed_there", "line_ids"):
                self._note(mapping)

    def ask_there(self, refs: Iterable[Ref]) -> None:
        """Look up the partners of references of QuickBooks."""
        wanted = set(refs) - self._asked_there - self.to_here.keys()
        self._asked_there |= wanted
        by_kind: dict[str, list[str]] = defaultdict(list)
        for ref in wanted:
            by_kind[ref.kind].append(ref.id)
        for kind, ids in by_kind.items():
            rows = EntityMapping.objects.filter(
                Among("remote_id", ids),
                connection=self._connection,
                remote_type__in=self._edition.remote_types(kind),
            )
            for mapping in rows.defer("agreed_here", "agreed_there", "line_ids"):
                self._note(mapping)

    def landed(self, here: Ref, there: Ref) -> None:
        """The half there is a pair now."""
        self.halves_there.pop(there, None)
        self._join(here, there)

    def forget(self, refs: Iterable[Ref]) -> None:
        """Ask again about these: they have been planned or settled since."""
        for ref in refs:
            self._asked.discard(ref)
            self._asked_there.discard(ref)
            self.halves.pop(ref, None)
            self.halves_there.pop(ref, None)

    def forget_pairs(self, mappings: Iterable[EntityMapping]) -> None:
        """These have another partner in QuickBooks now: nobody is to be sent to the old one."""
        for here in filter(None, map(here_ref, mappings)):
            old = self.to_there.pop(here, None)
            if old is not None:
                self.to_here.pop(old, None)
            self.forget([here])

    def trim(self) -> None:
        """Let halves and partners go when there are many: whoever still wants them asks again."""
        if len(self.halves) + len(self.halves_there) > HALVES:
            self.forget([*self.halves, *self.halves_there])
        if max(len(self.to_here), len(self.to_there)) > self._lists + PARTNERS:
            for known in (self.to_here, self.to_there):
                for ref in [one for one in known if one.kind not in LIST_KINDS]:
                    del known[ref]
            self._asked.clear()
            self._asked_there.clear()

    def _note(self, mapping: EntityMapping) -> None:
        here, there = here_ref(mapping), there_ref(mapping)
        if here is not None and MERGED in mapping.choice:
            # Its documents reach the record that is left.
            left = Ref(KINDS[mapping.kind].named_there, mapping.choice[MERGED])
            self.to_there[here] = left
        elif here is not None and there is not None:
            self._join(here, there)
        elif here is not None:
            self.halves[here] = mapping
        elif there is not None:
            self.halves_there[there] = mapping
