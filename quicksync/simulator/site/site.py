"""The whole simulator but for its sockets: companies, tokens, clock, faults, limits, log."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quicksync.simulator.accounting.book import Switches
from quicksync.simulator.accounting.clock import Clock
from quicksync.simulator.accounting.errors import ControlError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.store import Store
from quicksync.simulator.company.company import Company
from quicksync.simulator.planting.seeding import Spec, plant
from quicksync.simulator.site.limits import Limits
from quicksync.simulator.site.mishaps import Mishaps
from quicksync.simulator.site.openid import Signer
from quicksync.simulator.site.requestlog import RequestLog
from quicksync.simulator.site.tokens import Tokens
from quicksync.simulator.site.webhooks import Webhooks

SCOPES = "com.intuit.quickbooks.accounting openid profile email phone address"
FIRST_REALM = "934145300000000001"
_TABLES = """
CREATE TABLE IF NOT EXISTS company(realm TEXT PRIMARY KEY, spec TEXT);
CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT);
"""


@dataclass
class Consent:
    """What the consent page does: ask, approve or deny, and for which company."""

    mode: str = "ask"
    realm: str = ""


@dataclass
class Options:
    """How a simulator starts."""

    store: str = "memory"
    company: str = "sample"
    country: str = "US"
    realm: str = FIRST_REALM
    seed: int = 1
    limits: str = "off"
    rotate_seconds: float = 86400
    switches: Switches = field(default_factory=Switches)


class Site:
    """Everything behind the addresses."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.path = "" if options.store == "memory" else options.store
        self.db = sqlite3.connect(
            self.path or ":memory:", isolation_level=None, check_same_thread=False
        )
        self.db.executescript(_TABLES)
        self.lock = threading.RLock()
        # Threads share one connection to the site's file; who holds this waits for nothing else.
        self._file_lock = threading.RLock()
        self.clock = Clock(float(self._setting("clock") or 0))
        self.limits = Limits(real=options.limits == "real")
        self.mishaps, self.log, self.consent = Mishaps(), RequestLog(), Consent()
        self.webhooks = Webhooks(self.clock)
        self.client_id = f"ABsimulator{options.seed:08d}clientidentifier"
        self.client_secret = f"simulator{options.seed:08d}secret"
        self.signer = Signer(self._setting("key"))
        self.tokens = Tokens(
            self.db, self.clock, self._file_lock, rotate_seconds=options.rotate_seconds
        )
        self.companies: dict[str, Company] = {}
        self._open_all()

    def _setting(self, name: str) -> str:
        with self._file_lock:
            row = self.db.execute("SELECT value FROM setting WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _keep(self, name: str, value: str) -> None:
        with self._file_lock:
            self.db.execute("INSERT OR REPLACE INTO setting VALUES(?,?)", (name, value))

    def _open_all(self) -> None:
        rows = self.db.execute("SELECT realm, spec FROM company ORDER BY rowid").fetchall()
        if not rows:
            options = self.options
            self.open(
                Spec(
                    realm=options.realm,
                    company=options.company,
                    country=options.country,
                    seed=options.seed,
                )
            )
        for realm, _spec in rows:
            self.companies[realm] = Company(
                Store(self._file(realm)), self.clock, realm, self.options.switches
            )

    def _file(self, realm: str) -> str:
        return f"{self.path}.{realm}" if self.path else ":memory:"

    def open(self, spec: Spec) -> Company:
        """A new company, planted and with tokens that work at once."""
        with self.lock:
            if not spec.realm:
                spec.realm = str(int(FIRST_REALM) + len(self.companies))
            if spec.realm in self.companies:
                raise ControlError(f"There is a company {spec.realm} already.")
            company = Company(
                Store(self._file(spec.realm)), self.clock, spec.realm, self.options.switches
            )
            try:
                plant(company, spec)
            except BaseException:
                company.store.close()
                _remove(self._file(spec.realm))
                raise
            company.book.events.clear()
            return self._keep_company(company, spec)

    def _keep_company(self, company: Company, spec: Spec) -> Company:
        self.db.execute("INSERT INTO company VALUES(?,?)", (spec.realm, json.dumps(spec.as_doc())))
        self.companies[spec.realm] = company
        self._seed_tokens(spec.realm)
        return company

    def copy(self, company: Company) -> Company:
        """One more company with the very books of another, under a realm and tokens of its own."""
        with self.lock:
            spec = self._spec(company.realm)
            spec.realm = str(int(FIRST_REALM) + len(self.companies))
            if spec.realm in self.companies:
                raise ControlError(f"There is a company {spec.realm} already.")
            store = Store(self._file(spec.realm))
            with company.store.lock:
                company.store.db.backup(store.db)
            return self._keep_company(
                Company(store, self.clock, spec.realm, self.options.switches), spec
            )

    def _spec(self, realm: str) -> Spec:
        row = self.db.execute("SELECT spec FROM company WHERE realm=?", (realm,)).fetchone()
        return Spec(**json.loads(row[0]))

    def _seed_tokens(self, realm: str) -> None:
        self.tokens.issue(
            realm,
            SCOPES,
            fixed=f"{self.options.seed}:{realm}",
        )

    def fresh_tokens(self, realm: str) -> tuple[str, str]:
        """A new connection to a company, beside those there are: access and refresh token."""
        pair = self.tokens.issue(realm, SCOPES)
        return pair.access, pair.refresh

    def reset(self) -> None:
        """Back to the seed: every company as it was planted, tokens, clock, faults, log and
        counters fresh.
        """
        with self.lock:
            specs = [
                Spec(**json.loads(spec))
                for (spec,) in self.db.execute("SELECT spec FROM company ORDER BY rowid")
            ]
            self.mishaps.clear()
            self.log.clear()
            self.limits.reset()
            self.webhooks.forget()
            self.consent.mode, self.consent.realm = "ask", ""
            self.tokens.forget()
            self.advance(-self.clock.offset)
            for company in self.companies.values():
                company.store.close()
            self.companies.clear()
            self.db.execute("DELETE FROM company")
            # Companies that were added later go; the first one is the seed.
            for spec in specs[:1]:
                _remove(self._file(spec.realm))
                self.open(spec)
            for spec in specs[1:]:
                _remove(self._file(spec.realm))

    def advance(self, seconds: float) -> None:
        """Move the clock and keep it moved."""
        with self._file_lock:
            self.clock.advance(seconds)
            self._keep("clock", str(self.clock.offset))

    @contextmanager
    def serving(self, company: Company) -> Iterator[Company]:
        """Work on a company; what happened is handed to the webhooks afterwards."""
        yield company
        # a write under way on another connection keeps its events until it is done
        with company.store.lock:
            events, company.book.events = company.book.events, []
        if events:
            self.webhooks.notify(company.realm, events)

    def status(self) -> Doc:
        """What the status route tells; dead tokens are replaced, for these work at once."""
        companies = [self.entry(company) for company in list(self.companies.values())]
        limits = self.limits
        return {
            "ready": True,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "companies": companies,
            "requests": limits.requests,
            "writes": limits.writes,
            "throttled": limits.throttled,
        }

    def entry(self, company: Company) -> Doc:
        """What the status tells of one company."""
        realm = company.realm
        access, refresh = self.tokens.live(realm) or self.fresh_tokens(realm)
        return {
            "realm_id": realm,
            "name": company.book.info["CompanyName"],
            "country": company.book.country,
            "currency": company.book.home,
            "access_token": access,
            "refresh_token": refresh,
        }

    def close(self) -> None:
        """Let go of files and threads."""
        if self.path and "key" in self.signer.__dict__:
            self._keep("key", self.signer.text())
        self.webhooks.close()
        for company in self.companies.values():
            company.store.close()
        self.db.close()


def _remove(path: str) -> None:
    if path != ":memory:":
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
