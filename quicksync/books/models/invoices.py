"""Invoices and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO
from quicksync.books.models.clients import Client
from quicksync.books.models.documents import Due
from quicksync.books.models.sales import PricedLine, SalesDocument

MONEY = models.DecimalField(max_digits=14, decimal_places=2)


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


class Invoice(SalesDocument, Due):
    """An invoice; its totals are worked out whenever its lines change."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="invoices", verbose_name=_("client")
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = (
            models.Index(fields=("client", "issued_on"), name="books_invoice_client"),
            models.Index(fields=("total",), name="books_invoice_total"),
        )

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


class InvoiceLine(PricedLine):
    """One line of an invoice."""

    document: ClassVar = "invoice"

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")
