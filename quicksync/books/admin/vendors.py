"""Vendors in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS, FewValues
from quicksync.books.admin.contacts import CONTACT, ContactAdmin, address
from quicksync.books.models import Vendor


@admin.register(Vendor)
class VendorAdmin(ContactAdmin):
    """Vendors, with what we owe them."""

    import_kind = "vendor"
    list_display = (
        "name",
        "quickbooks_state",
        "email",
        "phone",
        "city",
        "is_1099",
        "active",
    )
    list_filter = ("active", "is_1099", "term", ("currency", FewValues))
    search_fields = (*ContactAdmin.search_fields, "account_number")
    autocomplete_fields = ("term",)
    fieldsets = (
        (None, {"fields": ("name", "active", "open_balance")}),
        CONTACT,
        (_("Address"), {"fields": address()}),
        (
            _("Terms"),
            {"fields": ("account_number", "currency", "term", ("tax_id", "is_1099"))},
        ),
        (_("Notes"), {"fields": ("notes",)}),
        STAMPS,
    )
