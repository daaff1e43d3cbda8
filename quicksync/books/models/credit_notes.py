"""Credit notes and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO, money_field
from quicksync.books.models.clients import Client
from quicksync.books.models.invoices import Invoice
from quicksync.books.models.sales import PricedLine, SalesDocument


class CreditNote(SalesDocument):
    """What a client is given back. Its amounts are positive: they lower what the client owes."""

    in_currency: ClassVar = _("%(party)s is credited in %(currency)s.")

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="credit_notes", verbose_name=_("client")
    )
    invoice = models.ForeignKey(
        Invoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        verbose_name=_("corrects invoice"),
    )
    used = money_field(
        _("used so far"),
        default=ZERO,
        blank=True,
        validators=[MinValueValidator(ZERO)],
        help_text=_("What has gone to invoices or back to the client."),
    )

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        indexes = (
            models.Index(fields=("client", "issued_on"), name="books_credit_note_client"),
            models.Index(fields=("total",), name="books_credit_note_total"),
            models.Index(fields=("currency",), name="books_credit_note_currency"),
        )

    @property
    def balance(self) -> Decimal:
        """What is left to be used; setting it, to anything but None, sets what was used."""
        return ZERO if self.voided else self.total - self.used

    @balance.setter
    def balance(self, value: Decimal | None) -> None:
        if value is not None:
            self.used = self.total - value

    def wrong(self) -> dict[str, ValidationError]:
        wrong = super().wrong()
        if self.invoice is not None and self.client_id not in (None, self.invoice.client_id):
            message = _("Invoice %(invoice)s belongs to %(client)s, another client.")
            params: dict[str, Any] = {"invoice": self.invoice, "client": self.invoice.client}
            wrong["invoice"] = ValidationError(message, params=params)
        return wrong


class CreditNoteLine(PricedLine):
    """One line of a credit note."""

    document: ClassVar = "credit_note"

    credit_note = models.ForeignKey(
        CreditNote, models.CASCADE, related_name="lines", verbose_name=_("credit note")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")
