"""What may lie in a deposit is read afresh before it is changed (G9).

A deposit leaves the token and the time of what is put into it as they are: no change tells of it,
nor of its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils import timezone

from quicksync.models import SyncRun
from quicksync.planning.steps import Action, Direction, Step
from quicksync.quickbooks.port import Edition
from quicksync.sync.pairs.sides import Both
from quicksync.sync.worker import lease, reading_list

Unseen = set[tuple[str, str]]
"""Records of QuickBooks to be read, by type and id."""

REASON = "deposited"
_CHANGES = frozenset({Action.UPDATE, Action.VOID, Action.DELETE})


def unseen(run: SyncRun, edition: Edition, sides: Sequence[Both], steps: Iterable[Step]) -> Unseen:
    """Those of the records that these steps would change, or hold for their deposit, of which
    nobody has just seen whether they lie in one.
    """
    there = {
        side.mapping.pk: (side.mapping.remote_type, side.mapping.remote_id)
        for side in sides
        if side.mapping.remote_id
    }
    found = set()
    for step in steps:
        if step.kind in edition.can.deposit_kinds and _hangs_on_it(step):
            # Two halves that are about to be joined have their id on the other half.
            found.add(there.get(step.key) or there.get(step.partner or 0))
    return {each for each in found if each} - _seen(run)


def _hangs_on_it(step: Step) -> bool:
    changes = step.direction is Direction.PUSH and step.action in _CHANGES
    return changes or any(reason.code == REASON for reason in step.reasons)


def _seen(run: SyncRun) -> Unseen:
    return {(type_, remote_id) for type_, remote_id in run.progress.afresh}


def read_first(run: SyncRun, edition: Edition, wanted: Unseen) -> None:
    """Have the run read these before it goes on with its chunk."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for type_, remote_id in sorted(wanted):
        by_type[type_].append(remote_id)
    reading_list.add(
        run, [read for type_, ids in by_type.items() for read in edition.read_again(type_, ids)]
    )
    run.progress.afresh = tuple(sorted(_seen(run) | wanted))
    lease.keep(run, reads=run.reads, progress=run.progress)


def go_on(run: SyncRun) -> None:
    """A chunk may be planned once more after it was read for, which has touched its records only
    now.
    """
    if run.progress.afresh:
        lease.keep(run, planned_from=timezone.now())


def forget(run: SyncRun) -> None:
    """The chunk is planned; what its records were like is no news any more."""
    if run.progress.afresh:
        run.progress.afresh = ()
        lease.keep(run, progress=run.progress)
