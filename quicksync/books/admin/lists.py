"""Accounts, tax codes, terms, payment methods, classes and locations in the admin."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.admin.columns import PlainPages, plain
from quicksync.books.models import Account, Class, Location, PaymentMethod, TaxCode, Term


@admin.register(Account)
class AccountAdmin(SyncedAdmin, PlainPages):
    """The chart of accounts."""

    list_display = ("code", "quickbooks_state", "name", "type", "active")
    list_filter = ("type", "active")
    search_fields = ("code", "name")


@admin.register(TaxCode)
class TaxCodeAdmin(SyncedAdmin, PlainPages):
    """Sales tax codes."""

    list_display = ("code", "quickbooks_state", "description", "percent", "parts", "active")
    list_filter = ("active",)
    search_fields = ("code", "description")

    @admin.display(description=_("rate in %"), ordering="rate")
    def percent(self, code: TaxCode) -> Decimal | None:
        return plain(code.rate)


@admin.register(Term)
class TermAdmin(SyncedAdmin, PlainPages):
    """Payment terms."""

    list_display = ("name", "code", "due_days", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")


@admin.register(PaymentMethod)
class PaymentMethodAdmin(SyncedAdmin, PlainPages):
    """Ways to pay."""

    list_display = ("name", "code", "is_card", "active")
    list_filter = ("active", "is_card")
    search_fields = ("code", "name")


@admin.register(Class, Location)
class NestedAdmin(SyncedAdmin, PlainPages):
    """Classes and locations, each in a list of its own."""

    list_display = ("name", "code", "parent", "active")
    list_filter = ("active",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
