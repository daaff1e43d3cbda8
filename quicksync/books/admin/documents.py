"""What the documents of the books share in the admin: lines, totals, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.admin.mixin import SyncedAdmin
from quicksync.admin.parts.searching import Searched
from quicksync.admin.parts.searching import amount as typed_amount
from quicksync.books.admin.columns import (
    STAMP_FIELDS,
    PlainPages,
    SumsMixin,
    amount,
    short_numbers,
    small_areas,
)
from quicksync.books.admin.importing import FilesMixin
from quicksync.books.models.documents import Document
from quicksync.books.searches import TEXTS, keys


class LineForm(forms.ModelForm):
    """One line; quantities are never negative by hand."""

    negative: ClassVar[Any] = _(
        "A quantity must not be negative; for a credit, enter a negative unit price."
    )

    def clean_quantity(self) -> Any:
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity < 0:
            raise forms.ValidationError(self.negative)
        return quantity


class LineInline(admin.TabularInline):
    """The lines of a document."""

    form = LineForm
    extra = 1
    formfield_overrides: ClassVar = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 1, "cols": 30})}
    }

    class Media:
        css: ClassVar = {"all": ("quicksync/books/lines.css",)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what is chosen: buttons to edit or delete it have no room in a line."""
        field = super().formfield_for_dbfield(db_field, request, **short_numbers(db_field, kwargs))
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = False
            field.widget.can_change_related = False
            field.widget.can_view_related = False
            field.widget.can_delete_related = False
        return field


class DueFilter(admin.SimpleListFilter):
    """Open, overdue, paid; for documents with `total`, `due_on` and a column with what is `settled`
    of them, as an index has it.
    """

    title = _("payment")
    parameter_name = "paid_state"
    settled = "paid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("overdue", _("Overdue")), ("paid", _("Paid"))]

    def standing(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those that have to be paid at all."""
        return queryset

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        standing, settled = self.standing(queryset), models.F(self.settled)
        match self.value():
            case "open":
                return standing.filter(total__gt=settled)
            case "overdue":
                return standing.filter(total__gt=settled, due_on__lt=timezone.localdate())
            case "paid":
                return standing.filter(total__lte=settled)
        return queryset


class DocumentAdmin(Searched, SyncedAdmin, FilesMixin, SumsMixin, PlainPages):
    """Documents with their lines and totals, found by number, party, note and total."""

    list_per_page = 50
    date_hierarchy = "issued_on"
    formfield_overrides = small_areas()
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "net_amount",
        "tax_amount",
        "total_amount",
        *STAMP_FIELDS,
    )

    def ways(
        self, request: HttpRequest, rows: models.QuerySet[Any], term: str
    ) -> Sequence[models.QuerySet[Any]]:
        party = rows.model._meta.get_field(self.model.party).related_model
        found = [
            TEXTS[self.model].holding(rows, term),
            rows.filter(**{f"{self.model.party}__in": keys(TEXTS[party], term)}),
        ]
        value = typed_amount(term)
        return found if value is None else [*found, rows.filter(total=value)]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What the totals follow from may have changed without any line."""
        super().save_related(request, form, formsets, change)
        form.instance.update_totals()

    @admin.display(description=_("net"))
    def net_amount(self, document: Document) -> str:
        return amount(document.net, document.currency)

    @admin.display(description=_("tax"))
    def tax_amount(self, document: Document) -> str:
        return amount(document.tax, document.currency)

    @admin.display(description=_("total"), ordering="total")
    def total_amount(self, document: Document) -> str:
        return amount(document.total, document.currency)

    @admin.display(description=_("open"), ordering=models.F("total") - models.F("paid"))
    def open_amount(self, document: Any) -> str:
        return amount(document.balance, document.currency)
