"""A run's beginning and end: start, cancel, pause, what is left to the next one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync import signals
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Connection, Operation, SyncRun
from quicksync.models.run_values import Scope
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending, pausing, starting
from tests.company import assert_adds_up
from tests.models import make

pytestmark = pytest.mark.django_db


class TestStart:
    """A14: who is at work since when, and what becomes of the second one."""

    def test_the_second_is_told_who_has_it(self, company, admin_user):
        starting.start(company.connection, trigger="manual", user=admin_user)
        make.put(next_sync_at=timezone.now() + dt.timedelta(hours=1))
        with pytest.raises(Busy, match=f"{admin_user} started a run at"):
            starting.start(company.connection, trigger="manual")
        company.connection.refresh_from_db()
        assert company.connection.clock.next_sync_at <= timezone.now()

    def test_not_without_a_company(self, company):
        Connection.objects.update(status="expired")
        company.connection.refresh_from_db()
        with pytest.raises(NotAllowed):
            starting.start(company.connection, trigger="manual")


class TestCancel:
    """Proposals are planned afresh; nothing is lost or sent twice."""

    def test_what_was_owed_comes_with_the_next_run(self, company):
        ada = company.client()
        run = company.preview()
        approve.approve(run, user=None)
        ending.cancel(run)
        assert set(Operation.objects.filter(kind="customer").values_list("state", flat=True)) == {
            "stale"
        }
        assert_adds_up(company.sync())
        assert company.partner(ada)["DisplayName"] == "Ada Lovelace"

    def test_an_ended_run(self, company):
        run = company.sync()
        with pytest.raises(NotAllowed):
            ending.cancel(run)


class TestPause:
    """No automatic runs until somebody says so."""

    def test_pause_and_resume(self, company, admin_user):
        make.put(failures=9)
        pausing.pause(company.connection, user=admin_user, why="Year-end closing")
        company.connection.refresh_from_db()
        assert not company.connection.is_scheduled
        assert company.connection.pause_reason == "Year-end closing"
        pausing.resume(company.connection, user=admin_user)
        company.connection.refresh_from_db()
        assert company.connection.is_scheduled
        assert (company.connection.clock.failures, company.connection.pause_reason) == (0, "")


class TestEnd:
    """What a run leaves behind."""

    def test_it_is_told_after_the_commit(self, company):
        told = []
        signals.run_finished.connect(
            lambda run, **rest: told.append(run.state), weak=False, dispatch_uid="t"
        )
        try:
            company.sync()
        finally:
            signals.run_finished.disconnect(dispatch_uid="t")
        assert told == ["done"]

    def test_a_whole_run_marks_its_categories(self, company):
        """B13: from then on the start date is fixed."""
        company.sync()
        assert not company.connection.categories.filter(enabled=True, first_synced_at=None).exists()

    def test_a_run_of_single_records_does_not(self, company):
        ada = company.client()
        company.sync(scope=Scope(mappings=(company.mapping(ada).pk,), forced="push"))
        assert not company.connection.categories.exclude(first_synced_at=None).exists()

    def test_an_idle_run_is_one_call(self, company):
        company.client()
        company.sync()
        company.sync()
        run = company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        assert (run.state, run.calls, run.operations.count()) == ("done", 1, 0)
