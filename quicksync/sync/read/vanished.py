"""Records that are gone in QuickBooks though nothing told of it, and those that reading missed.

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
from quicksync.models.run_values import Sweep
from quicksync.quickbooks.messages import Read, ReadResult
from quicksync.quickbooks.port import Edition
from quicksync.sync.company import known as company

log = logging.getLogger("quicksync.vanished")

# Known records that are asked for before the next ones are taken up.
CHUNK = 1000


def everything(run: SyncRun) -> None:
    """Have this run look for all records known; nothing is saved yet."""
    run.progress.sweep = Sweep()


def note(run: SyncRun, result: ReadResult) -> None:
    """Keep how many records of a type there are, where no answer could tell what was deleted."""
    if result.totals:
        run.progress.totals = (run.progress.totals or {}) | dict(result.totals)


def next_reads(run: SyncRun, edition: Edition) -> list[Read]:
    """The next reads by id, with the run's place among them in its progress; [] at the end, which
    most runs are at.
    """
    totals, run.progress.totals = run.progress.totals, None
    missing = _compare(run, totals) if totals is not None else []
    if missing:
        return [read for name in missing for read in edition.read_whole(name)]
    while (sweep := run.progress.sweep) is not None:
        chunk = list(_known(run, edition, sweep)[:CHUNK])
        if not chunk:
            run.progress.sweep = None
            break
        sweep.after = chunk[-1].pk
        if reads := [
            read
            for type_, ids in _by_type(chunk).items()
            for read in edition.read_again(type_, ids)
        ]:
            return reads
    return []


def _compare(run: SyncRun, totals: dict[str, int]) -> list[str]:
    """Types of which more are known here than there are want a look; those with fewer are read
    again, once.

    Returns the latter. On a first read nothing is known from before: what is gone already, the next
    change feed tells.
    """
    rows = RemoteRecord.objects.filter(connection=run.connection_id, deleted=False, type__in=totals)
    known = dict.fromkeys(totals, 0) | dict(
        rows.values_list("type").annotate(n=Count("id")).order_by()
    )
    gone = sorted(name for name, total in totals.items() if known[name] > total)
    if gone and run.progress.sweep is None and run.connection.clock.read_at is not None:
        run.progress.sweep = Sweep(types=tuple(gone))
    short = sorted(name for name, total in totals.items() if known[name] < total)
    before = run.progress.short
    lasting = {name: [known[name], totals[name]] for name in before if name in short}
    for name in lasting:
        _tell(run, name, known[name], totals[name])
    # What is only now found to be short is read once more, and is as it was until then.
    company.note_missing(run.connection, lasting, counted=totals.keys() - set(short))
    run.progress.short = tuple(sorted({*before, *short}))
    return [name for name in short if name not in before]


def _tell(run: SyncRun, name: str, known: int, total: int) -> None:
    """Nothing is silently incomplete: the connection's page says it."""
    sentence = f"QuickBooks counts {total:,} of its {name} records, but {known:,} could be read."
    log.error(
        sentence, extra={"action": "records_missing", "type": name, "connection": run.connection_id}
    )
    ConnectionClock.objects.filter(pk=run.connection_id).update(last_error=sentence[:500])


def _known(run: SyncRun, edition: Edition, sweep: Sweep) -> QuerySet[RemoteRecord]:
    rows = RemoteRecord.objects.filter(
        connection=run.connection_id, deleted=False, pk__gt=sweep.after
    )
    rows = rows.filter(kind__in=company.read_kinds(edition))
    if sweep.types is not None:
        rows = rows.filter(type__in=sweep.types)
    return rows.order_by("pk").only("pk", "type", "remote_id")


def _by_type(rows: list[RemoteRecord]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row.type].append(row.remote_id)
    return ids
