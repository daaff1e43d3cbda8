"""Clients: companies and persons who buy."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO, place_field, street_field
from quicksync.books.models.contacts import Contact
from quicksync.books.models.lists import PaymentMethod


class Client(Contact):
    """Who buys. The name is what documents show; no two clients share one."""

    is_company = models.BooleanField(
        _("is a company"),
        default=True,
        help_text=_("QuickBooks takes a client without a company name for a person."),
    )
    is_supplier = models.BooleanField(
        _("is a supplier too"), default=False, help_text=_("We buy from this client as well.")
    )

    billing_street = street_field()
    billing_city = place_field(_("city"))
    billing_region = place_field(_("state or region"))
    billing_postcode = place_field(_("postcode"), 30)
    billing_country = place_field(_("country"))
    shipping_street = street_field()
    shipping_city = place_field(_("city"))
    shipping_region = place_field(_("state or region"))
    shipping_postcode = place_field(_("postcode"), 30)
    shipping_country = place_field(_("country"))

    payment_method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, verbose_name=_("usual payment method")
    )
    tax_exempt = models.BooleanField(_("exempt from sales tax"), default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = (models.Index(fields=("currency",), name="books_client_currency"),)
        constraints = (
            models.UniqueConstraint(
                Lower("name"), name="books_client_name",
                violation_error_message=_("There is a client of this name already."),
            ),
        )  # fmt: skip

    @property
    def trade_name(self) -> str:
        """The company's name; a person has none, whoever they work for."""
        return self.company if self.is_company else ""

    @trade_name.setter
    def trade_name(self, name: str) -> None:
        self.company, self.is_company = name, bool(name)

    @property
    def open_balance(self) -> Decimal:
        """What the client owes: open invoices, less credit notes and the money received that pays
        none of them.
        """
        billed, credited = (
            documents.aggregate(sum=models.Sum("total"))["sum"] or ZERO
            for documents in (self.invoices, self.credit_notes)
        )
        received = (
            self.receipts.exclude(voided=True).aggregate(sum=models.Sum("amount"))["sum"] or ZERO
        )
        return billed - credited - received
