"""intuit-oauth, Intuit's own client: from the address of consent to the end of a connection."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from intuitlib.utils import validate_id_token

from tests.simulator.foreign.conftest import DISCOVERY, REDIRECT, application, redirect
from tests.simulator.wire import Api, exchange

SCOPES = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL]
# The client reads the clock with datetime.utcnow, which Python 3.12 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def alone(sim, monkeypatch):
    """A simulator of the test's own behind the client's addresses."""
    redirect(monkeypatch, sim)
    return sim


@pytest.fixture
def auth(alone):
    return application(alone)


def returned(address):
    """The parameters that the browser brings back."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == REDIRECT
    return {key: value[0] for key, value in parse_qs(parts.query).items()}


def press(sim, address, decision):
    """What a person's browser does with the page of consent."""
    path = address.removeprefix(sim.base_url)
    status, _, page = exchange(sim.base_url, "GET", path)
    assert status == 200
    form = {
        unescape(name): unescape(value)
        for name, value in re.findall(
            r'<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"', page.decode()
        )
    }
    form |= {"decision": decision, "realm_id": sim.realm}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, headers, _ = exchange(sim.base_url, "POST", "/connect/oauth2", urlencode(form), kind)
    assert status == 302
    return returned(headers["Location"])


def connect(sim, auth):
    address = auth.get_authorization_url(SCOPES, state_token="s 1/ü")
    answer = press(sim, address, "approve")
    assert (answer["state"], answer["realmId"]) == ("s 1/ü", sim.realm)
    auth.get_bearer_token(answer["code"], realm_id=answer["realmId"])


@pytest.mark.parametrize("environment", DISCOVERY)
def test_addresses_come_from_discovery(alone, environment):
    auth = application(alone, environment)
    for address in (
        auth.auth_endpoint,
        auth.token_endpoint,
        auth.revoke_endpoint,
        auth.user_info_url,
        auth.jwks_uri,
    ):
        assert address.startswith(alone.base_url)
    custom = AuthClient(
        "id", "secret", REDIRECT, f"{alone.base_url}/.well-known/openid_configuration"
    )
    assert custom.issuer_uri == auth.issuer_uri


def test_a_connection_from_consent_to_revocation(alone, auth):
    connect(alone, auth)
    assert auth.expires_in == 3600
    assert auth.id_token
    assert validate_id_token(auth.id_token, auth.client_id, auth.issuer_uri, auth.jwks_uri)
    api = Api(alone)
    api.token = auth.access_token
    assert api.read("CompanyInfo", "1")["CompanyName"]
    person = auth.get_user_info().json()
    assert (person["emailVerified"], "@" in person["email"], bool(person["sub"])) == (
        True,
        True,
        True,
    )
    before = auth.access_token
    auth.refresh()
    assert auth.access_token != before
    assert auth.revoke() is True
    with pytest.raises(AuthClientError) as caught:
        auth.refresh()
    assert caught.value.status_code == 400
    assert "invalid_grant" in str(caught.value.content)
    assert caught.value.intuit_tid


def test_revoking_by_the_access_token_ends_the_connection_too(alone, auth):
    connect(alone, auth)
    assert auth.revoke(token=auth.access_token)
    with pytest.raises(AuthClientError):
        auth.get_user_info()


def test_a_person_may_say_no(alone, auth):
    answer = press(alone, auth.get_authorization_url([Scopes.ACCOUNTING]), "deny")
    assert (answer["error"], answer["state"]) == ("access_denied", auth.state_token)


def test_an_id_token_of_others_is_not_believed(alone, auth):
    connect(alone, auth)
    token, issuer, keys = auth.id_token, auth.issuer_uri, auth.jwks_uri
    assert not validate_id_token(token, "someone else", issuer, keys)
    assert not validate_id_token(token, auth.client_id, "https://example.com", keys)
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims, ("A" if signature[0] != "A" else "B") + signature[1:]))
    assert not validate_id_token(forged, auth.client_id, issuer, keys)


def test_codes_and_secrets_that_are_wrong(alone, auth):
    connect(alone, auth)
    with pytest.raises(AuthClientError) as caught:
        auth.get_bearer_token("used or made up")
    assert caught.value.status_code == 400
    stranger = AuthClient(auth.client_id, "wrong", REDIRECT, "sandbox")
    with pytest.raises(AuthClientError) as caught:
        stranger.refresh(refresh_token=auth.refresh_token)
    assert caught.value.status_code == 401


def test_after_a_day_the_refresh_token_is_another_and_the_old_one_is_refused(alone, auth):
    connect(alone, auth)
    first = auth.refresh_token
    auth.refresh()
    assert auth.refresh_token == first
    alone.advance(hours=25)
    auth.refresh()
    assert auth.refresh_token != first
    with pytest.raises(AuthClientError):
        auth.refresh(refresh_token=first)
