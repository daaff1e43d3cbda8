"""Clocks that are hours off: leases neither end early nor hold for hours, nobody waits longer than
he was told to.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection as database
from django.utils import timezone

from quicksync.models import Connection, ConnectionAccess, SyncRun
from quicksync.sync.access import tokens
from quicksync.sync.runs import dispatching
from quicksync.sync.worker import clock, lease
from tests.models import make
from tests.sync.access.test_tokens import Intuit

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
HOUR = dt.timedelta(hours=1)


class Clocks:
    """The clock of the machine that is at work, and that of the database's machine."""

    def __init__(self, monkeypatch):
        self.real = timezone.now()
        self.machine = dt.timedelta(0)
        self.passed = dt.timedelta(0)
        self.asked = 0
        monkeypatch.setattr(timezone, "now", lambda: self.real + self.passed + self.machine)
        monkeypatch.setattr(clock, "_is_elsewhere", lambda database: True)
        monkeypatch.setattr(clock, "_ask", self.ask)

    def ask(self, database):
        self.asked += 1
        return self.real + self.passed

    def work_on(self, machine, *, later=dt.timedelta(0)):
        """Another machine goes on, whose clock is so far ahead."""
        self.machine = machine
        self.passed += later
        clock.forget()


@pytest.fixture
def clocks(monkeypatch):
    clock.forget()
    yield Clocks(monkeypatch)
    clock.forget()


@pytest.fixture
def run():
    """A run of a company whose own next turn is far away."""
    return make.run(make.connection(next_sync_at=timezone.now() + 24 * HOUR))


@pytest.mark.parametrize("off", [-HOUR, HOUR], ids=["behind", "ahead"])
class TestSeveralMachines:
    """A14: all go by the database's clock, whatever their own says."""

    def test_a_worker_that_lives_keeps_its_run(self, clocks, run, off):
        held = lease.take(run.pk, "right")
        clocks.work_on(off, later=dt.timedelta(seconds=30))
        assert dispatching.dispatch() == 0
        assert lease.take(run.pk, "wrong") is None
        clocks.work_on(dt.timedelta(0))
        lease.keep(held)

    def test_a_worker_with_a_wrong_clock_keeps_its_run_too(self, clocks, run, off):
        clocks.work_on(off)
        held = lease.take(run.pk, "wrong")
        clocks.work_on(dt.timedelta(0), later=dt.timedelta(seconds=30))
        assert lease.take(run.pk, "right") is None
        clocks.work_on(off)
        lease.keep(held)

    def test_one_that_died_is_followed_after_its_lease(self, clocks, run, off):
        clocks.work_on(off)
        lease.take(run.pk, "dead")
        clocks.work_on(dt.timedelta(0), later=dt.timedelta(minutes=4))
        assert dispatching.dispatch() == 1
        assert lease.take(run.pk, "next") is not None

    def test_a_run_resumes_when_its_time_has_come(self, clocks, run, off):
        SyncRun.objects.update(
            heartbeat_at=clock.now(), resume_at=clock.now() + dt.timedelta(minutes=1)
        )
        clocks.work_on(off, later=dt.timedelta(seconds=45))
        assert dispatching.dispatch() == 0
        clocks.work_on(off, later=dt.timedelta(seconds=30))
        assert dispatching.dispatch() == 1

    def test_a_renewal_is_left_to_who_is_at_it_a16(self, clocks, run, off, monkeypatch):
        company = Connection.objects.get()
        clocks.work_on(off)
        assert tokens._Keeper(company.access, Intuit())._take_lease()
        clocks.work_on(dt.timedelta(0), later=dt.timedelta(seconds=30))
        assert not tokens._Keeper(company.access, Intuit())._take_lease()
        clocks.work_on(dt.timedelta(0), later=dt.timedelta(seconds=31))
        assert tokens._Keeper(company.access, Intuit())._take_lease()


class TestOneMachine:
    """A clock that is set back under everybody's feet: what was leased before does not hold for
    hours.
    """

    @pytest.fixture(autouse=True)
    def _later(self, run):
        late = timezone.now() + HOUR
        SyncRun.objects.update(lease_holder="dead", lease_until=late, heartbeat_at=late)
        make.put(lease_until=late)

    def test_a_run(self, run):
        assert dispatching.dispatch() >= 1
        assert lease.take(run.pk, "next") is not None

    def test_a_renewal(self):
        assert tokens._Keeper(ConnectionAccess.objects.get(), Intuit())._take_lease()


def test_the_database_is_asked_once_a_minute(clocks, monkeypatch):
    assert [clock.now() - clocks.real < dt.timedelta(seconds=50) for _ in range(5)] == [True] * 5
    assert clocks.asked == 1
    monkeypatch.setattr(clock, "MEASURED_FOR", 0)
    clock.now()
    assert clocks.asked == 2


def test_the_databases_own_answer_is_a_moment_of_now():
    """On PostgreSQL the database is asked; a SQLite file has the clock of its machine."""
    clock.forget()
    assert abs(clock.now() - timezone.now()) < dt.timedelta(minutes=2)
    assert bool(clock._measured) is (database.vendor == "postgresql")
