"""Reconciliation: one comparison of both sides that somebody asked for, and what it found."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection


class Reconciliation(models.Model):
    """It waits until a worker has `begun_at`, and has failed when it has `finished_at` with a
    `sentence`; none of a connection begins before the one at work has ended.

    `result` are its lines (`sync.monitor.comparison.Line`) once it has finished, `sheet` is what a
    worker that goes on with it begins with (`sync.monitor.sheet`). It is worked on in slices, by
    who has its lease; `troubles` counts those since the last one that ended well.
    """

    class Verdict(models.TextChoices):
        NOTHING = "nothing", _("Nothing to compare")
        AGREE = "agree", _("Both sides agree")
        EXPLAINED = "explained", _("Every difference is explained")
        DIFFER = "differ", _("The two sides differ")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="reconciliations")
    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    sentence = models.CharField(max_length=1000, blank=True)
    fix = models.CharField(max_length=1000, blank=True)
    result: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list, blank=True)
    sheet = models.TextField(blank=True)
    troubles = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(finished_at=None),
                name="quicksync_one_reconciliation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.connection} {timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"

    @property
    def failed(self) -> bool:
        return self.finished_at is not None and bool(self.sentence)
