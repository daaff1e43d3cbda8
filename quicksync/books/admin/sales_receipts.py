"""Sales receipts in the admin."""

from __future__ import annotations

from django.contrib import admin

from quicksync.books.admin.sales import PricedInline, SettledAdmin
from quicksync.books.models import SalesReceipt, SalesReceiptLine


class SalesReceiptInline(PricedInline):
    """The lines of a sales receipt."""

    model = SalesReceiptLine


@admin.register(SalesReceipt)
class SalesReceiptAdmin(SettledAdmin):
    """Sales that were paid at once, with their lines."""

    import_kind = "sales_receipt"
    inlines = (SalesReceiptInline,)
