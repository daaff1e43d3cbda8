"""Categories on the connection's page, one card for each kind, and the page of one category with
its field rules.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from quicksync.admin.connection import removal_words
from quicksync.admin.parts.base import AuditedAdmin, address, may, with_edition
from quicksync.admin.parts.option_fields import OptionsForm, word
from quicksync.exceptions import BadValue
from quicksync.local.registry import registry
from quicksync.models import Bookmark, Category, FieldRule
from quicksync.options.category import CategoryOptions
from quicksync.options.row import Row, of_kind
from quicksync.planning.case import fixed_value
from quicksync.quickbooks.loading import edition_for
from quicksync.records import fields_of, record_class
from quicksync.records.limits import cleaned as as_sent
from quicksync.sync.actions import presets

MAIN = ("enabled", "direction", "start_date", "bookmark")
SETTINGS = (*MAIN, "options")


class CategoryForm(OptionsForm, forms.ModelForm):
    """One kind's settings; `main` and `more` are its fields in the two parts of the card."""

    past_allowed = False

    class Meta:
        model = Category
        fields = MAIN

    def __init__(
        self,
        *args: Any,
        bookmarks: list[Bookmark] | None = None,
        past_allowed: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if past_allowed is not None:
            self.past_allowed = past_allowed
        for name in removal_words.NAMES:
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField) and self.instance.connection_id:
                field.choices = removal_words.choices(self.instance, name)
                self.initial[name] = removal_words.fitting(self.instance, name)
        if "bookmark" in self.fields:
            self._offer(list(Bookmark.objects.order_by("name")) if bookmarks is None else bookmarks)
        if "start_date" in self.fields and self.instance.first_synced_at:
            self.fields["start_date"].disabled = True
            self.fields["start_date"].help_text = (
                _("Fixed since the first synchronization.")
                if self.instance.start_date
                else _(
                    "None: records count however old they are. Fixed since the first"
                    " synchronization."
                )
            )

    def rows(self) -> dict[str, Row]:
        return of_kind(CategoryOptions, self.instance.kind) if self.instance.kind else {}

    def _offer(self, bookmarks: list[Bookmark]) -> None:
        """Only bookmarks of this kind's lists; all cards share one query for them."""
        labels = {adapter.label_lower for adapter in registry.for_kind(self.instance.kind)}
        field = self.fields["bookmark"]
        if isinstance(field, forms.ModelChoiceField):
            offered = [
                (mark.pk, str(mark)) for mark in bookmarks if mark.model_label.lower() in labels
            ]
            field.choices = [("", _("All of them")), *offered]

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN[1:] if name in self.fields]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.option_rows]

    def clean_enabled(self) -> bool:
        """A category is not switched on while QuickBooks lacks a feature or a currency that its
        records use (A9).
        """
        enabled = bool(self.cleaned_data["enabled"])
        new = enabled and "enabled" in self.changed_data and self.instance.connection_id
        if new and (why := presets.refusal(self.instance.connection, self.instance.kind)):
            raise forms.ValidationError(why)
        return enabled

    def clean_start_date(self) -> Any:
        """Records from before the company was connected need their own permission (B12)."""
        start = self.cleaned_data["start_date"]
        connected = self.instance.connection.connected_at if self.instance.connection_id else None
        if not start or not connected or "start_date" not in self.changed_data or self.past_allowed:
            return start
        first = timezone.localtime(connected).date()
        if start < first:
            raise forms.ValidationError(
                _(
                    "The company was connected on %(first)s. You need the permission to import"
                    " older records for an earlier date."
                )
                % {"first": first.isoformat()}
            )
        return start


class CategoryFormSet(forms.BaseInlineFormSet):
    """All categories of a connection; bookmarks are read once for all of them."""

    past_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bookmarks: list[Bookmark] | None = None

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        if self._bookmarks is None:
            self._bookmarks = list(Bookmark.objects.order_by("name"))
        return {
            **super().get_form_kwargs(index),
            "bookmarks": self._bookmarks,
            "past_allowed": self.past_allowed,
        }


