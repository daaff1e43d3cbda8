"""Access tokens: renewed once however many ask, kept before they are used, never lost with a worker
(A16).
"""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync.exceptions import AccessLost, ConfigurationError, TryLater
from quicksync.models import Connection, ConnectionAccess
from quicksync.quickbooks.online.transport import oauth
from quicksync.quickbooks.port import Tokens
from quicksync.sync.access import expiry, tokens
from quicksync.sync.actions import connect
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


class Intuit:
    """Gives tokens as Intuit does: a refresh token may change, and the one before lives on for a
    while.
    """

    def __init__(self, *, good=("r1",), trouble=None):
        self.good = set(good)
        self.trouble = trouble
        self.asked = []
        self._lock = threading.Lock()

    def refresh(self, refresh_token, keys):
        with self._lock:
            self.asked.append(refresh_token)
            if self.trouble:
                raise self.trouble
            if refresh_token not in self.good:
                raise AccessLost("Intuit no longer accepts this connection.")
            number = len(self.asked) + 1
            self.good = {f"r{number}"}
            return Tokens(access=f"a{number}", refresh=f"r{number}", hard_expires_in=1000)


@pytest.fixture
def row():
    """A connection whose access token has an hour to live."""
    return make.bare(
        name="Company", realm_id="1", status="connected", access_token="a1", refresh_token="r1",
        access_expires_at=timezone.now() + dt.timedelta(hours=1),
    )  # fmt: skip


def account(row, intuit):
    row.refresh_from_db()
    return tokens.account(row, intuit)


class TestRenewal:
    """Which token a wire gets."""

    def test_a_good_token_is_used_as_it_is(self, row):
        intuit = Intuit()
        assert account(row, intuit).token() == "a1"
        assert intuit.asked == []

    def test_one_that_is_about_to_end_is_renewed_before_it_is_used(self, row):
        make.put(access_expires_at=timezone.now() + dt.timedelta(seconds=30))
        assert account(row, Intuit()).token() == "a2"

    def test_a_refused_one_is_renewed_and_kept_before_it_is_used(self, row):
        intuit = Intuit()
        assert account(row, intuit).renew("a1") == "a2"
        kept = ConnectionAccess.objects.get()
        assert (kept.access_token, kept.refresh_token) == ("a2", "r2")
        assert kept.previous_refresh_token == "r1"
        assert kept.access_expires_at > timezone.now() + dt.timedelta(minutes=59)
        assert kept.reconnect_by > timezone.now()
        assert kept.lease_until is None

    def test_one_that_another_worker_renewed_is_taken_over(self, row):
        intuit, mine = Intuit(), account(row, Intuit())
        account(row, intuit).renew("a1")
        assert mine.renew("a1") == "a2"
        assert len(intuit.asked) == 1

    def test_many_who_ask_at_once_cause_one_renewal(self, row):
        """Threads of several workers, each with an account of its own."""
        intuit, gate = Intuit(), threading.Barrier(MANY)

        def ask(number):
            mine = account(Connection.objects.get(pk=row.pk), intuit)
            gate.wait()
            try:
                return mine.renew("a1")
            finally:
                connections.close_all()

        with ThreadPoolExecutor(MANY) as pool:
            assert set(pool.map(ask, range(MANY))) == {"a2"}
        assert intuit.asked == ["r1"]

    def test_the_refresh_token_is_read_under_the_lease(self, row, monkeypatch):
        """Between reading the row and taking the lease another worker may have renewed: its token
        is the one.
        """
        intuit = Intuit()
        mine, other = account(row, intuit), account(row, intuit)
        take, done = tokens._Keeper._take_lease, []

        def take_late(keeper):
            if not done:
                done.append(True)
                assert other.renew("a1") == "a2"
            return take(keeper)

        monkeypatch.setattr(tokens._Keeper, "_take_lease", take_late)
        assert mine.renew("a1") == "a2"
        assert intuit.asked == ["r1"]
        assert Connection.objects.get().access.lease_until is None


