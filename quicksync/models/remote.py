"""RemoteRecord: what QuickBooks last told us about one of its records."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection


class RemoteRecord(models.Model):
    """The payload as received, with its token. Accounts, tax codes and the company's set-up are
    rows here too.

    `name_key` is the folded natural key, `fingerprint` the hash of the payload.
    """

    # Its index is the one of its rows in their order, below.
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="remotes", db_index=False
    )
    type = models.CharField(_("type"), max_length=40)
    remote_id = models.CharField(_("id in QuickBooks"), max_length=40)
    kind = models.CharField(_("what"), max_length=24, blank=True)
    token = models.CharField(max_length=40, blank=True)
    payload = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)
    name = models.CharField(_("name"), max_length=500, blank=True)
    name_key = models.CharField(max_length=500, blank=True)
    active = models.BooleanField(_("active"), default=True)
    deleted = models.BooleanField(_("deleted"), default=False)
    modified = models.CharField(_("changed in QuickBooks"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("QuickBooks record")
        verbose_name_plural = _("QuickBooks records")
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "type", "remote_id"], name="quicksync_remote_once"
            ),
        )
        indexes = (
            models.Index(fields=["connection", "id"], name="quicksync_remote_list"),
            models.Index(fields=["connection", "kind", "name_key"], name="quicksync_remote_name"),
            models.Index(
                fields=["id"],
                condition=Q(deleted=True) | Q(active=False),
                name="quicksync_remote_gone",
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{self.type} {self.remote_id}"
