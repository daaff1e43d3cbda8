"""How money came in or went back, and by which account."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.lists import Account, PaymentMethod


def money_account(label: Any) -> models.ForeignKey[Account | None, Account | None]:
    """The account that the money goes to or comes from."""
    return models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        help_text=_("Empty: the default of the QuickBooks connection."),
    )


class Received(models.Model):
    """What was paid in some way, into some account."""

    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, verbose_name=_("payment method")
    )
    account = money_account(_("deposit to"))

    class Meta:
        abstract = True
