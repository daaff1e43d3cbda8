"""The HTTP client: what it sends, how it renews, what it makes of silence."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from unittest.mock import Mock

import pytest
import requests
from urllib3.exceptions import MaxRetryError, SSLError

from quicksync.exceptions import AccessLost, AppRefused, Throttled, TryLater
from quicksync.quickbooks.messages import Purpose, WireRequest
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.quickbooks.port import Account
from tests.quickbooks.online.server import serving

READ = WireRequest(
    id="r", purpose=Purpose.READ, method="GET", path="query", params=(("query", "SELECT * FROM X"),)
)
WRITE = WireRequest(id="w", purpose=Purpose.WRITE, path="batch", body=b'{"a":1}', weight=1)
OK = (200, b'{"time":"x"}', {"intuit_tid": "1-xyz"})


class Tokens:
    """The engine's half of an account."""

    def __init__(self) -> None:
        self.number = 1
        self.refused: list[str] = []

    def token(self) -> str:
        return f"token-{self.number}"

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        self.number += 1
        return self.token()


@pytest.fixture
def connect(settings):
    """A client to a server that answers as told; all are closed at the end."""
    with contextlib.ExitStack() as stack:

        def make(answer, *, base="", window=""):
            server = stack.enter_context(serving(answer))
            settings.QUICKSYNC = {"INTUIT_BASE": base or server.base, "READ_TIMEOUT": 120}
            tokens = Tokens()
            account = Account(
                realm="42",
                environment="sandbox",
                token=tokens.token,
                renew=tokens.renew,
                window=window,
            )
            client = OnlineClient.to(account, sleep=lambda _: None)
            stack.callback(client.close)
            return client, server, tokens

        yield make


def test_what_a_request_looks_like(connect):
    client, server, _ = connect(lambda number, request: OK)
    reply = client.send(WRITE)
    (seen,) = server.seen
    assert (seen.command, seen.path, seen.body) == ("POST", "/v3/company/42/batch", b'{"a":1}')
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert seen.headers["Content-Type"] == seen.headers["Accept"] == "application/json"
    assert seen.headers["User-Agent"].startswith("quicksync/")
    assert "gzip" in seen.headers["Accept-Encoding"]
    assert (reply.status, reply.trace_id) == (200, "1-xyz")
    assert (client.calls, client.reads) == (1, 0)


def test_reads_are_counted_apart(connect):
    client, server, _ = connect(lambda number, request: OK)
    client.send(READ)
    assert server.seen[0].path == "/v3/company/42/query?query=SELECT+%2A+FROM+X"
    assert (client.calls, client.reads) == (1, 1)


def test_a_refused_token_is_renewed_once_and_the_request_repeated_a16(connect):
    client, server, tokens = connect(lambda number, request: OK if number > 1 else (401, b"", {}))
    assert client.send(READ).status == 200
    assert tokens.refused == ["token-1"]
    assert server.seen[1].headers["Authorization"] == "Bearer token-2"


def test_a_fresh_token_that_is_refused_too_means_access_is_lost_a5(connect):
    client, server, _ = connect(lambda number, request: (401, b"", {}))
    with pytest.raises(AccessLost):
        client.send(READ)
    assert len(server.seen) == 2


def test_access_that_is_gone_is_not_asked_for_twice(connect):
    error = b'{"code":"003100","Message":"ApplicationAuthorizationFailed"}'
    gone = b'{"Fault":{"Error":[' + error + b'],"type":"SERVICE"}}'
    client, server, _ = connect(lambda number, request: (403, gone, {}))
    with pytest.raises(AppRefused, match="different environments, sandbox and production"):
        client.send(READ)
    assert len(server.seen) == 1


def test_a_throttle_is_respected_by_the_next_request_too(connect):
    client, server, _ = connect(lambda number, request: (429, b"", {}))
    with pytest.raises(Throttled) as caught:
        client.send(READ)
    assert caught.value.wait == 60
    with pytest.raises(Throttled):
        client.send(READ)
    assert len(server.seen) == 1
    assert '"until"' in client.window()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("99999", 3600),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600),
        ("soon", 60),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 60),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 60),
    ],
)
def test_the_wait_that_quickbooks_asks_for(connect, text, seconds):
    client, _, _ = connect(lambda number, request: (429, b"", {"Retry-After": text}))
    with pytest.raises(Throttled) as caught:
        client.send(READ)
    assert caught.value.wait == seconds


