"""Records that are gone in QuickBooks though nothing told of it: looked for by their ids (pain 10).

The change feed tells of deletions for 30 days, and of so many changes at a time. After a longer gap, or when there was
more than it tells, every record known here is asked for by its id; one that does not come back is gone. No list of ids
is paged through for it: a deletion in between would shift the pages, and a record that is there would look gone.
"""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, QuerySet

from quicksync.models import RemoteRecord, SyncRun
from quicksync.quickbooks.edition import Edition
from quicksync.quickbooks.wire import Read, ReadResult
from quicksync.sync import company

# Known records that are asked for before the next ones are taken up.
CHUNK = 1000


def everything(run: SyncRun) -> None:
    """Have this run look for all records known; nothing is saved yet."""
    run.scope["sweep"] = {"after": 0}


def note(run: SyncRun, result: ReadResult) -> None:
    """Keep how many records of a type there are, where an answer could not tell what was deleted."""
    if result.totals:
        run.scope["totals"] = run.scope.get("totals", {}) | dict(result.totals)


def next_reads(run: SyncRun, edition: Edition) -> list[Read]:
    """The next reads by id, with the run's place among them in its scope; [] at the end, which most runs are at."""
    if "totals" in run.scope:
        _compare(run)
    if "sweep" not in run.scope:
        return []
    chunk = list(_known(run, edition)[:CHUNK])
    if not chunk:
        del run.scope["sweep"]
        return []
    run.scope["sweep"]["after"] = chunk[-1].pk
    return [read for kind, ids in _by_kind(chunk).items() for read in edition.read_again(kind, ids)]


def _compare(run: SyncRun) -> None:
    """Only types of which more are known here than there are want a look."""
    totals = run.scope.pop("totals")
    known = RemoteRecord.objects.filter(connection=run.connection_id, deleted=False, type__in=totals)
    counts = dict(known.values_list("type").annotate(n=Count("id")).order_by())
    differing = sorted(name for name, total in totals.items() if counts.get(name, 0) != total)
    if differing and "sweep" not in run.scope:
        run.scope["sweep"] = {"after": 0, "types": differing}


def _known(run: SyncRun, edition: Edition) -> QuerySet[RemoteRecord]:
    asked = run.scope["sweep"]
    rows = RemoteRecord.objects.filter(connection=run.connection_id, deleted=False, pk__gt=asked["after"])
    rows = rows.filter(kind__in=company.read_kinds(edition))
    if "types" in asked:
        rows = rows.filter(type__in=asked["types"])
    return rows.order_by("pk").only("pk", "kind", "remote_id")


def _by_kind(rows: list[RemoteRecord]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row.kind].append(row.remote_id)
    return ids
