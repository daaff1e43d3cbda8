"""Bookmarks: filters of the host's own lists, kept under a name, with what they take and what they
do not use.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qsl

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts.base import AuditedAdmin
from quicksync.exceptions import BadValue
from quicksync.local import bookmarks
from quicksync.local.registry import registry
from quicksync.models import Bookmark


class BookmarkForm(forms.ModelForm):
    """The filter is refused at once when it cannot be understood: leaving a condition out would
    take in too much.
    """

    model_label = forms.ChoiceField(label=_("List"))

    class Meta:
        model = Bookmark
        fields = ("name", "model_label", "query")
        widgets: ClassVar[dict[str, forms.Widget]] = {"query": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = self.fields.get("model_label")
        if isinstance(labels, forms.ChoiceField):
            labels.choices = lists()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        label, query = self.cleaned_data.get("model_label", ""), self.cleaned_data.get("query", "")
        try:
            read(str(label), str(query))
        except BadValue as trouble:
            self.add_error("query", trouble.sentence)
        return cleaned


def lists() -> list[tuple[str, str]]:
    """The host's lists that have an adapter."""
    found = {
        adapter.label_lower: str(adapter.model._meta.verbose_name_plural).capitalize()
        for adapter in registry.all()
    }
    return list(found.items())


def read(model_label: str, query: str) -> tuple[list[tuple[str, str]], tuple[tuple[str, str], ...]]:
    """The conditions that are used, and those that are not, with the reason. Raises BadValue."""
    adapter = registry.for_label(model_label)
    if adapter is None:
        return [], ()
    _objects, ignored = bookmarks.apply(adapter, adapter.model._default_manager.all(), query)
    left_out = {name for name, _why in ignored}
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=True)
    return [(name, value) for name, value in pairs if name not in left_out], ignored


@admin.register(Bookmark)
class BookmarkAdmin(AuditedAdmin):
    """The kept filters."""

    form = BookmarkForm
    list_display = ("name", "list_name", "query")
    search_fields = ("name",)
    fields = ("name", "model_label", "query", "explained")
    readonly_fields = ("explained",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else self.fields[:-1]

    @admin.display(description=_("List"), ordering="model_label")
    def list_name(self, bookmark: Bookmark) -> str:
        return dict(lists()).get(bookmark.model_label.lower(), bookmark.model_label)

    @admin.display(description=_("Which records"))
    def explained(self, bookmark: Bookmark) -> str:
        """Conditions in use, and those that are not, each with the reason (B15)."""
        try:
            used, ignored = read(bookmark.model_label, bookmark.query)
        except BadValue as trouble:
            return trouble.sentence
        taken = format_html_join("", "<li>{} = {}</li>", used) or format_html(
            "<li>{}</li>", _("Every record.")
        )
        left = format_html_join(
            "", "<li>{}: {} {}</li>", ((name, _("not used."), why) for name, why in ignored)
        )
        return format_html("<ul>{}{}</ul>", taken, left)

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """From the button on a list: the list and its filter."""
        return {name: request.GET.get(name, "") for name in ("model_label", "query", "name")}
