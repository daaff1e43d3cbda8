"""Where the demonstration lives: a folder and a database of its own, so that it never touches
anybody's records.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings as django_settings

from quicksync.exceptions import NotAllowed

FOLDER = "demo"
MARK = "QUICKSYNC_DEMO"
# What the outside may have set for a site of its own and the demonstration must not obey.
_LEFT_OUT = (
    "QUICKSYNC_HTTPS",
    "QUICKSYNC_BEHIND_PROXY",
    "QUICKSYNC_REDIS_URL",
    "QUICKSYNC_ALLOWED_HOSTS",
    "QUICKSYNC_TRUSTED_ORIGINS",
    "QUICKSYNC_STATIC_ROOT",
    "QUICKSYNC_WEBHOOK_VERIFIER",
    "QUICKSYNC_SECRET_KEY",
)


def environment(outside: Mapping[str, str]) -> dict[str, str] | None:
    """The environment to start again in; None when this process has it already.

    Raises NotAllowed in a host's own project: its database is no place for sample records.
    """
    var = getattr(django_settings, "VAR_DIR", None)
    if var is None:
        raise NotAllowed(
            "The demo runs in the bundled project only (make demo): this one has records of its"
            " own."
        )
    if outside.get(MARK) == str(var):
        return None
    folder = Path(var) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    inside = {name: value for name, value in outside.items() if name not in _LEFT_OUT}
    return inside | {
        MARK: str(folder),
        "QUICKSYNC_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'quicksync.sqlite3'}",
        "QUICKSYNC_ENVIRONMENT": "sandbox",
        "QUICKSYNC_LOG_LEVEL": outside.get("QUICKSYNC_LOG_LEVEL", "WARNING"),
    }


def folder() -> Path:
    """The demonstration's folder."""
    return Path(os.environ[MARK])
