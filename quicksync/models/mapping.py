"""EntityMapping: the pair of a host object and a QuickBooks record, or the half of one that is
still alone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.models.category import kind_choices
from quicksync.models.connection import Connection
from quicksync.records import KINDS
from quicksync.text_search import SearchedText


class EntityMapping(models.Model):
    """A pair: `model_label`/`object_key` here, `remote_type`/`remote_id` there; one of the two is
    NULL in a half.

    `touched_at` says since when the pair wants to be looked at. Planning clears it only if it is
    still what was read: a transaction that began before the plan may commit its own after it.
    `version` moves with every plan and every settling, so that a preview knows when it has become
    stale. `block` and `alias` are the keys by which likely partners of a half are found
    (`planning.matching.match`), once `keyed`. `agreed_here` and `agreed_there` are the record both
    sides last agreed on (`records.codec.dump_pair`). `sync.pairs.state` moves it.
    """

    class State(models.TextChoices):
        IN_SYNC = "in_sync", _("In sync")
        PENDING = "pending", _("Waiting")  # known, not settled yet
        HELD = "held", _("Held")  # waits for a person or another record
        CONFLICT = "conflict", _("Conflict")
        FAILED = "failed", _("Refused")  # by QuickBooks or by this site, as the reason says
        UNKNOWN = "unknown", _("Outcome unknown")
        EXCLUDED = "excluded", _("Skipped")
        OUTSIDE = "outside", _("Not included")  # by direction, start date or bookmark
        DRIFTED = "drifted", _("Changed in QuickBooks")
        GONE = "gone", _("Deleted")

    # Its index is the one of its rows in their order, below.
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="mappings", db_index=False
    )
    kind = models.CharField(_("what"), max_length=24, choices=kind_choices)
    model_label = models.CharField(max_length=120, blank=True)
    object_key = models.CharField(_("record here"), max_length=120, null=True, blank=True)
    remote_type = models.CharField(max_length=40, blank=True)
    remote_id = models.CharField(_("id in QuickBooks"), max_length=40, null=True, blank=True)
    label = models.CharField(_("name"), max_length=300, blank=True)
    block = models.CharField(max_length=80, blank=True)
    alias = models.CharField(max_length=120, blank=True)
    keyed = models.BooleanField(default=False)
    agreed_here = models.JSONField(null=True, blank=True)
    agreed_there = models.JSONField(null=True, blank=True)
    line_ids = models.JSONField(default=dict, blank=True)
    choice = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_values = models.JSONField(default=dict, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    origin = models.CharField(_("first seen"), max_length=5, blank=True)
    touched_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "kind", "model_label", "object_key"],
                name="quicksync_here_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "remote_type", "remote_id"], name="quicksync_there_once"
            ),
            models.CheckConstraint(
                condition=Q(object_key__isnull=False) | Q(remote_id__isnull=False),
                name="quicksync_half_at_least",
            ),
        )
        indexes = (
            models.Index(
                fields=["connection", "kind", "id"],
                condition=Q(touched_at__isnull=False),
                name="quicksync_touched",
            ),
            models.Index(fields=["connection", "id"], name="quicksync_mapping_list"),
            models.Index(fields=["connection", "kind", "block"], name="quicksync_by_block"),
            models.Index(fields=["connection", "kind", "alias"], name="quicksync_by_alias"),
            models.Index(fields=["model_label", "object_key"], name="quicksync_by_object"),
            models.Index(fields=["id"], condition=Q(label=""), name="quicksync_mapping_unnamed"),
            # Not only for those out of step: SQLite proves no condition from a parameter.
            models.Index(fields=["connection", "state", "id"], name="quicksync_mapping_state"),
        )

    def __str__(self) -> str:
        named = KINDS[self.kind].singular.capitalize() if self.kind in KINDS else self.kind
        return self.label or f"{named} {self.object_key or self.remote_id}"

    @property
    def is_pair(self) -> bool:
        return self.object_key is not None and self.remote_id is not None


# What a search of records looks into.
RECORDS = SearchedText(
    EntityMapping, "quicksync_record_text", ("label",), whole=("object_key", "remote_id")
)


class SkippedRecord(EntityMapping):
    """The records that were left out, held or refused, as a list of their own in the admin (I6)."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("skipped record")
        verbose_name_plural = _("skipped records")
