"""Products and services, and their categories."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import Stamped
from quicksync.books.models.lists import Account, standing_above


class ProductCategory(Stamped):
    """A folder of the product list, which may lie in another one."""

    # QuickBooks' own limit.
    levels = 4

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("below"),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Only QuickBooks' own pages make one inactive.")
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="books_productcategory_name",
                violation_error_message=_("There is a category of this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if len(standing_above(self)) >= self.levels:
            message = _("QuickBooks has %(levels)s levels of categories; this would be one more.")
            raise ValidationError(
                {"parent": ValidationError(message, params={"levels": self.levels})}
            )


class Product(Stamped):
    """Something that is sold; prices are per unit, with up to four decimals."""

    class Type(models.TextChoices):
        """What sort of product it is."""

        SERVICE = "service", _("Service")
        NON_INVENTORY = "non_inventory", _("Product without stock")
        INVENTORY = "inventory", _("Product with stock")

    name = models.CharField(_("name"), max_length=255)
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.SERVICE)
    sku = models.CharField(_("SKU"), max_length=100, blank=True, db_index=True)
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    description = models.TextField(_("description"), max_length=4000, blank=True)
    unit_price = models.DecimalField(
        _("unit price"), max_digits=14, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    purchase_cost = models.DecimalField(
        _("purchase cost"), max_digits=14, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    income_account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("income account"),
        help_text=_("Empty: the default of the QuickBooks connection."),
    )
    expense_account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("expense account"),
        help_text=_("Of what is bought. Empty: the default of the QuickBooks connection."),
    )
    taxable = models.BooleanField(_("taxable"), default=True)
    on_hand = models.DecimalField(
        _("on hand"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        editable=False,
        help_text=_("As QuickBooks counts them."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = (
            models.UniqueConstraint(
                Lower("name"), name="books_product_name",
                violation_error_message=_("There is a product of this name already."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name
