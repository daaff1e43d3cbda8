"""What clients and vendors share in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.admin.columns import STAMP_FIELDS, PlainPages, amount, small_areas
from quicksync.books.admin.importing import FilesMixin

CONTACT: Any = (
    _("Contact"),
    {"fields": ("company", ("given_name", "family_name"), "email", ("phone", "mobile"), "website")},
)


def address(prefix: str = "") -> tuple[str | tuple[str, ...], ...]:
    """The fields of an address as a form shows them."""
    street, *place, country = (
        f"{prefix}{part}" for part in ("street", "city", "region", "postcode", "country")
    )
    return street, tuple(place), country


class ContactAdmin(SyncedAdmin, FilesMixin, PlainPages):
    """Companies and persons, with what is open."""

    list_per_page = 50
    search_fields: ClassVar[tuple[str, ...]] = (
        "name",
        "company",
        "given_name",
        "family_name",
        "email",
        "phone",
    )
    formfield_overrides = small_areas()
    readonly_fields = ("open_balance", *STAMP_FIELDS)

    @admin.display(description=_("open balance"))
    def open_balance(self, contact: Any) -> str:
        return amount(contact.open_balance, contact.currency) if contact.pk else ""
