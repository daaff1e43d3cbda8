"""Money given back to clients at once, and the lines it is for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.clients import Client
from quicksync.books.models.received import Received, money_account
from quicksync.books.models.sales import PricedLine, SalesDocument


class Refund(Received, SalesDocument):
    """What a client brought back, or had no use of, and was given the money for at once."""

    in_currency: ClassVar = _("%(party)s is refunded in %(currency)s.")

    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=_("client"),
        help_text=_("Empty: a refund over the counter."),
    )
    account = money_account(_("refund from"))
    reference = models.CharField(
        _("reference"), max_length=40, blank=True, help_text=_("The cheque's or the card's.")
    )

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = (
            models.Index(fields=("total",), name="books_refund_total"),
            models.Index(fields=("currency",), name="books_refund_currency"),
        )


class RefundLine(PricedLine):
    """One line of a refund."""

    document: ClassVar = "refund"

    refund = models.ForeignKey(
        Refund, models.CASCADE, related_name="lines", verbose_name=_("refund")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")
