"""Connect, connect again, disconnect (A1, A4-A6, A8, A10)."""

from __future__ import annotations

import pytest
from simple_history.signals import post_create_historical_record

from quicksync.exceptions import NotAllowed
from quicksync.models import Connection, EntityMapping, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.sync.access import standing
from quicksync.sync.actions import connect
from quicksync.sync.runs import starting
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db
FRESH = Tokens(access="access", refresh="refresh", refresh_expires_in=100, hard_expires_in=1000)


class TestConnect:
    """What a person's way back from QuickBooks leads to."""

    def test_the_first_look_learns_the_company(self, company):
        """A10, A13: accounts, codes, currency, preferences - and nothing is switched on by it."""
        connection = company.connection
        assert (connection.status, connection.country, connection.home_currency) == (
            "connected",
            "US",
            "USD",
        )
        assert connection.facts["defaults"]["income"]
        assert connection.connected_at
        assert SyncRun.objects.filter(trigger="setup", state="done").count() == 1
        assert not EntityMapping.objects.exists()

    def test_categories_are_off_and_lists_come_from_quickbooks(self, company):
        found = Connection.objects.create(name="Another")
        rows = {row.kind: row for row in connect.categories(found)}
        assert not any(row.enabled for row in rows.values())
        assert (rows["term"].direction, rows["customer"].direction) == ("pull", "both")

    def test_another_company_than_before_is_refused(self, company):
        with pytest.raises(NotAllowed, match="belongs to"):
            connect.connected(company.connection, FRESH, "999")
        company.connection.refresh_from_db()
        assert company.connection.access.access_token != "access"

    def test_one_company_has_one_live_connection(self, company):
        """A8"""
        other = Connection.objects.create(name="Another")
        with pytest.raises(NotAllowed, match="already connected on this site"):
            connect.connected(other, FRESH, company.connection.realm_id)
        other.refresh_from_db()
        assert (other.status, other.access.refresh_token) == ("new", "")

    def test_it_is_connected_with_its_trace_in_the_audit_or_not_at_all(self, company):
        found = Connection.objects.create(name="Another")
        before = found.history.count()

        def broken(**told):
            raise RuntimeError("The audit cannot be written.")

        post_create_historical_record.connect(broken)
        try:
            with pytest.raises(RuntimeError):
                connect.connected(found, FRESH, "77")
        finally:
            post_create_historical_record.disconnect(broken)
        found.refresh_from_db()
        assert (found.status, found.realm_id, found.access.refresh_token) == ("new", "", "")
        connect.connected(found, FRESH, "77")
        assert found.history.count() == before + 1
        told = found.history.first()
        assert (told.status, told.realm_id) == ("connected", "77")

    def test_again_while_a_run_waits(self, company):
        """Its work goes on with the new access."""
        starting.start(company.connection, trigger="manual")
        assert connect.connected(company.connection, FRESH, company.connection.realm_id) is None
        company.connection.refresh_from_db()
        assert company.connection.access.refresh_token == "refresh"
        assert standing.of([company.connection.pk])[company.connection.pk].days_left == 0


class TestDisconnect:
    """A6: pairs, settings and history stay."""

    def test_the_access_is_given_back_and_forgotten(self, company):
        company.client()
        company.sync()
        before = len(company.sim.requests())
        connect.disconnect(company.connection)
        company.connection.refresh_from_db()
        assert (company.connection.status, company.connection.access.refresh_token) == (
            "disconnected",
            "",
        )
        assert any(one["path"].endswith("/tokens/revoke") for one in company.sim.requests(before))
        assert EntityMapping.objects.filter(kind="customer", state="in_sync").count() == 1
        with pytest.raises(NotAllowed):
            starting.start(company.connection, trigger="manual")

    def test_a_run_at_work_is_stopped(self, company):
        run = starting.start(company.connection, trigger="manual")
        connect.disconnect(company.connection)
        run.refresh_from_db()
        assert run.state == "cancelled"

    def test_without_an_answer_it_is_forgotten_all_the_same(self, company):
        company.sim.fault(path="revoke", drop_before=True)
        connect.disconnect(company.connection)
        company.connection.refresh_from_db()
        assert company.connection.access.refresh_token == ""
        assert company.connection.clock.last_error

    def test_without_keys_it_is_forgotten_all_the_same(self, company, settings):
        """Somebody removed the keys first: Intuit cannot be told, and no page breaks."""
        settings.QUICKSYNC = {"INTUIT_BASE": company.sim.base_url}
        connect.disconnect(company.connection)
        company.connection.refresh_from_db()
        assert (company.connection.status, company.connection.access.refresh_token) == (
            "disconnected",
            "",
        )
        assert company.connection.clock.last_error

    def test_connected_again_it_goes_on_without_doubles(self, company):
        ada = company.client()
        company.sync()
        connection = company.connection
        realm, tokens = (
            connection.realm_id,
            Tokens(access=connection.access.access_token, refresh=connection.access.refresh_token),
        )
        company.sim.fault(path="revoke", drop_before=True, times=1)
        connect.disconnect(connection)
        ada.phone = "1"
        ada.save()
        company.work(connect.connected(connection, tokens, realm))
        assert_adds_up(company.sync())
        assert len(company.there("Customer")) == 1
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "1"
