"""OAuth with Intuit: addresses, tokens, refusals."""

from __future__ import annotations

import base64
import json
import socket
from urllib.parse import parse_qs, urlsplit

import pytest

from quicksync.exceptions import AccessLost, KeysRefused, TryLater
from quicksync.quickbooks.online.transport import addresses, oauth
from quicksync.quickbooks.port import AppKeys
from tests.quickbooks.online.make import EDITION
from tests.quickbooks.online.server import serving

ANSWER = {
    "access_token": "eyJ.access",
    "refresh_token": "RT1-new",
    "expires_in": 3600,
    "token_type": "bearer",
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 157680000,
}
KEYS = AppKeys(environment="production", client_id="id", client_secret="secret")


@pytest.fixture
def intuit(settings):
    """A server in Intuit's place; `answer` is what it says next."""

    class Intuit:
        answer: tuple = (200, ANSWER)

        def say(self, number, request):
            status, body = self.answer
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return status, content, {"intuit_tid": "1-tid"}

    made = Intuit()
    with serving(made.say) as server:
        made.seen = server.seen
        settings.QUICKSYNC = {"INTUIT_BASE": server.base}
        yield made


def test_the_page_on_which_a_company_is_chosen_a4(settings):
    settings.QUICKSYNC = {}
    parts = urlsplit(
        oauth.authorize_url("https://example.org/quicksync/callback/", "state-1", KEYS)
    )
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == "https://appcenter.intuit.com/connect/oauth2"
    )
    assert parse_qs(parts.query) == {
        "client_id": ["id"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["https://example.org/quicksync/callback/"],
        "state": ["state-1"],
    }


def test_a_stand_in_replaces_every_address(settings):
    settings.QUICKSYNC = {"INTUIT_BASE": "http://127.0.0.1:9400/under/"}
    assert oauth.authorize_url("http://x", "s", KEYS).startswith(
        "http://127.0.0.1:9400/under/connect/oauth2?"
    )
    assert addresses.authorize() == "http://127.0.0.1:9400/under/connect/oauth2"
    assert addresses.token() == "http://127.0.0.1:9400/under/oauth2/v1/tokens/bearer"
    assert addresses.revoke() == "http://127.0.0.1:9400/under/v2/oauth2/tokens/revoke"
    assert addresses.api("production") == "http://127.0.0.1:9400/under/v3"
    assert addresses.page("invoice?txnId=1", "production") == ""


def test_intuits_own_addresses_by_environment(settings):
    settings.QUICKSYNC = {}
    assert addresses.api("sandbox") == "https://sandbox-quickbooks.api.intuit.com/v3"
    assert addresses.api("anything") == "https://quickbooks.api.intuit.com/v3"
    assert (
        addresses.page("invoice?txnId=1", "sandbox")
        == "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=1"
    )


def test_a_code_becomes_tokens(intuit):
    found = oauth.exchange("the-code", "https://example.org/back/", KEYS)
    assert found == oauth.Tokens(
        access="eyJ.access",
        refresh="RT1-new",
        expires_in=3600,
        refresh_expires_in=8726400,
        hard_expires_in=157680000,
    )
    (seen,) = intuit.seen
    assert seen.path == "/oauth2/v1/tokens/bearer"
    assert seen.headers["Authorization"] == "Basic " + base64.b64encode(b"id:secret").decode()
    assert seen.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "redirect_uri": ["https://example.org/back/"],
    }


def test_tokens_are_refreshed_a16(intuit):
    assert EDITION.refresh("RT1-old", KEYS).refresh == "RT1-new"
    assert parse_qs(intuit.seen[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["RT1-old"],
    }


def test_tokens_never_show_themselves(intuit):
    assert "eyJ" not in repr(oauth.refresh("RT1-old", KEYS))
    assert "eyJ" not in str(oauth.refresh("RT1-old", KEYS))


def test_a_dead_refresh_token_means_access_is_lost_a5(intuit):
    intuit.answer = (400, {"error": "invalid_grant", "error_description": "Token invalid"})
    with pytest.raises(AccessLost, match="connect the company again") as caught:
        oauth.refresh("RT1-old", KEYS)
    assert caught.value.trace_id == "1-tid"


def test_wrong_keys_are_a_matter_of_configuration(intuit):
    intuit.answer = (401, {"error": "invalid_client"})
    with pytest.raises(KeysRefused, match='"production" environment'):
        oauth.refresh("RT1-old", KEYS)


@pytest.mark.parametrize(
    "answer",
    [
        (503, b"<html>down</html>"),
        (200, b"<html>?</html>"),
        (200, b"[1]"),
        (200, {"access_token": "a"}),
        (400, {"error": "invalid_request"}),
        *(
            (200, {"access_token": "eyJ.a", "refresh_token": "RT1-b"} | {name: value})
            for name in ("access_token", "refresh_token")
            for value in (None, "", 5, True, ["t"], "two words", "new\nline", "é")
        ),
    ],
)
def test_anything_else_is_tried_again_later(intuit, answer):
    intuit.answer = answer
    with pytest.raises(TryLater):
        oauth.refresh("RT1-old", KEYS)


@pytest.mark.parametrize(
    "life", [None, "soon", -5, 0, 10**14, 1e400, float("nan"), True, [3600], "9" * 5000], ids=str
)
def test_a_life_that_cannot_be_is_left_aside_and_the_tokens_are_kept(intuit, life):
    """The refresh token of this answer may be the only good one from now on: it is not thrown away
    for its clock.
    """
    told = json.dumps(
        {
            "access_token": "eyJ.a",
            "refresh_token": "RT1-b",
            "expires_in": life,
            "x_refresh_token_expires_in": life,
            "x_refresh_token_hard_expires_in": life,
        }
    ).encode()
    intuit.answer = (200, told)
    found = oauth.refresh("RT1-old", KEYS)
    assert (found.access, found.refresh) == ("eyJ.a", "RT1-b")
    assert (found.expires_in, found.refresh_expires_in, found.hard_expires_in) == (3600, 0, 0)


def test_an_unreachable_intuit_is_tried_again_later(intuit, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    settings.QUICKSYNC = {**settings.QUICKSYNC, "INTUIT_BASE": closed}
    with pytest.raises(TryLater, match="cannot be reached"):
        oauth.refresh("RT1-old", KEYS)


def test_a_connection_is_given_back_a6(intuit):
    intuit.answer = (200, b"")
    EDITION.revoke("RT1-old", KEYS)
    assert (intuit.seen[0].path, json.loads(intuit.seen[0].body)) == (
        "/v2/oauth2/tokens/revoke",
        {"token": "RT1-old"},
    )
    intuit.answer = (400, {"error": "invalid_grant"})
    oauth.revoke("RT1-dead", KEYS)  # gone already: just as well
    intuit.answer = (503, b"")
    with pytest.raises(TryLater):
        oauth.revoke("RT1-old", KEYS)


def test_without_keys_nothing_is_asked(settings):
    settings.QUICKSYNC = {}
    with pytest.raises(KeysRefused, match="CLIENT_ID"):
        oauth.refresh("RT1-old", AppKeys(environment="production", client_id="id"))


def test_keys_never_show_themselves():
    assert "secret" not in f"{KEYS!r} {KEYS}"
