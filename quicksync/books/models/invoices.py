"""Invoices and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import connections, models, router, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO, money_field
from quicksync.books.models.clients import Client
from quicksync.books.models.documents import Due
from quicksync.books.models.estimates import Estimate
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

    def delete(self) -> tuple[int, dict[str, int]]:
        """The estimates of these are open again."""
        using = self.db
        with transaction.atomic(using=using, savepoint=False):
            made_of = {*self.values_list("estimate_id", flat=True)} - {None}
            gone = super().delete()
            settle_estimates(made_of, using)
        return gone

    # As of Django's own: managers do not have it.
    delete.__dict__.update(alters_data=True, queryset_only=True)

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
    estimate = models.ForeignKey(
        Estimate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        verbose_name=_("made of estimate"),
    )
    # What it was made of when it was read.
    _of: int | None = None

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

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Invoice:
        read = super().from_db(*args, **kwargs)
        read._of = read.__dict__.get("estimate_id")
        return read

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Somebody may have paid since this one was read; and its estimate follows it."""
        new, only = self._state.adding, kwargs.get("update_fields")
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, **kwargs)
            if not new and (only is None or "received" in only):
                type(self).objects.using(using).filter(pk=self.pk).settle()
            self.tell_estimates(using)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            made_of = {self._of, self.__dict__.get("estimate_id")} - {None}
            gone = super().delete(*args, **kwargs)
            settle_estimates(made_of, using)
        return gone

    def tell_estimates(self, using: str | None = None) -> None:
        """The estimate that it is made of is closed as long as it counts; the one that it was made
        of is open again.
        """
        made_of, self._of = {self._of, self.estimate_id} - {None}, self.estimate_id
        settle_estimates(made_of, using, invoice=self)

    def wrong(self) -> dict[str, ValidationError]:
        wrong = super().wrong()
        if self.estimate is not None and self.client_id not in (None, self.estimate.client_id):
            message = _("Estimate %(estimate)s belongs to %(client)s, another client.")
            params: dict[str, Any] = {"estimate": self.estimate, "client": self.estimate.client}
            wrong["estimate"] = ValidationError(message, params=params)
        return wrong

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


def settle_estimates(
    keys: set[Any], using: str | None = None, *, invoice: Invoice | None = None
) -> None:
    """Have these estimates follow their invoices; `invoice` counts as it stands here, saved or
    not.
    """
    if not keys:
        return
    rows = Invoice.objects.using(using).filter(estimate__in=keys)
    if invoice is not None:
        rows = rows.exclude(pk=invoice.pk)
    taken: set[Any] = {
        *rows.exclude(status=Invoice.Status.VOID).values_list("estimate_id", flat=True)
    }
    if invoice is not None and not invoice.voided:
        taken.add(invoice.estimate_id)
    Estimate.objects.using(using).settle(keys, taken)
