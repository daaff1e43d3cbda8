"""Are the app's keys good? Asked of Intuit itself, without a person and without touching any connection."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from quicksync.conf import settings
from quicksync.exceptions import AccessLost, ConfigurationError, TryLater
from quicksync.quickbooks.editions import edition_for

# A token that never was: keys that Intuit knows are told so apart from keys that it does not know.
PROBE = "quicksync-asks-whether-the-keys-are-good"


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

    @property
    def is_good(self) -> bool:
        return self.keys is Keys.GOOD


def check_keys(edition: str = "online") -> Verdict:
    """Ask Intuit to renew a token that never was: it refuses the token if it knows the keys, else the keys. One call.

    Keys of the other environment are known to Intuit too: that mix-up shows only when a company is connected.
    """
    if not (settings.client_id and settings.client_secret):
        return Verdict(Keys.MISSING, "CLIENT_ID or CLIENT_SECRET is not set.")
    try:
        edition_for(edition).refresh(PROBE)
    except AccessLost:
        return Verdict(Keys.GOOD, "Intuit knows these keys.")
    except ConfigurationError as error:
        return Verdict(Keys.WRONG, str(error))
    except TryLater as error:
        detail = f" ({error.detail})" if error.detail else ""
        return Verdict(Keys.UNREACHABLE, f"{error.sentence}{detail} Try again in a minute.")
    return Verdict(Keys.GOOD, "Intuit knows these keys.")
