"""Employees in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.books.admin.columns import STAMPS
from quicksync.books.admin.contacts import NamedAdmin, address
from quicksync.books.models import Employee


@admin.register(Employee)
class EmployeeAdmin(NamedAdmin):
    """Employees, as far as the books need to know them."""

    import_kind = "employee"
    list_display = ("name", "quickbooks_state", "email", "phone", "number", "hired_on", "active")
    list_filter = ("active",)
    search_fields = (*NamedAdmin.search_fields, "number")
    fieldsets = (
        (None, {"fields": ("name", ("given_name", "family_name"), "active")}),
        (_("Contact"), {"fields": ("email", ("phone", "mobile"))}),
        (_("Address"), {"fields": address()}),
        (_("Employment"), {"fields": ("number", ("hired_on", "released_on"))}),
        STAMPS,
    )
