"""Bills in the admin."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues, YearFilter
from quicksync.books.admin.documents import DocumentAdmin, DueFilter, LineForm, LineInline
from quicksync.books.models import Bill, BillLine


class BillLineForm(LineForm):
    """One line; a credit is a negative cost or amount."""

    negative = _("A quantity must not be negative; for a credit, enter a negative unit cost.")


class BillInline(LineInline):
    """The lines of a bill: products, or amounts on accounts."""

    model = BillLine
    form = BillLineForm
    autocomplete_fields = ("product", "account", "tax_code", "client")
    fields = (
        "position",
        "product",
        "account",
        "description",
        "quantity",
        "unit_cost",
        "amount",
        "tax_code",
        "client",
        "billable",
    )


@admin.register(Bill)
class BillAdmin(DocumentAdmin):
    """Bills with their lines and what is still to be paid."""

    import_kind = "bill"
    sums: ClassVar = {
        _("Total"): models.Sum("total"),
        _("Tax"): models.Sum("tax"),
        _("Open"): models.Sum(models.F("total") - models.F("paid")),
    }
    inlines = (BillInline,)
    list_display = (
        "__str__",
        "quickbooks_state",
        "vendor",
        "issued_on",
        "total_amount",
        "open_amount",
    )
    list_filter = (DueFilter, "issued_on", YearFilter, ("currency", FewValues), "term")
    list_select_related = ("vendor",)
    search_fields = ("number", "vendor", "memo", "total")
    search_help_text = _("Part of a number, a vendor or a memo, or the total")
    autocomplete_fields = ("vendor", "term")
    readonly_fields = (*DocumentAdmin.readonly_fields, "open_amount")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "vendor",
                    "number",
                    ("issued_on", "term", "due_on"),
                    "currency",
                    "memo",
                )
            },
        ),
        (
            _("Totals"),
            {"fields": (("net_amount", "tax_amount"), "total_amount", ("paid", "open_amount"))},
        ),
        STAMPS,
    )
