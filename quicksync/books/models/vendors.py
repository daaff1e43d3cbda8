"""Vendors: companies and persons we buy from."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import ZERO, place_field, street_field
from quicksync.books.models.contacts import Contact


class Vendor(Contact):
    """Who sells to us. The name is what bills show; no two vendors share one."""

    street = street_field()
    city = place_field(_("city"))
    region = place_field(_("state or region"))
    postcode = place_field(_("postcode"), 30)
    country = place_field(_("country"))

    tax_id = models.CharField(_("tax ID"), max_length=20, blank=True)
    is_1099 = models.BooleanField(
        _("gets a 1099"),
        default=False,
        help_text=_("A contractor whose payments are reported on form 1099."),
    )
    account_number = models.CharField(
        _("account number"),
        max_length=100,
        blank=True,
        help_text=_("Our number in the vendor's own books."),
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        indexes = (models.Index(fields=("currency",), name="books_vendor_currency"),)
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="books_vendor_name",
                violation_error_message=_("There is a vendor of this name already."),
            ),
        )

    @property
    def open_balance(self) -> Decimal:
        """What we owe the vendor."""
        owed = models.Sum(models.F("total") - models.F("paid"))
        return self.bills.aggregate(sum=owed)["sum"] or ZERO
