"""Invoices in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues, YearFilter
from quicksync.books.admin.documents import DocumentAdmin, DueFilter
from quicksync.books.admin.sales import PricedInline, SalesAdmin
from quicksync.books.models import Invoice, InvoiceLine


class InvoiceInline(PricedInline):
    """The lines of an invoice."""

    model = InvoiceLine


class PaidFilter(DueFilter):
    """Open, overdue, paid; void ones are none of these."""

    settled = "received"

    def standing(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.exclude(status=Invoice.Status.VOID)


@admin.register(Invoice)
class InvoiceAdmin(SalesAdmin):
    """Invoices with their lines and what is still open."""

    import_kind = "invoice"
    in_use = _("These invoices have payments; change the payments first: %(numbers)s.")
    sums: ClassVar = {
        _("Total"): models.Sum("total"),
        _("Tax"): models.Sum("tax"),
        _("Open"): models.Sum(models.F("total") - models.F("paid")),
    }
    inlines = (InvoiceInline,)
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "total_amount",
        "open_amount",
        "status",
    )
    list_filter = ("status", PaidFilter, "issued_on", YearFilter, ("currency", FewValues), "term")
    autocomplete_fields = ("client", "term", "estimate")
    readonly_fields = (*DocumentAdmin.readonly_fields, "open_amount")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
                    "estimate",
                    ("issued_on", "term", "due_on"),
                    "currency",
                    "email",
                )
            },
        ),
        (_("Discount"), {"fields": (("discount", "discount_percent"),)}),
        (_("Totals"), {"fields": (("net_amount", "tax_amount"), ("total_amount", "open_amount"))}),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )

    def taken(self, document: Any) -> Any:
        return document.paid

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return Invoice.objects.with_paid()
