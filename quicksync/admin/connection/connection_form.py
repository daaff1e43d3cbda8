"""The form of a connection: settings, and default accounts chosen from QuickBooks' own lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import list_entries
from quicksync.admin.parts.option_fields import EachField, OptionsForm
from quicksync.models import Connection
from quicksync.options.company import CompanyOptions
from quicksync.options.row import Row, table
from quicksync.quickbooks.loading import installed
from quicksync.records.roles import ACCOUNT_ROLES
from quicksync.sync.access import app_keys

NO_CHOICE = ("", _("No suggestion: choose one"))


def _lacking(role: str) -> Any:
    """What to do when QuickBooks has nothing for a role: a wrong one is never proposed."""
    if role not in ACCOUNT_ROLES:
        return _("Create a service in QuickBooks, for example “Services”, then synchronize.")
    types = ", ".join(sorted(ACCOUNT_ROLES[role]))
    return _(
        "Create an account of type %(types)s in QuickBooks, then press “Read again” above."
    ) % {"types": types}


def _gone(remote_id: str) -> Any:
    return _("%(id)s (not in QuickBooks' list any more)") % {"id": remote_id}


class ConnectionForm(OptionsForm, forms.ModelForm):
    """Settings of one connection, its options among them. Accounts are offered by type, so that no
    role gets one that QuickBooks refuses.
    """

    edition = forms.ChoiceField(label=_("Edition"))

    class Meta:
        model = Connection
        fields = ("name", "edition", "environment", "sync_type", "live", "interval_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.realm_id:
            # A connected company stays what it is; the page shows its edition as a text.
            self.fields.pop("edition", None)
        edition = self.fields.get("edition")
        if not self.instance.pk and len(keyed := app_keys.keyed()) == 1:
            # The only environment that can be connected; what stands in for Intuit takes either.
            self.initial.setdefault(
                "environment", min(keyed & set(Connection.Environment.values), default=None)
            )
        if isinstance(edition, forms.ChoiceField):
            edition.choices = [(name, one.can.title) for name, one in installed().items()]
            edition.initial = next(iter(installed()), "")
        if self.option_rows:
            self._offer_entries()

    def rows(self) -> Mapping[str, Row]:
        """None before QuickBooks' lists are known: there is nothing to choose from."""
        return table(CompanyOptions) if self.instance.pk and self.instance.connected_at else {}

    def _offer_entries(self) -> None:
        connection: Connection = self.instance
        offered = list_entries.accounts_by_role(connection)
        found = connection.facts.get("defaults", {})
        for name, row in self.option_rows.items():
            if not (kind := row.option.entries):
                continue
            field, role = self.fields[name], row.option.role
            entries = offered[role] if role in offered else list_entries.entries(connection, kind)
            known = [(entry.id, str(entry)) for entry in entries]
            if row.option.each:
                self._offer_each(name, row, known)
                continue
            chosen = str(self.initial[name])
            if chosen and chosen not in dict(known):
                known.append((chosen, _gone(chosen)))
            if isinstance(field, forms.ChoiceField):
                automatic = dict(known).get(str(found.get(role, "")))
                first = (
                    ("", _("Automatic: %(name)s") % {"name": automatic}) if automatic else NO_CHOICE
                )
                field.choices = (
                    [first, *known]
                    if known
                    else [("", _("QuickBooks has none of a suitable type"))]
                )
                if not known:
                    field.help_text = _lacking(role)

    def _offer_each(self, name: str, row: Row, known: list[tuple[str, str]]) -> None:
        """A choice for each entry of the list; what was chosen stays in sight, whatever became of
        either.
        """
        chosen: Mapping[str, str] = self.initial[name]
        entries = list_entries.entries(self.instance, row.option.each)
        names = {entry.id: str(entry) for entry in entries}
        names |= {key: _gone(key) for key in chosen if key not in names}
        offered = dict(known)
        also = [(one, _gone(one)) for one in sorted({*chosen.values()} - offered.keys())]
        field = EachField(names, [("", str(_("As “Deposit to”"))), *known, *also])
        field.label, field.help_text = self.fields[name].label, self.fields[name].help_text
        if not names:
            field.help_text = _("QuickBooks has no payment methods to choose accounts for.")
        self.fields[name] = field

    def told(self, name: str) -> str:
        """What is chosen from QuickBooks' lists for an option, in words."""
        field, value = self.fields[name], self.initial[name]
        if isinstance(field, EachField):
            return "; ".join(
                f"{label}: {field.offered[value[key]]}"
                for key, label in field.names.items()
                if key in value
            )
        return str(dict(getattr(field, "choices", ())).get(value, ""))

    def clean_interval_minutes(self) -> int:
        """Less than a minute cannot be kept."""
        minutes = int(self.cleaned_data["interval_minutes"])
        if not 1 <= minutes <= 1440:
            raise forms.ValidationError(_("Choose between 1 minute and 1440 minutes (a day)."))
        return minutes
