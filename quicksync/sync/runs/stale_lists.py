"""Lists are read again as soon as something turns up that they do not know, not only the next day
(A10).

The change feed tells of most lists by itself; what it lacks (tax codes and rates, preferences,
currencies) is read once a day, and here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from quicksync.models import CodeMapping, RemoteRecord, SyncRun
from quicksync.quickbooks.messages import Read
from quicksync.quickbooks.port import Edition
from quicksync.records import KINDS, Ref
from quicksync.sync.company import currencies
from quicksync.sync.company import known as company
from quicksync.sync.pairs.sides import Both
from quicksync.sync.plan import planner
from quicksync.sync.plan.gather import Gather

# Something that stays unknown must not cost reads again and again.
NOT_BEFORE = dt.timedelta(minutes=15)
# Records that are looked through; lists that are a day old at most are seldom missed by all the
# first ones.
MOST = 500


def reads(run: SyncRun, edition: Edition) -> tuple[Read, ...]:
    """What to read before planning, since a record names what the lists lack; mostly ()."""
    last = run.connection.clock.lists_read_at
    if run.progress.lists or last is None or timezone.now() - last < NOT_BEFORE:
        return ()
    daily = edition.reads_daily(company.read_kinds(edition))
    kinds = {kind for read in daily for kind in read.kinds if KINDS[kind].is_list}
    return tuple(daily) if daily and _turns_up(run, kinds) else ()


def _turns_up(run: SyncRun, kinds: set[str]) -> bool:
    gather = Gather(run, company.at_hand(run.connection))
    mappings = list(planner.waiting(run, timezone.now()).order_by("pk")[:MOST])
    sides = gather.both(mappings, set())
    here = {
        ref
        for side in sides
        if side.found
        for _, ref in side.found.record.refs()
        if ref.kind in kinds
    }
    there = {
        ref for side in sides if side.there for _, ref in side.there.refs() if ref.kind in kinds
    }
    unpaired = {ref for ref in here if ref not in gather.links.to_there}
    return _strange_money(run, sides) or _without_guess(run, unpaired) or _missing(run, there)


def _strange_money(run: SyncRun, sides: Sequence[Both]) -> bool:
    """A currency that the company is not known to have."""
    known = currencies.of_company(run.connection)
    records = [side.found.record for side in sides if side.found] + [
        side.there for side in sides if side.there
    ]
    return bool(known) and any(
        getattr(record, "currency", "") not in {"", *known} for record in records
    )


def _without_guess(run: SyncRun, refs: Iterable[Ref]) -> bool:
    """A code of this side for which the lists had nothing to offer."""
    wanted = {(ref.kind, ref.id) for ref in refs}
    if not wanted:
        return False
    rows = CodeMapping.objects.filter(
        connection=run.connection_id, code__in=[code for _, code in wanted]
    )
    return bool(wanted - set(rows.values_list("kind", "code")))


def _missing(run: SyncRun, refs: Iterable[Ref]) -> bool:
    """An entry of QuickBooks that the lists do not have."""
    wanted = {(ref.kind, ref.id) for ref in refs}
    if not wanted:
        return False
    rows = RemoteRecord.objects.filter(
        connection=run.connection_id, remote_id__in=[id_ for _, id_ in wanted]
    )
    return bool(wanted - set(rows.values_list("kind", "remote_id")))
