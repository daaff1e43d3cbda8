"""What the operations of a run add up to: kept with a large run once it waits for a person or has
ended, so that nobody adds up a million of them to look at it.

An operation that has ended stays so, and whoever moves the proposals of a waiting plan keeps them
anew; what a run left in doubt is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.models.run_values import Alike, Silent, Sums

# More that are still open are not kept apart.
MOST_OPEN = 1_000
# What waits for a person, or for another record.
ASIDE = frozenset({"hold", "conflict", "drift"})
_WAITS = (EntityMapping.State.HELD, EntityMapping.State.CONFLICT, EntityMapping.State.DRIFTED)


def alike(run: SyncRun) -> list[Alike]:
    """The run's operations, added up by what they have in common."""
    if not run.sums.alike:
        return _added_up(run.operations.all())
    return [*run.sums.alike, *(_added_up(run.operations.filter(pk__in=run.sums.open)))]


def silent(run: SyncRun) -> Sequence[Silent]:
    """What a plan left out and tells nowhere as waiting."""
    return run.sums.silent if run.sums.alike else _silent(run)


def keep(run: SyncRun) -> None:
    """Keep the sums of a large run that waits from now on or has ended."""
    open_ = run.operations.filter(state__in=Operation.OPEN)
    keys = list(open_.order_by().values_list("pk", flat=True)[: MOST_OPEN + 1])
    found = Sums()
    if len(keys) <= MOST_OPEN:
        # By their keys: one that has ended since is looked at by itself.
        ended = _added_up(run.operations.exclude(pk__in=keys))
        found = Sums(alike=tuple(ended), open=tuple(keys), silent=tuple(_silent(run)))
    run.sums = found
    SyncRun.objects.filter(pk=run.pk).update(sums=found)


def keep_anew(run_ids: Collection[int]) -> None:
    """Proposals of these runs were moved while their plans wait, or may."""
    large = SyncRun.objects.filter(pk__in=run_ids, total__gte=SyncRun.LARGE).order_by("pk")
    for run in large.select_for_update(no_key=True):
        if run.state == SyncRun.State.DRAFT:
            keep(run)


def _added_up(operations: QuerySet[Operation]) -> list[Alike]:
    found = (
        operations.order_by()
        .values_list("kind", "rank", "state", "action", "direction", "currency")
        .annotate(n=Count("id"), amount=Sum("amount"))
    )
    return [Alike(*values) for values in found]


def _silent(run: SyncRun) -> list[Silent]:
    """Skipped without an operation that says why (an automatic run does not write the same hold
    into the history again).
    """
    told = Operation.objects.filter(
        run=run,
        mapping_id=OuterRef("key"),
        action__in=ASIDE,
        state=Operation.State.SKIPPED,
    )
    waits = EntityMapping.objects.filter(pk=OuterRef("key"), state__in=_WAITS)
    rows = run.counted.filter(~Exists(told), outcome="skipped").order_by()
    numbers = rows.values("kind").annotate(all=Count("id"), waits=Count("id", filter=Exists(waits)))
    return [Silent(*values) for values in numbers.values_list("kind", "all", "waits")]
