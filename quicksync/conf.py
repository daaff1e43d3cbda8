"""Typed settings, read when asked for: the `QUICKSYNC` dict of the host project's settings, with
every default here.

`QUICKSYNC_INTUIT_BASE`, `QUICKSYNC_CLIENT_ID` and `QUICKSYNC_CLIENT_SECRET` in the environment win
over the dict, so that a simulator or a watching proxy can stand in Intuit's place and secrets can
stay out of files. Keys may also be entered in the admin: `sync.access.app_keys` knows which are in
force.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings as django_settings

DEFAULTS: dict[str, Any] = {
    # Which editions there are: name -> dotted path of a class that fulfils
    # quicksync.quickbooks.port.Edition. The first is that of new connections.
    "EDITIONS": {"online": "quicksync.quickbooks.online.edition.OnlineEdition"},
    # Keys of the app at Intuit's developer portal.
    "CLIENT_ID": "",
    "CLIENT_SECRET": "",
    # "production" or "sandbox": which of Intuit's two worlds the keys belong to.
    "ENVIRONMENT": "production",
    # One address that stands in for all of Intuit's hosts: a simulator, or a proxy that watches the
    # wire.
    "INTUIT_BASE": "",
    # Verifier token of the webhook subscription, from Intuit's developer portal.
    "WEBHOOK_VERIFIER": "",
    # Fernet keys for tokens at rest, the newest first; empty: one is derived from SECRET_KEY.
    "ENCRYPTION_KEYS": (),
    # Who does the work: "django-q2", "django.tasks" or "quicksync_work". Empty: django-q2 where it
    # is in INSTALLED_APPS, otherwise Django's Tasks where TASKS names a durable backend, otherwise
    # quicksync_work.
    "RUNNER": "",
    # Seconds: a task works on a run for at most so long, then saves where it is and makes room for
    # others.
    "SLICE_SECONDS": 60,
    # Seconds without a heartbeat after which another worker may take over a run.
    "LEASE_SECONDS": 180,
    # Minutes between automatic cycles of a new connection.
    "INTERVAL_MINUTES": 5,
    # Seconds: to connect to QuickBooks, and to wait for its answer (it gives up itself after 120).
    "CONNECT_TIMEOUT": 10,
    "READ_TIMEOUT": 130,
    # Times an operation whose outcome is unknown is asked about before others wait for it no
    # longer.
    "RECOVERIES": 20,
    # Failed runs in a row after which a connection pauses by itself.
    "PAUSE_AFTER": 12,
    # Days that journals are kept: attempts, finished runs and their operations, runs in which
    # nothing happened.
    "KEEP_ATTEMPTS_DAYS": 90,
    "KEEP_RUNS_DAYS": 730,
    "KEEP_IDLE_RUNS_DAYS": 1,
    # Metered reads a month that the plan at Intuit allows, for the forecast.
    "MONTHLY_READS": 500_000,
    # Who is told by e-mail what is wrong; empty: the staff who may connect companies.
    "ALERT_EMAILS": (),
    # The address of this site, such as "https://books.example.com", for links in e-mails.
    "SITE_URL": "",
    # Accounts and tax codes that come from QuickBooks are read-only in the admin while it is
    # connected.
    "LOCK_LISTS": True,
    # Largest file that an import takes, in bytes.
    "IMPORT_BYTES": 20 * 1024 * 1024,
}

_ENVIRONMENT = {
    "CLIENT_ID",
    "CLIENT_SECRET",
    "INTUIT_BASE",
    "WEBHOOK_VERIFIER",
    "ENVIRONMENT",
    "RUNNER",
}


class Settings:
    """One property for each setting; `settings` below is the only instance."""

    def value(self, name: str) -> Any:
        """A setting by its name in `DEFAULTS`: environment first (where allowed), then the dict,
        then the default.
        """
        if name in _ENVIRONMENT and (found := os.environ.get(f"QUICKSYNC_{name}")):
            return found
        return getattr(django_settings, "QUICKSYNC", {}).get(name, DEFAULTS[name])

    def is_from_environment(self, name: str) -> bool:
        """Whether a setting comes from the process environment."""
        return name in _ENVIRONMENT and bool(os.environ.get(f"QUICKSYNC_{name}"))

    @property
    def editions(self) -> Mapping[str, str]:
        return dict(self.value("EDITIONS"))

    @property
    def client_id(self) -> str:
        return str(self.value("CLIENT_ID"))

    @property
    def client_secret(self) -> str:
        return str(self.value("CLIENT_SECRET"))

    @property
    def environment(self) -> str:
        return str(self.value("ENVIRONMENT"))

    @property
    def intuit_base(self) -> str:
        return str(self.value("INTUIT_BASE")).rstrip("/")

    @property
    def webhook_verifier(self) -> str:
        return str(self.value("WEBHOOK_VERIFIER"))

    @property
    def encryption_keys(self) -> Sequence[str]:
        return tuple(self.value("ENCRYPTION_KEYS"))

    @property
    def runner(self) -> str:
        """As it was chosen; "" when nobody has (`sync.worker.queue` knows which it is then)."""
        return str(self.value("RUNNER"))

    @property
    def slice_seconds(self) -> int:
        return int(self.value("SLICE_SECONDS"))

    @property
    def lease_seconds(self) -> int:
        return int(self.value("LEASE_SECONDS"))

    @property
    def interval_minutes(self) -> int:
        return int(self.value("INTERVAL_MINUTES"))

    @property
    def timeouts(self) -> tuple[int, int]:
        """Seconds to connect and to wait for an answer."""
        return int(self.value("CONNECT_TIMEOUT")), int(self.value("READ_TIMEOUT"))

    @property
    def recoveries(self) -> int:
        return int(self.value("RECOVERIES"))

    @property
    def pause_after(self) -> int:
        return int(self.value("PAUSE_AFTER"))

    @property
    def keep_attempts_days(self) -> int:
        return int(self.value("KEEP_ATTEMPTS_DAYS"))

    @property
    def keep_runs_days(self) -> int:
        return int(self.value("KEEP_RUNS_DAYS"))

    @property
    def keep_idle_runs_days(self) -> int:
        return int(self.value("KEEP_IDLE_RUNS_DAYS"))

    @property
    def monthly_reads(self) -> int:
        return int(self.value("MONTHLY_READS"))

    @property
    def alert_emails(self) -> Sequence[str]:
        return tuple(self.value("ALERT_EMAILS"))

    @property
    def site_url(self) -> str:
        return str(self.value("SITE_URL")).rstrip("/")

    @property
    def lock_lists(self) -> bool:
        return bool(self.value("LOCK_LISTS"))

    @property
    def import_bytes(self) -> int:
        return int(self.value("IMPORT_BYTES"))


settings = Settings()
