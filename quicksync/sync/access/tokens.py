"""Access tokens of a connection: kept encrypted, renewed once however many ask, saved before they
are used (A16).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quicksync.exceptions import AccessLost, TryLater
from quicksync.models import Connection, ConnectionAccess
from quicksync.quickbooks.port import Access, Account, Tokens
from quicksync.sync.access import app_keys
from quicksync.sync.worker import clock, lease

log = logging.getLogger("quicksync.tokens")

# A renewal takes a second or two; after so long, longer than its request may take, its worker is
# taken for dead.
LEASE = dt.timedelta(seconds=60)
# An access token with less than this left is renewed before it is used.
MARGIN = dt.timedelta(minutes=2)
POLL = 0.2
NOT_CONNECTED = gettext_noop("The company is no longer connected: connect it again.")


def account(connection: Connection, access: Access) -> Account:
    """The connection as the wire wants it."""
    keeper = _Keeper(connection.access, access)
    return Account(
        realm=connection.realm_id,
        environment=connection.environment,
        token=keeper.token,
        renew=keeper.renew,
        window=connection.clock.limiter,
    )


def renew(connection: Connection, access: Access) -> None:
    """A fresh access token now, in the caller's own thread; the surest question whether the company
    still lets us in, and not metered. Raises AccessLost or TryLater.
    """
    _Keeper(ConnectionAccess.objects.get(pk=connection.pk), access).another()


def save(connection_id: int, tokens: Tokens, *, since: ConnectionAccess | None = None) -> bool:
    """Store fresh tokens, the refresh token before them too: of two workers the later may have kept
    the older answer.

    With `since`, only if nobody connected, disconnected or renewed since that row was read. Tells
    whether they were stored.
    """
    now = timezone.now()
    rows = ConnectionAccess.objects.filter(pk=connection_id)
    row = since or rows.only("refresh_token").get()
    values: dict[str, Any] = {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "access_expires_at": now + dt.timedelta(seconds=tokens.expires_in),
        "version": F("version") + 1,
        "lease_until": None,
    }
    if row.refresh_token and row.refresh_token != tokens.refresh:
        values["previous_refresh_token"] = row.refresh_token
    if tokens.refresh_expires_in:
        values["refresh_expires_at"] = now + dt.timedelta(seconds=tokens.refresh_expires_in)
    if tokens.hard_expires_in:
        values["reconnect_by"] = now + dt.timedelta(seconds=tokens.hard_expires_in)
    if since is not None:
        rows = rows.filter(version=since.version)
    return rows.update(**values) == 1


def forget(connection_id: int) -> None:
    """Keep no token. Whoever is renewing the access at this moment finds another version and keeps
    nothing.
    """
    ConnectionAccess.objects.filter(pk=connection_id).update(
        access_token="",
        refresh_token="",
        previous_refresh_token="",
        access_expires_at=None,
        version=F("version") + 1,
    )


def newest(connection_id: int) -> str:
    """The refresh token of this moment, "" when there is none: only the newest ends all access."""
    return ConnectionAccess.objects.values_list("refresh_token", flat=True).get(pk=connection_id)


class _Keeper:
    """Gives the token in force; renews it under a lease that every worker respects."""

    def __init__(self, row: ConnectionAccess, access: Access) -> None:
        self._pk = row.pk
        self._intuit = access
        self._lost: AccessLost | None = None
        self._use(row)

    def token(self) -> str:
        if self._expires and self._expires - timezone.now() < MARGIN:
            return self.renew(self._access)
        return self._access

    def renew(self, refused: str) -> str:
        """A token other than `refused`. Called from the wire's threads, whose database connections
        end here.
        """
        try:
            return self.fresh(refused)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    def another(self) -> str:
        """A token other than the one in force."""
        return self.fresh(self._access)

    def fresh(self, refused: str) -> str:
        """A token other than `refused`."""
        give_up = time.monotonic() + LEASE.total_seconds() * 2
        while time.monotonic() < give_up:
            row = self._row()
            if self._good(row, refused):
                return self._use(row)
            self._must_be_connected(row)
            if self._lost is not None and self._lost.version == row.version:
                # Another thread has just been told so: Intuit is not asked again for each request
                # on its way.
                raise self._lost
            if (until := self._take_lease()) is not None:
                return self._ask(refused, until)
            time.sleep(POLL)
        raise TryLater(
            "Another worker is renewing the access to QuickBooks and has not finished.", wait=30
        )

    def _row(self) -> ConnectionAccess:
        rows = ConnectionAccess.objects.select_related("connection")
        return rows.defer("connection__facts").get(pk=self._pk)

    @staticmethod
    def _must_be_connected(row: ConnectionAccess) -> None:
        if not row.connection.is_live:
            gone = AccessLost(_(NOT_CONNECTED))
            # Of these tokens: somebody may connect again before the run that meets this has ended.
            gone.version = row.version
            raise gone

    def _good(self, row: ConnectionAccess, refused: str) -> bool:
        return bool(row.access_token) and row.access_token != refused and not self._old(row)

    @staticmethod
    def _old(row: ConnectionAccess) -> bool:
        return row.access_expires_at is not None and row.access_expires_at - timezone.now() < MARGIN

    def _use(self, row: ConnectionAccess) -> str:
        self._access, self._expires = row.access_token, row.access_expires_at
        return self._access

    def _take_lease(self) -> dt.datetime | None:
        """Until when it is ours; None when another has it. Kept nowhere: several threads of one
        worker may ask.
        """
        now = clock.now()
        free = Q(lease_until=None) | lease.over("lease_until", now)
        until = now + LEASE
        return (
            until
            if ConnectionAccess.objects.filter(free, pk=self._pk).update(lease_until=until)
            else None
        )

    def _ask(self, refused: str, until: dt.datetime) -> str:
        """Renew under the lease, which is given back whatever happens."""
        try:
            # Read under the lease: whoever had it a moment ago may have renewed, and the refresh
            # token is another one.
            row = self._row()
            if not self._good(row, refused):
                self._renew_from(row)
        finally:
            self._give_back(until)
        row = self._row()
        self._must_be_connected(row)
        return self._use(row)

    def _renew_from(self, row: ConnectionAccess) -> None:
        """Ask for fresh tokens and keep them, unless a person connected or disconnected the company
        meanwhile.
        """
        try:
            tokens = self._with_newest_or_previous(row)
        except AccessLost as lost:
            if ConnectionAccess.objects.filter(pk=self._pk, version=row.version).exists():
                lost.version, self._lost = row.version, lost
                raise
        else:
            self._store(tokens, row)

    def _store(self, tokens: Tokens, row: ConnectionAccess) -> None:
        """The first act after Intuit's answer, since once a day the token that is kept is dead from
        the answer on.

        A database that is locked for long, or away for a moment, does not cost the connection:
        others wait for the lease as long as this tries.
        """
        give_up = time.monotonic() + LEASE.total_seconds() / 2
        while True:
            try:
                save(self._pk, tokens, since=row)
            except (OperationalError, InterfaceError) as error:
                if time.monotonic() > give_up:
                    raise
                log.warning(
                    "tokens not stored: %s",
                    type(error).__name__,
                    extra={"action": "tokens_not_stored"},
                )
                close_old_connections()
                time.sleep(POLL)
            else:
                return

    def _with_newest_or_previous(self, row: ConnectionAccess) -> Tokens:
        # Asked for at this moment: somebody may have entered other keys since the run began.
        keys = app_keys.keys_for(row.connection.environment)
        try:
            return self._intuit.refresh(row.refresh_token, keys)
        except AccessLost:
            if not row.previous_refresh_token:
                raise
        return self._intuit.refresh(row.previous_refresh_token, keys)

    def _give_back(self, until: dt.datetime) -> None:
        """End our lease; one that another worker took after ours ran out stays its own."""
        ConnectionAccess.objects.filter(pk=self._pk, lease_until=until).update(lease_until=None)
