"""What estimates, invoices, credit notes, sales receipts and refunds share in the admin."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quicksync.books.admin.columns import STAMPS, FewValues, amount
from quicksync.books.admin.documents import DocumentAdmin, LineInline
from quicksync.books.models.sales import PricedLine, SalesDocument


class PricedInline(LineInline):
    """Lines with a price."""

    autocomplete_fields = ("product", "tax_code")
    readonly_fields = ("line_amount",)
    fields = (
        "position",
        "product",
        "description",
        "quantity",
        "unit_price",
        "tax_code",
        "line_amount",
    )

    @admin.display(description=_("amount"))
    def line_amount(self, line: PricedLine) -> str:
        return amount(line.amount) if line.pk else ""


class PricedAdmin(DocumentAdmin):
    """Documents for clients."""

    list_select_related: ClassVar[tuple[str, ...]] = ("client",)
    search_fields: ClassVar[tuple[str, ...]] = ("number", "client", "memo", "total")
    search_help_text = _("Part of a number, a client or a note, or the total")


class SalesAdmin(PricedAdmin):
    """Documents for clients, which can be voided."""

    actions = ("void",)
    # Why some stay as they are; names their numbers.
    in_use: ClassVar[Promise]

    @abstractmethod
    def taken(self, document: Any) -> Any:
        """How much of the document is paid or used: then it is not voided before that is undone."""

    @admin.action(description=_("Void selected %(verbose_name_plural)s"), permissions=("change",))
    def void(self, request: HttpRequest, documents: models.QuerySet[Any]) -> None:
        """Those in use stay: the money has to go back, or to another document, first."""
        done, stay = 0, []
        for document in documents.exclude(status=SalesDocument.Status.VOID):
            if self.taken(document):
                stay.append(document.number)
                continue
            document.status = SalesDocument.Status.VOID
            document.save()
            done += 1
        if done:
            text = ngettext("%(count)s %(one)s is void.", "%(count)s %(several)s are void.", done)
            names = {"one": self.opts.verbose_name, "several": self.opts.verbose_name_plural}
            messages.success(request, text % {"count": done, **names})
        if stay:
            messages.warning(request, str(self.in_use) % {"numbers": ", ".join(stay[:20])})


class SettledAdmin(SalesAdmin):
    """Documents whose money changed hands at once."""

    sums: ClassVar = {_("Total"): models.Sum("total"), _("Tax"): models.Sum("tax")}
    list_display = (
        "number",
        "quickbooks_state",
        "client",
        "issued_on",
        "method",
        "total_amount",
        "status",
    )
    list_filter = ("status", "issued_on", "method", ("currency", FewValues))
    list_select_related = ("client", "method")
    autocomplete_fields = ("client", "account")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "status"),
                    "client",
                    "issued_on",
                    "currency",
                    ("method", "reference"),
                    "account",
                    "email",
                )
            },
        ),
        (_("Discount"), {"fields": (("discount", "discount_percent"),)}),
        (_("Totals"), {"fields": (("net_amount", "tax_amount"), "total_amount")}),
        (_("Messages"), {"fields": ("memo", "private_note"), "classes": ("collapse",)}),
        STAMPS,
    )

    def taken(self, document: Any) -> Any:
        """Nothing pays them, so that nothing keeps one from being voided."""
        return Decimal(0)
