"""Invoices and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import connections, models, router, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO, money_field
from quicksync.books.models.clients import Client
from quicksync.books.models.documents import Due
from quicksync.books.models.sales import PricedLine, SalesDocument

MONEY = models.DecimalField(max_digits=14, decimal_places=2)


class InvoiceQuerySet(models.QuerySet):
    """Invoices with what is still open."""

    def with_paid(self) -> InvoiceQuerySet:
        """Adds `paid`: the sum of what payments received, void ones aside, pay of each invoice."""
        return self.annotate(paid=self._paid())

    def settle(self) -> None:
        """Keep what is `received` of these by now. Whoever writes payments has it done
        (`books.models.paying`).
        """
        own: Any = self
        using = own._db or router.db_for_write(self.model)
        rows = self.model._base_manager.using(using)
        with transaction.atomic(using=using, savepoint=False):
            keys = list(self.order_by("pk").values_list("pk", flat=True))
            if connections[using].features.has_select_for_update:
                locked = rows.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
                list(locked.values_list("pk"))
            # In a statement of its own, which sees what others have committed until it has the
            # rows.
            rows.filter(pk__in=keys).update(received=self._paid())

    def _paid(self) -> Coalesce:
        allocations = self.model._base_manager.filter(
            pk=models.OuterRef("pk"), allocations__receipt__voided=False
        )
        sums = (
            allocations.order_by()
            .values("pk")
            .annotate(sum=models.Sum("allocations__amount"))
            .values("sum")
        )
        return Coalesce(models.Subquery(sums), ZERO, output_field=MONEY)


class Invoice(SalesDocument, Due):
    """An invoice; its totals are worked out whenever its lines change.

    Lists are filtered by what is `received`, a million invoices too; amounts that are shown, or
    that anything is decided by, are always added up (`with_paid`).
    """

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="invoices", verbose_name=_("client")
    )

    received = money_field(_("received so far"), default=ZERO, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = (
            models.Index(fields=("client", "issued_on"), name="books_invoice_client"),
            models.Index(fields=("total",), name="books_invoice_total"),
            models.Index(fields=("currency",), name="books_invoice_currency"),
            models.Index(
                fields=("-issued_on", "-number"),
                condition=models.Q(total__gt=models.F("received")),
                name="books_invoice_open",
            ),
            models.Index(
                fields=("-issued_on", "-number"),
                condition=models.Q(total__lte=models.F("received")),
                name="books_invoice_paid",
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Somebody may have paid since this one was read."""
        new, only = self._state.adding, kwargs.get("update_fields")
        if new or (only is not None and "received" not in only):
            super().save(*args, **kwargs)
            return
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, **kwargs)
            type(self).objects.using(using).filter(pk=self.pk).settle()

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
