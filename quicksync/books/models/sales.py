"""What estimates, invoices, credit notes, sales receipts and refunds share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models import totals
from quicksync.books.models.base import ZERO, email_field, money_field
from quicksync.books.models.documents import Document, Line


class PricedDocument(Document):
    """What a client is offered, billed or given back, with a discount on all of it."""

    party: ClassVar = "client"
    in_currency: ClassVar = _("%(party)s is invoiced in %(currency)s.")
    worked_out: ClassVar = ("net", "discount", "tax", "total")

    number = models.CharField(_("number"), max_length=40, unique=True)
    discount = money_field(
        _("discount amount"), default=ZERO, blank=True, validators=[MinValueValidator(ZERO)]
    )
    discount_percent = models.DecimalField(
        _("discount in %"), max_digits=7, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(ZERO), MaxValueValidator(Decimal(100))],
        help_text=_("A percentage sets the amount."),
    )  # fmt: skip
    email = email_field()
    memo = models.TextField(_("message to the client"), max_length=1000, blank=True)
    private_note = models.TextField(_("private note"), max_length=4000, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def sums(self, parts: Sequence[totals.Part]) -> totals.Totals:
        return totals.work_out(
            parts, discount=self.discount, percent=self.discount_percent, currency=self.currency
        )

    def set_totals(self, sums: totals.Totals) -> None:
        """A void document keeps its discount, as it keeps its lines."""
        super().set_totals(sums)
        if not self.voided:
            self.discount = sums.discount


class SalesDocument(PricedDocument):
    """What a client is billed, or given back."""

    class Status(models.TextChoices):
        """Where a document is in its life."""

        ISSUED = "issued", _("Issued")
        SENT = "sent", _("Sent")
        VOID = "void", _("Void")

    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ISSUED, db_index=True
    )

    class Meta:
        abstract = True

    @property
    def voided(self) -> bool:
        return self.status == self.Status.VOID


class PricedLine(Line):
    """A line of a sales document: so many at a price."""

    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=4, default=Decimal(1)
    )
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, default=ZERO)

    class Meta:
        abstract = True

    def worth(self, currency: str) -> Decimal:
        return totals.line_amount(self.quantity, self.unit_price, currency)

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price, before discount and tax."""
        return self.worth(self.whole.currency)
