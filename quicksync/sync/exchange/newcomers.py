"""Who has come to be on either side since a plan looked: a new record of the other side that may be
one of them is not made a second time, but planned again (C11, G10).

Between a preview and its approval lie hours, in which somebody may enter by hand what the preview
proposes, here or in QuickBooks; a run that plans for minutes leaves time for that, too. Where the
host's own tables, or QuickBooks, allow it twice, nobody else would notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from quicksync.local.registry import registry
from quicksync.models import EntityMapping, RemoteRecord, SyncRun
from quicksync.planning.matching.near import pairs_alike
from quicksync.records import KINDS, Record
from quicksync.sync.pairs import matching_keys, sides
from quicksync.sync.pairs.at_hand import AtHand

CHUNK = 500


# What reads these halves of one kind: mapping -> record.
Reader = Callable[[Iterable[EntityMapping]], dict[int, Record]]
# What `matching_keys.keys_of` gives.
Keys = tuple[str, str]


def met(run: SyncRun, proposed: Mapping[int, Record]) -> set[int]:
    """Those of these new records, by any key, that may be one of the newcomers here of their kind.
    One statement for each kind where there are none.
    """
    return _met(run, proposed, Q(remote_id=None), partial(_read, run))


def met_there(run: SyncRun, company: AtHand, proposed: Mapping[int, Record]) -> set[int]:
    """The same for what is about to be made in QuickBooks, and what is known to have come there."""
    return _met(run, proposed, Q(object_key=None), partial(_read_there, company))


def _met(run: SyncRun, proposed: Mapping[int, Record], side: Q, read: Reader) -> set[int]:
    by_kind: dict[str, dict[int, Record]] = defaultdict(dict)
    for key, record in proposed.items():
        by_kind[record.kind][key] = record
    found: set[int] = set()
    for kind, records in by_kind.items():
        if known := _keys(run, kind, side, read):
            found |= _may_be_one(kind, known, records)
    return found


def _may_be_one(kind: str, known: Mapping[int, Keys], records: Mapping[int, Record]) -> set[int]:
    """Those that a plan would look at together with one of these: they share a key, or nearly the
    name.
    """
    texts = {text for keys in known.values() for text in keys} - {""}
    wanted = {key: matching_keys.keys_of(one) for key, one in records.items()}
    found = {key for key, keys in wanted.items() if texts & {*keys}}
    if KINDS[kind].spelt_freely:
        names = {key: block for key, (block, _) in wanted.items() if key not in found}
        known_names = {key: block for key, (block, _) in known.items()}
        found |= {key for key, _ in pairs_alike(names, known_names)}
    return found


def _keys(run: SyncRun, kind: str, side: Q, read: Reader) -> dict[int, Keys]:
    """The matching keys of the halves of a side that the plan has not seen, or not as they are
    now.
    """
    if run.planned_from is None:
        return {}
    halves = matching_keys.halves(run.connection, kind).filter(side)
    came = {pk: touched_at or since for pk, touched_at, since in _came(run, halves, kind)}
    # A run that lands long asks often, and reads each of them once.
    fresh = [pk for pk, at in came.items() if pk not in run.newcomers or run.newcomers[pk][0] != at]
    known = dict(run.newcomers)
    for start in range(0, len(fresh), CHUNK):
        some = halves.filter(pk__in=fresh[start : start + CHUNK])
        for pk, record in read(some).items():
            known[pk] = came[pk], matching_keys.keys_of(record)
    run.newcomers = known
    return {pk: known[pk][1] for pk in came if pk in known}


def _came(run: SyncRun, halves: QuerySet[EntityMapping], kind: str) -> QuerySet[Any, Any]:
    """Each with when it was touched, and since when it is as it is.

    A half is stamped when somebody saves, by that machine's clock: one whose transaction ended
    after the plan, or whose clock is late, looks older than it is. But it has no keys yet, which a
    plan gives to all that it may match.

    What somebody has left out is nobody's double where two may rightly look the same; elsewhere, a
    record that equals it waits for a person.
    """
    columns, left_out = ("pk", "touched_at", "since"), Q(state=EntityMapping.State.EXCLUDED)
    unseen = Q(touched_at__gt=run.planned_from) | Q(touched_at__isnull=False, keyed=False)
    waiting = halves.filter(unseen).values_list(*columns)
    if KINDS[kind].may_repeat:
        return waiting.exclude(left_out)
    # Not one condition: each of the two has its index.
    return waiting.union(halves.filter(left_out, since__gt=run.planned_from).values_list(*columns))


def _read(run: SyncRun, halves: Iterable[EntityMapping]) -> dict[int, Record]:
    """What this side shows of these; who cannot be read is nobody that could be met."""
    by_label: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for half in halves:
        by_label[half.model_label, half.kind][half.object_key or ""] = half.pk
    found = {}
    for (label, kind), keys in by_label.items():
        adapter = registry.for_label(label, kind)
        if adapter is not None:
            for key, one in adapter.find(run.connection, list(keys)).items():
                if not one.error:
                    found[keys[key]] = one.record
    return found


def _read_there(company: AtHand, halves: Iterable[EntityMapping]) -> dict[int, Record]:
    """What QuickBooks shows of these, as far as it can be read and is there."""
    by_type: dict[str, dict[str, int]] = defaultdict(dict)
    for half in halves:
        by_type[half.remote_type][half.remote_id or ""] = half.pk
    found = {}
    for type_, keys in by_type.items():
        rows = RemoteRecord.objects.filter(
            connection=company.connection, type=type_, remote_id__in=list(keys), deleted=False
        )
        for remote in sides.stored(rows):
            if isinstance(record := company.decode(remote), Record):
                found[keys[remote.id]] = record
    return found
