"""Clients in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues
from quicksync.books.admin.contacts import CONTACT, ContactAdmin, address
from quicksync.books.models import Client


@admin.register(Client)
class ClientAdmin(ContactAdmin):
    """Clients, with what they owe."""

    import_kind = "customer"
    list_display = (
        "name",
        "quickbooks_state",
        "email",
        "phone",
        "billing_city",
        "active",
    )
    list_filter = (
        "active",
        "is_company",
        "is_supplier",
        "tax_exempt",
        "term",
        ("currency", FewValues),
    )
    autocomplete_fields = ("term", "payment_method")
    fieldsets = (
        (None, {"fields": ("name", ("is_company", "is_supplier", "active"), "open_balance")}),
        CONTACT,
        (_("Billing address"), {"fields": address("billing_")}),
        (_("Shipping address"), {"fields": address("shipping_"), "classes": ("collapse",)}),
        (_("Terms"), {"fields": ("currency", "term", "payment_method", "tax_exempt")}),
        (_("Notes"), {"fields": ("notes",)}),
        STAMPS,
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A company that is entered without a name of its own has the client's."""
        if obj.is_company and not obj.company:
            obj.company = obj.name
        super().save_model(request, obj, form, change)
