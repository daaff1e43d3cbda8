"""Readers of the process environment, kept apart from the settings so that each rule has a test."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})

# How long a writer waits for SQLite's one write lock: longer than any transaction of quicksync
# takes.
SQLITE_BUSY_SECONDS = 30
# WAL lets readers go on while one process writes; NORMAL is safe with it and spares an fsync per
# commit.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"


def flag(environ: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """A yes/no variable. A word that is neither stops the start: a mistyped switch must not pass
    for "off".
    """
    if name not in environ:
        return default
    word = environ[name].strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    msg = f"{name}={environ[name]!r} is neither yes nor no. Use 1 or 0."
    raise ImproperlyConfigured(msg)


def words(environ: Mapping[str, str], name: str, *, default: str = "") -> list[str]:
    """A comma-separated variable as a list, without empty parts."""
    return [part.strip() for part in environ.get(name, default).split(",") if part.strip()]


def database(url: str, *, default_file: Path) -> dict[str, Any]:
    """Django's database settings for `sqlite:///path` or
    `postgresql://user:password@host:port/name?option=value`.

    An empty address means SQLite in `default_file`.
    """
    if not url:
        return _sqlite(str(default_file))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")) or str(default_file))
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = (
            f"DATABASE_URL begins with {parts.scheme!r}; quicksync runs on sqlite:// and"
            " postgresql:// addresses."
        )
        raise ImproperlyConfigured(msg)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings for outgoing mail, from the variables `QUICKSYNC_EMAIL_...`.

    From Django 6.1 on they are one dictionary, and each backend takes its own options only.
    """
    backend = environ.get(
        "QUICKSYNC_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
    )
    smtp = {
        "host": environ.get("QUICKSYNC_EMAIL_HOST", "localhost"),
        "port": int(environ.get("QUICKSYNC_EMAIL_PORT", "25")),
        "username": environ.get("QUICKSYNC_EMAIL_USER", ""),
        "password": environ.get("QUICKSYNC_EMAIL_PASSWORD", ""),
        "use_tls": flag(environ, "QUICKSYNC_EMAIL_TLS"),
    }
    if django.VERSION >= (6, 1):
        options = {"OPTIONS": smtp} if backend.endswith(".smtp.EmailBackend") else {}
        return {"MAILERS": {"default": {"BACKEND": backend, **options}}}
    names = {"username": "HOST_USER", "password": "HOST_PASSWORD"}
    old = {f"EMAIL_{names.get(name, name.upper())}": value for name, value in smtp.items()}
    return {"EMAIL_BACKEND": backend, **old}


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "timeout": SQLITE_BUSY_SECONDS,
            # A deferred transaction that begins by reading cannot wait for the write lock: it fails
            # at once.
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def secret_key(environ: Mapping[str, str], name: str, file: Path) -> str:
    """The key from the environment, else from `file`, which the first process in need writes."""
    if key := environ.get(name):
        return key
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(64))
    return file.read_text(encoding="ascii").strip()


def _write_once(file: Path, text: str) -> None:
    """Web server and workers may start together: a whole file appears under its name, or another
    process's does.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=file.parent, delete=False) as draft:
        draft.write(text + "\n")
    try:
        os.link(draft.name, file)
    except FileExistsError:
        return
    finally:
        Path(draft.name).unlink()
