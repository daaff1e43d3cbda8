"""The only place that speaks HTTP with QuickBooks Online: one limiter for each company, one way to
name what went wrong.
"""

from __future__ import annotations

import datetime as dt
import os
import ssl
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from quickbooks.client import QuickBooks
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from quicksync.conf import settings
from quicksync.exceptions import AccessExpired, AccessLost, Throttled, TryLater
from quicksync.quickbooks.messages import Purpose, WireReply, WireRequest
from quicksync.quickbooks.online.transport import addresses, faults
from quicksync.quickbooks.online.transport.limiter import Limiter
from quicksync.quickbooks.port import Account
from quicksync.version import __version__

# Connections to one address at a time; who needs another waits for one.
POOL = 8
# After so many seconds without a new wire, connections are not trusted any more: a server that ends
# one at the moment in which a request leaves costs a question about what became of it.
TRUSTED = 20.0
USER_AGENT = f"quicksync/{__version__}"
LONGEST_WAIT = 3600
_NOT_SENT = (NewConnectionError, ConnectTimeoutError, ProxyError)

_lock = threading.Lock()
# Of the process that opened it: one that was forked off shares no connection with its parent.
_kept: dict[int, tuple[requests.Session, float]] = {}


class _Bearer(AuthBase):
    """The access token of one request; given as `auth` so that no netrc file of the machine can
    replace it.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class OnlineClient(QuickBooks):
    """A wire to one company; thread-safe. Fulfils `quicksync.quickbooks.port.Wire`.

    python-quickbooks' client with its transport replaced: its paths, reports and downloads stay
    usable, through our pool, limiter and timeouts. Its `AuthClient` is never made, since that reads
    Intuit's discovery document each time.
    """

    @classmethod
    def to(
        cls,
        account: Account,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> OnlineClient:
        """A client for the account's company."""
        limiter = Limiter(account.window, clock=clock, sleep=sleep)
        return cls(
            company_id=account.realm,
            minorversion=cls.MINIMUM_MINOR_VERSION,
            account=account,
            limiter=limiter,
        )

    def __init__(
        self, *, account: Account, limiter: Limiter, company_id: str, minorversion: int
    ) -> None:
        self.company_id = company_id
        self.minorversion = minorversion
        self.calls = 0
        self.reads = 0
        self._account = account
        self._limiter = limiter
        self._counting = threading.Lock()
        self._api = addresses.api(account.environment)
        self.session = _session()

    @property
    def api_url(self) -> str:
        """The interface's address up to the version."""
        return self._api

    # --- Wire ---

    def send(self, request: WireRequest) -> WireReply:
        """Send within the company's limits; a refused token is renewed once. Raises TryLater,
        Throttled, AccessLost.
        """
        token = self._account.token()
        try:
            return self._exchange(request, token)
        except AccessExpired:
            token = self._account.renew(token)
        try:
            return self._exchange(request, token)
        except AccessExpired as error:
            raise AccessLost(
                "QuickBooks refuses even a fresh access token: somebody has to connect the company"
                " again.",
                detail=error.detail,
                trace_id=error.trace_id,
            ) from error

    def window(self) -> str:
        """The limiter's state for the next slice."""
        return self._limiter.window()

    def close(self) -> None:
        """The connections stay open for the wires to come."""

    def _exchange(self, request: WireRequest, token: str) -> WireReply:
        self._limiter.wait(request.weight)
        with self._counting:
            self.calls += 1
            self.reads += request.purpose is Purpose.READ
        started = time.monotonic()
        response = self._transport(
            request.method,
            f"{self.api_url}/company/{self.company_id}/{request.path}",
            headers={"Content-Type": request.content_type},
            params=dict(request.params),
            data=request.body,
            token=token,
        )
        reply = WireReply(
            status=response.status_code,
            body=response.content,
            trace_id=response.headers.get("intuit_tid", ""),
            took_ms=int((time.monotonic() - started) * 1000),
            wait=_retry_after(response.headers.get("Retry-After", "")),
        )
        try:
            faults.check(reply)
        except Throttled as error:
            self._limiter.penalize(error.wait)
            raise
        return reply

    # --- Transport ---

    def process_request(
        self, request_type: str, url: str, headers: Any = "", params: Any = "", data: Any = ""
    ) -> requests.Response:
        """The hook by which python-quickbooks' own methods send."""
        self._limiter.wait(0)
        with self._counting:
            self.calls += 1
            self.reads += request_type == "GET"
        return self._transport(
            request_type,
            url,
            headers=headers or {},
            params=params or {},
            data=data,
            token=self._account.token(),
        )

    def _transport(
        self, method: str, url: str, *, headers: dict[str, str], params: Any, data: Any, token: str
    ) -> requests.Response:
        try:
            return self.session.request(
                method,
                url,
                headers={"Accept": "application/json", **headers, "User-Agent": USER_AGENT},
                params=params,
                data=data or None,
                auth=_Bearer(token),
                timeout=settings.timeouts,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            sent = not _never_sent(error)
            raise TryLater(
                "QuickBooks did not answer in time." if sent else "QuickBooks cannot be reached.",
                sent=sent,
                wait=0,
                detail=f"{type(error).__name__}: {error}",
            ) from error


def _session() -> requests.Session:
    """The session of this process, whose connections stay open from one company to the next; a new
    one after a pause. It carries nothing of a company: tokens go with each request, and cookies are
    refused.
    """
    with _lock:
        now, process = time.monotonic(), os.getpid()
        found, since = _kept.get(process, (None, 0.0))
        if found is None or now - since > TRUSTED:
            # Requests on their way keep theirs until they are answered.
            found = _opened()
        _kept.clear()
        _kept[process] = found, now
        return found


def _opened() -> requests.Session:
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # No retries below us: only the engine knows whether a request may be repeated.
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=POOL, max_retries=0, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _never_sent(error: requests.RequestException) -> bool:
    """Whether the request surely never left: no connection came about. Anything later may have
    reached QuickBooks.
    """
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    if not isinstance(cause, MaxRetryError):
        return False
    if isinstance(cause.reason, SSLError):
        # A certificate is refused before anything is said; other trouble with encryption may come
        # at any time.
        return any(isinstance(part, ssl.SSLCertVerificationError) for part in cause.reason.args)
    return isinstance(cause.reason, _NOT_SENT)


def _retry_after(text: str) -> int:
    """Seconds to wait as the header says, in either of its forms; 0 where it makes no sense."""
    if text.isdigit():
        return min(int(text), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0
    if until.tzinfo is None:
        return 0
    return max(0, min(LONGEST_WAIT, int((until - dt.datetime.now(dt.UTC)).total_seconds())))
