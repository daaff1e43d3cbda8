"""Form fields of options, made from their rows: what a person may choose, and the sentence that
says what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    if row.option.each:
        field = EachField()
    elif row.choices:
        field = forms.ChoiceField(choices=[(one.value, _(one.label)) for one in row.choices])
    elif row.option.entries:
        field = forms.ChoiceField(required=False)
    elif row.type is bool:
        field = forms.BooleanField(required=False)
    else:
        field = forms.CharField(required=False, max_length=100, validators=[_refusing(row)])
    field.label, field.help_text = _(row.option.label), _(row.option.text)
    return field


class EachWidget(forms.MultiWidget):
    """One choice for each entry of a list, under its name."""

    template_name = "quicksync/widgets/each.html"

    def __init__(self, names: Mapping[str, str], choices: Sequence[tuple[str, str]]) -> None:
        self.names = names
        super().__init__({key: forms.Select(choices=choices) for key in names})

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(key, "") for key in self.names]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for one, label in zip(context["widget"]["subwidgets"], self.names.values(), strict=True):
            one["label"] = label
        return context


class EachField(forms.MultiValueField):
    """An option with a value for each entry of a list: `names` maps their ids to their names."""

    def __init__(
        self, names: Mapping[str, str] | None = None, choices: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.names, self.offered = names or {}, dict(choices)
        each = [forms.ChoiceField(choices=choices, required=False) for _key in self.names]
        super().__init__(
            each, widget=EachWidget(self.names, choices), required=False, require_all_fields=False
        )

    def compress(self, data_list: Sequence[str]) -> dict[str, str]:
        return {key: value for key, value in zip(self.names, data_list, strict=False) if value}


def _refusing(row: Row) -> Callable[[str], None]:
    def check(value: str) -> None:
        if why := row.option.refuses(value):
            raise forms.ValidationError(_("This cannot be: %(why)s") % {"why": _(why)})

    return check


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
