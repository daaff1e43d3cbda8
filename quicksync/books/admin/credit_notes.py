"""Credit notes in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues, YearFilter, amount
from quicksync.books.admin.documents import DocumentAdmin
from quicksync.books.admin.sales import PricedInline, SalesAdmin
from quicksync.books.models import CreditNote, CreditNoteLine
from quicksync.books.searches import INVOICES, keys


class CreditNoteInline(PricedInline):
    """The lines of a credit note."""

    model = CreditNoteLine


@admin.register(CreditNote)
class CreditNoteAdmin(SalesAdmin):
    """Credit notes with their lines."""

    import_kind = "credit_note"
    in_use = _("These credit notes have been used, so they stay: %(numbers)s.")
    sums: ClassVar = {
        _("Total"): models.Sum("total"),
        _("Tax"): models.Sum("tax"),
        _("Left"): models.Sum(models.F("total") - models.F("used")),
    }
    inlines = (CreditNoteInline,)
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "invoice",
        "total_amount",
        "left_amount",
        "status",
    )
    list_filter = ("status", "issued_on", YearFilter, ("currency", FewValues))
    list_select_related = ("client", "invoice")
    autocomplete_fields = ("client", "invoice")
    readonly_fields = (*DocumentAdmin.readonly_fields, "left_amount")
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
        (
            _("Totals"),
            {"fields": (("net_amount", "tax_amount"), "total_amount", ("used", "left_amount"))},
        ),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )

    def ways(
        self, request: HttpRequest, rows: models.QuerySet[Any], term: str
    ) -> Sequence[models.QuerySet[Any]]:
        """Those of an invoice that is found, too."""
        return *super().ways(request, rows, term), rows.filter(invoice__in=keys(INVOICES, term))

    def taken(self, document: Any) -> Any:
        return document.used

    @admin.display(description=_("left"), ordering=models.F("total") - models.F("used"))
    def left_amount(self, note: CreditNote) -> str:
        return amount(note.balance, note.currency)
