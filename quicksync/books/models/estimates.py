"""Estimates, also called quotes, and their lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.clients import Client
from quicksync.books.models.sales import PricedDocument, PricedLine


class EstimateQuerySet(models.QuerySet):
    """Estimates that follow their invoices."""

    def settle(self, keys: Iterable[int], taken: Iterable[int]) -> None:
        """Close those of these estimates that are `taken`, by an invoice that counts, and open the
        others again.
        """
        invoiced, own = {*taken}, Estimate.Status
        rows: Any = self.filter(pk__in=sorted({*keys})).order_by("pk")
        for estimate in rows:
            closed = estimate.status == own.CLOSED
            if (estimate.pk in invoiced) is closed:
                continue
            accepted = bool(estimate.accepted_by or estimate.accepted_on)
            estimate.status = (
                own.ACCEPTED if closed and accepted else own.PENDING if closed else own.CLOSED
            )
            # Not by an update of many: somebody may want to hear of it.
            estimate.save(update_fields=["status", "updated_at"])


class Estimate(PricedDocument):
    """What a client is offered. Nothing is owed for it, and nothing earned."""

    class Status(models.TextChoices):
        """What has become of it; closed is what an invoice was made of."""

        PENDING = "pending", _("Pending")
        ACCEPTED = "accepted", _("Accepted")
        CLOSED = "closed", _("Closed")
        REJECTED = "rejected", _("Rejected")

    in_currency: ClassVar = _("%(party)s is offered prices in %(currency)s.")

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="estimates", verbose_name=_("client")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PENDING, db_index=True
    )
    expires_on = models.DateField(_("expiry date"), null=True, blank=True)
    accepted_by = models.CharField(_("accepted by"), max_length=200, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)

    objects = EstimateQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_on", "-number")
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        indexes = (
            models.Index(fields=("client", "issued_on"), name="books_estimate_client"),
            models.Index(fields=("total",), name="books_estimate_total"),
            models.Index(fields=("currency",), name="books_estimate_currency"),
        )

    def wrong(self) -> dict[str, ValidationError]:
        wrong = super().wrong()
        expires_on, issued_on = self.expires_on, self.issued_on
        if _before(expires_on, issued_on):
            message = _("The expiry date is before the estimate's date.")
            wrong["expires_on"] = ValidationError(message)
        return wrong


class EstimateLine(PricedLine):
    """One line of an estimate."""

    document: ClassVar = "estimate"

    estimate = models.ForeignKey(
        Estimate, models.CASCADE, related_name="lines", verbose_name=_("estimate")
    )

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")


def _before(day: dt.date | None, other: dt.date | None) -> Any:
    return day is not None and other is not None and day < other
