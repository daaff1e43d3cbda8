"""What the planner wants, in a constant number of queries a chunk: candidates and policies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from django.db.models import Q

from quicksync.among import Among
from quicksync.local import bookmarks
from quicksync.local.messages import Found
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Category, EntityMapping, RemoteRecord, SyncRun
from quicksync.planning import compare
from quicksync.planning.case import Case, Rules, rules_for
from quicksync.planning.names_there import tail_by, with_tail, without_tail
from quicksync.planning.policy import Carried, Company, FieldRule, Policy
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Candidate, Direction
from quicksync.quickbooks.messages import Remote, moment
from quicksync.records import KINDS, Record, record_class
from quicksync.sync.pairs import date_window, matching_keys, merges, one_product
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import MERGED, Links, here_ref, there_ref
from quicksync.sync.pairs.sides import Both, agreement, date_of, stored
from quicksync.sync.pairs.taken import taken
from quicksync.sync.plan import first_run
from quicksync.sync.plan.lookups import Lookups

State = EntityMapping.State


class Gather:
    """Gathers for one run; keeps what does not change between its chunks."""

    def __init__(self, run: SyncRun, company: AtHand) -> None:
        self.run = run
        self.company = company
        self.connection = company.connection
        self.connection.options.check_readable(str(self.connection))
        self.links = Links(self.connection, company.edition)
        self.lookups = Lookups(company, self.links, lambda: self.policies)
        self.forced = Direction(run.scope.forced)
        self.resend = run.scope.resend
        self.past = date_window.Window.of(run.scope)
        self._matching = ""
        self._near: dict[int, set[int]] = {}
        self._rules: dict[tuple[str, str], Rules] = {}

    @cached_property
    def categories(self) -> dict[str, Category]:
        """Kind -> category."""
        rows = Category.objects.filter(connection=self.connection).select_related("bookmark")
        return {row.kind: row for row in rows.prefetch_related("field_rules")}

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """Kind -> what the user decided."""
        return {kind: self._policy(category) for kind, category in self.categories.items()}

    def _policy(self, category: Category) -> Policy:
        models = {
            adapter.label_lower: self._carried(adapter)
            for adapter in registry.for_kind(category.kind)
        }
        shared = list(models.values())
        category.options.check_readable(KINDS[category.kind].plural)
        return Policy(
            kind=category.kind,
            enabled=first_run.takes(self.run, category),
            push=category.pushes,
            pull=category.pulls,
            start_date=category.start_date,
            options=category.options,
            takes_back=self.company.edition.can.takes_back(category.kind),
            fields=_of_all([one.fields for one in shared]),
            taken=_of_all([one.taken for one in shared]),
            models=models,
            absent=self._absent(category.kind),
            rules={
                rule.field: FieldRule(leave_alone=rule.rule == "leave", fixed=rule.value or None)
                for rule in category.field_rules.all()
            },
        )

    def _absent(self, kind: str) -> frozenset[str]:
        """The fields in which records of a kind name only what they can do without, and shall."""
        named = record_class(kind).references.items()
        return frozenset(field for field, kinds in named if all(map(self._goes_without, kinds)))

    def _goes_without(self, kind: str) -> bool:
        info, category = KINDS[kind], self.categories.get(kind)
        on = category is not None and first_run.takes(self.run, category)
        lacking = info.features and not info.features & self.company.facts.features
        return info.dispensable and not (on and not lacking)

    def _carried(self, adapter: Adapter) -> Carried:
        fields = adapter.carried() & self.company.edition.fields(adapter.kind)
        return Carried(
            fields, taken(adapter, self.company.edition), adapter.parts(), adapter.shown()
        )

    # --- Both sides of some mappings --------------------------------------------------------------

    def prepare_matching(self, kind: str, alive: Callable[[], None]) -> None:
        """Give the halves of a kind their keys, if there is anything to match."""
        self._matching = kind if matching_keys.has_both_sides(self.connection, kind) else ""
        self._near = {}
        if self._matching:
            matching_keys.key_halves(self.connection, kind, self._records, alive)
            self._near = matching_keys.near_partners(self.connection, kind)

    def _records(self, mappings: list[EntityMapping]) -> dict[int, Record]:
        sides = self._sides(mappings)
        found = {s.mapping.pk: s.found.record if s.found else s.there for s in sides}
        return {pk: record for pk, record in found.items() if record is not None}

    def both(self, mappings: Sequence[EntityMapping], taken: set[int]) -> list[Both]:
        """What both sides show of these mappings, and the unpaired ones of the other side that may
        be the same.

        `taken` are mappings that a step of this plan joins or writes already: they are nobody's
        partner any more.
        """
        sides = self._sides(mappings)
        if self._matching and any(side.mapping.kind == self._matching for side in sides):
            sides += self._sides([m for m in self._partners(sides) if m.pk not in taken])
        return sides

    def _sides(self, mappings: Sequence[EntityMapping]) -> list[Both]:
        found = self.find_here([m for m in mappings if m.object_key is not None])
        rows = self.rows_there((m.remote_type, m.remote_id) for m in mappings if m.remote_id)
        sides = []
        for mapping in mappings:
            row = rows.get((mapping.remote_type, mapping.remote_id or ""))
            there = self.company.decode(row) if row and not row.deleted else None
            side = Both(
                mapping, found.get(mapping.pk), row, None if isinstance(there, str) else there
            )
            if isinstance(there, str):
                side.trouble = why("unreadable-there", label=str(mapping), message=there)
            self._see_agreement(side)
            if MERGED in mapping.choice and side.found:
                side.trouble = merges.trouble(mapping)
            sides.append(side)
        return sides

    def _see_agreement(self, side: Both) -> None:
        """Without it nobody can say which side has changed; a person who chooses a side does not
        need it.
        """
        found = agreement(side.mapping)
        if not isinstance(found, str):
            side.agreed = found
            return
        side.lost = True
        if not (side.mapping.choice or (self.forced and self._asked_for(side.mapping))):
            side.trouble = side.trouble or why(
                "unreadable-agreement", label=str(side.mapping), message=found
            )

    def find_here(self, mappings: Sequence[EntityMapping]) -> dict[int, Found]:
        """Mapping's key -> the host object as a record; objects that are gone are missing."""
        by_label: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for mapping in mappings:
            by_label[mapping.model_label, mapping.kind][mapping.object_key or ""] = mapping.pk
        found: dict[int, Found] = {}
        for (label, kind), keys in by_label.items():
            adapter = registry.for_label(label, kind)
            if adapter is not None:
                for key, one in adapter.find(self.connection, list(keys)).items():
                    found[keys[key]] = one
        return one_product.here(self.connection, found)

    def rows_there(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Remote]:
        """What QuickBooks last told of these, by type and id."""
        by_type: dict[str, list[str]] = defaultdict(list)
        for type_, remote_id in names:
            by_type[type_].append(remote_id)
        return {
            (row.type, row.id): row
            for type_, ids in by_type.items()
            for row in stored(
                RemoteRecord.objects.filter(
                    Among("remote_id", ids), connection=self.connection, type=type_
                )
            )
        }

    def alike(self, kind: str, keys: Mapping[int, tuple[str, str]]) -> set[int]:
        """Those of these halves there, given with their matching keys, that may be one with a half
        here.
        """
        if kind != self._matching:
            return set()
        texts = {text for pair in keys.values() for text in pair} - {""}
        met = {
            text
            for half in self._halves({kind: texts}, there=False)
            for text in (half.block, half.alias)
        } - {""}
        return {pk for pk, pair in keys.items() if pk in self._near or met & {*pair}}

    def _partners(self, sides: Sequence[Both]) -> list[EntityMapping]:
        """Halves of the other side that share a matching key with a half among these."""
        keys_here: dict[str, set[str]] = defaultdict(set)
        keys_there: dict[str, set[str]] = defaultdict(set)
        for side in sides:
            if side.mapping.is_pair:
                continue
            target = keys_here if side.mapping.object_key is not None else keys_there
            keys = {side.mapping.block, side.mapping.alias, *self._other_keys(side)}
            target[side.mapping.kind] |= keys - {""}
        known = {side.mapping.pk for side in sides}
        alike = {pk for side in sides for pk in self._near.get(side.mapping.pk, ())} - known
        found = list(EntityMapping.objects.filter(pk__in=alike)) if alike else []
        found += self._halves(keys_here, there=True) + self._halves(keys_there, there=False)
        # Two records here with the same key are doubles: both must be in sight for either to be
        # held (C11).
        found += self._halves(keys_here, there=False)
        return list({m.pk: m for m in found if m.pk not in known}.values())

    def _other_keys(self, side: Both) -> Iterator[str]:
        """The keys of a record under the name that it may have on the other side (C14)."""
        kind = side.mapping.kind
        policy = self.policies.get(kind)
        tail = tail_by(policy.options) if policy is not None else ""
        if not tail:
            return
        if side.found:
            limit = self.company.edition.limits().get((kind, "name"))
            name = with_tail(side.found.record.natural_key(), tail, limit)
            yield from matching_keys.keys_of(side.found.record.replace(name=name))
        if side.there:
            name = without_tail(side.there.natural_key(), tail)
            yield from matching_keys.keys_of(side.there.replace(name=name))

    def _halves(self, keys: dict[str, set[str]], *, there: bool) -> list[EntityMapping]:
        found: list[EntityMapping] = []
        for kind, texts in keys.items():
            half = Q(object_key=None) if there else Q(remote_id=None)
            same_key = Q(Among("block", texts)) | Q(Among("alias", texts))
            rows = EntityMapping.objects.filter(
                half, same_key, connection=self.connection, kind=kind
            )
            found += rows.exclude(state=State.GONE)
        return found

    # --- Candidates -------------------------------------------------------------------------------

    def candidates(
        self, sides: Sequence[Both], needed: bool, travels: Mapping[int, Direction] | None = None
    ) -> list[Candidate]:
        """The planner's input for these; `travels` are the ways of those that go along with another
        record's write.
        """
        bookmarked, ways = self._bookmarked(sides), travels or {}
        made = []
        for side in sides:
            candidate = self._candidate(side, needed, bookmarked)
            if way := ways.get(side.mapping.pk):
                candidate = msgspec.structs.replace(candidate, travels=way)
            side.candidate = candidate
            made.append(candidate)
        return made

    def case(self, candidate: Candidate, company: Company) -> Case:
        """A candidate with its category's settings, for a question that the planner asks before it
        builds.
        """
        kept = candidate.kind, candidate.model
        if kept not in self._rules:
            off = Policy(kind=candidate.kind, enabled=False)
            self._rules[kept] = rules_for(
                self.policies.get(candidate.kind, off).of(candidate.model)
            )
        return Case(candidate, self._rules[kept], company, compare.Links(company))

    def _candidate(self, side: Both, needed: bool, bookmarked: dict[str, set[str]]) -> Candidate:
        mapping, found, there = side.mapping, side.found, side.there
        label = mapping.model_label
        return Candidate(
            key=mapping.pk,
            kind=mapping.kind,
            here_ref=here_ref(mapping),
            there_ref=there_ref(mapping),
            here=found.record if found else None,
            there=there,
            agreed=side.agreed,
            paired=mapping.is_pair,
            here_gone=mapping.object_key is not None and found is None,
            there_gone=mapping.remote_id is not None
            and (side.there_row is None or side.there_row.deleted),
            here_modified=found.modified if found else None,
            there_modified=moment(side.there_row.modified) if side.there_row else None,
            here_date=found.date if found else None,
            there_date=date_of(there),
            in_bookmark=label not in bookmarked or mapping.object_key in bookmarked[label],
            excluded=mapping.state == State.EXCLUDED and not self.forced,
            forced=self.forced if self._asked_for(mapping) else Direction.NONE,
            resend=(self.resend or side.lost) and self._asked_for(mapping),
            needed=needed,
            past=bool(mapping.choice.get(date_window.NAME))
            or (self.past is not None and self.past.takes(side)),
            choice=mapping.choice,
            distinct=bool(mapping.choice.get("distinct")),
            model=_model_of(side),
        )

    def _asked_for(self, mapping: EntityMapping) -> bool:
        return mapping.pk in (self.run.scope.mappings or ())

    def _bookmarked(self, sides: Sequence[Both]) -> dict[str, set[str]]:
        """Model -> keys that its category's bookmark lets through; models without a bookmark are
        missing.
        """
        result: dict[str, set[str]] = {}
        by_label: dict[tuple[str, str], list[str]] = defaultdict(list)
        for side in sides:
            if side.mapping.object_key is not None:
                by_label[side.mapping.model_label, side.mapping.kind].append(
                    side.mapping.object_key
                )
        for (label, kind), keys in by_label.items():
            category, adapter = self.categories.get(kind), registry.for_label(label, kind)
            if (
                category
                and adapter
                and category.bookmark
                and category.bookmark.model_label.lower() == label
            ):
                result[label] = self._through(adapter, category.bookmark.query, keys)
        return result

    def _through(self, adapter: Adapter, query: str, keys: list[str]) -> set[str]:
        objects = adapter.queryset(self.connection).filter(**{f"{adapter.key_field}__in": keys})
        filtered, _ = bookmarks.apply(adapter, objects, query)
        return {str(key) for key in filtered.values_list(adapter.key_field, flat=True)}


def _of_all(sets: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset.intersection(*sets) if sets else frozenset()


def _model_of(side: Both) -> str:
    """The host's model that a record is in, or that takes it if it comes here."""
    if side.mapping.object_key is not None or side.there is None:
        return side.mapping.model_label
    taker = registry.taker(side.mapping.kind, side.there)
    return taker.label_lower if taker else ""
