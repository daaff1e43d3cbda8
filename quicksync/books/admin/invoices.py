"""Invoices in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.admin.columns import STAMP_FIELDS, STAMPS, SumsMixin, amount, small_areas
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models import Invoice, InvoiceLine


class LineForm(forms.ModelForm):
    """One line; quantities are never negative by hand."""

    class Meta:
        model = InvoiceLine
        fields = ("position", "product", "description", "quantity", "unit_price", "tax_code")
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 1, "cols": 30})}

    def clean_quantity(self) -> Any:
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity < 0:
            raise forms.ValidationError(
                _("A quantity must not be negative; for a credit, enter a negative unit price.")
            )
        return quantity


class LineInline(admin.TabularInline):
    """The lines of an invoice."""

    model = InvoiceLine
    form = LineForm
    extra = 1
    autocomplete_fields = ("product", "tax_code")
    readonly_fields = ("line_amount",)
    fields = (
        "position",
        "product",
        "description",
        "quantity",
        "unit_price",
        "tax_code",
        "line_amount",
    )

    class Media:
        css: ClassVar = {"all": ("quicksync/books/lines.css",)}

    @admin.display(description=_("amount"))
    def line_amount(self, line: InvoiceLine) -> str:
        return amount(line.amount) if line.pk else ""


class PaidFilter(admin.SimpleListFilter):
    """Open, overdue, paid."""

    title = _("payment")
    parameter_name = "paid_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("overdue", _("Overdue")), ("paid", _("Paid"))]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        standing = queryset.exclude(status=Invoice.Status.VOID)
        match self.value():
            case "open":
                return standing.filter(total__gt=models.F("paid"))
            case "overdue":
                return standing.filter(total__gt=models.F("paid"), due_on__lt=timezone.localdate())
            case "paid":
                return standing.filter(total__lte=models.F("paid"))
        return queryset


@admin.register(Invoice)
class InvoiceAdmin(SyncedAdmin, FilesMixin, SumsMixin, admin.ModelAdmin):
    """Invoices with their lines and what is still open."""

    import_kind = "invoice"
    sums: ClassVar = {
        _("Total"): models.Sum("total"),
        _("Tax"): models.Sum("tax"),
        _("Open"): models.Sum(models.F("total") - models.F("paid")),
    }
    inlines = (LineInline,)
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "total_amount",
        "open_amount",
        "status",
    )
    list_filter = ("status", PaidFilter, "issued_on", "currency", "term")
    list_select_related = ("client",)
    list_per_page = 50
    formfield_overrides = small_areas()
    date_hierarchy = "issued_on"
    search_fields = ("number", "client__name", "memo", "private_note")
    autocomplete_fields = ("client", "term")
    readonly_fields = ("net_amount", "tax_amount", "total_amount", "open_amount", *STAMP_FIELDS)
    actions = ("void",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
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

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return Invoice.objects.with_paid()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The discount may have changed without any line."""
        super().save_related(request, form, formsets, change)
        form.instance.update_totals()

    @admin.display(description=_("net"))
    def net_amount(self, invoice: Invoice) -> str:
        return amount(invoice.net, invoice.currency)

    @admin.display(description=_("tax"))
    def tax_amount(self, invoice: Invoice) -> str:
        return amount(invoice.tax, invoice.currency)

    @admin.display(description=_("total"), ordering="total")
    def total_amount(self, invoice: Invoice) -> str:
        return amount(invoice.total, invoice.currency)

    @admin.display(description=_("open"), ordering=models.F("total") - models.F("paid"))
    def open_amount(self, invoice: Invoice) -> str:
        return amount(invoice.balance, invoice.currency)

    @admin.action(description=_("Void selected invoices"), permissions=("change",))
    def void(self, request: HttpRequest, invoices: models.QuerySet[Any]) -> None:
        """Paid ones stay: the money has to go back, or to another invoice, first."""
        done, paid = 0, []
        for invoice in invoices.exclude(status=Invoice.Status.VOID):
            if invoice.paid:
                paid.append(invoice.number)
                continue
            invoice.status = Invoice.Status.VOID
            invoice.save()
            done += 1
        if done:
            text = ngettext("%(count)s invoice is void.", "%(count)s invoices are void.", done)
            messages.success(request, text % {"count": done})
        if paid:
            advice = _("These invoices have payments; change the payments first: %(numbers)s.")
            messages.warning(request, advice % {"numbers": ", ".join(paid[:20])})
