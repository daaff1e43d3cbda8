"""Refunds in the admin."""

from __future__ import annotations

from django.contrib import admin

from quicksync.books.admin.sales import PricedInline, SettledAdmin
from quicksync.books.models import Refund, RefundLine


class RefundInline(PricedInline):
    """The lines of a refund."""

    model = RefundLine


@admin.register(Refund)
class RefundAdmin(SettledAdmin):
    """Money given back at once, with the lines it is for."""

    import_kind = "refund"
    inlines = (RefundInline,)
