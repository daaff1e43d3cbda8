"""The records that others of a plan name: which of them travel along, and which way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quicksync.local.messages import Seen
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation, RemoteRecord, SyncRun
from quicksync.planning.brings import brings
from quicksync.planning.case import Case
from quicksync.planning.steps import Direction
from quicksync.records import KINDS, Record, Ref, is_empty
from quicksync.records.kinds import named_there_as
from quicksync.sync.pairs import halves, matching_keys
from quicksync.sync.pairs.links import there_ref
from quicksync.sync.pairs.sides import Both
from quicksync.sync.plan.earlier_chunks import Planned
from quicksync.sync.plan.gather import Gather

State = EntityMapping.State


class Group(NamedTuple):
    """Records of one kind that others name; `needed` ones go whatever their category says, the
    others as it says. `travels` is the way of those that another's write takes along.
    """

    mappings: list[EntityMapping]
    travels: dict[int, Direction]
    needed: bool


class Named:
    """What a chunk's records name; a constant number of statements for each kind that they name."""

    def __init__(self, run: SyncRun, gather: Gather, planned: Planned) -> None:
        self.run = run
        self.gather = gather
        self.planned = planned

    def groups(
        self, sides: Sequence[Both], seen: Container[int], travelled: Container[int]
    ) -> list[Group]:
        """What these name, kind by kind, as far as it was not `seen` by this plan or has not
        `travelled` with it already.
        """
        fresh, travels = self.by(sides)
        by_kind: dict[tuple[str, bool], list[EntityMapping]] = defaultdict(list)
        for mapping in fresh:
            # A pair whose category is off may have been looked at by itself: in vain, and before
            # this was known.
            if mapping.pk not in (travelled if mapping.pk in travels else seen):
                by_kind[mapping.kind, True].append(mapping)
        for mapping in self.loosely(sides):
            if mapping.pk not in seen:
                by_kind[mapping.kind, False].append(mapping)
        order = sorted(by_kind, key=lambda named: KINDS[named[0]].rank)
        return [Group(by_kind[named], travels, named[1]) for named in order]

    def loosely(self, sides: Sequence[Both]) -> list[EntityMapping]:
        """Records that these name loosely and that nobody has looked at yet: their own categories
        say what becomes of them, and they go first. Where a category is off there are none.
        """
        links = self.gather.links
        here, there = self._named(sides, loosely=True)
        if not here | there:
            return []
        links.ask_here(here)
        links.ask_there(there)
        self._make_halves(
            here - links.to_there.keys() - links.halves.keys(),
            there - links.to_here.keys() - links.halves_there.keys(),
        )
        known = [links.halves.get(ref) for ref in here] + [
            links.halves_there.get(ref) for ref in there
        ]
        return [one for one in known if one is not None and one.touched_at is not None]

    def by(self, sides: Sequence[Both]) -> tuple[list[EntityMapping], dict[int, Direction]]:
        """The records that these bring along, and of those that are pairs the way that their
        changes go.

        Records that the other side does not have yet travel whatever their categories say (C9, D5),
        changes of pairs where their own category is off (C6).
        """
        here, there = self._named(sides)
        links = self.gather.links
        links.ask_here(here)
        links.ask_there(there)
        unknown_here = here - links.to_there.keys() - links.halves.keys()
        unknown_there = there - links.to_here.keys() - links.halves_there.keys()
        if unknown_here | unknown_there:
            self._make_halves(unknown_here, unknown_there)
            links.forget(unknown_here | unknown_there)
            links.ask_here(unknown_here)
            links.ask_there(unknown_there)
        halves = [
            links.halves[r] for r in here if r in links.halves and r not in self.planned.coming
        ]
        halves += [
            links.halves_there[r]
            for r in there
            if r in links.halves_there and r not in self.planned.arriving
        ]
        pairs, travels = self._pairs_of(here, there)
        found = {mapping.pk: mapping for mapping in halves if self._may_bring(mapping)} | pairs
        return list(found.values()), travels

    def _named(self, sides: Sequence[Both], *, loosely: bool = False) -> tuple[set[Ref], set[Ref]]:
        """The records that these bring along, or that they name `loosely` and whose categories are
        on: by references of here, and by references of there.
        """
        here: set[Ref] = set()
        there: set[Ref] = set()
        company = self.gather.lookups.linked(self.planned)
        if loosely:
            sides = [side for side in sides if _names_loosely(side)]
        for side in sides:
            if side.candidate is None:
                continue
            case = self.gather.case(side.candidate, company)
            ways = brings(case)
            if side.found and Direction.PUSH in ways:
                here |= self._told(case, side.found.record, loosely)
            if side.there and Direction.PULL in ways:
                there |= self._told(case, side.there, loosely)
        return here, there

    def _told(self, case: Case, record: Record, loosely: bool) -> set[Ref]:
        """What a record names of what the other side is told."""
        policies = self.gather.policies
        return {
            ref
            for name, ref in record.refs()
            if name not in case.rules.absent
            and not KINDS[ref.kind].is_list
            and (name in record.loose) is loosely
            and (not loosely or (ref.kind in policies and policies[ref.kind].enabled))
        }

    def _pairs_of(
        self, here: set[Ref], there: set[Ref]
    ) -> tuple[dict[int, EntityMapping], dict[int, Direction]]:
        """Pairs among what is named whose category does not carry over changes of its own, and
        which way they go.
        """
        links = self.gather.links
        ways = {
            links.to_there[ref]: Direction.PUSH
            for ref in here
            if ref in links.to_there and self._is_off(ref.kind)
        }
        ways |= {
            ref: Direction.PULL
            for ref in there
            if ref in links.to_here and self._is_off(links.to_here[ref].kind)
        }
        found: dict[int, EntityMapping] = {}
        for kind, ids in _ids_by_kind(ways).items():
            rows = matching_keys.pairs(self.run.connection, *named_there_as(kind)).filter(
                ~Exists(self._in_hand()), remote_id__in=ids
            )
            found |= {mapping.pk: mapping for mapping in rows.exclude(state=State.EXCLUDED)}
        named = ((mapping.pk, there_ref(mapping)) for mapping in found.values())
        return found, {pk: ways[ref] for pk, ref in named if ref is not None}

    def _in_hand(self) -> QuerySet[Operation]:
        """What is owed for a mapping, or drafted by an earlier slice of this run."""
        drafted = Q(run=self.run, state=Operation.State.DRAFT)
        return Operation.objects.filter(
            Q(state__in=Operation.OPEN) | drafted, mapping=OuterRef("pk")
        )

    def _is_off(self, kind: str) -> bool:
        policy = self.gather.policies.get(kind)
        return policy is not None and not policy.enabled

    @staticmethod
    def _may_bring(mapping: EntityMapping) -> bool:
        """A record that a person skipped, or that waits for one, is not brought along again and
        again.
        """
        return mapping.state in (State.PENDING, State.OUTSIDE) or mapping.touched_at is not None

    def _make_halves(self, here: Iterable[Ref], there: Iterable[Ref]) -> None:
        connection = self.run.connection
        by_adapter = defaultdict(list)
        for ref in here:
            adapter, key = registry.split(ref)
            if adapter is not None:
                by_adapter[adapter].append(key)
        for adapter, keys in by_adapter.items():
            found = adapter.find(connection, keys)
            halves.add_halves(
                connection, adapter, [Seen(f.key, f.modified, f.label) for f in found.values()]
            )
        for kind, ids in _ids_by_kind(there).items():
            rows_ = RemoteRecord.objects.filter(
                connection=connection,
                type__in=self.gather.company.edition.remote_types(kind),
                remote_id__in=ids,
                deleted=False,
            ).exclude(kind="")
            EntityMapping.objects.bulk_create(
                [
                    halves.half_there(connection, row, timezone.now())
                    for row in rows_.defer("payload")
                ],
                ignore_conflicts=True,
            )


def _names_loosely(side: Both) -> bool:
    shown = [side.found.record if side.found else None, side.there]
    return any(
        not is_empty(getattr(record, name))
        for record in shown
        if record is not None
        for name in record.loose
    )


def _ids_by_kind(refs: Iterable[Ref]) -> dict[str, list[str]]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        by_kind[ref.kind].append(ref.id)
    return by_kind
