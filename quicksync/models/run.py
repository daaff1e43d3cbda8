"""SyncRun: one sync or preview - who, why, when, how far, with what result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from django.conf import settings as django_settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.models.category import kind_choices
from quicksync.models.connection import Connection
from quicksync.models.run_values import Position, Progress, Scope, Sums, ToRead
from quicksync.models.struct_field import StructField, StructsField


class Spent(Protocol):
    """What a worker has sent and not saved yet (`sync.access.meter`)."""

    def pending(self) -> dict[str, Any]:
        """Columns of the connection's clock, to be written with whatever else is."""

    def saved(self) -> None:
        """They are."""


class SyncRun(models.Model):
    """One run. It is worked on in slices: `phase`, `position`, `reads` and `resume_at` say where
    the next one goes on.

    `counts` is {kind: {direction: {outcome: n}}} with the outcomes created, updated, unchanged,
    skipped, failed; every candidate is counted once. `lease_holder` is the worker that has it until
    `lease_until`; in its hands, `spent` is written with the run's end, `unsaved` are columns that
    its next sign of life writes, `leftovers` says whether anything was in doubt when it took the
    run, and `newcomers` is what it has read of those who came here since the plan: mapping ->
    (touched at, matching keys).
    """

    spent: Spent | None = None
    unsaved: Mapping[str, Any] = MappingProxyType({})
    leftovers: bool
    newcomers: Mapping[int, tuple[dt.datetime, tuple[str, str]]] = MappingProxyType({})

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting in line")  # behind the run at work; begins by itself
        PLANNING = "planning", _("Comparing")  # reads both sides and compares
        DRAFT = "draft", _("Waiting for approval")  # a preview, or a plan that needs a person's yes
        APPROVED = "approved", _("Approved")
        RUNNING = "running", _("Synchronizing")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Stopped")  # by trouble with the connection
        CANCELLED = "cancelled", _("Cancelled")

    class Trigger(models.TextChoices):
        AUTOMATIC = "automatic", _("Schedule")
        LIVE = "live", _("A change here")
        WEBHOOK = "webhook", _("A change in QuickBooks")
        MANUAL = "manual", _("Synchronize now")
        PREVIEW = "preview", _("Preview")
        OBJECT = "object", _("Sent from a record")
        SETUP = "setup", _("Connecting")
        CONNECTOR = "connector", _("Web Connector")
        PAST = "past", _("Import of older records")

    # Runs of fewer records are added up when somebody looks.
    LARGE = 10_000
    BY_ITSELF = (Trigger.AUTOMATIC, Trigger.LIVE, Trigger.WEBHOOK)
    ACTIVE = (State.PLANNING, State.APPROVED, State.RUNNING)

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="runs")
    trigger = models.CharField(
        _("started by"), max_length=10, choices=Trigger.choices, default=Trigger.AUTOMATIC
    )
    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNING
    )
    preview = models.BooleanField(_("preview first"), default=False)
    scope = StructField(Scope)
    progress = StructField(Progress)
    phase = models.CharField(max_length=8, default="read")
    reads: models.JSONField[list[ToRead], list[ToRead]] = StructsField(
        ToRead, blank=True, editable=True
    )
    cursor = models.CharField(max_length=64, blank=True)
    position = StructField(Position, blank=True, editable=True)
    passes = models.PositiveSmallIntegerField(default=0)
    planned_from = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(_("result"), default=dict, blank=True)
    sums = StructField(Sums, blank=True)
    unsafe = models.JSONField(default=list, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(_("API calls"), default=0)
    metered = models.PositiveIntegerField(_("metered reads"), default=0)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_values = models.JSONField(default=dict, blank=True)
    approved_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    forced = models.BooleanField(_("unsafe plan approved"), default=False)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)
    troubles = models.PositiveSmallIntegerField(default=0)
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("history")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(state__in=["planning", "approved", "running"]),
                name="quicksync_one_active_run",
            ),
        )
        indexes = (models.Index(fields=["connection", "-id"], name="quicksync_run_history"),)

    def __str__(self) -> str:
        return f"{self.get_trigger_display()} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def knows_from(self) -> dt.datetime:
        """From when it knows what there is in QuickBooks."""
        return self.progress.looked_at or self.progress.cursor_at or self.started_at

    @property
    def has_looked_since(self) -> bool:
        """Whether records may be known that have come to QuickBooks after its plan was made."""
        return self.approved_at is not None or self.progress.looked_at is not None

    @property
    def is_large(self) -> bool:
        """Whether what it adds up to is kept (`sync.worker.run_sums`)."""
        return max(self.total, self.done) >= self.LARGE

    @property
    def is_to_come(self) -> bool:
        """At work, or waiting for its turn: there is nothing to show for it yet."""
        return self.is_active or self.state == self.State.QUEUED


class Counted(models.Model):
    """How a run ended for one record: what the run's counts are made of (`sync.worker.counts`
    writes both in one transaction).

    `key` is the mapping's primary key, without a foreign key: a half that was joined to its partner
    is gone, and its run still says what became of it. An operation whose mapping is gone is counted
    under its own key, below zero.
    """

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="counted")
    key = models.BigIntegerField()
    kind = models.CharField(_("what"), max_length=24, choices=kind_choices)
    direction = models.CharField(_("direction"), max_length=4, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10)
    reason = models.CharField(_("reason"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("counted record")
        verbose_name_plural = _("counted records")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["run", "key"], name="quicksync_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.kind} {self.key}"
