"""QuickBooks in trouble: the run ends or resumes as designed, and every record has its outcome."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync import signals
from quicksync.models import Attempt, Operation, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.sync.access import app_keys
from quicksync.sync.actions import connect
from quicksync.sync.drivers.direct import Verdict, work
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, starting
from quicksync.sync.worker.lease import new_holder
from tests.company import assert_adds_up
from tests.models import make


def slice_of(run) -> Verdict:
    """One slice."""
    verdict = work(run.pk, new_holder())
    assert verdict is not None
    return verdict


def waits_over():
    """The time for which things wait has come."""
    now = timezone.now()
    Operation.objects.filter(retry_at__gt=now).update(retry_at=now)
    SyncRun.objects.update(resume_at=now, heartbeat_at=now - dt.timedelta(minutes=5))
    make.put(limiter="")


def work_through(company, run, slices=30):
    """Slice after slice, each when its time has come. Returns the seconds that the run wanted to
    wait.
    """
    waits = []
    for _ in range(slices):
        verdict = slice_of(run)
        run.refresh_from_db()
        if not run.is_active:
            return waits
        waits.append(verdict.wait)
        assert run.lease_until is None, "a run that waits holds nobody up"
        assert dispatching.dispatch() >= 0
        waits_over()
    raise AssertionError("The run does not end.")


@pytest.fixture
def orders(company):
    """Work enough for several batches."""
    clients = [company.client(f"Client {number}") for number in range(35)]
    return [company.invoice(client, 10 + number) for number, client in enumerate(clients)]


def assert_all_there(company, orders, run):
    run.refresh_from_db()
    assert run.state == "done", run.reason
    assert_adds_up(run)
    assert sorted(one["DocNumber"] for one in company.there("Invoice")) == sorted(
        one.number for one in orders
    )
    assert len(company.there("Customer")) == 35


class TestThrottled:
    """429: nothing was done, nothing is lost, and Intuit's wait is kept."""

    def test_a_storm(self, company, orders):
        company.sim.fault(path="/batch$", throttle=True, times=6)
        run = starting.start(company.connection, trigger="manual")
        waits = work_through(company, run)
        assert_all_there(company, orders, run)
        assert min(waits) >= 60
        assert not Attempt.objects.filter(outcome="no_answer").exists()
        assert Attempt.objects.filter(outcome="not_sent").exists()

    def test_while_reading(self, company, orders):
        company.sim.fault(path="/query$", throttle=True, times=3)
        run = starting.start(company.connection, trigger="manual")
        work_through(company, run)
        assert_all_there(company, orders, run)


class TestOutage:
    """The run resumes by itself, with longer and longer pauses."""

    @pytest.mark.parametrize(
        "trouble",
        [
            {"drop_before": True},
            {"drop_after_commit": True},
            {"status": 503},
            {"html_error_page": True},
        ],
        ids=["no-connection", "no-answers", "503", "error-page"],
    )
    def test_it_outlives_an_outage(self, company, orders, trouble):
        company.sim.fault(path="/batch$", times=12, **trouble)
        run = starting.start(company.connection, trigger="manual")
        waits = work_through(company, run)
        assert_all_there(company, orders, run)
        assert waits == sorted(waits)
        assert company.connection.clock.failures == 0

    def test_in_maintenance(self, company, orders):
        company.sim.fault(maintenance=True)
        run = starting.start(company.connection, trigger="manual")
        for _ in range(3):
            assert slice_of(run).wait >= 15
            waits_over()
        company.connection.refresh_from_db()
        assert company.connection.clock.last_error
        company.sim.clear_faults()
        work_through(company, run)
        assert_all_there(company, orders, run)

    def test_dispatch_resumes_it_when_its_time_has_come(self, company):
        company.client()
        company.sim.fault(maintenance=True)
        run = starting.start(company.connection, trigger="manual")
        slice_of(run)
        run.refresh_from_db()
        assert run.resume_at > timezone.now()
        make.put(next_sync_at=timezone.now() + dt.timedelta(hours=1))
        assert dispatching.dispatch() == 0
        waits_over()
        assert dispatching.dispatch() == 1


class TestAccess:
    """A16, A5."""

    def test_an_access_token_that_expires_in_mid_run(self, company, orders):
        """Every call that meets the dead token gets a fresh one; only one refresh is made."""
        run = company.preview()
        company.sim.advance(minutes=61)
        before = len(company.sim.requests())
        assert company.work(approved(run)).state == "done"
        assert_all_there(company, orders, run)
        refreshes = [
            one for one in company.sim.requests(before) if one["path"].endswith("/tokens/bearer")
        ]
        assert len(refreshes) == 1

    def test_revoked_access_ends_the_run_and_connecting_again_goes_on(self, company, orders):
        told = []
        signals.connection_lost.connect(
            lambda connection, **rest: told.append(connection.pk), weak=False, dispatch_uid="t"
        )
        run = company.preview()
        company.sim.advance(minutes=61)
        company.sim.fault(invalid_grant=True)
        try:
            run = company.work(approved(run))
        finally:
            signals.connection_lost.disconnect(dispatch_uid="t")
        assert (run.state, run.reason) == ("failed", "no-access")
        assert company.connection.status == "expired"
        assert told == [company.connection.pk]
        assert not run.operations.filter(state__in=("sending", "unknown", "draft")).exists()
        company.sim.clear_faults()
        connection = company.connection
        fresh = edition_for("online").refresh(
            connection.access.refresh_token, app_keys.keys_for(connection.environment)
        )
        company.work(connect.connected(connection, fresh, connection.realm_id))
        assert company.there("Customer") == []
        assert_all_there(company, orders, company.sync())

    def test_a_read_that_is_refused_ends_the_run(self, company):
        """Not an outage: asking again would bring the same answer."""
        body = {
            "Fault": {
                "Error": [{"Message": "Bad query", "Detail": "No such field", "code": "4001"}]
            }
        }
        company.sim.fault(path="/cdc$|/query$", status=400, body=body, times=1)
        run = company.sync()
        assert (run.state, run.reason) == ("failed", "quickbooks-refused")
        assert "No such field" in run.reason_values["message"]
        assert run.lease_until is None
        assert company.sync().state == "done"


def approved(run):
    """The plan with a person's yes."""
    approve.approve(run, user=None, force=True)
    return run
