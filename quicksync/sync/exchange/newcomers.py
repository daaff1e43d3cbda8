"""Who has come to be here since a plan looked: a new record of QuickBooks that may be one of them
is not made here a second time, but planned again (C11, G10).

Between a preview and its approval lie hours, in which somebody may enter by hand what the preview
proposes. Where the host's own tables allow it twice, nobody else would notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from quicksync.local.registry import registry
from quicksync.models import EntityMapping, SyncRun
from quicksync.records import Record
from quicksync.sync.pairs import matching_keys

CHUNK = 500


def met(run: SyncRun, proposed: Mapping[int, Record]) -> set[int]:
    """Those of these new records, by any key, that may be one of the newcomers of their kind. One
    statement for each kind where there are none.
    """
    by_kind: dict[str, dict[int, Record]] = defaultdict(dict)
    for key, record in proposed.items():
        by_kind[record.kind][key] = record
    return {key for kind, records in by_kind.items() for key in _met(run, kind, records)}


def _met(run: SyncRun, kind: str, records: Mapping[int, Record]) -> Iterable[int]:
    known = _keys(run, kind)
    if not known:
        return ()
    return [key for key, one in records.items() if known & {*matching_keys.keys_of(one)}]


def _keys(run: SyncRun, kind: str) -> set[str]:
    """The matching keys of the halves here that the plan has not seen, or not as they are now."""
    if run.planned_from is None:
        return set()
    halves = matching_keys.halves(run.connection, kind).filter(
        remote_id=None, touched_at__gt=run.planned_from
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
        some = list(halves.filter(pk__in=fresh[start : start + CHUNK]))
        for pk, record in _read(run, some).items():
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