class TestTrouble:
    """A renewal that fails leaves everything as it was."""

    def test_the_token_before_serves_when_a_worker_died_with_the_newest(self, row):
        """Intuit changed the refresh token and the worker was killed before it kept it - or kept
        one never issued.
        """
        make.put(refresh_token="r0")
        make.put(previous_refresh_token="r1")
        row.refresh_from_db()
        intuit = Intuit(good={"r1"})
        assert account(row, intuit).renew("a1") == "a3"
        assert intuit.asked == ["r0", "r1"]

    def test_access_that_is_gone(self, row):
        intuit = Intuit(good=())
        with pytest.raises(AccessLost):
            account(row, intuit).renew("a1")
        assert Connection.objects.get().access.lease_until is None

    def test_intuit_is_told_once_what_it_has_refused(self, row):
        """Each request on its way meets the refusal; one of them asks."""
        intuit = Intuit(good=())
        mine = account(row, intuit)
        for _ in range(3):
            with pytest.raises(AccessLost):
                mine.renew("a1")
        assert intuit.asked == ["r1"]

    def test_a_database_that_is_away_for_a_moment_costs_no_access(self, row, monkeypatch):
        """Intuit has replaced the refresh token: what it gave is not thrown away because storing
        fails at first.
        """
        store, failures = tokens.save, [OperationalError("locked"), InterfaceError("gone")]

        def save(*args, **options):
            if failures:
                raise failures.pop()
            return store(*args, **options)

        monkeypatch.setattr(tokens, "save", save)
        intuit = Intuit()
        assert account(row, intuit).renew("a1") == "a2"
        assert (intuit.asked, failures) == (["r1"], [])
        assert Connection.objects.get().access.refresh_token == "r2"

    def test_a_database_that_stays_away_is_said_so(self, row, monkeypatch):
        monkeypatch.setattr(tokens, "save", Mock(side_effect=OperationalError("locked")))
        monkeypatch.setattr(tokens, "LEASE", dt.timedelta(seconds=1))
        with pytest.raises(OperationalError):
            account(row, Intuit()).renew("a1")

    def test_storing_is_the_first_act_after_the_answer(self, row):
        """Nothing is read before: there the process may die."""
        intuit = Intuit()
        ask = intuit.refresh
        with CaptureQueriesContext(database) as caught:
            intuit.refresh = lambda token, keys: (ask(token, keys), before.append(len(caught)))[0]
            before = []
            account(row, intuit).renew("a1")
        first = caught.captured_queries[before[0]]["sql"]
        assert first.startswith("UPDATE")
        assert "refresh_token" in first

    def test_of_several_threads_that_find_it_gone_none_leaves_its_lease(self, row):
        """One worker's requests in flight share one account: each gives back the lease that it took
        itself.
        """
        shared = account(row, Intuit(good=()))

        def one(_):
            with pytest.raises(AccessLost):
                shared.renew("a1")

        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(one, range(MANY)))
        row.refresh_from_db()
        assert row.access.lease_until is None

    def test_no_answer(self, row):
        with pytest.raises(TryLater):
            account(row, Intuit(trouble=TryLater("Intuit cannot be reached."))).renew("a1")
        row.refresh_from_db()
        assert (row.access.refresh_token, row.access.lease_until) == ("r1", None)

    def test_a_dead_workers_lease_ends(self, row):
        make.put(lease_until=timezone.now() - dt.timedelta(seconds=1))
        assert account(row, Intuit()).renew("a1") == "a2"

    def test_nobody_renews_for_a_company_that_was_disconnected(self, row):
        intuit = Intuit()
        mine = account(row, intuit)
        make.put(status="disconnected", access_token="")
        with pytest.raises(AccessLost):
            mine.renew("a1")
        assert intuit.asked == []


def test_no_token_stands_readable_in_the_database(row):
    """Invariant 10."""
    with database.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM quicksync_connectionaccess")
        stored = cursor.fetchone()
    assert "a1" not in stored
    assert "r1" not in stored
    assert all(len(text) > 50 for text in stored)


class TestMeanwhile:
    """What a person does while a worker asks Intuit stands, whatever the worker brings back."""

    @staticmethod
    def renewing(row, meanwhile, *, refused=False):
        """A renewal during which something else happens."""
        mine = account(row, intuit := Intuit())
        ask = intuit.refresh

        def refresh(refresh_token, keys):
            meanwhile()
            return Intuit(good=()).refresh("", keys) if refused else ask(refresh_token, keys)

        intuit.refresh = refresh
        return mine.renew("a1")

    @staticmethod
    def connected_again():
        fresh = Tokens(access="new", refresh="newest", refresh_expires_in=100)
        tokens.save(Connection.objects.get().pk, fresh)

    @pytest.mark.parametrize("refused", [False, True], ids=["answered", "refused"])
    def test_connecting_again_wins(self, row, refused):
        assert self.renewing(row, self.connected_again, refused=refused) == "new"
        row.refresh_from_db()
        assert (row.access.refresh_token, row.access.lease_until) == ("newest", None)

    def test_connecting_again_before_the_run_has_ended_wins(self, row):
        """A refusal of tokens that nobody uses any more ends nothing."""
        with pytest.raises(AccessLost) as refused:
            account(row, Intuit(good=())).renew("a1")
        self.connected_again()
        expiry.expire(Connection.objects.get(), "Refused.", version=refused.value.version)
        row.refresh_from_db()
        assert (row.status, row.access.access_token) == ("connected", "new")

    def test_nothing_is_kept_for_a_company_that_is_disconnected_a6(self, row, monkeypatch):
        monkeypatch.setattr(
            "quicksync.quickbooks.online.transport.oauth.revoke", lambda token, keys: None
        )
        with pytest.raises(AccessLost, match="no longer connected"):
            self.renewing(row, lambda: connect.disconnect(Connection.objects.get()))
        row.refresh_from_db()
        assert (row.status, row.access.access_token, row.access.refresh_token) == (
            "disconnected",
            "",
            "",
        )

    def test_disconnecting_gives_back_the_newest_token_a6(self, row, monkeypatch):
        given_back = []
        monkeypatch.setattr(
            "quicksync.quickbooks.online.transport.oauth.revoke",
            lambda token, keys: given_back.append(token),
        )
        page = Connection.objects.get()
        account(row, Intuit()).renew("a1")
        connect.disconnect(page)
        assert given_back == ["r2"]

    def test_wrong_keys_do_not_keep_the_lease(self, row):
        with pytest.raises(ConfigurationError):
            account(row, Intuit(trouble=ConfigurationError("wrong keys"))).renew("a1")
        assert Connection.objects.get().access.lease_until is None

    def test_a_lease_that_another_worker_took_stays_its_own(self, row):
        later = timezone.now() + dt.timedelta(minutes=5)

        def unanswered():
            make.put(lease_until=later)
            raise TryLater("Intuit cannot be reached.")

        with pytest.raises(TryLater):
            self.renewing(row, unanswered)
        assert Connection.objects.get().access.lease_until == later

    def test_a_token_that_lives_for_a_minute_is_used_all_the_same(self, row):
        intuit = Intuit()
        intuit.refresh = lambda refresh_token, keys: Tokens(
            access="brief", refresh="r2", expires_in=60
        )
        assert account(row, intuit).renew("a1") == "brief"


def test_a_request_for_tokens_ends_before_its_lease():
    assert tokens.LEASE.total_seconds() > 2 * oauth.LONGEST_WAIT
