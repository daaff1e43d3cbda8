"""Two records of QuickBooks that a bookkeeper made into one: the pair of the lost one follows the
other (C19).

Notifications tell which one is left. Where none came, the documents tell that named the lost one
when both sides last agreed: in QuickBooks they name the one that is left by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import TextField, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone

from quicksync.models import EntityMapping, RemoteRecord, SyncRun, WebhookEvent
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.quickbooks.messages import Remote
from quicksync.records import KINDS, Record, Ref, kinds_where
from quicksync.sync.pairs import operation_state, state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.links import MERGED, Links, here_ref
from quicksync.sync.pairs.sides import Both, stored

State = EntityMapping.State
REFUSED = "missing-reference"
# So many of a lost customer's documents are asked whom they name now; one of them may have been
# changed by hand.
ASKED = 5
# And so many documents, the newest, are looked through for them.
LOOKED = 10_000
# The fields in which documents name whom they belong to, each with a kind that it may name.
PARTIES = tuple(
    {
        (info.record.party, kind): None
        for info in KINDS.values()
        if info.record.party
        for kind in info.record.references[info.record.party]
    }
)
# A record that is left may have been merged in its turn.
CHAIN = 10


def lost(sides: Sequence[Both]) -> list[EntityMapping]:
    """Pairs whose record in QuickBooks is gone, of kinds that can be merged there."""
    gone = [
        side
        for side in sides
        if side.mapping.is_pair and (side.there_row is None or side.there_row.deleted)
    ]
    found = [
        side.mapping for side in gone if side.found and not KINDS[side.mapping.kind].is_document
    ]
    return [mapping for mapping in found if MERGED not in mapping.choice]


def follow(run: SyncRun, company: AtHand, mappings: Sequence[EntityMapping]) -> bool:
    """Have these pairs follow the records that theirs were merged into. Returns whether any of them
    did.
    """
    told = _told(run, mappings)
    lefts = {
        one.pk: told.get((one.remote_type.lower(), one.remote_id or ""), "") for one in mappings
    }
    lefts |= _shown(run, company, [one for one in mappings if not lefts[one.pk]])
    moved = False
    for mapping in mappings:
        left = lefts[mapping.pk]
        if left and left != mapping.remote_id and _exists(mapping, left):
            moved |= _move(run, mapping, left)
    if moved:
        ask_refused(run)
    return moved


def ask_refused(run: SyncRun) -> None:
    """Have documents looked at again that were refused because they named a record of none."""
    waiting = EntityMapping.objects.filter(
        connection=run.connection_id, state=State.FAILED, reason=REFUSED
    )
    state.touch(waiting)


def trouble(mapping: EntityMapping) -> Reason | None:
    """Why a record waits that is one with another in QuickBooks and still two here."""
    left = mapping.choice.get(MERGED)
    if not left:
        return None
    rows = EntityMapping.objects.filter(
        connection=mapping.connection_id, kind=mapping.kind, remote_id=left
    )
    other = rows.exclude(object_key=None).first()
    return why("merged-still-two", label=str(mapping), other=str(other or left))


def suspects(company: AtHand, record: Record) -> set[tuple[str, str]]:
    """(type, id) of what a refused document names in QuickBooks, to be read again: one of them is
    not there.
    """
    links = Links(company.connection, company.edition)
    refs = {ref for _, ref in record.refs() if not KINDS[ref.kind].is_list}
    links.ask_here(refs)
    by_kind: dict[str, set[str]] = defaultdict(set)
    for partner in {links.to_there[ref] for ref in refs if ref in links.to_there}:
        by_kind[partner.kind].add(partner.id)
    found: set[tuple[str, str]] = set()
    for kind, ids in by_kind.items():
        rows_ = RemoteRecord.objects.filter(
            connection=company.connection,
            type__in=company.edition.remote_types(kind),
            remote_id__in=ids,
        )
        found.update(rows_.values_list("type", "remote_id"))
    return found


def _told(run: SyncRun, mappings: Sequence[EntityMapping]) -> dict[tuple[str, str], str]:
    """(type, lost id) -> the id that is left, as notifications told."""
    wanted = {mapping.remote_id or "" for mapping in mappings}
    into: dict[tuple[str, str], str] = {}
    for _ in range(CHAIN):
        rows = WebhookEvent.objects.filter(
            realm_id=run.connection.realm_id, operation="merge", merged_id__in=wanted
        )
        found = {
            (type_.lower(), gone): left
            for type_, gone, left in rows.values_list("type", "merged_id", "remote_id")
        }
        wanted = set(found.values()) - {gone for _, gone in into}
        into |= found
        if not wanted:
            break
    return {key: _end(into, key) for key in into}


def _end(into: dict[tuple[str, str], str], key: tuple[str, str]) -> str:
    left = into[key]
    for _ in range(CHAIN):
        left = into.get((key[0], left), left)
    return left


def _shown(run: SyncRun, company: AtHand, mappings: Sequence[EntityMapping]) -> dict[int, str]:
    """Mapping's key -> whom the documents name now that named the lost record; only where they all
    say the same.

    One look for all of them, at the newest documents: no index leads to whom a document named.
    """
    by_ref = {ref: mapping for mapping in mappings if (ref := here_ref(mapping))}
    there: dict[int, set[str]] = defaultdict(set)
    for party, kind in PARTIES:
        refs = {ref.id: mapping for ref, mapping in by_ref.items() if ref.kind == kind}
        named = _named(run, party, kind, list(refs)) if refs else {}
        for remote in _remotes(run, named):
            owner = getattr(company.decode(remote), party, None)
            mapping = refs[named[remote.type, remote.id]]
            if isinstance(owner, Ref) and owner.id != mapping.remote_id:
                there[mapping.pk].add(owner.id)
    return {pk: ids.pop() for pk, ids in there.items() if len(ids) == 1}


def _named(
    run: SyncRun, party: str, kind: str, owners: Sequence[str]
) -> dict[tuple[str, str], str]:
    """(type, id) of a few documents of each of these owners of this side -> the owner, newest
    documents first.
    """
    kinds = kinds_where(
        lambda info: info.record.party == party and kind in info.record.references[party]
    )
    documents = EntityMapping.objects.filter(
        connection=run.connection_id,
        kind__in=kinds,
        object_key__isnull=False,
        remote_id__isnull=False,
    )
    newest = documents.order_by("-pk").values("pk")[:LOOKED]
    rows_ = documents.filter(pk__in=newest).annotate(
        # Cast: SQLite would compare it with a number of JSON.
        owner=Cast(KT(f"agreed_here__d__{party}__id"), TextField())
    )
    place = Window(RowNumber(), partition_by="owner", order_by="-pk")
    rows_ = rows_.filter(owner__in=owners).annotate(place=place).filter(place__lte=ASKED)
    return {
        (type_, id_ or ""): who
        for type_, id_, who in rows_.values_list("remote_type", "remote_id", "owner")
    }


def _remotes(run: SyncRun, named: Iterable[tuple[str, str]]) -> Iterator[Remote]:
    by_type: dict[str, list[str]] = defaultdict(list)
    for type_, remote_id in named:
        by_type[type_].append(remote_id)
    for type_, ids in by_type.items():
        rows_ = RemoteRecord.objects.filter(
            connection=run.connection_id, type=type_, remote_id__in=ids, deleted=False
        )
        yield from stored(rows_)


def _exists(mapping: EntityMapping, left: str) -> bool:
    return RemoteRecord.objects.filter(
        connection=mapping.connection_id, type=mapping.remote_type, remote_id=left, deleted=False
    ).exists()


def _move(run: SyncRun, mapping: EntityMapping, left: str) -> bool:
    """The pair goes to the record that is left; if that one is somebody else's here, the pair waits
    and says so.
    """
    now = timezone.now()
    with transaction.atomic():
        there = EntityMapping.objects.select_for_update(no_key=True).filter(
            connection=run.connection_id, remote_type=mapping.remote_type, remote_id=left
        )
        other = there.first()
        mine = EntityMapping.objects.filter(pk=mapping.pk, remote_id=mapping.remote_id)
        name = _name(mapping, left)
        if other is not None and other.object_key is not None:
            choice = {**mapping.choice, MERGED: left}
            values = {
                "choice": choice,
                "note": f"Merged into {other} in QuickBooks; here they are still two."[:300],
            }
        else:
            if other is not None:
                # A bare half: nothing is here of it, and its record gets this pair's.
                EntityMapping.objects.filter(pk=other.pk, object_key=None).delete()
            values = {
                "remote_id": left,
                "note": f"Merged into {name} in QuickBooks; the pair follows it."[:300],
            }
        if state.changed(mine, now, **values) != 1:
            return False
        told = why("merged-there", label=str(mapping), other=name)
        operation_state.noted(
            told,
            connection_id=run.connection_id,
            run=run,
            mapping=mapping,
            kind=mapping.kind,
            action="pair",
            label=str(mapping)[:300],
        ).save()
    mapping.refresh_from_db()
    return True


def _name(mapping: EntityMapping, left: str) -> str:
    rows = RemoteRecord.objects.filter(
        connection=mapping.connection_id, type=mapping.remote_type, remote_id=left
    )
    return str(rows.values_list("name", flat=True).first() or left)
