"""The keys on the set-up page: a card for each environment; what is entered is tested at once,
never shown again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from quicksync.admin.parts import pills
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.wording import moment
from quicksync.conf import settings
from quicksync.exceptions import NotAllowed
from quicksync.models import Connection, StoredKeys
from quicksync.models.appkeys import SECRETS
from quicksync.quickbooks.loading import signing_in
from quicksync.sync.access import app_keys, key_check
from quicksync.sync.access.app_keys import InForce, Source

Environment = StoredKeys.Environment
LABELS = {
    "client_id": gettext_lazy("Client ID"),
    "client_secret": gettext_lazy("Client secret"),
    "webhook_verifier": gettext_lazy("Webhook verifier token"),
}
# What no key at Intuit holds: spaces inside, line ends, typographic letters.
_PRINTABLE = RegexValidator(
    r"^[!-~]+\Z", gettext_lazy("It contains a space or a character that no key has. Copy it again.")
)


class KeysForm(forms.Form):
    """What somebody enters; an empty field leaves what is stored. No value is ever rendered."""

    client_id = forms.CharField(
        label=LABELS["client_id"], required=False, max_length=200, validators=[_PRINTABLE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    client_secret = forms.CharField(
        label=LABELS["client_secret"], required=False, max_length=200, validators=[_PRINTABLE],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    webhook_verifier = forms.CharField(
        label=LABELS["webhook_verifier"], required=False, max_length=200, validators=[_PRINTABLE],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One key: where it comes from, in words, and its field if it can be entered here."""

    label: str
    pill: Pill
    text: str
    field: forms.BoundField | None


@dataclass(frozen=True)
class Card:
    """One environment."""

    name: str
    title: str
    text: str
    pill: Pill
    parts: tuple[Part, ...]
    is_open: bool
    can_test: bool
    can_enter: bool
    stored: bool
    has_verifier: bool
    unused: bool
    changed: str
    opened: str

    @property
    def fields(self) -> list[forms.BoundField]:
        return [part.field for part in self.parts if part.field is not None]


def cards() -> tuple[Card, ...]:
    """A card for each environment that counts now, with those open that are in use."""
    known = app_keys.in_force()
    rows = Connection.objects.filter(edition__in=signing_in())
    used = set(rows.values_list("environment", flat=True))
    wanted = {app_keys.environment_of(name) for name in used} or {app_keys.settings_environment()}
    return tuple(
        _card(one, is_open=bool(one.keys or one.stored) or one.environment in wanted)
        for one in known
    )


def _card(one: InForce, *, is_open: bool) -> Card:
    form = KeysForm(prefix=one.environment, auto_id="id_%s")
    parts = tuple(_part(one, name, form) for name in SECRETS)
    row = one.stored
    stored = row is not None and any(getattr(row, f"{name}_version") for name in SECRETS)
    title, text = _WORDS[Environment(one.environment)]
    return Card(
        name=one.environment,
        title=str(title),
        text=str(text),
        pill=_pill(one),
        parts=parts,
        is_open=is_open,
        can_test=bool(one.keys),
        can_enter=any(part.field for part in parts),
        stored=stored,
        has_verifier=bool(row and row.webhook_verifier_version),
        unused=bool(
            stored and row and row.client_id_version and one.keys_from not in {Source.ADMIN, None}
        ),
        changed=_changed(row),
        opened=_opened(row),
    )


_WORDS = {
    Environment.PRODUCTION: (
        gettext_lazy("Production: real companies"),
        gettext_lazy("At Intuit: your app → Keys and credentials → Production."),
    ),
    Environment.SANDBOX: (
        gettext_lazy("Sandbox: Intuit's test companies"),
        gettext_lazy("At Intuit: your app → Keys and credentials → Development."),
    ),
    Environment.STAND_IN: (gettext_lazy("Simulator"), ""),
}


def _pill(one: InForce) -> Pill:
    if one.keys:
        return Pill(_("Keys saved"), pills.OK)
    if one.stored and any(map(one.stored.is_unreadable, SECRETS)):
        return Pill(_("Cannot be read"), pills.BAD)
    return Pill(_("No keys"), pills.OFF)


def _part(one: InForce, name: str, form: KeysForm) -> Part:
    is_verifier = name == "webhook_verifier"
    source = one.verifier_from if is_verifier else one.keys_from
    row, setting, label = one.stored, name.upper(), str(LABELS[name])
    if source in {Source.ENVIRONMENT, Source.SETTINGS}:
        text = (
            _("from the environment variable QUICKSYNC_%s")
            if settings.is_from_environment(setting)
            else _("from the settings: QUICKSYNC[“%s”]")
        )
        return Part(label, Pill(_("Set"), pills.OK), text % setting, None)
    if row is not None and row.is_unreadable(name):
        text = _("was entered here, but cannot be decrypted: enter it again")
        return Part(label, Pill(_("Cannot be read"), pills.BAD), text, form[name])
    if row is None or not getattr(row, name):
        missing = Pill(_("None"), pills.OFF) if is_verifier else Pill(_("Missing"), pills.WARN)
        return Part(label, missing, _lacking(one, name), form[name])
    text = _("entered here, stored encrypted")
    if name == "client_id" and len(row.client_id) > 8:
        text = _("entered here, ends in %s") % row.client_id[-4:]
    return Part(label, Pill(_("Stored"), pills.OK), text, form[name])