class PlainBookmarks:
    """A plain list of bookmarks: they are made on the host's lists, not here."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "bookmark":
            return db_field.formfield(**kwargs)
        parent: Any = super()
        return parent.formfield_for_dbfield(db_field, request, **kwargs)


class CategoryInline(PlainBookmarks, admin.StackedInline):
    """One card for each kind; kinds come with adapters, not by hand."""

    model = Category
    form = CategoryForm
    formset = CategoryFormSet
    template = "quicksync/categories.html"
    fields = MAIN
    extra = 0
    can_delete = False
    verbose_name_plural = _("What is kept in sync")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.view_connection") or self.has_change_permission(
            request, obj
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.change_connection")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Category]:
        return super().get_queryset(request).select_related("connection")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type("CategoryFormSet", (formset,), {"past_allowed": may(request, "history")})


def save_settings(category: Category) -> None:
    """Only what people set, so that a clock moved meanwhile by a run stays; all records are looked
    at again.
    """
    category.needs_scan = True
    category.save(update_fields=[*SETTINGS, "needs_scan"])


class FieldRuleForm(forms.ModelForm):
    """A rule names a field of the category's records, from a list."""

    field = forms.ChoiceField(label=_("Field"))

    class Meta:
        model = FieldRule
        fields = ("field", "rule", "value")

    def __init__(
        self,
        *args: Any,
        names: list[tuple[str, str]] | None = None,
        category: Category | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        field = self.fields.get("field")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "---------"), *(names or [])]

    def clean(self) -> dict[str, Any] | None:
        """A fixed value is a value, and one that its field can have."""
        cleaned = super().clean()
        if self.cleaned_data.get("rule") == FieldRule.Rule.FIXED:
            field, value = self.cleaned_data.get("field"), self.cleaned_data.get("value")
            if not value:
                self.add_error("value", _("Write the value that is always sent."))
            elif (
                field
                and self.category is not None
                and (why := refusal_of(self.category, field, value))
            ):
                self.add_error("value", why)
        return cleaned


class FieldRuleFormSet(forms.BaseInlineFormSet):
    """The rules of one category."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(index),
            "names": field_names(self.instance),
            "category": self.instance,
        }


def refusal_of(category: Category, field: str, value: str) -> str:
    """Why a value cannot be the fixed one of a field; "" when it can."""
    try:
        fixed_value(record_class(category.kind), field, value)
    except BadValue as error:
        return error.sentence
    limit = edition_for(category.connection.edition).limits().get((category.kind, field))
    if limit is not None and as_sent(value, limit) != value:
        return str(
            _(
                "QuickBooks does not take this text: it is too long, or has characters that it"
                " refuses."
            )
        )
    return ""


def field_names(category: Category) -> list[tuple[str, str]]:
    """The fields that a rule may name: those that both sides carry, without what a side works out
    by itself.
    """
    record = record_class(category.kind)
    carried = edition_for(category.connection.edition).fields(category.kind)
    names = [name for name in fields_of(record) if name in carried and name not in record.computed]
    return [(name, record.field_label(name)) for name in names]


class FieldRuleInline(admin.TabularInline):
    """Fields that are left alone or always get the same value (F10)."""

    model = FieldRule
    form = FieldRuleForm
    formset = FieldRuleFormSet
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.change_connection")

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


@admin.register(Category)
class CategoryAdmin(PlainBookmarks, AuditedAdmin):
    """One category with its field rules; reached from the connection's page."""

    list_display = ("kind", "connection", "enabled", "direction")
    list_filter = ("connection",)
    list_select_related = ("connection",)
    form = CategoryForm
    inlines = (FieldRuleInline,)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        changes = self.has_change_permission(request, obj)
        options = tuple(of_kind(CategoryOptions, obj.kind)) if changes else ("options_in_words",)
        return ((None, {"fields": MAIN}), (_("Options"), {"fields": options}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("options_in_words",)

    @admin.display(description=_("Options"))
    def options_in_words(self, category: Category) -> str:
        """For those who may look at the settings and not change them."""
        rows = of_kind(CategoryOptions, category.kind).items()
        lines = (
            (row.option.label, word(row, getattr(category.options, name))) for name, row in rows
        )
        return format_html_join("", "<div>{}: {}</div>", lines)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["fields"] = MAIN  # the form makes those of the options by itself
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("CategoryForm", (form,), {"past_allowed": may(request, "history")})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What it offers, the edition says: without it, the connection's page does."""
        category = self.get_object(request, object_id)
        if category is None:
            return super().change_view(request, object_id, form_url, extra_context)

        def shown(request: HttpRequest, pk: int) -> HttpResponse:
            return super(CategoryAdmin, self).change_view(
                request, object_id, form_url, extra_context
            )

        return with_edition(shown)(request, category.connection_id)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.view_connection") or self.has_change_permission(
            request, obj
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("quicksync.change_connection")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj._history_user = request.user
        save_settings(obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        if "_continue" in request.POST:
            return response
        return HttpResponseRedirect(
            f"{address('connection', 'change', obj.connection_id)}#category-{obj.kind}"
        )
