"""`quicksync_work`: until it is told to stop, or until nothing is left to do (J10)."""

from __future__ import annotations

import os
import signal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quicksync import tasks
from quicksync.books.models import Client
from quicksync.models import Routine, SyncRun
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.runs import starting
from tests.company import connected
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def company(monkeypatch, transactional_db):
    monkeypatch.setenv("QUICKSYNC_RUNNER", "quicksync_work")
    with connected(kinds=("customer",)) as found:
        yield found


def work(*arguments):
    said = StringIO()
    call_command("quicksync_work", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def stop_at(monkeypatch, place, name):
    """This process is told to stop, once, when it comes there: as systemd does."""
    step, signals = getattr(place, name), [signal.SIGTERM]

    def told(*args, **options):
        while signals:
            os.kill(os.getpid(), signals.pop())
        return step(*args, **options)

    monkeypatch.setattr(place, name, told)


class TestOnce:
    """For cron."""

    def test_everything_that_is_due_then_it_ends(self, company):
        Client.objects.create(name="Ada")
        make.put(next_sync_at=None, woken_at=None)
        assert work("--once") == ""
        assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada"]
        assert not SyncRun.objects.filter(state__in=SyncRun.ACTIVE).exists()

    def test_what_waits_for_a_time_is_left_to_wait(self, company):
        company.sim.fault(path="/batch$|/cdc|/query", status=503, times=1000)
        Client.objects.create(name="Ada")
        work("--once")
        assert SyncRun.objects.get(state__in=SyncRun.ACTIVE).resume_at is not None

    def test_what_fails_is_told_by_the_exit_code(self, company, monkeypatch):
        def breaks(connection_id):
            raise LookupError

        monkeypatch.setattr(tasks, "cycle", breaks)
        Client.objects.create(name="Ada")
        with pytest.raises(CommandError, match="Failed tasks: 1"):
            work("--once")

    def test_beside_another_runner_it_helps_out(self, company, monkeypatch):
        monkeypatch.setenv("QUICKSYNC_RUNNER", "django-q2")
        # Those of the test before, whose tables were emptied under its own runner.
        Routine.objects.all().delete()
        Client.objects.create(name="Ada")
        assert "helps it out" in work("--once")
        assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada"]
        assert not Routine.objects.exists()


class TestStopping:
    """SIGTERM ends it between two slices."""

    def test_the_slice_at_work_is_ended_and_no_other_begun(self, company, monkeypatch):
        others = [make.run(make.connection(str(number))) for number in range(2, 5)]
        run = starting.start(company.connection, trigger="manual")
        stop_at(monkeypatch, OnlineClient, "_transport")
        make.put(None, paused=True)
        monkeypatch.setattr(
            "random.SystemRandom.shuffle", lambda dice, jobs: jobs.sort(key=by(run))
        )
        work()
        run.refresh_from_db()
        assert run.state == "done"
        assert run.lease_until is None
        rows = SyncRun.objects.filter(pk__in=[other.pk for other in others])
        assert set(rows.values_list("heartbeat_at", flat=True)) == {None}

    def test_while_it_waits(self, company, monkeypatch):
        """At once, not at the next look."""
        stop_at(monkeypatch, tasks.dispatching, "dispatch")
        assert work("--poll", "60") == "At work. Stop with Ctrl-C or SIGTERM.\n"

    def test_signals_are_as_before_afterwards(self, company, monkeypatch):
        before = signal.getsignal(signal.SIGTERM)
        stop_at(monkeypatch, tasks.dispatching, "dispatch")
        work()
        assert signal.getsignal(signal.SIGTERM) is before


def by(run):
    """Jobs of this run first."""
    return lambda job: (job.task, job.ids[0]) != ("work", run.pk)


def test_what_breaks_stops_nothing_else(company, monkeypatch):
    """A company whose task breaks each time leaves the others their turn."""
    cycle, broken = tasks.cycle, make.connection("9").pk

    def breaks(connection_id):
        if connection_id == broken:
            raise LookupError
        return cycle(connection_id)

    monkeypatch.setattr(tasks, "cycle", breaks)
    Client.objects.create(name="Ada")
    with pytest.raises(CommandError):
        work("--once")
    assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada"]


@pytest.mark.parametrize("poll", ["0", "61", "soon"])
def test_a_pace_that_makes_no_sense(company, poll):
    with pytest.raises(CommandError):
        work("--poll", poll)
