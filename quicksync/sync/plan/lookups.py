"""What surrounds the candidates of a plan: the company, its names and numbers, and what references
lead to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

from django.db.models import Q

from quicksync.models import EntityMapping, RemoteRecord
from quicksync.planning.names_there import tail_by, with_tail, without_tail
from quicksync.planning.policy import Company, NameEntry, Policy
from quicksync.records import KINDS, Record, Ref
from quicksync.records.kinds import named_there_as
from quicksync.records.limits import cleaned
from quicksync.records.roles import ACCOUNT_ROLES, ACCOUNTS, RECEIVABLES
from quicksync.records.spelling import fold
from quicksync.sync.company import codes, currencies
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import Links
from quicksync.sync.pairs.sides import Both, stored
from quicksync.sync.plan.earlier_chunks import Planned


class Lookups:
    """Looks things up for one plan; what does not change between its chunks is looked up once."""

    def __init__(
        self, company: AtHand, links: Links, policies: Callable[[], Mapping[str, Policy]]
    ) -> None:
        self.company = company
        self.policies = policies
        self.connection = company.connection
        self.edition = company.edition
        self.facts = company.facts
        self.links = links
        self._currencies = frozenset(currencies.of_company(self.connection))

    def look(self, sides: Sequence[Both], planned: Planned) -> Company:
        """What guards and links need for these."""
        refs_here = {ref for s in sides if s.found for _, ref in s.found.record.refs()}
        refs_there = {ref for s in sides if s.there for _, ref in s.there.refs()}
        self._look_up(refs_here, refs_there)
        partners = {
            self.links.to_there[ref] for ref in refs_here if ref in self.links.to_there
        } | refs_there
        inactive, missing = self._unusable(partners)
        facts = self.facts
        return Company(
            home_currency=facts.home_currency,
            multicurrency=facts.multicurrency,
            currencies=self._currencies,
            closing_date=self.connection.closing_date,
            tax_kind=facts.tax_kind,
            features=facts.features,
            names=self._names(sides),
            numbers=self._numbers(sides),
            inactive=inactive,
            missing=missing,
            paid=_paid(sides),
            links=self.links.to_here,
            links_back=self.links.to_there,
            outdated=self._outdated,
            limits=self.edition.limits(),
            receivable_accounts=self._receivable,
            unserved=frozenset(role for role in ACCOUNT_ROLES if not facts.defaults.get(role)),
            coming=planned.coming,
            arriving=planned.arriving,
            refused=self._refused(refs_here, self.links.halves, planned.coming),
            refused_there=self._refused(refs_there, self.links.halves_there, planned.arriving),
            entries=self._entries(refs_there),
            joining=planned.joining,
            joining_back=planned.joining_back,
            claimed=planned.claimed,
            loosely=self._loosely(sides),
        )

    def linked(self, planned: Planned) -> Company:
        """No more of the company than which record is which: what comparing two sides takes."""
        links = self.links
        return Company(
            links=links.to_here,
            links_back=links.to_there,
            joining=planned.joining,
            joining_back=planned.joining_back,
        )

    def _look_up(self, refs_here: set[Ref], refs_there: set[Ref]) -> None:
        self.links.ask_here(refs_here)
        self.links.ask_there(refs_there)
        unmapped = {r for r in refs_here if KINDS[r.kind].is_list and r not in self.links.to_there}
        if unmapped and codes.propose(self.company, unmapped):
            self.links.load_lists()

    @staticmethod
    def _refused(
        refs: set[Ref], halves: dict[Ref, EntityMapping], coming: set[Ref]
    ) -> dict[Ref, str]:
        """References whose record has been looked at and stays where it is."""
        return {
            ref: str(halves[ref]) for ref in refs - coming if ref in halves and halves[ref].reason
        }

    def _entries(self, refs: set[Ref]) -> dict[Ref, str]:
        """The names of QuickBooks' list entries that have no partner here."""
        found: dict[Ref, str] = {}
        unmapped = {
            ref for ref in refs if KINDS[ref.kind].is_list and ref not in self.links.to_here
        }
        for kind in {ref.kind for ref in unmapped}:
            ids = [ref.id for ref in unmapped if ref.kind == kind]
            rows = RemoteRecord.objects.filter(
                connection=self.connection,
                type__in=self.edition.remote_types(kind),
                remote_id__in=ids,
            )
            found |= {
                Ref(kind, remote_id): name
                for remote_id, name in rows.values_list("remote_id", "name")
                if name
            }
        return found

    def _unusable(self, refs: Iterable[Ref]) -> tuple[frozenset[Ref], frozenset[Ref]]:
        by_kind: dict[str, list[str]] = defaultdict(list)
        for ref in refs:
            by_kind[ref.kind].append(ref.id)
        inactive: set[Ref] = set()
        missing: set[Ref] = set()
        for kind, ids in by_kind.items():
            # By type: without it, every record of the kind would be looked at.
            rows = RemoteRecord.objects.filter(
                Q(active=False) | Q(deleted=True),
                connection=self.connection,
                type__in=self.edition.remote_types(kind),
                remote_id__in=ids,
            )
            for remote_id, deleted in rows.values_list("remote_id", "deleted"):
                (missing if deleted else inactive).add(Ref(kind, remote_id))
        return frozenset(inactive), frozenset(missing)

    def _loosely(self, sides: Sequence[Both]) -> dict[Ref, Record]:
        """What QuickBooks shows of the partners of loose references of this side."""
        partners = {
            self.links.to_there[ref]
            for side in sides
            if side.found
            for name, ref in side.found.record.refs()
            if name in side.found.record.loose and ref in self.links.to_there
        }
        found: dict[Ref, Record] = {}
        for kind in {ref.kind for ref in partners}:
            rows = RemoteRecord.objects.filter(
                connection=self.connection,
                type__in=self.edition.remote_types(kind),
                remote_id__in=[ref.id for ref in partners if ref.kind == kind],
            )
            for row in stored(rows):
                if isinstance(record := self.company.decode(row), Record):
                    found[Ref(kind, row.id)] = record
        return found

    def _names(self, sides: Sequence[Both]) -> dict[str, tuple[NameEntry, ...]]:
        """Names there that records of this side have, in the shared list or in their kind's own."""
        found: dict[str, list[NameEntry]] = defaultdict(list)
        shared: set[str] = set()
        own: dict[str, set[str]] = defaultdict(set)
        for side in sides:
            info = KINDS[side.mapping.kind]
            if not info.is_document:
                names = {fold(name) for name in self._names_of(side)}
                (shared if info.shares_names else own[info.named_there]).update(names)
        sharing = [kind for kind, info in KINDS.items() if info.shares_names]
        for row in self._named(
            Q(kind__in=sharing) | Q(kind="", type__in=self.edition.can.name_types), shared
        ):
            found[row[0]].append(NameEntry(row[1] or row[2].lower(), row[3], row[4], row[5]))
        for kind, names in own.items():
            # What is of no kind of ours takes names as well, as bundles do among products.
            nobodys = Q(kind="", type__in=self.edition.remote_types(kind))
            for row in self._named(Q(kind__in=named_there_as(kind)) | nobodys, names):
                whose = row[1] or row[2].lower()
                found[f"{kind}:{row[0]}"].append(NameEntry(whose, row[3], row[4], row[5]))
        return {name: tuple(entries) for name, entries in found.items()}

    def _names_of(self, side: Both) -> Iterator[str]:
        """The names under which a record may go there, and that of one from there may be here."""
        kind = side.mapping.kind
        policy = self.policies().get(kind)
        tail = tail_by(policy.options) if policy is not None else ""
        if side.found:
            name, limit = side.found.record.natural_key(), self.edition.limits().get((kind, "name"))
            yield cleaned(name, limit)
            if tail:
                yield with_tail(without_tail(name, tail), tail, limit)
        if side.there and tail:
            yield without_tail(side.there.natural_key(), tail)

    def _named(self, where: Q, names: set[str]) -> Iterable[tuple[str, str, str, str, str, bool]]:
        if not names:
            return ()
        rows = RemoteRecord.objects.filter(
            where, connection=self.connection, name_key__in=names, deleted=False
        )
        return rows.values_list("name_key", "kind", "type", "remote_id", "name", "active")

    def _numbers(self, sides: Sequence[Both]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Numbers there that documents of this side have, as far as they are to be unique."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for side in sides:
            number = getattr(side.found.record, "number", "") if side.found else ""
            if number and KINDS[side.mapping.kind].is_document:
                wanted[side.mapping.kind].add(fold(number))
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, numbers in wanted.items():
            for key, remote_id in self._numbered(kind, numbers):
                found[kind, key].append(remote_id)
        return {key: tuple(ids) for key, ids in found.items()}

    def _numbered(self, kind: str, numbers: set[str]) -> Iterable[tuple[str, str]]:
        """(number key, id) of the documents there that have one of these numbers."""
        if not KINDS[kind].record.numbers_by_party:
            return [(row[0], row[3]) for row in self._named(Q(kind=kind), numbers)]
        rows = RemoteRecord.objects.filter(
            connection=self.connection, kind=kind, name_key__in=numbers, deleted=False
        )
        records = ((one.id, self.company.decode(one)) for one in stored(rows))
        return [
            (record.number_key(lambda ref: ref.id), remote_id)
            for remote_id, record in records
            if isinstance(record, Record)
        ]

    @cached_property
    def _outdated(self) -> frozenset[Ref]:
        """Tax codes whose rate has changed since they were joined (A12)."""
        return frozenset(codes.outdated(self.connection, self.facts))

    @cached_property
    def _receivable(self) -> frozenset[Ref]:
        """Accounts there that no line may use: receivables and payables (F7)."""
        words = reduce(or_, (Q(payload__contains=word) for word in RECEIVABLES))
        rows = RemoteRecord.objects.filter(words, connection=self.connection, kind=ACCOUNTS)
        accounts = ((row.id, self.company.decode(row)) for row in stored(rows))
        return frozenset(
            Ref(ACCOUNTS, id_)
            for id_, account in accounts
            if isinstance(account, Record) and account.bars_lines()
        )


def _paid(sides: Sequence[Both]) -> frozenset[str]:
    """Documents there with money applied to them (F9)."""
    found = set()
    for side in sides:
        total, balance = getattr(side.there, "total", None), getattr(side.there, "balance", None)
        if total is not None and balance is not None and balance < total:
            found.add(side.mapping.remote_id or "")
    return frozenset(found)