def test_silence_after_sending_leaves_the_outcome_unknown_i10(connect):
    client, _, _ = connect(lambda number, request: None)
    with pytest.raises(TryLater) as caught:
        client.send(WRITE)
    assert caught.value.sent
    assert not isinstance(caught.value, Throttled)


def test_an_answer_that_comes_too_late_leaves_the_outcome_unknown(connect, settings):
    hold = threading.Event()
    client, _, _ = connect(lambda number, request: OK if hold.wait(3) else None)
    settings.QUICKSYNC = {**settings.QUICKSYNC, "READ_TIMEOUT": 1}
    with pytest.raises(TryLater) as caught:
        client.send(WRITE)
    hold.set()
    assert caught.value.sent


def test_a_request_that_never_left_is_known_not_to_have_been_sent(connect):
    with socket.socket() as silent:
        # Taken, so that nobody else can come to listen there, and not listened on.
        silent.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client, _, _ = connect(lambda number, request: OK, base=closed)
        with pytest.raises(TryLater, match="cannot be reached") as caught:
            client.send(WRITE)
    assert not caught.value.sent


def test_an_address_that_does_not_answer_was_not_sent_to(connect, monkeypatch):
    client, _, _ = connect(lambda number, request: OK)
    monkeypatch.setattr(
        client.session, "request", Mock(side_effect=requests.ConnectTimeout("no route"))
    )
    with pytest.raises(TryLater) as caught:
        client.send(WRITE)
    assert not caught.value.sent


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        (ssl.SSLCertVerificationError("self-signed"), False),
        (ssl.SSLEOFError("cut off in the middle"), True),
    ],
)
def test_encryption_that_breaks_off_says_nothing_of_what_was_done(
    connect, monkeypatch, reason, sent
):
    """A certificate is refused before anything is sent; a connection may break off at any time."""
    client, _, _ = connect(lambda number, request: OK)
    failed = MaxRetryError(Mock(), "/batch", SSLError(reason))
    monkeypatch.setattr(
        client.session, "request", Mock(side_effect=requests.exceptions.SSLError(failed))
    )
    with pytest.raises(TryLater) as caught:
        client.send(WRITE)
    assert caught.value.sent is sent


def test_pages_of_gateways_are_no_answers(connect):
    client, _, _ = connect(
        lambda number, request: (502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
    )
    with pytest.raises(TryLater) as caught:
        client.send(WRITE)
    assert caught.value.sent
    assert caught.value.detail == "HTTP 502."


def test_redirects_are_not_followed(connect):
    client, server, _ = connect(lambda number, request: (302, b"", {"Location": "/elsewhere"}))
    with pytest.raises(TryLater):
        client.send(READ)
    assert len(server.seen) == 1


def test_a_refusal_comes_back_as_a_reply(connect):
    refusal = b'{"Fault":{"Error":[{"code":"4000","Message":"Error parsing query"}]}}'
    client, _, _ = connect(lambda number, request: (400, refusal, {}))
    assert client.send(READ).body == refusal


def test_many_threads_share_one_client(connect):
    client, server, _ = connect(lambda number, request: OK)
    threads = [threading.Thread(target=client.send, args=(READ,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.calls == len(server.seen) == 8


def test_cookies_are_never_kept(connect):
    client, server, _ = connect(lambda number, request: (200, b"{}", {"Set-Cookie": "a=b"}))
    client.send(READ)
    client.send(READ)
    assert server.seen[1].headers["Cookie"] is None


def test_the_librarys_own_methods_go_the_same_way(connect):
    client, server, _ = connect(lambda number, request: (200, b'{"Rows":{}}', {}))
    assert client.get_report("BalanceSheet", {"date_macro": "Today"}) == {"Rows": {}}
    assert (
        server.seen[0].path
        == "/v3/company/42/reports/BalanceSheet?date_macro=Today&minorversion=75"
    )
    assert server.seen[0].headers["User-Agent"].startswith("quicksync/")
    assert client.reads == 1
