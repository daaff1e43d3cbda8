"""CodeMapping: a host's code (tax code, account, method, term) joined to an entry of a QuickBooks
list (A13, H10).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from quicksync.models.category import kind_choices
from quicksync.models.connection import Connection


class CodeMapping(models.Model):
    """`code` here is `remote_id` there. `rate` is the tax rate when they were joined: a change
    makes it outdated.
    """

    class Origin(models.TextChoices):
        PROPOSED = "proposed", _("Found by name or number")
        CHOSEN = "chosen", _("Chosen by a person")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="codes")
    kind = models.CharField(_("list"), max_length=24, choices=kind_choices)
    code = models.CharField(_("code here"), max_length=120)
    remote_id = models.CharField(_("entry in QuickBooks"), max_length=40)
    confidence = models.PositiveSmallIntegerField(_("confidence in %"), default=100)
    origin = models.CharField(
        _("origin"), max_length=8, choices=Origin.choices, default=Origin.CHOSEN
    )
    rate = models.DecimalField(
        _("rate when joined"), max_digits=9, decimal_places=4, null=True, blank=True
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("code mapping")
        verbose_name_plural = _("code mappings")
        ordering = (
            "connection",
            "kind",
            "code",
        )
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "kind", "code"], name="quicksync_code_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} = {self.remote_id}"
