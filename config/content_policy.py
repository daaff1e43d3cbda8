"""The Content-Security-Policy header: everything from this site, nothing inline but what the
admin's libraries fix.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

# django-import-export and django-simple-history write these into their pages, word for word. A hash
# admits each text and no other; a test reads the installed libraries and fails when a new text
# appears.
LIBRARY_HANDLERS = ("onSelectToggleChange(event)",)
LIBRARY_STYLES = (
    "padding: 0;",
    "font-weight: bold;",
    "border-top: 0",
    # The import preview marks what was added and removed.
    "background:#e6ffe6;",
    "background:#ffe6e6;",
)
INTUIT_CONSENT = "https://appcenter.intuit.com"


def directives(intuit_base: str) -> dict[str, list[str]]:
    """The policy's directives; `intuit_base` is the address that stands in for Intuit, or empty."""
    return {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-hashes'", *_hashes(LIBRARY_HANDLERS)],
        "style-src": ["'self'", "'unsafe-hashes'", *_hashes(LIBRARY_STYLES)],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # "Connect" is a form whose answer leads to Intuit; browsers hold a form's redirects to this
        # list too.
        "form-action": ["'self'", _origin(intuit_base or INTUIT_CONSENT)],
    }


def _hashes(texts: Iterable[str]) -> list[str]:
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in texts
    ]


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
