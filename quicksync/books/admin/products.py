"""Products in the admin."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.admin.columns import STAMP_FIELDS, STAMPS, PlainPages, price, small_areas
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models import Product


@admin.register(Product)
class ProductAdmin(SyncedAdmin, FilesMixin, PlainPages):
    """Products and services."""

    import_kind = "item"
    list_display = ("name", "quickbooks_state", "type", "sku", "sale_price", "taxable", "active")
    list_filter = (
        "active",
        "type",
        "taxable",
        ("income_account", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("name", "sku", "description")
    list_select_related = ("income_account",)
    autocomplete_fields = ("income_account",)
    formfield_overrides = small_areas()
    readonly_fields = STAMP_FIELDS
    fieldsets = (
        (None, {"fields": ("name", "type", "sku", "description", "active")}),
        (_("Prices"), {"fields": ("unit_price", "purchase_cost", "taxable", "income_account")}),
        STAMPS,
    )

    @admin.display(description=_("unit price"), ordering="unit_price")
    def sale_price(self, product: Product) -> Decimal | None:
        return price(product.unit_price)
