"""Alert: one thing that is not as it should be, from when it is found until it is mended; each is
told once.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection


class Alert(models.Model):
    """A finding (`sync.monitor.findings`) of a connection, or of the site when it names none.

    `told_at` is set by whoever is about to send it, so that several workers tell it once.
    """

    connection = models.ForeignKey(
        Connection,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("connection"),
    )
    code = models.CharField(_("what"), max_length=40)
    level = models.CharField(_("severity"), max_length=8)
    sentence = models.CharField(_("problem"), max_length=1000)
    fix = models.CharField(_("what to do"), max_length=1000, blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    told_at = models.DateTimeField(_("e-mailed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("solved"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "code"],
                condition=Q(ended_at=None, connection__isnull=False),
                name="quicksync_alert_once",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(ended_at=None, connection=None),
                name="quicksync_site_alert_once",
            ),
        )

    def __str__(self) -> str:
        return self.sentence
