"""Invoices and their lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.books.models import totals
from quicksync.books.models.base import Stamped, currency_field, email_field
from quicksync.books.models.clients import Client
from quicksync.books.models.lists import TaxCode, Term
from quicksync.books.models.products import Product

ZERO = Decimal(0)
MONEY = models.DecimalField(max_digits=14, decimal_places=2)


def today() -> dt.date:
    """The date in the site's time zone."""
    return timezone.localdate()


class InvoiceQuerySet(models.QuerySet):
    """Invoices with what is still open."""

    def with_paid(self) -> InvoiceQuerySet:
        """Adds `paid`: the sum of what payments received, void ones aside, pay of each invoice."""
        allocations = self.model._base_manager.filter(
            pk=models.OuterRef("pk"), allocations__receipt__voided=False
        )
        sums = (
            allocations.order_by()
            .values("pk")
            .annotate(sum=models.Sum("allocations__amount"))
            .values("sum")
        )
        return self.annotate(paid=Coalesce(models.Subquery(sums), ZERO, output_field=MONEY))


class Invoice(Stamped):
    """An invoice; its totals are worked out whenever its lines change."""

    class Status(models.TextChoices):
        """Where an invoice is in its life."""

        ISSUED = "issued", _("Issued")
        SENT = "sent", _("Sent")
        VOID = "void", _("Void")

    number = models.CharField(_("number"), max_length=40, unique=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="invoices", verbose_name=_("client")
    )
    issued_on = models.DateField(_("date"), default=today, db_index=True)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, verbose_name=_("payment term")
    )
    currency = currency_field()
    discount = models.DecimalField(
        _("discount amount"), max_digits=14, decimal_places=2, default=ZERO, blank=True,
        validators=[MinValueValidator(ZERO)],
    )  # fmt: skip
    discount_percent = models.DecimalField(
        _("discount in %"), max_digits=7, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(ZERO), MaxValueValidator(Decimal(100))],
        help_text=_("A percentage sets the amount."),
    )  # fmt: skip
    email = email_field()
    memo = models.TextField(_("message to the client"), max_length=1000, blank=True)
    private_note = models.TextField(_("private note"), max_length=4000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ISSUED, db_index=True
    )
    net = models.DecimalField(
        _("net"), max_digits=14, decimal_places=2, default=ZERO, editable=False
    )
    tax = models.DecimalField(
        _("tax"), max_digits=14, decimal_places=2, default=ZERO, editable=False
    )
    total = models.DecimalField(
        _("total"), max_digits=14, decimal_places=2, default=ZERO, editable=False
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = (models.Index(fields=("client", "issued_on"), name="books_invoice_client"),)

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle_dates()
        if self.voided:
            self.set_totals(totals.NOTHING._replace(discount=self.discount))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        # Django calls this with what is missing or wrong, too.
        issued_on: dt.date | None = self.issued_on
        if self.due_on and issued_on and self.due_on < issued_on:
            wrong["due_on"] = _("The due date is before the invoice's date.")
        if self.client_id and self.currency != self.client.currency:
            message = _("%(client)s is invoiced in %(currency)s.")
            wrong["currency"] = ValidationError(
                message, params={"client": self.client, "currency": self.client.currency}
            )
        if wrong:
            raise ValidationError(wrong)

    def settle_dates(self) -> None:
        """An invoice without a due date is due by its term, or its client's."""
        issued_on: dt.date | None = self.issued_on
        if self.due_on is None and issued_on:
            term = self.term or (self.client.term if self.client_id else None)
            self.due_on = issued_on + dt.timedelta(days=term.due_days) if term else issued_on

    @property
    def voided(self) -> bool:
        return self.status == self.Status.VOID

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; without a query on invoices that were read `with_paid`."""
        if self.voided:
            return ZERO
        paid = getattr(self, "paid", None)
        if paid is None:
            rows = (
                self.allocations.filter(receipt__voided=False)
                if self.pk
                else self.allocations.none()
            )
            paid = rows.aggregate(sum=models.Sum("amount"))["sum"] or ZERO
        return self.total - paid

    def set_totals(self, sums: totals.Totals) -> None:
        """Take over what was worked out."""
        self.net, self.discount, self.tax, self.total = sums

    def work_out(self, lines: Iterable[InvoiceLine]) -> None:
        """Set the totals from these lines."""
        if self.voided:
            self.set_totals(totals.NOTHING._replace(discount=self.discount))
            return
        parts = [line.part(self.currency) for line in lines]
        self.set_totals(
            totals.work_out(
                parts, discount=self.discount, percent=self.discount_percent, currency=self.currency
            )
        )

    def update_totals(self) -> None:
        """Work out the totals from the saved lines, and save them."""
        self.work_out(self.lines.select_related("tax_code"))
        self.save(update_fields=["net", "discount", "tax", "total", "updated_at"])


class InvoiceLine(models.Model):
    """One line of an invoice."""

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    description = models.TextField(_("description"), max_length=4000, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=4, default=Decimal(1)
    )
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, default=ZERO)
    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, null=True, blank=True, verbose_name=_("tax code")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")

    def __str__(self) -> str:
        return self.description or str(self.product or "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.invoice.update_totals()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self.invoice.update_totals()
        return gone

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price, before discount and tax."""
        return totals.line_amount(self.quantity, self.unit_price, self.invoice.currency)

    def part(self, currency: str) -> totals.Part:
        """The line as totals see it."""
        amount = totals.line_amount(self.quantity, self.unit_price, currency)
        return (
            totals.Part(amount, self.tax_code.rates, self.tax_code.code)
            if self.tax_code
            else totals.Part(amount)
        )
