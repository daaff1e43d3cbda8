"""Attempt: one try of an operation on the wire; append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quicksync.models.operation import Operation


class Attempt(models.Model):
    """What happened to one try: never a body or a token, only QuickBooks' answer in short and its
    trace id.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        NO_ANSWER = "no_answer", _("No answer")
        NOT_SENT = "not_sent", _("Not sent")
        RECOVERED = "recovered", _("Found out afterwards")

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="attempts")
    parcel = models.CharField(max_length=50, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    fault = models.CharField(_("QuickBooks' code"), max_length=20, blank=True)
    message = models.CharField(_("QuickBooks' words"), max_length=1000, blank=True)
    trace_id = models.CharField(_("trace id"), max_length=80, blank=True)
    took_ms = models.PositiveIntegerField(_("milliseconds"), default=0)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=["outcome", "id"],
                condition=~Q(outcome="done"),
                name="quicksync_attempt_outcome",
            ),
            models.Index(
                fields=["fault", "id"], condition=~Q(fault=""), name="quicksync_attempt_fault"
            ),
            models.Index(fields=["trace_id"], name="quicksync_attempt_trace"),
            models.Index(fields=["parcel"], name="quicksync_attempt_parcel"),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.fault}".strip()
