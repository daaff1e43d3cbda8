"""Records that are gone in QuickBooks though nothing told of it, and records that reading has
missed.

The change feed tells of deletions for 30 days, and of so many changes at a time. After a longer
gap, or when there was more than it tells, every record known here is asked for by its id; one that
does not come back is gone. No list of ids is paged through for it: a deletion in between would
shift the pages, and a record that is there would look gone.
"""

from __future__ import annotations

import logging
from collections import defaultdict

from django.db.models import Count, QuerySet

from quicksync.models import ConnectionClock, RemoteRecord, SyncRun
from quicksync.quickbooks.messages import Read, ReadResult
from quicksync.quickbooks.port import Edition
from quicksync.sync.company import known as company

log = logging.getLogger("quicksync.vanished")

# Known records that are asked for before the next ones are taken up.
CHUNK = 1000


def everything(run: SyncRun) -> None:
    """Have this run look for all records known; nothing is saved yet."""
    run.scope["sweep"] = {"after": 0}


def note(run: SyncRun, result: ReadResult) -> None:
    """Keep how many records of a type there are, where an answer could not tell what was
    deleted.
    """
    if result.totals:
        run.scope["totals"] = run.scope.get("totals", {}) | dict(result.totals)


def next_reads(run: SyncRun, edition: Edition) -> list[Read]:
    """The next reads by id, with the run's place among them in its scope; [] at the end, which most
    runs are at.
    """
    missing = _compare(run) if "totals" in run.scope else []
    if missing:
        return [read for name in missing for read in edition.read_whole(name)]
    while "sweep" in run.scope:
        chunk = list(_known(run, edition)[:CHUNK])
        if not chunk:
            del run.scope["sweep"]
            break
        run.scope["sweep"]["after"] = chunk[-1].pk
        if reads := [
            read for kind, ids in _by_kind(chunk).items() for read in edition.read_again(kind, ids)
        ]:
            return reads
    return []


def _compare(run: SyncRun) -> list[str]:
    """Types of which more are known here than there are want a look; those with fewer are read
    again, once.

    Returns the latter. On a first read nothing is known from before: what is gone already, the next
    change feed tells.
    """
    totals: dict[str, int] = run.scope.pop("totals")
    rows = RemoteRecord.objects.filter(connection=run.connection_id, deleted=False, type__in=totals)
    known = dict.fromkeys(totals, 0) | dict(
        rows.values_list("type").annotate(n=Count("id")).order_by()
    )
    gone = sorted(name for name, total in totals.items() if known[name] > total)
    if gone and "sweep" not in run.scope and run.connection.clock.read_at is not None:
        run.scope["sweep"] = {"after": 0, "types": gone}
    short = sorted(name for name, total in totals.items() if known[name] < total)
    before = run.scope.get("short", [])
    lasting = {name: [known[name], totals[name]] for name in before if name in short}
    for name in lasting:
        _tell(run, name, known[name], totals[name])
    # What is only now found to be short is read once more, and is as it was until then.
    company.note_missing(run.connection, lasting, counted=totals.keys() - set(short))
    run.scope["short"] = sorted({*before, *short})
    return [name for name in short if name not in before]


def _tell(run: SyncRun, name: str, known: int, total: int) -> None:
    """Nothing is silently incomplete: the connection's page says it."""
    sentence = f"QuickBooks counts {total:,} of its {name} records, but {known:,} could be read."
    log.error(
        sentence, extra={"action": "records_missing", "type": name, "connection": run.connection_id}
    )
    ConnectionClock.objects.filter(pk=run.connection_id).update(last_error=sentence[:500])


def _known(run: SyncRun, edition: Edition) -> QuerySet[RemoteRecord]:
    asked = run.scope["sweep"]
    rows = RemoteRecord.objects.filter(
        connection=run.connection_id, deleted=False, pk__gt=asked["after"]
    )
    rows = rows.filter(kind__in=company.read_kinds(edition))
    if "types" in asked:
        rows = rows.filter(type__in=asked["types"])
    return rows.order_by("pk").only("pk", "kind", "remote_id")


def _by_kind(rows: list[RemoteRecord]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row.kind].append(row.remote_id)
    return ids
