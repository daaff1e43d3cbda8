"""Form fields of options, made from their rows: what a person may choose, and the sentence that
says what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from quicksync.options.row import Options, Row

if TYPE_CHECKING:
    Base = forms.ModelForm
else:
    Base = object


def word(row: Row, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(value.label) if row.choices else str(value)


def field_of(row: Row) -> forms.Field:
    """The field of one option; choices of QuickBooks' lists come from the page."""
    field: forms.Field
    if row.choices:
        field = forms.ChoiceField(choices=[(one.value, _(one.label)) for one in row.choices])
    elif row.option.entries:
        field = forms.ChoiceField(required=False)
    elif row.type is bool:
        field = forms.BooleanField(required=False)
    else:
        field = forms.CharField(required=False, max_length=100)
    field.label, field.help_text = _(row.option.label), _(row.option.text)
    return field


class OptionsForm(Base):
    """Mixed into a model's form, before it: the options of the row beside its columns.

    `rows` says which options this row of the model has. Only what a person changed is put into the
    model's options, and what a later version had set, which is chosen anew by saving.
    """

    option_rows: Mapping[str, Row] = {}

    def rows(self) -> Mapping[str, Row]:
        """The options that this form shows."""
        raise TypeError(f"{type(self).__name__} does not say which options it shows.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.option_rows = self.rows()
        options: Options = self.instance.options
        for name, row in self.option_rows.items():
            self.fields[name] = field_of(row)
            self.initial[name] = getattr(options, name)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        options: Options = self.instance.options
        given = (
            {*self.changed_data, *options.kept.unread}
            & self.option_rows.keys()
            & self.cleaned_data.keys()
        )
        self.instance.options = options.replace(**{name: self.cleaned_data[name] for name in given})
        return cleaned
