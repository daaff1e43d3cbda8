"""Operation: one decided change in one direction. It is the outbox row and the history row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quicksync.models.category import kind_choices
from quicksync.models.connection import Connection
from quicksync.models.mapping import EntityMapping
from quicksync.models.run import SyncRun
from quicksync.text_search import SearchedText


class Operation(models.Model):
    """What is owed, and afterwards what was done.

    `put_off` counts how often somebody else was writing the record at that moment.

    `leaves` names fields that still differ when it settles (`planning.steps.Step.leaves`).
    `model_label` is the host's model that a new object will be of. `record` is what the written
    side shall look like, in the references of the side it comes from; `body` the text that went on
    the wire, kept so that a retry sends the same bytes; `parcel` the request id of the parcel it
    travels in, minted when the parcel is claimed and kept until its outcome is known.
    `mapping_version` and `touched_at` are the mapping's own as it was planned, `partner_version`
    and `partner_touched_at` those of the half that it is joined with, `seen` is the fingerprint of
    the record here that it changes: others since then mean that the record has moved
    (`sync.pairs.ground`). `doubted_at` is when it turned out that asking brings no more: only
    QuickBooks' books, read since then, tell what became of it. `sync.pairs.operation_state` moves
    it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Proposed")
        PENDING = "pending", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        # sent, no answer: asked about before anything is sent again
        UNKNOWN = "unknown", _("Outcome unknown")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        # held, in conflict, drifted or skipped by a person, with the reason
        SKIPPED = "skipped", _("Skipped")
        STALE = "stale", _("Overtaken")  # what it rested on moved; planned again
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.PENDING, State.SENDING, State.UNKNOWN)
    # Indexes that begin with them are below; nearly all operations have no partner.
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="operations", db_index=False
    )
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="operations", db_index=False)
    mapping = models.ForeignKey(
        EntityMapping, models.SET_NULL, null=True, related_name="operations"
    )
    partner = models.ForeignKey(
        EntityMapping,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    kind = models.CharField(_("what"), max_length=24, choices=kind_choices)
    rank = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(_("direction"), max_length=4, blank=True)
    model_label = models.CharField(max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=10)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    label = models.CharField(_("record"), max_length=300, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(max_length=3, blank=True)
    record = models.JSONField(null=True, blank=True)
    changes = models.JSONField(default=list, blank=True)
    fields = models.JSONField(default=list, blank=True)
    leaves = models.JSONField(default=list, blank=True)
    claims = models.TextField(blank=True, default="")
    warnings = models.JSONField(default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_values = models.JSONField(default=dict, blank=True)
    reason_field = models.CharField(max_length=40, blank=True)
    mapping_version = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField(null=True, blank=True)
    partner_version = models.PositiveIntegerField(default=0)
    partner_touched_at = models.DateTimeField(null=True, blank=True)
    seen = models.CharField(max_length=24, blank=True)
    body = models.TextField(blank=True)
    parcel = models.CharField(max_length=50, blank=True)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    put_off = models.PositiveSmallIntegerField(default=0)
    recoveries = models.PositiveSmallIntegerField(default=0)
    doubted_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(_("when"), null=True, blank=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["mapping"],
                condition=Q(state__in=["pending", "sending", "unknown"]),
                name="quicksync_one_open_operation",
            ),
        )
        indexes = (
            models.Index(fields=["run", "state", "rank", "id"], name="quicksync_run_queue"),
            models.Index(fields=["connection", "state", "id"], name="quicksync_by_state"),
            models.Index(fields=["connection", "id"], name="quicksync_operation_list"),
            models.Index(fields=["connection", "kind", "id"], name="quicksync_operation_kind"),
            models.Index(fields=["parcel"], name="quicksync_operation_parcel"),
            models.Index(
                fields=["partner"],
                condition=Q(partner__isnull=False),
                name="quicksync_operation_partner",
            ),
            models.Index(
                fields=["amount"],
                condition=Q(amount__isnull=False),
                name="quicksync_operation_amount",
            ),
        )

    def __str__(self) -> str:
        return self.label or self.action


# What is proposed or waits for a person: only its operation has the name of a record that nothing
# has been done with yet.
PROPOSALS = SearchedText(
    Operation, "quicksync_proposal_text", ("label",), only=("state", ("draft", "skipped"))
)
