"""Connections to Intuit that a worker keeps from one company to the next: all share its addresses,
and none carries anything of a company, since tokens go with each request and cookies are refused.
"""

from __future__ import annotations

import os
import threading
import time
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

# Connections to one address at a time; who needs another waits for one.
POOL = 8
# After so many seconds without a new wire, connections are not trusted any more: a server that ends
# one at the moment in which a request leaves costs a question about what became of it.
TRUSTED = 20.0

_lock = threading.Lock()
# Of the process that opened it: one that was forked off shares no connection with its parent.
_kept: dict[int, tuple[requests.Session, float]] = {}


def session() -> requests.Session:
    """The session of this process; a new one after a pause."""
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


__all__ = ["POOL", "TRUSTED", "session"]
