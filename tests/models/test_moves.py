"""Invariant 7: moves between states are one conditional UPDATE, so that of many who try one
succeeds. Both databases.

Real threads on real connections: what one has committed the others see, and nobody else decides.
"""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Operation, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import WireRequest
from quicksync.records import Customer, codec
from quicksync.sync.drivers.turn import Turn
from quicksync.sync.exchange import outbox
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending, starting
from quicksync.sync.worker import lease
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 4


def all_at_once(act):
    """What each of several threads got from `act(number)`, all started at the same moment."""
    gate = threading.Barrier(MANY)

    def one(number):
        gate.wait()
        try:
            return act(number)
        except (Busy, NotAllowed, lease.LeaseLost) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


@pytest.fixture
def company():
    return make.connection()


def sendable(company, number=8):
    """A run with operations that wait to be sent."""
    run = make.run(company, state="running", phase="send", planned_from=timezone.now())
    for key in range(number):
        mapping = make.half(company, str(key))
        record = codec.dump(Customer(name=f"Client {key}"))
        make.operation(run, mapping, state="pending", record=record, rank=20)
    return run


class TestLease:
    """A14"""

    def test_one_of_many_gets_it(self, company):
        run = make.run(company)
        taken = all_at_once(lambda number: lease.take(run.pk, f"worker {number}"))
        assert len([one for one in taken if one is not None]) == 1

    def test_one_of_many_takes_a_dead_workers_over(self, company):
        run = make.run(
            company, lease_holder="dead", lease_until=timezone.now() - dt.timedelta(seconds=1)
        )
        taken = all_at_once(lambda number: lease.take(run.pk, f"worker {number}"))
        assert len([one for one in taken if one is not None]) == 1

    def test_a_live_one_is_left_alone(self, company):
        run = make.run(company)
        held = lease.take(run.pk, "first")
        assert all_at_once(lambda number: lease.take(run.pk, f"worker {number}")) == [None] * MANY
        lease.keep(held, done=3)
        assert SyncRun.objects.get().done == 3

    def test_its_holder_takes_it_again(self, company):
        """A polled session's calls come from several processes."""
        run = make.run(company)
        assert all(all_at_once(lambda number: lease.take(run.pk, "ticket")))

    def test_who_lost_it_writes_nothing(self, company):
        run = make.run(company)
        old = lease.take(run.pk, "old")
        SyncRun.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        lease.take(run.pk, "new")
        for act in (lease.keep, lease.release):
            with pytest.raises(lease.LeaseLost):
                act(old, done=99)
        assert SyncRun.objects.get().done == 0

    def test_an_ended_run_is_nobodys(self, company):
        run = make.run(company)
        held = lease.take(run.pk, "worker")
        ending.cancel(run)
        with pytest.raises(lease.LeaseLost):
            lease.keep(held)
        assert lease.take(run.pk, "other") is None


class TestClaims:
    """An operation travels in one parcel."""

    def test_who_lost_the_run_claims_nothing(self, company):
        run = sendable(company)
        old = lease.take(run.pk, "old")
        SyncRun.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        lease.take(run.pk, "new")
        with pytest.raises(lease.LeaseLost):
            Turn(old, edition_for("online")).request()
        assert set(Operation.objects.values_list("state", flat=True)) == {"pending"}

    def test_of_many_with_one_ticket_each_operation_goes_once(self, company):
        """Even if every call believes that the run is its own."""
        run = sendable(company, 8)

        def claim(number):
            return Turn(lease.take(run.pk, "ticket"), edition_for("online")).request()

        sent = [request for request in all_at_once(claim) if isinstance(request, WireRequest)]
        parcels = set(Operation.objects.filter(state="sending").values_list("parcel", flat=True))
        assert {request.id for request in sent} == parcels
        assert len(parcels) == 1

    def test_a_doubted_parcel_is_asked_about_once(self, company):
        run = sendable(company, 3)
        Operation.objects.update(state="unknown", parcel="p1")
        parcel = outbox.doubtful(company)
        questions = [
            one for one in all_at_once(lambda number: outbox.ask(parcel)) if isinstance(one, str)
        ]
        assert questions == ["p1-1"]
        assert run.operations.filter(state="sending", recoveries=1).count() == 3


class TestStarts:
    """One run at a time (A14)."""

    def test_of_many_starts_one_succeeds(self, company):
        got = all_at_once(lambda number: starting.start(company, trigger="manual"))
        assert len([one for one in got if isinstance(one, SyncRun)]) == 1
        assert len([one for one in got if isinstance(one, Busy)]) == MANY - 1

    def test_of_many_approvals_one_counts(self, company):
        run = make.run(company, state="draft", preview=True, planned_from=timezone.now())
        make.operation(run, make.half(company), state="draft")
        got = all_at_once(lambda number: approve.approve(run, user=None))
        assert [one.approved for one in got if isinstance(one, approve.Approved)] == [1]

    def test_of_many_dispatches_one_has_each_connection(self, company):
        """The number of cycles does not grow with the number of schedulers."""
        make.put(next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        make.connection("2", next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        assert sum(all_at_once(lambda number: dispatching.dispatch())) == 2
