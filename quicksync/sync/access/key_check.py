"""Keys of the app at Intuit: are they good, may they be kept? Intuit itself is asked; no company is
touched.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_variables

from quicksync.conf import settings
from quicksync.exceptions import AccessLost, ConfigurationError, NotAllowed, TryLater
from quicksync.models import Connection, StoredKeys
from quicksync.quickbooks.loading import signing_in
from quicksync.quickbooks.port import Access, AppKeys
from quicksync.sync.access import app_keys

# A token that never was: keys that Intuit knows are told so apart from keys that it does not know.
PROBE = "quicksync-asks-whether-the-keys-are-good"
MISSING = gettext_noop(
    "The keys of the app at Intuit are missing: enter them on Set-up, or"
    " set CLIENT_ID and CLIENT_SECRET."
)
PAIR = ("client_id", "client_secret")


class Keys(enum.StrEnum):
    """What Intuit says of the keys."""

    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Verdict:
    """The answer, with a sentence about what it means and what to do."""

    keys: Keys
    sentence: str
    environment: str = ""

    @property
    def is_good(self) -> bool:
        return self.keys is Keys.GOOD


def check_keys() -> tuple[Verdict, ...]:
    """Ask about all keys that are in force, one call for each environment."""
    found = tuple(check(one.keys) for one in app_keys.in_force() if one.keys)
    if found:
        return found
    return (Verdict(Keys.MISSING, _(MISSING)),)


@sensitive_variables()
def check(keys: AppKeys) -> Verdict:
    """Ask Intuit to renew a token that never was: it refuses the token if it knows the keys, else
    the keys. One call.

    Keys of the other environment are known to Intuit too: that mix-up shows only when a company is
    connected.
    """
    if not keys:
        return Verdict(Keys.MISSING, _(MISSING), keys.environment)
    try:
        _intuit().refresh(PROBE, keys)
    except AccessLost:
        pass
    except ConfigurationError as error:
        return Verdict(Keys.WRONG, str(error), keys.environment)
    except TryLater as error:
        return Verdict(Keys.UNREACHABLE, _unreachable(error), keys.environment)
    return Verdict(Keys.GOOD, _good(), keys.environment)


def _intuit() -> Access:
    """The way to Intuit: the app is one for all editions that sign in there."""
    for access in signing_in().values():
        return access
    raise ConfigurationError(_("No edition in the settings signs in at Intuit."))


def _good() -> str:
    base = settings.intuit_base
    return (
        _("Intuit knows these keys. (%(base)s answered in place of Intuit.)") % {"base": base}
        if base
        else _("Intuit knows these keys.")
    )


def _unreachable(error: TryLater) -> str:
    if base := settings.intuit_base:
        return _(
            "Nothing answers at %(base)s in place of Intuit. Start the simulator there,"
            " then test the keys again."
        ) % {"base": base}
    detail = f" ({error.detail})" if error.detail else ""
    return _("%(sentence)s%(detail)s Test the keys again in a minute.") % {
        "sentence": error.sentence,
        "detail": detail,
    }


@sensitive_variables()
def keep(environment: str, given: dict[str, str], *, user: Any = None) -> Verdict:
    """Store what somebody entered, once Intuit does not say that it is wrong. What is not given
    stays as it is.

    Raises NotAllowed, with the sentence, for what cannot be right; then everything stays as it was.
    """
    stored = StoredKeys.objects.filter(environment=environment).first() or StoredKeys(
        environment=environment
    )
    keys = AppKeys(
        environment=environment, **{name: given.get(name) or getattr(stored, name) for name in PAIR}
    )
    is_new = any(given.get(name, getattr(stored, name)) != getattr(stored, name) for name in PAIR)
    if is_new:
        _plausible(keys)
    verdict = check(keys)
    if is_new and verdict.keys is Keys.WRONG:
        raise NotAllowed(_("Nothing was stored. %(sentence)s") % {"sentence": verdict.sentence})
    store(environment, given, user=user)
    return verdict


@sensitive_variables()
def store(environment: str, values: dict[str, str], *, user: Any = None) -> bool:
    """Write values into an environment's row, "" to remove one. Tells whether any changed."""
    try:
        return _write(environment, values, user)
    except IntegrityError:
        # Somebody else made the row at the same moment.
        return _write(environment, values, user)


@transaction.atomic
def _write(environment: str, values: dict[str, str], user: Any) -> bool:
    row: Any = (
        StoredKeys.objects.select_for_update(no_key=True).filter(environment=environment).first()
    )
    row = row or StoredKeys(environment=environment)
    if not row.put(values):
        return False
    row._history_user = user
    row.save()
    return True


def holders(environment: str) -> list[str]:
    """The names of the connections that have access by this environment's keys: another app's keys
    end it.
    """
    rows = Connection.objects.filter(
        edition__in=signing_in(), status=Connection.Status.CONNECTED
    ).order_by("name")
    if environment != StoredKeys.Environment.STAND_IN:
        rows = rows.filter(environment=environment)
    return list(rows.values_list("name", flat=True))


@sensitive_variables()
def _plausible(keys: AppKeys) -> None:
    """Raises NotAllowed for keys that stand in the wrong place, whatever Intuit thinks of them."""
    if not keys:
        lacking = "client secret" if keys.client_id else "client ID"
        raise NotAllowed(
            _("Nothing was stored. Enter the %(lacking)s too: they belong together.")
            % {"lacking": lacking}
        )
    if keys.client_id == keys.client_secret:
        raise NotAllowed(
            _(
                "Nothing was stored. The client ID and the client secret are the same: copy"
                " each one separately."
            )
        )
    for other in app_keys.in_force():
        if other.environment != keys.environment and other.keys.client_id == keys.client_id:
            raise NotAllowed(
                _(
                    "Nothing was stored. This client ID is the one used for %(environment)s."
                    " Intuit gives each app two pairs of keys: copy the pair for %(other)s."
                )
                % {"environment": other.environment, "other": keys.environment}
            )
