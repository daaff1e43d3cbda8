"""What is done once a night: a sweep through each company, and old rows leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from quicksync.conf import settings
from quicksync.local.registry import registry
from quicksync.models import (
    Alert,
    Attempt,
    Category,
    Operation,
    SyncRun,
    WebhookDelivery,
    WebhookEvent,
)
from quicksync.sync.monitor import reconciling
from quicksync.sync.pairs import scan

# Of old rows so many leave in one transaction, and the runs of one batch.
ROWS = 2_000
RUNS = 500


def sweep() -> int:
    """Every night: find what signals missed - bulk changes, raw SQL, deletions. Returns how many
    records were seen.
    """
    since = timezone.now() - dt.timedelta(days=2)
    seen = 0
    for category in Category.objects.filter(enabled=True).select_related("connection"):
        for adapter in registry.for_kind(category.kind):
            seen += scan.find_here(category.connection, adapter, _nothing)
            scan.find_here(category.connection, adapter, _nothing, since=since)
            scan.find_gone(category.connection, adapter)
    return seen


def purge() -> dict[str, int]:
    """Delete journals past their time (retention is a setting). Returns how many rows, by table;
    `idle_runs` and `runs` count what went with them.

    In small transactions: nobody waits for it longer than for a batch, and a purge that is killed
    goes on the next night.
    """
    now = timezone.now()
    evidence = now - dt.timedelta(days=settings.keep_attempts_days)
    idle = SyncRun.objects.filter(
        counts={},
        state=SyncRun.State.DONE,
        finished_at__lt=now - dt.timedelta(days=settings.keep_idle_runs_days),
    )
    past = now - dt.timedelta(days=settings.keep_runs_days)
    old_runs = SyncRun.objects.filter(finished_at__lt=past)
    told = WebhookEvent.objects.filter(delivery__received_at__lt=evidence)
    return {
        "attempts": _delete(Attempt.objects.filter(at__lt=evidence)),
        "deliveries": _delete(told)
        + _delete(WebhookDelivery.objects.filter(received_at__lt=evidence)),
        "idle_runs": _delete_runs(idle),
        "runs": _delete_runs(old_runs),
        "reconciliations": _delete(reconciling.past(past)),
        "alerts": _delete(Alert.objects.filter(ended_at__lt=past)),
    }


def _delete_runs(runs: QuerySet[SyncRun]) -> int:
    """Runs with their operations and those' attempts; what still owes something stays whole."""
    number = 0
    owing = Operation.objects.filter(run=OuterRef("pk"), state__in=Operation.OPEN)
    past = runs.filter(~Exists(owing))
    for keys in _batches(past, RUNS):
        operations = Operation.objects.filter(run__in=keys)
        number += _delete(Attempt.objects.filter(operation__in=operations))
        number += _delete(operations)
        number += SyncRun.objects.filter(pk__in=keys).delete()[0]
    return number


def _delete(rows: QuerySet[Any]) -> int:
    """All of them, so many at a time. Returns how many."""
    number = 0
    for keys in _batches(rows, ROWS):
        number += rows.model._base_manager.filter(pk__in=keys).delete()[0]
    return number


def _batches(rows: QuerySet[Any], size: int) -> Iterator[list[int]]:
    """The keys of these rows, so many at a time. Each batch is looked for behind the last one: what
    is kept is passed once, not once for each.
    """
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
        last = keys[-1]
        yield keys


def _nothing() -> None:
    """A sweep holds no lease."""
