"""Credit notes in the admin."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS
from quicksync.books.admin.sales import PricedInline, SalesAdmin
from quicksync.books.models import CreditNote, CreditNoteLine


class CreditNoteInline(PricedInline):
    """The lines of a credit note."""

    model = CreditNoteLine


@admin.register(CreditNote)
class CreditNoteAdmin(SalesAdmin):
    """Credit notes with their lines."""

    import_kind = "credit_note"
    sums: ClassVar = {_("Total"): models.Sum("total"), _("Tax"): models.Sum("tax")}
    inlines = (CreditNoteInline,)
    list_display = (
        "number",
        "client",
        "issued_on",
        "invoice",
        "total_amount",
        "status",
    )
    list_filter = ("status", "issued_on", "currency")
    list_select_related = ("client", "invoice")
    search_fields = (*SalesAdmin.search_fields, "invoice__number")
    autocomplete_fields = ("client", "invoice")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
                    "invoice",
                    "issued_on",
                    "currency",
                    "email",
                )
            },
        ),
        (_("Discount"), {"fields": (("discount", "discount_percent"),)}),
        (_("Totals"), {"fields": (("net_amount", "tax_amount", "total_amount"),)}),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )
