"""What time brings: due connections, waiting and abandoned runs, old journals."""

from __future__ import annotations

import datetime as dt
import itertools
from urllib.parse import unquote

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import OrmQ

from quicksync import tasks
from quicksync.models import Alert, Attempt, Connection, ConnectionClock, Operation, SyncRun
from quicksync.sync.runs import dispatching, nightly, phases
from tests.company import connected
from tests.models import make

pytestmark = pytest.mark.django_db
NOW = timezone.now


def ago(**span):
    return NOW() - dt.timedelta(**span)


@pytest.fixture
def company():
    return make.connection(next_sync_at=ago(minutes=1))


class TestDue:
    """B5: a cycle for each connection whose time has come."""

    def test_each_once(self, company, queued):
        assert dispatching.dispatch() == 1
        assert queued == [("cycle", company.pk)]
        assert dispatching.dispatch() == 0

    def test_its_own_interval(self, company, queued):
        Connection.objects.update(interval_minutes=45)
        dispatching.dispatch()
        company.refresh_from_db()
        # It was due a minute ago; a turn comes up to a tenth of the interval earlier.
        ahead = company.clock.next_sync_at - NOW()
        assert dt.timedelta(minutes=39) < ahead <= dt.timedelta(minutes=44)

    def test_all_of_them_however_many(self, company, queued, monkeypatch):
        monkeypatch.setattr(dispatching, "BULK", 2)
        for realm in range(2, 7):
            make.connection(str(realm))
        assert dispatching.dispatch() == 6
        found = [pk for _, *ids in queued for pk in ids]
        assert len(found) == len(set(found)) == 6

    def test_i2_nobody_asks_for_what_waits_for_its_first_preview(self, company, queued):
        company.categories.update(approved_at=None)
        assert dispatching.dispatch() == 0

    @pytest.mark.parametrize(
        "setting",
        [{"paused": True}, {"sync_type": "manual"}, {"status": "expired"}, {"status": "new"},
         {"next_sync_at": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}],
        ids=["paused", "manual", "expired", "new", "later"],
    )  # fmt: skip
    def test_who_is_left_alone(self, company, queued, setting):
        make.put(**setting)
        assert dispatching.dispatch() == 0

    def test_tasks_wait_in_the_queue_until_the_commit(
        self, company, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            dispatching.dispatch()
            assert not OrmQ.objects.exists()
        assert OrmQ.objects.count() == 1


class TestLost:
    """A task that was lost with its queue is enqueued again; one that waits is not."""

    def test_it_comes_again(self, company, queued):
        dispatching.dispatch()
        make.put(woken_at=NOW() - 2 * dispatching.LOST)
        assert dispatching.dispatch() == 1
        assert len(queued) == 2

    def test_not_while_it_may_be_waiting(self, company, queued):
        dispatching.dispatch()
        make.put(next_sync_at=ago(seconds=1))
        assert dispatching.dispatch() == 0


class TestCycle:
    """One connection's automatic run."""

    def test_it_starts(self, company):
        assert dispatching.cycle_of(company.pk).trigger == "automatic"

    def test_not_beside_another(self, company):
        make.run(company)
        assert dispatching.cycle_of(company.pk) is None

    def test_not_for_who_is_gone(self, company):
        assert dispatching.cycle_of(company.pk + 1) is None

    def test_i2_not_before_a_person_has_approved_the_first_preview(self, company):
        """Whether a preview is open, was discarded or never made: nothing is carried over behind
        anybody's back.
        """
        company.categories.update(approved_at=None)
        assert dispatching.cycle_of(company.pk) is None
        make.run(company, state="cancelled", preview=True)
        assert dispatching.cycle_of(company.pk) is None
        preview = make.run(company, state="draft", preview=True)
        assert dispatching.cycle_of(company.pk) is None
        company.categories.update(approved_at=NOW())
        assert dispatching.cycle_of(company.pk) is not None
        preview.refresh_from_db()
        assert preview.state == "draft"

    def test_after_too_many_failures_it_pauses_and_says_so(self, company):
        make.put(failures=12)
        assert dispatching.cycle_of(company.pk) is None
        company.refresh_from_db()
        assert company.paused
        assert "12 failed runs" in company.pause_reason


class TestRuns:
    """Runs whose time has come, and those whose worker shows no life."""

    @pytest.mark.parametrize(
        ("state", "moments", "resumed"),
        [
            ("running", {"heartbeat_at": -120, "resume_at": -1}, True),
            ("running", {"heartbeat_at": -120, "resume_at": 3600}, False),
            ("running", {"heartbeat_at": -120}, True),
            ("running", {"heartbeat_at": 0}, False),
            ("running", {"heartbeat_at": -600, "lease_until": -400}, True),
            ("running", {"heartbeat_at": 0, "lease_until": 180}, False),
            ("done", {"heartbeat_at": -600}, False),
            ("draft", {"heartbeat_at": -600}, False),
        ],
        ids=[
            "its time has come",
            "not yet",
            "its next task was lost",
            "its next task is on its way",
            "dead worker",
            "live worker",
            "ended",
            "waits for a person",
        ],
    )
    def test_resumed(self, queued, state, moments, resumed):
        """`moments` are seconds from now."""
        fields = {name: NOW() + dt.timedelta(seconds=seconds) for name, seconds in moments.items()}
        run = make.run(
            make.connection(next_sync_at=NOW() + dt.timedelta(hours=1)), state=state, **fields
        )
        assert dispatching.dispatch() == int(resumed)
        assert queued == ([("work", run.pk)] if resumed else [])

    def test_one_whose_first_task_was_lost(self, queued):
        run = make.run(make.connection(next_sync_at=NOW() + dt.timedelta(hours=1)))
        assert dispatching.dispatch() == 0
        SyncRun.objects.update(started_at=ago(minutes=2))
        assert dispatching.dispatch() == 1
        assert queued == [("work", run.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_cycle_goes_by_what_the_run_before_it_has_left(monkeypatch):
    """A14: that one ends in the moment in which this one begins."""
    cursor = f"{ago(days=2):%Y-%m-%dT%H:%M:%S}+00:00"
    begin = dispatching._begin

    def another_ends_meanwhile(connection):
        taken = begin(connection)
        make.put(cursor=cursor)
        return taken

    with connected(kinds=("customer",)) as company:
        company.sync()
        make.put(woken_at=NOW(), next_sync_at=NOW() + dt.timedelta(minutes=5))
        monkeypatch.setattr(dispatching, "_begin", another_ends_meanwhile)
        before = company.sim.requests()[-1]["n"]
        assert tasks.cycle(company.connection.pk)
        (asked,) = (one for one in company.sim.requests(before) if one["path"].endswith("/cdc"))
    assert cursor in unquote(asked["query"])


@pytest.fixture
def quiet_company():
    """Read once, with nothing new since, and woken."""
    with connected(kinds=("customer",)) as company:
        company.sync()
        # The last minute before is read twice.
        company.sim.advance(minutes=10)
        company.sync()
        make.put(woken_at=NOW(), next_sync_at=NOW() + dt.timedelta(minutes=5))
        yield company


def asked(company, before):
    return [one for one in company.sim.requests(before) if one["path"].endswith("/cdc")]


@pytest.mark.django_db(transaction=True)
class TestTheEndOfAQuietCycle:
    """What its answer says is saved with the end of its run, and only by who has the run."""

    def test_a_worker_that_stops_before_it_leaves_the_answer_to_be_asked_for_again(
        self, quiet_company, monkeypatch
    ):
        before = quiet_company.sim.requests()[-1]["n"]
        with monkeypatch.context() as patch:
            patch.setattr(phases, "finish", lambda *args, **more: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tasks.cycle(quiet_company.connection.pk)
        run = SyncRun.objects.latest("id")
        assert (run.phase, run.reads, run.cursor) == ("read", [], "")
        tasks.work(run.pk)
        run.refresh_from_db()
        assert run.state == "done"
        assert len(asked(quiet_company, before)) == 2
        assert ConnectionClock.objects.get().cursor == run.cursor != ""

    def test_who_has_lost_the_run_notes_nothing(self, quiet_company, monkeypatch):
        cursor = ConnectionClock.objects.get().cursor

        def robbed(run, edition):
            SyncRun.objects.update(lease_holder="another")
            return {"cursor": "of who has lost it"}

        monkeypatch.setattr(phases.remote_records, "finish", robbed)
        tasks.cycle(quiet_company.connection.pk)
        assert SyncRun.objects.latest("id").state == "planning"
        assert ConnectionClock.objects.get().cursor == cursor

    def test_not_either_when_there_is_more_to_do(self, quiet_company, monkeypatch):
        cursor = ConnectionClock.objects.get().cursor
        quiet_company.connection.categories.update(needs_scan=True)

        def robbed(run, edition):
            SyncRun.objects.update(lease_holder="another")
            return {"cursor": "of who has lost it"}

        monkeypatch.setattr(phases.remote_records, "finish", robbed)
        tasks.cycle(quiet_company.connection.pk)
        assert ConnectionClock.objects.get().cursor == cursor


class TestPurge:
    """Retention is a setting; what is still owed is never purged."""

    def test_by_age(self, company, settings):
        settings.QUICKSYNC = {
            "KEEP_ATTEMPTS_DAYS": 10,
            "KEEP_RUNS_DAYS": 100,
            "KEEP_IDLE_RUNS_DAYS": 1,
        }
        some = {"customer": {"push": {"created": 1}}}
        old = make.run(company, state="done", finished_at=ago(days=101), counts=some)
        kept = make.run(company, state="done", finished_at=ago(days=99), counts=some)
        idle = make.run(company, state="done", finished_at=ago(days=2))
        operation = make.operation(kept, make.half(company), state="done")
        for days in (9, 11):
            attempt = Attempt.objects.create(operation=operation, outcome="done")
            Attempt.objects.filter(pk=attempt.pk).update(at=ago(days=days))
        assert nightly.purge()["attempts"] == 1
        left = set(SyncRun.objects.values_list("pk", flat=True))
        assert left == {kept.pk}
        assert not left & {old.pk, idle.pk}

    def test_in_batches_and_further_after_an_end_in_the_middle(
        self, company, settings, monkeypatch
    ):
        """A night that is cut short leaves whole runs, and the next one takes the rest."""
        settings.QUICKSYNC = {"KEEP_RUNS_DAYS": 1}
        monkeypatch.setattr(nightly, "ROWS", 2)
        monkeypatch.setattr(nightly, "RUNS", 2)
        keys = map(str, itertools.count(1))
        for number in range(5):
            run = make.run(company, state="failed", finished_at=ago(days=9))
            for _ in range(3):
                operation = make.operation(run, make.half(company, next(keys)), state="failed")
                Attempt.objects.create(operation=operation, outcome="refused")
            if number == 4:
                make.operation(run, make.half(company, next(keys)), state="unknown")
        batches = []

        def delete(rows):
            batches.append(rows.count())
            if len(batches) == 5:
                raise KeyboardInterrupt
            return taken(rows)

        taken = QuerySet.delete
        with monkeypatch.context() as patched:
            patched.setattr(QuerySet, "delete", delete)
            with pytest.raises(KeyboardInterrupt):
                nightly.purge()
        assert max(batches) == 2
        assert 0 < Operation.objects.count() < 16
        nightly.purge()
        assert SyncRun.objects.get() == run
        assert Operation.objects.count() == 4
        assert Attempt.objects.count() == 3

    def test_alerts_that_are_solved_leave_with_the_runs_of_their_time(self, company, settings):
        settings.QUICKSYNC = {"KEEP_RUNS_DAYS": 100}
        for code, days in (("old", 101), ("young", 99), ("open", None)):
            ended = ago(days=days) if days else None
            Alert.objects.create(connection=company, code=code, level="error", ended_at=ended)
        assert nightly.purge()["alerts"] == 1
        assert set(Alert.objects.values_list("code", flat=True)) == {"young", "open"}

    def test_what_is_in_doubt_stays(self, company, settings):
        settings.QUICKSYNC = {"KEEP_RUNS_DAYS": 1}
        run = make.run(company, state="failed", finished_at=ago(days=99))
        make.operation(run, make.half(company), state="unknown")
        nightly.purge()
        assert SyncRun.objects.filter(pk=run.pk).exists()
