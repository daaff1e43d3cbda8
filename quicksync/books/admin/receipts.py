"""Payments received in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.admin.parts.searching import Searched
from quicksync.admin.parts.searching import amount as typed_amount
from quicksync.books.admin.columns import (
    STAMP_FIELDS,
    STAMPS,
    FewValues,
    PlainPages,
    SumsMixin,
    UsedOnly,
    YearFilter,
    amount,
    small_areas,
)
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models import Receipt, ReceiptAllocation, ReceiptCredit
from quicksync.books.searches import CLIENTS, INVOICES, RECEIPTS, keys

ZERO = Decimal(0)


class _RoomFormSet(BaseInlineFormSet):
    """Rows that take a part of another document, each no more than is left of it."""

    names = ""

    def rows(self) -> list[Any]:
        """The rows that the payment shall have."""
        return [
            form.instance
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = self.rows()
        for form in self.forms:
            if form.instance in rows and form.has_changed():
                self._check_room(form)

    def _check_room(self, form: Any) -> None:
        named = getattr(form.instance, f"{self.names}_id")
        before = form.initial.get("amount") if form.initial.get(self.names) == named else None
        try:
            form.instance.check_room(before or ZERO)
        except ValidationError as error:
            form.add_error(None, error)


class CreditFormSet(_RoomFormSet):
    """The credit notes that a payment uses; the invoices, which come next, ask for them."""

    names = "credit_note"

    def clean(self) -> None:
        super().clean()
        self.instance.used_credits = None if any(self.errors) else self.rows()


class AllocationFormSet(_RoomFormSet):
    """The invoices that a payment pays, checked together."""

    names = "invoice"

    def clean(self) -> None:
        super().clean()
        if not any(self.errors):
            used = getattr(self.instance, "used_credits", None)
            self.instance.check_allocations(self.rows(), used)


class CreditInline(admin.TabularInline):
    """The credit notes that a payment uses."""

    model = ReceiptCredit
    formset = CreditFormSet
    extra = 0
    fields = ("credit_note", "amount")
    autocomplete_fields = ("credit_note",)


class AllocationInline(admin.TabularInline):
    """The invoices that a payment pays."""

    model = ReceiptAllocation
    formset = AllocationFormSet
    extra = 1
    fields = ("invoice", "amount")
    autocomplete_fields = ("invoice",)


@admin.register(Receipt)
class ReceiptAdmin(Searched, SyncedAdmin, FilesMixin, SumsMixin, PlainPages):
    """Payments received and what they pay."""

    import_kind = "payment"
    sums: ClassVar = {_("Amount"): models.Sum("amount")}
    inlines = (CreditInline, AllocationInline)
    list_display = (
        "__str__",
        "quickbooks_state",
        "client",
        "received_on",
        "amount_shown",
        "unapplied_amount",
        "method",
        "voided",
    )
    list_filter = (
        "received_on",
        YearFilter,
        ("method", UsedOnly),
        ("account", UsedOnly),
        "voided",
        ("currency", FewValues),
    )
    list_select_related = ("client", "method")
    list_per_page = 50
    formfield_overrides = small_areas()
    date_hierarchy = "received_on"
    search_fields = ("number", "client", "note", "amount")
    search_help_text = _("Part of a reference, a client, a note or an invoice, or the amount")
    autocomplete_fields = ("client", "method", "account")
    readonly_fields = ("unapplied_amount", *STAMP_FIELDS)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "client",
                    "number",
                    "received_on",
                    ("amount", "currency"),
                    "unapplied_amount",
                )
            },
        ),
        (_("Payment method"), {"fields": ("method", "account", "note", "voided")}),
        STAMPS,
    )

    class Media:
        css: ClassVar = {"all": ("quicksync/books/payments.css",)}

    def get_queryset(self, request: Any) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("allocations", "credits")

    def ways(
        self, request: Any, rows: models.QuerySet[Receipt], term: str
    ) -> Sequence[models.QuerySet[Receipt]]:
        paying = ReceiptAllocation.objects.filter(invoice__in=keys(INVOICES, term))
        found = [
            RECEIPTS.holding(rows, term),
            rows.filter(client__in=keys(CLIENTS, term)),
            rows.filter(pk__in=paying.values("receipt")),
        ]
        value = typed_amount(term)
        return found if value is None else [*found, rows.filter(amount=value)]

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, receipt: Receipt) -> str:
        return amount(receipt.amount, receipt.currency)

    @admin.display(description=_("not applied"))
    def unapplied_amount(self, receipt: Receipt) -> str:
        return amount(receipt.unapplied, receipt.currency) if receipt.pk else ""
