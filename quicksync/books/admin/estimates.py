"""Estimates in the admin, and the invoices that are made of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues, YearFilter
from quicksync.books.admin.documents import DocumentAdmin
from quicksync.books.admin.sales import PricedAdmin, PricedInline
from quicksync.books.invoicing import NotInvoiced, invoice_of
from quicksync.books.models import Estimate, EstimateLine


class EstimateInline(PricedInline):
    """The lines of an estimate."""

    model = EstimateLine


@admin.register(Estimate)
class EstimateAdmin(PricedAdmin):
    """Estimates with their lines and what has become of them."""

    import_kind = "estimate"
    change_form_template = "books/estimate.html"
    sums: ClassVar = {_("Total"): models.Sum("total"), _("Tax"): models.Sum("tax")}
    inlines = (EstimateInline,)
    actions = ("make_invoices",)
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "expires_on",
        "total_amount",
        "status",
    )
    list_filter = ("status", "issued_on", YearFilter, ("currency", FewValues))
    autocomplete_fields = ("client",)
    readonly_fields = (*DocumentAdmin.readonly_fields, "made_of_it")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
                    ("issued_on", "expires_on"),
                    "currency",
                    "email",
                    ("accepted_by", "accepted_on"),
                    "made_of_it",
                )
            },
        ),
        (_("Discount"), {"fields": (("discount", "discount_percent"),)}),
        (_("Totals"), {"fields": (("net_amount", "tax_amount"), "total_amount")}),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.invoice_view)
        return [
            path("<path:object_id>/invoice/", view, name="books_estimate_invoice"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and self._may_invoice(request) and self._is_open(obj):
            page = f"{self.admin_site.name}:books_estimate_invoice"
            context["invoice_url"] = reverse(page, args=(quote(obj.pk),))
        return super().render_change_form(request, context, *args, **kwargs)

    def invoice_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST makes an invoice of the estimate, and shows it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self._may_invoice(request) or not self.has_view_permission(request, obj):
            raise PermissionDenied
        try:
            invoice = invoice_of(obj.pk)
        except NotInvoiced as trouble:
            messages.error(request, str(trouble))
            return HttpResponseRedirect(self._page("estimate", obj.pk))
        sentence = _now("Invoice %(invoice)s is made of estimate %(estimate)s.")
        values = {"invoice": invoice.number, "estimate": obj.number}
        messages.success(request, sentence % values)
        return HttpResponseRedirect(self._page("invoice", invoice.pk))

    @admin.action(description=_("Make an invoice of each selected estimate"))
    def make_invoices(self, request: HttpRequest, estimates: models.QuerySet[Any]) -> None:
        """Those that cannot be invoiced are told of, one by one."""
        if not self._may_invoice(request):
            raise PermissionDenied
        made = []
        for key in estimates.order_by("issued_on", "pk").values_list("pk", flat=True):
            try:
                made.append(invoice_of(key))
            except NotInvoiced as trouble:
                messages.warning(request, str(trouble))
        if made:
            links = format_html_join(
                ", ",
                '<a href="{}">{}</a>',
                ((self._page("invoice", one.pk), one.number) for one in made),
            )
            messages.success(request, format_html("{} {}", _now("Invoices made:"), links))

    @admin.display(description=_("invoices"))
    def made_of_it(self, estimate: Estimate) -> SafeString | str:
        invoices = estimate.invoices.order_by("issued_on", "pk") if estimate.pk else ()
        shown = (
            (
                self._page("invoice", one.pk),
                one.number,
                f" ({one.get_status_display().lower()})" if one.voided else "",
            )
            for one in invoices
        )
        found = format_html_join(", ", '<a href="{}">{}</a>{}', shown)
        return found or self.get_empty_value_display()

    @staticmethod
    def _is_open(estimate: Estimate) -> bool:
        return estimate.status in (Estimate.Status.PENDING, Estimate.Status.ACCEPTED)

    @staticmethod
    def _may_invoice(request: HttpRequest) -> bool:
        return request.user.has_perm("books.add_invoice")

    def _page(self, name: str, key: int) -> str:
        return reverse(f"{self.admin_site.name}:books_{name}_change", args=(quote(key),))
