"""Clients in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.admin.columns import STAMP_FIELDS, STAMPS, amount, small_areas
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models import Client


def _address(side: str) -> tuple[str | tuple[str, ...], ...]:
    return (
        f"{side}_street",
        (f"{side}_city", f"{side}_region", f"{side}_postcode"),
        f"{side}_country",
    )


@admin.register(Client)
class ClientAdmin(SyncedAdmin, FilesMixin, admin.ModelAdmin):
    """Clients, with what they owe."""

    import_kind = "customer"
    list_display = (
        "name",
        "quickbooks_state",
        "email",
        "phone",
        "billing_city",
        "currency",
        "active",
    )
    list_filter = ("active", "is_company", "is_supplier", "tax_exempt", "term", "currency")
    search_fields = ("name", "company", "given_name", "family_name", "email", "phone")
    list_per_page = 50
    formfield_overrides = small_areas()
    autocomplete_fields = ("term", "payment_method")
    readonly_fields = ("open_balance", *STAMP_FIELDS)
    fieldsets = (
        (None, {"fields": ("name", ("is_company", "is_supplier", "active"), "open_balance")}),
        (
            _("Contact"),
            {
                "fields": (
                    "company",
                    ("given_name", "family_name"),
                    "email",
                    ("phone", "mobile"),
                    "website",
                )
            },
        ),
        (_("Billing address"), {"fields": _address("billing")}),
        (_("Shipping address"), {"fields": _address("shipping"), "classes": ("collapse",)}),
        (_("Terms"), {"fields": ("currency", "term", "payment_method", "tax_exempt")}),
        (_("Notes"), {"fields": ("notes",)}),
        STAMPS,
    )

    @admin.display(description=_("open balance"))
    def open_balance(self, client: Client) -> str:
        return amount(client.open_balance, client.currency) if client.pk else ""
