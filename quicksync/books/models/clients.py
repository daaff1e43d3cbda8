"""Clients: companies and persons."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import Stamped, currency_field, email_field
from quicksync.books.models.lists import PaymentMethod, Term

ZERO = Decimal(0)


class Client(Stamped):
    """Who buys. The name is what documents show; no two clients share one."""

    name = models.CharField(_("name"), max_length=255)
    is_company = models.BooleanField(_("is a company"), default=True)
    is_supplier = models.BooleanField(
        _("is a supplier too"), default=False, help_text=_("We buy from this client as well.")
    )
    company = models.CharField(_("company name"), max_length=255, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    email = email_field()
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=30, blank=True)
    website = models.CharField(_("website"), max_length=1000, blank=True)

    billing_street = models.TextField(_("street"), max_length=500, blank=True)
    billing_city = models.CharField(_("city"), max_length=255, blank=True)
    billing_region = models.CharField(_("state or region"), max_length=255, blank=True)
    billing_postcode = models.CharField(_("postcode"), max_length=30, blank=True)
    billing_country = models.CharField(_("country"), max_length=255, blank=True)
    shipping_street = models.TextField(_("street"), max_length=500, blank=True)
    shipping_city = models.CharField(_("city"), max_length=255, blank=True)
    shipping_region = models.CharField(_("state or region"), max_length=255, blank=True)
    shipping_postcode = models.CharField(_("postcode"), max_length=30, blank=True)
    shipping_country = models.CharField(_("country"), max_length=255, blank=True)

    currency = currency_field()
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, verbose_name=_("payment term")
    )
    payment_method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, verbose_name=_("usual payment method")
    )
    tax_exempt = models.BooleanField(_("exempt from sales tax"), default=False)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    active = models.BooleanField(_("active"), default=True, db_index=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = (
            models.UniqueConstraint(
                Lower("name"), name="books_client_name",
                violation_error_message=_("There is a client of this name already."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def open_balance(self) -> Decimal:
        """What the client owes: open invoices less money received that pays none of them."""
        billed = self.invoices.aggregate(sum=models.Sum("total"))["sum"] or ZERO
        received = (
            self.receipts.exclude(voided=True).aggregate(sum=models.Sum("amount"))["sum"] or ZERO
        )
        return billed - received
