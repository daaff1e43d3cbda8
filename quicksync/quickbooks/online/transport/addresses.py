"""Intuit's addresses, and the one address that may stand in for all of them: a simulator, or a
proxy that watches.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from quicksync.conf import settings

AUTHORIZE = "https://appcenter.intuit.com/connect/oauth2"
BEARER = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
REVOKE = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
SIGN_OUT = "https://accounts.intuit.com/app/sign-out"
API = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
PAGES = {
    "production": "https://app.qbo.intuit.com/app/",
    "sandbox": "https://app.sandbox.qbo.intuit.com/app/",
}
SCOPE = "com.intuit.quickbooks.accounting"


def stand_in(address: str) -> str:
    """The address, or the same path at the host that stands in for Intuit's."""
    base = settings.intuit_base
    if not base:
        return address
    there, here = urlsplit(address), urlsplit(base)
    return urlunsplit(
        (here.scheme, here.netloc, here.path.rstrip("/") + there.path, there.query, there.fragment)
    )


def authorize() -> str:
    """Where a person lets us into a company."""
    return stand_in(AUTHORIZE)


def token() -> str:
    """Where codes and refresh tokens are exchanged."""
    return stand_in(BEARER)


def revoke() -> str:
    """Where a token is given back."""
    return stand_in(REVOKE)


def sign_out() -> str:
    """Where a person signs out of Intuit."""
    return stand_in(SIGN_OUT)


def api(environment: str) -> str:
    """The accounting interface, without the company."""
    return stand_in(API[_known(environment)]) + "/v3"


def page(path: str, environment: str) -> str:
    """A page of QuickBooks itself; "" while something without pages stands in for Intuit."""
    return "" if settings.intuit_base else PAGES[_known(environment)] + path


def _known(environment: str) -> str:
    return environment if environment in API else "production"
