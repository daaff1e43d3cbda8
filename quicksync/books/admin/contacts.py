"""What clients, vendors and employees share in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.admin.parts.searching import Searched
from quicksync.books.admin.columns import STAMP_FIELDS, PlainPages, amount, small_areas
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.searches import TEXTS

CONTACT: Any = (
    _("Contact"),
    {
        "fields": (
            "company",
            ("given_name", "family_name"),
            "email",
            ("phone", "alternate_phone"),
            ("mobile", "fax"),
            "website",
        )
    },
)


def address(prefix: str = "") -> tuple[str | tuple[str, ...], ...]:
    """The fields of an address as a form shows them."""
    street, *place, country = (
        f"{prefix}{part}" for part in ("street", "city", "region", "postcode", "country")
    )
    return street, tuple(place), country


class NamedAdmin(Searched, SyncedAdmin, FilesMixin, PlainPages):
    """Whoever has a name."""

    list_per_page = 50
    search_fields: ClassVar[tuple[str, ...]] = (
        "name",
        "given_name",
        "family_name",
        "email",
        "phone",
    )
    # As their unique index has them.
    ordering: ClassVar[Any] = (Lower("name"),)
    formfield_overrides = small_areas()
    readonly_fields: ClassVar[Any] = STAMP_FIELDS

    def ways(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> Sequence[QuerySet[Any]]:
        return (TEXTS[self.model].holding(rows, term),)


class ContactAdmin(NamedAdmin):
    """Companies and persons, with what is open."""

    search_fields = (*NamedAdmin.search_fields, "company")
    readonly_fields = ("open_balance", *STAMP_FIELDS)

    @admin.display(description=_("open balance"))
    def open_balance(self, contact: Any) -> str:
        return amount(contact.open_balance, contact.currency) if contact.pk else ""
