"""Trouble on request: faults that match requests and spoil their answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quicksync.simulator.accounting.errors import ControlError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.messages import Request
from quicksync.simulator.site import spoiled

EFFECTS = frozenset(
    (
        "latency_ms",
        "status",
        "drop_before",
        "drop_after_commit",
        "throttle",
        "invalid_grant",
        "maintenance",
        "html_error_page",
        "spoil",
    )
)
MATCHES = frozenset(("method", "path", "entity", "nth", "times"))


@dataclass
class Mishap:
    """One fault: whom it hits, how often, and what it does."""

    match: Doc
    effect: Doc
    seen: int = 0
    done: int = 0

    def hits(self, request: Request) -> bool:
        """Whether this request is the one; counting is part of asking."""
        match = self.match
        if match.get("method") and str(match["method"]).upper() != request.method:
            return False
        if match.get("path") and not re.search(str(match["path"]), request.path):
            return False
        if match.get("entity") and not _names(request, str(match["entity"])):
            return False
        self.seen += 1
        first, times = int(match.get("nth") or 1), match.get("times")
        most = int(times) if times is not None else (1 if match.get("nth") else 0)
        if self.seen < first or (most and self.done >= most):
            return False
        self.done += 1
        return True


def _names(request: Request, entity: str) -> bool:
    word = entity.lower()
    parts = [part.lower() for part in request.path.split("/")]
    if word in parts:
        return True
    if parts[-1:] == ["query"]:
        text = request.query.get("query", "") + request.body.decode("utf-8", "replace")
        return bool(re.search(rf"\bfrom\s+{re.escape(word)}\b", text, re.IGNORECASE))
    return (
        parts[-1:] == ["batch"] and f'"{word}"' in request.body.decode("utf-8", "replace").lower()
    )


class Mishaps:
    """All faults that are set."""

    def __init__(self) -> None:
        self._all: list[Mishap] = []
        self._lock = threading.Lock()

    def set(self, wanted: Any) -> int:
        """Add faults: one, a list, or `{"faults": [...]}`; ControlError names what is wrong."""
        if isinstance(wanted, dict) and "faults" in wanted:
            wanted = wanted["faults"]
        entries = wanted if isinstance(wanted, list) else [wanted]
        fresh = [_read(entry) for entry in entries]
        with self._lock:
            self._all += fresh
            return len(self._all)

    def clear(self) -> None:
        """No more trouble."""
        with self._lock:
            self._all.clear()

    def effects(self, request: Request) -> Doc:
        """What happens to this request, of all faults that hit it."""
        if request.path.startswith("/_simulator"):
            return {}
        merged: Doc = {}
        with self._lock:
            for mishap in self._all:
                if _concerns(mishap, request) and mishap.hits(request):
                    merged.update(mishap.effect)
        return merged


def _concerns(mishap: Mishap, request: Request) -> bool:
    token = request.path.endswith("/tokens/bearer")
    if "invalid_grant" in mishap.effect:
        return token
    # Trouble of the API leaves the token address alone unless a path names it.
    return not token or bool(mishap.match.get("path")) or "latency_ms" in mishap.effect


def _read(entry: Any) -> Mishap:
    if not isinstance(entry, dict):
        raise ControlError("A fault is an object with match and effect.")
    match = dict(entry.get("match") or {})
    effect = dict(entry.get("effect") or {})
    for key, value in entry.items():
        if key in MATCHES:
            match[key] = value
        elif key in EFFECTS or key in ("body", "content_type"):
            effect[key] = value
        elif key not in ("match", "effect"):
            raise ControlError(f"Unknown fault setting {key}; known: {_listed(MATCHES | EFFECTS)}.")
    unknown = (set(match) - MATCHES) | (set(effect) - EFFECTS - {"body", "content_type"})
    if unknown or not effect:
        raise ControlError(
            f"Unknown or missing fault effect: {_listed(unknown)}; known: {_listed(EFFECTS)}."
        )
    if "spoil" in effect:
        spoiled.check(effect["spoil"])
    _check_values(match | effect)
    return Mishap(match, effect)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, words)))


def _check_values(settings: Doc) -> None:
    for key in ("nth", "times", "status", "latency_ms"):
        if settings.get(key) is not None and not re.fullmatch(
            r"\d{1,7}(\.\d+)?", str(settings[key])
        ):
            raise ControlError(f"{key} is no number of this kind: {settings[key]}")
    try:
        re.compile(str(settings.get("path") or ""))
    except re.error as error:
        raise ControlError(f"path is no regular expression: {settings['path']}") from error
