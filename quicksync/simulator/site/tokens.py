"""Authorization codes and tokens: short codes, hourly access, rolling refresh, revocation."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from dataclasses import dataclass

from quicksync.simulator.accounting.clock import Clock

ACCESS_SECONDS, REFRESH_SECONDS, CODE_SECONDS = 3600, 8726400, 300
HARD_SECONDS = 5 * 365 * 86400
_FIND = "SELECT value, kind, realm, scope, grant_id, issued, expires FROM token WHERE value=?"
_TABLES = """
CREATE TABLE IF NOT EXISTS token(value TEXT PRIMARY KEY, kind TEXT, realm TEXT, scope TEXT,
  grant_id TEXT, issued REAL, expires REAL);
CREATE INDEX IF NOT EXISTS token_realm ON token(realm);
CREATE INDEX IF NOT EXISTS token_grant ON token(grant_id);
CREATE TABLE IF NOT EXISTS code(value TEXT PRIMARY KEY, realm TEXT, scope TEXT, redirect TEXT,
  expires REAL, nonce TEXT);
"""


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the connection it belongs to."""

    value: str
    kind: str
    realm: str
    scope: str
    grant: str
    issued: float
    expires: float


@dataclass(frozen=True, slots=True)
class Pair:
    """What a token answer carries."""

    access: str
    refresh: str
    access_seconds: int
    refresh_seconds: int
    hard_seconds: int
    realm: str
    scope: str


class GrantError(Exception):
    """The code or refresh token is not good, or no longer."""


class Tokens:
    """All tokens of the simulator, in its site file; `lock` is held by whoever uses the file."""

    def __init__(
        self,
        db: sqlite3.Connection,
        clock: Clock,
        lock: threading.RLock,
        *,
        rotate_seconds: float = 86400,
    ) -> None:
        self.db, self.clock, self.rotate_seconds = db, clock, rotate_seconds
        self._lock = lock
        self.db.executescript(_TABLES)

    def _mint(self, length: int) -> str:
        return secrets.token_urlsafe(length)[:length]

    def code(self, realm: str, scope: str, redirect: str, nonce: str = "") -> str:
        """A single-use code for a company."""
        with self._lock:
            value = f"AB1{self._mint(45)}"
            self.db.execute(
                "INSERT INTO code VALUES(?,?,?,?,?,?)",
                (value, realm, scope, redirect, self.clock.now() + CODE_SECONDS, nonce),
            )
            return value

    def exchange(self, code: str, redirect: str) -> tuple[Pair, str]:
        """A code for tokens, once; also returns the nonce."""
        with self._lock:
            row = self.db.execute(
                "SELECT realm, scope, redirect, expires, nonce FROM code WHERE value=?", (code,)
            ).fetchone()
            self.db.execute("UPDATE code SET expires=0 WHERE value=?", (code,))
            if row is None or row[3] < self.clock.now() or row[2] != redirect:
                raise GrantError("Invalid authorization code")
            return self.issue(row[0], row[1]), row[4]

    def issue(self, realm: str, scope: str, *, fixed: str = "") -> Pair:
        """Tokens of a new connection; `fixed` makes their text follow from a word, for the seed."""
        with self._lock:
            word = hashlib.sha256(fixed.encode()).hexdigest() if fixed else ""
            access = f"eyJsim-{word}" if fixed else f"eyJsim{self._mint(120)}"
            refresh = f"AB11-{word}" if fixed else f"AB11{self._mint(50)}"
            grant = word or self._mint(20)
            self._keep(access, "access", realm, scope, grant, ACCESS_SECONDS)
            self._keep(refresh, "refresh", realm, scope, grant, REFRESH_SECONDS)
            return Pair(
                access, refresh, ACCESS_SECONDS, REFRESH_SECONDS, HARD_SECONDS, realm, scope
            )

    def _keep(
        self, value: str, kind: str, realm: str, scope: str, grant: str, seconds: float
    ) -> None:
        now = self.clock.now()
        self.db.execute(
            "INSERT OR REPLACE INTO token VALUES(?,?,?,?,?,?,?)",
            (value, kind, realm, scope, grant, now, now + seconds),
        )

    def find(self, value: str) -> Token | None:
        """A token, expired or not."""
        with self._lock:
            row = self.db.execute(_FIND, (value,)).fetchone()
        return Token(*row) if row else None

    def refresh(self, value: str) -> Pair:
        """A new access token; the refresh token is replaced once it is old enough, and then the old
        one fails.
        """
        with self._lock:
            token, now = self.find(value), self.clock.now()
            if token is None or token.kind != "refresh" or token.expires < now:
                raise GrantError("Incorrect or invalid refresh token")
            current = value
            if now - token.issued >= self.rotate_seconds:
                current = f"AB11{self._mint(50)}"
                self.db.execute("DELETE FROM token WHERE value=?", (value,))
                self._keep(
                    current, "refresh", token.realm, token.scope, token.grant, REFRESH_SECONDS
                )
                token = self.find(current) or token
            access = f"eyJsim{self._mint(120)}"
            self._keep(access, "access", token.realm, token.scope, token.grant, ACCESS_SECONDS)
            return Pair(
                access,
                current,
                ACCESS_SECONDS,
                int(token.expires - now),
                HARD_SECONDS,
                token.realm,
                token.scope,
            )

    def revoke(self, value: str) -> bool:
        """End the whole connection a token belongs to."""
        with self._lock:
            token = self.find(value)
            if token is None:
                return False
            self.db.execute("DELETE FROM token WHERE grant_id=?", (token.grant,))
            return True

    def end(self, realm: str) -> None:
        """End every connection of a company, as its owner does in QuickBooks under My Apps."""
        with self._lock:
            self.db.execute("DELETE FROM token WHERE realm=?", (realm,))

    def live(self, realm: str) -> tuple[str, str] | None:
        """The newest access token of a company and the refresh token beside it, when both work;
        else None.
        """
        with self._lock:
            rows = self.db.execute(
                "SELECT a.value, r.value FROM token a JOIN token r ON r.grant_id=a.grant_id AND"
                " r.kind='refresh' AND r.expires>? WHERE a.realm=? AND a.kind='access' AND"
                " a.expires>? ORDER BY a.issued, a.rowid",
                (self.clock.now(), realm, self.clock.now()),
            ).fetchall()
        return rows[-1] if rows else None

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self.db.execute("DELETE FROM token")
            self.db.execute("DELETE FROM code")