def _lacking(one: InForce, name: str) -> str:
    """Why it is missing although somebody set something."""
    if name == "webhook_verifier":
        return _("only needed for webhooks")
    half = {"client_id": settings.client_id, "client_secret": settings.client_secret}[name]
    if half and app_keys.settings_environment() == one.environment:
        return _("is in the settings without the other one: set both there, or enter both here")
    return ""


def _changed(row: StoredKeys | None) -> str:
    latest = _latest(row)
    return _("Last changed %(when)s by %(who)s.") % _told(latest) if latest else ""


def _latest(row: StoredKeys | None) -> Any:
    """The last change of what is stored."""
    return None if row is None else row.history.select_related("history_user").first()


def _told(change: Any) -> dict[str, str]:
    who = change.history_user.get_username() if change.history_user else _("nobody we know by name")
    return {"when": moment(change.history_date), "who": who}


def _opened(row: StoredKeys | None) -> str:
    """What a card carries, to tell on saving whether the keys have changed since."""
    latest = _latest(row)
    return str(latest.history_id) if latest else "0"


def _as_opened(request: HttpRequest, row: StoredKeys | None) -> None:
    """Raises NotAllowed where somebody changed the keys while the page stood open: what is typed
    was meant for other ones.
    """
    if request.POST.get("opened", _opened(row)) == _opened(row):
        return
    latest = _latest(row)
    told = _told(latest) if latest else {"when": "\N{EM DASH}", "who": _("nobody we know by name")}
    raise NotAllowed(
        _(
            "These keys were changed while the page was open (%(when)s, by %(who)s). Nothing was"
            " changed now: look at what is stored, then do it again if it is still right."
        )
        % told
    )


# --- What is done with them -----------------------------------------------------------------------


@sensitive_variables()
def act(request: HttpRequest) -> None:
    """Store, test or remove, and say how it went."""
    environment = request.POST.get("environment", "")
    doing = request.POST.get("act", "test")
    known = {one.environment: one for one in app_keys.in_force()}
    if environment not in known or doing not in _ACTS:
        _tell(request, key_check.check_keys())
        return
    try:
        _ACTS[doing](request, known[environment])
    except NotAllowed as refusal:
        messages.error(request, refusal.sentence)


@sensitive_variables()
def _save(request: HttpRequest, one: InForce) -> None:
    _as_opened(request, one.stored)
    form = KeysForm(request.POST, prefix=one.environment)
    if not form.is_valid():
        wrong = [
            f"{LABELS[name]}: {' '.join(map(str, found))}" for name, found in form.errors.items()
        ]
        raise NotAllowed(_("Nothing was stored. %s") % " ".join(wrong))
    enterable = {name for name in SECRETS if _part(one, name, form).field is not None}
    given = {
        name: value for name, value in form.cleaned_data.items() if value and name in enterable
    }
    if not given:
        raise NotAllowed(_("Nothing was entered, so nothing was changed."))
    verdict = key_check.keep(one.environment, given, user=request.user)
    if verdict.keys is key_check.Keys.MISSING:
        messages.success(request, _("Stored."))
        return
    level = {key_check.Keys.GOOD: messages.SUCCESS, key_check.Keys.UNREACHABLE: messages.WARNING}
    said = _("Stored. %s") if verdict.is_good else _("Stored, but not tested. %s")
    messages.add_message(request, level.get(verdict.keys, messages.ERROR), said % verdict.sentence)
    if one.keys and given.get("client_id", one.keys.client_id) != one.keys.client_id:
        _tell_holders(
            request,
            one.environment,
            _("They were connected with the previous client ID: press Reconnect on"),
        )


def _test(request: HttpRequest, one: InForce) -> None:
    _tell(request, (key_check.check(one.keys),))


def _remove(request: HttpRequest, one: InForce) -> None:
    _as_opened(request, one.stored)
    only = request.POST.get("what") == "webhook_verifier"
    if not key_check.store(
        one.environment, dict.fromkeys(SECRETS[2:] if only else SECRETS, ""), user=request.user
    ):
        raise NotAllowed(_("There was nothing to remove."))
    if only:
        messages.success(
            request,
            _("The webhook verifier token was removed: notifications signed with it are refused."),
        )
        return
    messages.success(request, _("The keys were removed."))
    if not app_keys.keys_for(one.environment):
        _tell_holders(request, one.environment, _("Without keys these will soon stop syncing:"))


_ACTS = {"save": _save, "test": _test, "remove": _remove}


def _tell(request: HttpRequest, verdicts: Iterable[key_check.Verdict]) -> None:
    found = tuple(verdicts)
    for verdict in found:
        several = f"{Environment(verdict.environment).label}: " if len(found) > 1 else ""
        level = messages.SUCCESS if verdict.is_good else messages.ERROR
        messages.add_message(request, level, f"{several}{verdict.sentence}")


def _tell_holders(request: HttpRequest, environment: str, sentence: str) -> None:
    names = key_check.holders(environment)
    if names:
        more = _(" and %d more") % (len(names) - 5) if len(names) > 5 else ""
        messages.warning(request, f"{sentence} {', '.join(names[:5])}{more}.")
