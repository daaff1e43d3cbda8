"""Sales that are paid at once, and their lines."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.clients import Client
from quicksync.books.models.received import Received
from quicksync.books.models.sales import PricedLine, SalesDocument


class SalesReceipt(Received, SalesDocument):
    """A sale that was paid at once: nothing of it is ever open."""

    in_currency: ClassVar = _("%(party)s pays in %(currency)s.")

    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sales_receipts",
        verbose_name=_("client"),
        help_text=_("Empty: a sale over the counter."),
    )
    reference = models.CharField(
        _("reference"), max_length=40, blank=True, help_text=_("The cheque's or the card's.")
    )

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("sales receipt")
        verbose_name_plural = _("sales receipts")
        indexes = (
            models.Index(fields=("total",), name="books_sales_receipt_total"),
            models.Index(fields=("currency",), name="books_sales_receipt_currency"),
        )


class SalesReceiptLine(PricedLine):
    """One line of a sales receipt."""

    document: ClassVar = "receipt"

    receipt = models.ForeignKey(
        SalesReceipt, models.CASCADE, related_name="lines", verbose_name=_("sales receipt")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")
