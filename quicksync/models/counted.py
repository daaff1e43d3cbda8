"""Counted: one candidate of a run and how it ended - what the run's counts are made of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.models.category import kind_choices
from quicksync.models.run import SyncRun


class Counted(models.Model):
    """How a run ended for one record.

    `sync.worker.counts` writes it, with the run's `counts`, in one transaction.

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
