"""OAuth 2.0 with Intuit: where to send a person, and tokens for codes and for refresh tokens.

What these functions hold is hidden from error pages and error mails (`sensitive_variables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from django.views.decorators.debug import sensitive_variables
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from quicksync.conf import settings
from quicksync.exceptions import AccessLost, KeysRefused, TryLater
from quicksync.quickbooks.online.transport import addresses
from quicksync.quickbooks.port import AppKeys, Tokens

HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
# Seconds to connect, and seconds to answer: both together stay below the lease under which tokens
# are renewed.
LONGEST_WAIT = 25
DAY = 24 * 3600
# Intuit's longest life of a refresh token is five years; nothing that it tells is ten.
LONGEST_LIFE = 10 * 366 * DAY


def authorize_url(redirect_uri: str, state: str, keys: AppKeys) -> str:
    """The page at Intuit on which a person chooses the company and lets us in."""
    with _session(keys, redirect_uri=redirect_uri, scope=[addresses.SCOPE]) as session:
        url, _ = session.authorization_url(addresses.AUTHORIZE, state=state)
    return addresses.stand_in(url)


@sensitive_variables()
def exchange(code: str, redirect_uri: str, keys: AppKeys) -> Tokens:
    """Tokens for a callback's code. Raises AccessLost for one that is used or too old, TryLater."""
    return _tokens(
        {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}, keys
    )


@sensitive_variables()
def refresh(refresh_token: str, keys: AppKeys) -> Tokens:
    """Fresh tokens. Keep all before using any: the old refresh token may be dead from now on.

    Raises AccessLost when the refresh token is no longer good, KeysRefused when the keys are not,
    TryLater when Intuit gave no proper answer.
    """
    return _tokens({"grant_type": "refresh_token", "refresh_token": refresh_token}, keys)


@sensitive_variables()
def revoke(token: str, keys: AppKeys) -> None:
    """Give the connection back to Intuit; a token that is dead already is no error. Raises
    TryLater, KeysRefused.
    """
    with _session(keys) as session:
        response = _post(session, addresses.REVOKE, keys, json={"token": token})
    if response.status_code not in {200, 400}:
        raise _trouble(response)


@sensitive_variables()
def tokens_from(answer: Mapping[str, Any]) -> Tokens:
    """The tokens in an answer of Intuit's token address. Raises TryLater without usable ones."""
    return Tokens(
        access=_token(answer, "access_token"),
        refresh=_token(answer, "refresh_token"),
        expires_in=_seconds(answer.get("expires_in"), DAY) or 3600,
        refresh_expires_in=_seconds(answer.get("x_refresh_token_expires_in"), LONGEST_LIFE),
        hard_expires_in=_seconds(answer.get("x_refresh_token_hard_expires_in"), LONGEST_LIFE),
    )


def _token(answer: Mapping[str, Any], name: str) -> str:
    """A token is a text that can stand in a header; those we have stay until there is one."""
    found = answer.get(name)
    if (
        not isinstance(found, str)
        or not found
        or not found.isascii()
        or not found.isprintable()
        or " " in found
    ):
        raise TryLater("Intuit's answer holds no usable tokens.", detail=f"no usable {name}")
    return found


def _seconds(value: Any, most: int) -> int:
    """A life in seconds as it can be; 0 where the answer says nothing, or nothing that can be."""
    text = str(value).strip()
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else 0
    return seconds if seconds <= most else 0


def _session(keys: AppKeys, **options: Any) -> OAuth2Session:
    """A session that knows Intuit's real addresses; stand-ins are put in on the way out."""
    session = OAuth2Session(keys.client_id, **options)
    session.mount("https://", _StandIn(max_retries=0))
    return session


class _StandIn(HTTPAdapter):
    """Sends what is meant for Intuit to the address that the settings put in its place, if any."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        request.url = addresses.stand_in(request.url or "")
        return super().send(request, *args, **kwargs)


@sensitive_variables()
def _tokens(form: dict[str, str], keys: AppKeys) -> Tokens:
    with _session(keys) as session:
        response = _post(session, addresses.BEARER, keys, data=form)
    answer = _json(response)
    if response.status_code == 200 and "access_token" in answer:
        return tokens_from(answer)
    raise _refusal(response, str(answer.get("error", "")), keys.environment)


@sensitive_variables()
def _post(session: OAuth2Session, address: str, keys: AppKeys, **body: Any) -> requests.Response:
    if not keys:
        raise KeysRefused(
            "The keys of the app at Intuit are missing. Enter them on Set-up in the admin, or set"
            " CLIENT_ID and CLIENT_SECRET."
        )
    connect, read = settings.timeouts
    try:
        response: requests.Response = session.request(
            "POST",
            address,
            withhold_token=True,
            auth=HTTPBasicAuth(keys.client_id, keys.client_secret),
            headers={"Accept": "application/json", HARD_EXPIRY_HEADER: "true"},
            timeout=(min(connect, LONGEST_WAIT), min(read, LONGEST_WAIT)),
            allow_redirects=False,
            **body,
        )
    except (requests.RequestException, OAuth2Error) as error:
        raise TryLater("Intuit cannot be reached.", detail=type(error).__name__) from error
    return response


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(response: requests.Response, error: str, environment: str) -> Exception:
    trace = response.headers.get("intuit_tid", "")
    if error == "invalid_grant":
        return AccessLost(
            "Intuit no longer accepts this connection: somebody has to connect the company again.",
            detail=error,
            trace_id=trace,
        )
    if error in {"invalid_client", "unauthorized_client"}:
        real = (
            f'from the app at Intuit; they must belong together, and to its "{environment}"'
            " environment."
        )
        told = real if environment in addresses.API else "as the simulator printed them."
        return KeysRefused(
            f"Intuit does not know these app keys. Copy client ID and client secret again {told}"
        )
    return _trouble(response, error)


def _trouble(response: requests.Response, error: str = "") -> TryLater:
    return TryLater(
        "Intuit's sign-in service gave no proper answer.",
        detail=f"HTTP {response.status_code} {error}".strip(),
        trace_id=response.headers.get("intuit_tid", ""),
    )
