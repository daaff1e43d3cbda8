"""Sales receipts in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS
from quicksync.books.admin.sales import PricedInline, SalesAdmin
from quicksync.books.models import SalesReceipt, SalesReceiptLine


class SalesReceiptInline(PricedInline):
    """The lines of a sales receipt."""

    model = SalesReceiptLine


@admin.register(SalesReceipt)
class SalesReceiptAdmin(SalesAdmin):
    """Sales that were paid at once, with their lines."""

    import_kind = "sales_receipt"
    sums: ClassVar = {_("Total"): models.Sum("total"), _("Tax"): models.Sum("tax")}
    inlines = (SalesReceiptInline,)
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "method",
        "total_amount",
        "status",
    )
    list_filter = ("status", "issued_on", "method", "currency")
    list_select_related = ("client", "method")
    autocomplete_fields = ("client", "account")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
                    "issued_on",
                    "currency",
                    ("method", "reference"),
                    "account",
                    "email",
                )
            },
        ),
        (_("Discount"), {"fields": (("discount", "discount_percent"),)}),
        (_("Totals"), {"fields": (("net_amount", "tax_amount"), "total_amount")}),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )

    def taken(self, document: Any) -> Any:
        """Nothing pays a sales receipt, so that nothing keeps it from being voided."""
        return Decimal(0)
