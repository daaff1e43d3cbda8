"""Products and their categories in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.admin.parts.searching import Searched
from quicksync.books.admin.columns import (
    STAMP_FIELDS,
    STAMPS,
    PlainPages,
    UsedOnly,
    plain,
    price,
    small_areas,
)
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models import Product, ProductCategory
from quicksync.books.searches import PRODUCTS


@admin.register(ProductCategory)
class ProductCategoryAdmin(SyncedAdmin, FilesMixin, PlainPages):
    """The folders of the product list."""

    import_kind = "item_category"
    list_display = ("name", "quickbooks_state", "parent", "active")
    list_filter = ("active",)
    search_fields = ("name",)
    ordering: ClassVar[Any] = (Lower("name"),)
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)
    readonly_fields = ("active", *STAMP_FIELDS)
    fieldsets = ((None, {"fields": ("name", "parent", "active")}), STAMPS)


@admin.register(Product)
class ProductAdmin(Searched, SyncedAdmin, FilesMixin, PlainPages):
    """Products and services."""

    import_kind = "item"
    list_display = (
        "name",
        "quickbooks_state",
        "category",
        "type",
        "sku",
        "sale_price",
        "stock",
        "taxable",
        "active",
    )
    list_filter = (
        "active",
        "type",
        "taxable",
        ("category", UsedOnly),
        ("income_account", UsedOnly),
    )
    search_fields = ("name", "sku", "description")
    # As their unique index has them.
    ordering: ClassVar[Any] = (Lower("name"),)
    list_select_related = ("category", "income_account")
    autocomplete_fields = ("category", "income_account", "expense_account")
    formfield_overrides = small_areas()
    readonly_fields = ("stock", *STAMP_FIELDS)
    fieldsets = (
        (None, {"fields": ("name", "type", "sku", "category", "description", "active", "stock")}),
        (
            _("Prices"),
            {
                "fields": (
                    "unit_price",
                    "purchase_cost",
                    "taxable",
                    "income_account",
                    "expense_account",
                )
            },
        ),
        STAMPS,
    )

    def ways(
        self, request: HttpRequest, rows: QuerySet[Product], term: str
    ) -> Sequence[QuerySet[Product]]:
        return (PRODUCTS.holding(rows, term),)

    @admin.display(description=_("unit price"), ordering="unit_price")
    def sale_price(self, product: Product) -> Decimal | None:
        return price(product.unit_price)

    @admin.display(description=_("on hand"), ordering="on_hand")
    def stock(self, product: Product) -> Decimal | str:
        counted = plain(product.on_hand)
        return self.empty_value_display if counted is None else counted
