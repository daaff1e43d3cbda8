"""Bookmark: a saved filter of the host's own admin changelist (B14)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Bookmark(models.Model):
    """The query of a changelist, such as `status=sent&client__country=US`, under a name."""

    name = models.CharField(_("name"), max_length=120)
    model_label = models.CharField(_("list"), max_length=120)
    query = models.TextField(_("filter"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = (
            models.UniqueConstraint(fields=["model_label", "name"], name="quicksync_bookmark_name"),
        )

    def __str__(self) -> str:
        return self.name
