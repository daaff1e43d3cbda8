"""How money came in, and where it went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.lists import Account, PaymentMethod


class Received(models.Model):
    """What was paid in some way, into some account."""

    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, verbose_name=_("payment method")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deposit to"),
        help_text=_("Empty: the default of the QuickBooks connection."),
    )

    class Meta:
        abstract = True
