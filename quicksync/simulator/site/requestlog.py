"""The log of requests, for tests and for people who wonder what was asked."""

from __future__ import annotations

import threading
from collections import deque

from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.messages import Request, Response

LONGEST_BODY, LONGEST_ANSWER = 200_000, 20_000
# The oldest entries go when all together grow beyond this many characters.
BUDGET = 32_000_000
_SECRET = frozenset(("authorization", "cookie"))


class RequestLog:
    """The latest requests with their answers, secrets left out, long bodies cut."""

    def __init__(self) -> None:
        self._entries: deque[Doc] = deque()
        self._size = 0
        self._lock = threading.Lock()
        self.count = 0

    def add(self, request: Request, response: Response, when: float, seconds: float) -> int:
        """Write one down; returns its number."""
        secret = "/tokens/" in request.path
        entry: Doc = {
            "time": when,
            "method": request.method,
            "path": request.path,
            "query": request.query_text,
            "headers": {k: "***" if k in _SECRET else v for k, v in request.headers.items()},
            "body": "***" if secret else request.body[:LONGEST_BODY].decode("utf-8", "replace"),
            "status": 0 if response.drop else response.status,
            "answer": "***"
            if secret
            else response.body[:LONGEST_ANSWER].decode("utf-8", "replace"),
            "duration": round(seconds * 1000, 3),  # milliseconds
        }
        with self._lock:
            self.count += 1
            self._entries.append({"n": self.count, **entry})
            self._size += _weight(entry)
            while self._size > BUDGET:
                self._size -= _weight(self._entries.popleft())
            return self.count

    def since(self, number: int) -> list[Doc]:
        """Entries after a number."""
        with self._lock:
            return [entry for entry in self._entries if entry["n"] > number]

    def clear(self) -> None:
        """Forget all, and count anew."""
        with self._lock:
            self._entries.clear()
            self.count = self._size = 0


def _weight(entry: Doc) -> int:
    return 1000 + len(entry["body"]) + len(entry["answer"])
