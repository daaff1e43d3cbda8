"""The form of a connection: its settings, and the default accounts chosen from QuickBooks' own
lists.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quicksync.admin.parts import choices
from quicksync.conf import settings
from quicksync.models import Connection
from quicksync.records.roles import ACCOUNT_ROLES
from quicksync.sync.access import app_keys

EDITION_NAMES = {"online": _("QuickBooks Online"), "desktop": _("QuickBooks Desktop")}
ROLES = {
    "default_income": (
        "income",
        _("Income account"),
        _("For lines and products that name no account."),
    ),
    "default_expense": ("expense", _("Expense account"), _("For purchases that name no account.")),
    "default_cost": ("cost", _("Cost account"), _("What sold stock has cost.")),
    "default_stock": ("stock", _("Stock account"), _("What the stock is worth.")),
    "default_deposit": (
        "deposit",
        _("Deposit to"),
        _("Where payments go: a bank account or Undeposited Funds."),
    ),
    "default_discount": ("discount", _("Discount account"), _("Where discounts are booked.")),
    "default_item": ("item", _("Product for other lines"), _("For lines that name no product.")),
}
NO_CHOICE = ("", _("None fits: choose one"))


def _role(label: Any, text: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=text, required=False, choices=(NO_CHOICE,))


def _lacking(role: str) -> Any:
    """What to do when QuickBooks has nothing that could serve a role: a wrong one is never
    proposed.
    """
    if role not in ACCOUNT_ROLES:
        return _("Make a service in QuickBooks, for instance “Services”, then synchronize.")
    types = ", ".join(sorted(ACCOUNT_ROLES[role]))
    return _(
        "Make an account of the type %(types)s in QuickBooks, then press “Read again” above."
    ) % {"types": types}


class ConnectionForm(forms.ModelForm):
    """Settings of one connection. Accounts are offered by type, so that no role gets one that
    QuickBooks refuses.
    """

    edition = forms.ChoiceField(label=_("Edition"))
    default_income = _role(*ROLES["default_income"][1:])
    default_expense = _role(*ROLES["default_expense"][1:])
    default_cost = _role(*ROLES["default_cost"][1:])
    default_stock = _role(*ROLES["default_stock"][1:])
    default_deposit = _role(*ROLES["default_deposit"][1:])
    default_discount = _role(*ROLES["default_discount"][1:])
    default_item = _role(*ROLES["default_item"][1:])

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
            edition.choices = [(name, EDITION_NAMES.get(name, name)) for name in settings.editions]
            edition.initial = next(iter(settings.editions), "")
        if self.instance.pk and self.instance.connected_at:
            self._offer_accounts()
        else:
            # Before QuickBooks' lists are known there is nothing to choose from.
            for name in ROLES:
                self.fields.pop(name, None)

    def _offer_accounts(self) -> None:
        connection: Connection = self.instance
        offered = choices.accounts_by_role(connection)
        offered["item"] = choices.entries(connection, "item")
        found = connection.facts.get("defaults", {})
        for name, (role, _label, _text) in ROLES.items():
            field = self.fields[name]
            chosen = str(connection.defaults.get(role, ""))
            known = [(entry.id, str(entry)) for entry in offered[role]]
            if chosen and chosen not in dict(known):
                known.append(
                    (chosen, _("%(id)s (not in QuickBooks' list any more)") % {"id": chosen})
                )
            if isinstance(field, forms.ChoiceField):
                automatic = dict(known).get(str(found.get(role, "")))
                first = (
                    ("", _("Automatic: %(name)s") % {"name": automatic}) if automatic else NO_CHOICE
                )
                field.choices = (
                    [first, *known] if known else [("", _("QuickBooks has none of a fitting type"))]
                )
                if not known:
                    field.help_text = _lacking(role)
            field.initial = chosen

    def clean_interval_minutes(self) -> int:
        """Less than a minute cannot be kept."""
        minutes = int(self.cleaned_data["interval_minutes"])
        if not 1 <= minutes <= 1440:
            raise forms.ValidationError(_("Choose between 1 minute and 1440 minutes (a day)."))
        return minutes

    def clean(self) -> dict[str, Any] | None:
        """Chosen roles go into `defaults`; others that stand there stay."""
        cleaned = super().clean()
        if "default_income" in self.fields:
            kept = dict(self.instance.defaults)
            for name, (role, _label, _text) in ROLES.items():
                if chosen := self.cleaned_data.get(name):
                    kept[role] = chosen
                else:
                    kept.pop(role, None)
            self.instance.defaults = kept
        return cleaned
