"""Accounts, tax codes, terms, payment methods, classes and locations in the admin."""

from __future__ import annotations

from django.contrib import admin

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.models import Account, Class, Location, PaymentMethod, TaxCode, Term


@admin.register(Account)
class AccountAdmin(SyncedAdmin, admin.ModelAdmin):
    """The chart of accounts."""

    list_display = ("code", "name", "type", "active")
    list_filter = ("type", "active")
    search_fields = ("code", "name")


@admin.register(TaxCode)
class TaxCodeAdmin(SyncedAdmin, admin.ModelAdmin):
    """Sales tax codes."""

    list_display = ("code", "description", "rate", "parts", "active")
    list_filter = ("active",)
    search_fields = ("code", "description")


@admin.register(Term)
class TermAdmin(SyncedAdmin, admin.ModelAdmin):
    """Payment terms."""

    list_display = ("name", "code", "due_days", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")


@admin.register(PaymentMethod)
class PaymentMethodAdmin(SyncedAdmin, admin.ModelAdmin):
    """Ways to pay."""

    list_display = ("name", "code", "is_card", "active")
    list_filter = ("active", "is_card")
    search_fields = ("code", "name")


@admin.register(Class, Location)
class NestedAdmin(SyncedAdmin, admin.ModelAdmin):
    """Classes and locations, each in a list of its own."""

    list_display = ("name", "code", "parent", "active")
    list_filter = ("active",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
