"""What is done once a night: a sweep through each company, and old rows leave."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from quicksync.conf import settings
from quicksync.local.registry import registry
from quicksync.models import Attempt, Category, Operation, SyncRun, WebhookDelivery
from quicksync.sync.pairs import scan


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
    """Delete journals past their time (retention is a setting). Returns how many, by table."""
    now = timezone.now()
    evidence = now - dt.timedelta(days=settings.keep_attempts_days)
    old_attempts = Attempt.objects.filter(at__lt=evidence)
    old_deliveries = WebhookDelivery.objects.filter(received_at__lt=evidence)
    idle = SyncRun.objects.filter(
        counts={},
        state=SyncRun.State.DONE,
        finished_at__lt=now - dt.timedelta(days=settings.keep_idle_runs_days),
    )
    old_runs = SyncRun.objects.filter(
        finished_at__lt=now - dt.timedelta(days=settings.keep_runs_days)
    )
    return {
        "attempts": old_attempts.delete()[0],
        "deliveries": old_deliveries.delete()[0],
        "idle_runs": idle.delete()[0],
        "runs": old_runs.exclude(operations__state__in=Operation.OPEN).delete()[0],
    }


def _nothing() -> None:
    """A sweep holds no lease."""
