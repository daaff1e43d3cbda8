"""Whether the ground of an operation has moved since it was planned: one rule for pages, approval,
claim and landing.

Each plan, approval, landing, settling answer and decision of a person moves a pair's `version`,
each save of its record moves its `touched_at`; an operation remembers both as they were. Whoever
writes looks again in the transaction that writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from django.db import connections
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.records import Record, codec
from quicksync.sync.pairs import operation_state, state

State = Operation.State
# What an operation that was overtaken says.
MOVED = "moved-since-preview"
# And one whose record nobody can read (a newer version wrote it): both sides are there to plan it
# again.
UNREADABLE = "unreadable-plan"
# So many keys fit into one statement on every database.
BATCH = 500
# A record that somebody is writing is looked at again so soon, and so often before it is left to
# the next plan.
LATER = dt.timedelta(seconds=1)
TRIES = 20


def stands() -> Q:
    """Operations whose pair is as it was planned; the other half too, where two are joined.

    The condition is on joined tables: for an UPDATE it counts only while `held` keeps those rows as
    they are.
    """
    mine = Q(mapping__version=F("mapping_version")) & _untouched(
        "mapping__touched_at", "touched_at"
    )
    other = Q(partner__version=F("partner_version")) & _untouched(
        "partner__touched_at", "partner_touched_at"
    )
    return mine & (~Q(action="pair") | other)


def _untouched(now: str, planned: str) -> Q:
    return Q(**{now: None}) | Q(**{f"{planned}__isnull": False, now: F(planned)})


def drafts(run: SyncRun) -> QuerySet[Operation]:
    """The proposals of a waiting plan that stand; what is owed for a pair already goes before a
    second proposal.
    """
    owed = Operation.objects.filter(mapping=OuterRef("mapping"), state__in=Operation.OPEN)
    return run.operations.filter(stands(), ~Exists(owed), state=State.DRAFT)


def held(mappings: QuerySet[EntityMapping]) -> QuerySet[EntityMapping]:
    """These mappings, locked until the transaction ends; those that somebody is writing at this
    moment are left out.

    Who holds many must not wait for one: the host's own transaction, which has that one, may want
    another.
    """
    features = connections[mappings.db].features
    if not features.has_select_for_update:
        return mappings.order_by("pk")
    return mappings.order_by("pk").select_for_update(
        skip_locked=features.has_select_for_update_skip_locked,
        no_key=features.has_select_for_no_key_update,
    )


class Look(NamedTuple):
    """Operations under the lock of their rows, by how they stand; those that are owed no more are
    in none of these.
    """

    standing: list[Operation]
    moved: list[Operation]
    busy: list[Operation]


def look(operations: Sequence[Operation]) -> Look:
    """Lock these operations and their pairs; those that stand get their pairs as they are now."""
    keys = [one.pk for one in operations]
    halves = [
        half for one in operations for half in (one.mapping_id, one.partner_id) if half is not None
    ]
    rows = {row.pk: row for row in held(EntityMapping.objects.filter(pk__in=halves))}
    elsewhere = {half for half in halves if half not in rows}
    busy = EntityMapping.objects.filter(pk__in=elsewhere).values_list("pk", flat=True)
    known = set(busy) if elsewhere else elsewhere
    pending = _owed(keys)
    found = Look([], [], [])
    for one in operations:
        mine = [
            half
            for half in (one.mapping_id, one.partner_id if one.action == "pair" else None)
            if half
        ]
        if one.pk not in pending:
            continue
        if any(half in known for half in mine):
            found.busy.append(one)
        elif not pending[one.pk]:
            found.moved.append(one)
        else:
            one.mapping, one.partner = rows[one.mapping_id or 0], rows.get(one.partner_id or 0)
            found.standing.append(one)
    return found


def _owed(keys: Sequence[int]) -> dict[int, bool | None]:
    """Those of these operations that are still owed, locked, and whether their pairs, which are
    locked already, are as planned.
    """
    as_planned = ExpressionWrapper(stands(), output_field=BooleanField())
    return dict(_locked(Operation.objects.filter(pk__in=keys)).values_list("pk", as_planned))


def standing(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    """Those of these that are still owed and as planned, locked; their pairs are locked already."""
    return _locked(operations.filter(stands()))


def _locked(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    owed = operations.filter(state=State.PENDING).order_by("pk")
    # The pairs that are joined for the look are none of its rows.
    features = connections[owed.db].features
    alone = ("self",) if features.has_select_for_update_of else ()
    return owed.select_for_update(of=alone, no_key=features.has_select_for_no_key_update)


def put_off(operations: Iterable[Operation]) -> None:
    """Somebody is writing the records of these at this moment: they wait until that has ended, for
    a while.
    """
    keys = [one.pk for one in operations]
    rows = Operation.objects.filter(pk__in=keys, state=State.PENDING)
    rows.update(retry_at=timezone.now() + LATER, put_off=F("put_off") + 1)
    overtaken(rows.filter(put_off__gte=TRIES).values_list("pk", flat=True))


def overtaken(operations: Iterable[int], reason: str = MOVED) -> None:
    """End these operations as overtaken, by their keys, and have their records compared again.

    A record that another plan has something for is that plan's.
    """
    keys, now = sorted(operations), timezone.now()
    for start in range(0, len(keys), BATCH):
        some = Operation.objects.filter(pk__in=keys[start : start + BATCH])
        waiting = some.filter(state__in=(State.DRAFT, State.PENDING))
        operation_state.move_where(waiting, State.STALE, why=Reason(reason), at=now)
        halves = {half for pair in some.values_list("mapping_id", "partner_id") for half in pair}
        elsewhere = Operation.objects.filter(
            mapping=OuterRef("pk"), state__in=(State.DRAFT, *Operation.OPEN)
        )
        rows = EntityMapping.objects.filter(~Exists(elsewhere), pk__in=halves, touched_at=None)
        # What somebody is writing at this moment is touched by that.
        free = list(
            held(rows.exclude(state=EntityMapping.State.EXCLUDED)).values_list("pk", flat=True)
        )
        state.touch_keys(free, now)


def seen(record: Record, written: Collection[str]) -> str:
    """What a plan remembers of the record that it changes here, apart from what this side works out
    by itself and the plan does not write.
    """
    blank = _blank(type(record))
    apart = record.computed.difference(written)
    return codec.fingerprint(record.replace(**{name: getattr(blank, name) for name in apart}))


@cache
def _blank(kind: type[Record]) -> Record:
    return kind()
