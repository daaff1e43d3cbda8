"""Who has come to be on either side since a plan looked: a new record of the other side that may be
one of them is not made a second time, but planned again (C11, G10).

Between a preview and its approval lie hours, in which somebody may enter by hand what the preview
proposes, here or in QuickBooks. Where the host's own tables, or QuickBooks, allow it twice, nobody
else would notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from django.db.models import Q

from quicksync.local.registry import registry
from quicksync.models import EntityMapping, RemoteRecord, SyncRun
from quicksync.records import Record
from quicksync.sync.pairs import matching_keys, sides
from quicksync.sync.pairs.at_hand import AtHand

CHUNK = 500


# What reads these halves of one kind: mapping -> record.
Reader = Callable[[Iterable[EntityMapping]], dict[int, Record]]


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
            found |= {pk for pk, one in records.items() if known & {*matching_keys.keys_of(one)}}
    return found


def _keys(run: SyncRun, kind: str, side: Q, read: Reader) -> set[str]:
    """The matching keys of the halves of a side that the plan has not seen, or not as they are
    now.
    """
    if run.planned_from is None:
        return set()
    halves = matching_keys.halves(run.connection, kind).filter(
        side, touched_at__gt=run.planned_from
    )
    came = dict(halves.exclude(state=EntityMapping.State.EXCLUDED).values_list("pk", "touched_at"))
    # A run that lands long asks often, and reads each of them once.
    fresh = [
        pk
        for pk, touched_at in came.items()
        if pk not in run.newcomers or run.newcomers[pk][0] != touched_at
    ]
    known = dict(run.newcomers)
    for start in range(0, len(fresh), CHUNK):
        some = halves.filter(pk__in=fresh[start : start + CHUNK])
        for pk, record in read(some).items():
            if touched_at := came[pk]:
                keys = frozenset(matching_keys.keys_of(record)) - {""}
                known[pk] = touched_at, keys
    run.newcomers = known
    return {text for pk in came if pk in known for text in known[pk][1]}


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
