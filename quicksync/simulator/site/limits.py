"""The published limits, counted per company in sliding windows."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

PER_MINUTE, PER_SECOND, BATCHES_PER_MINUTE, REPORTS_PER_MINUTE = 500, 10, 40, 200


@dataclass
class _Window:
    span: float
    most: int
    times: deque[float] = field(default_factory=deque)

    def full(self, now: float) -> bool:
        while self.times and self.times[0] <= now - self.span:
            self.times.popleft()
        return len(self.times) >= self.most


class Limits:
    """Counts always; refuses when `real`."""

    def __init__(self, *, real: bool) -> None:
        self.real = real
        self.requests = self.writes = self.throttled = 0
        self._windows: dict[str, list[_Window]] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.requests = self.writes = self.throttled = 0
            self._windows.clear()

    def count(self, realm: str, kind: str, now: float, *, write: bool) -> bool:
        """Count a request of a company; True when it is over a limit that holds."""
        with self._lock:
            self.requests += 1
            self.writes += int(write)
            over = self._over(realm, kind, now)
            self.throttled += int(over)
            return over and self.real

    def _over(self, realm: str, kind: str, now: float) -> bool:
        windows = self._windows_of(realm, "all") + (self._windows_of(realm, kind) if kind else [])
        if any(window.full(now) for window in windows):
            return True
        for window in windows:
            window.times.append(now)
        return False

    def _windows_of(self, realm: str, kind: str) -> list[_Window]:
        key = f"{realm}:{kind}"
        if key not in self._windows:
            self._windows[key] = {
                "all": lambda: [_Window(60, PER_MINUTE), _Window(1, PER_SECOND)],
                "batch": lambda: [_Window(60, BATCHES_PER_MINUTE)],
                "reports": lambda: [_Window(60, REPORTS_PER_MINUTE)],
            }[kind]()
        return self._windows[key]
