"""The contract of the runners, the same for each: what was saved goes out at once, what was lost is
found, what the clock brings is done once, and a broker that is away breaks nobody's request (B5,
J8, J10).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from quicksync import tasks
from quicksync.books.models import Client
from quicksync.models import ConnectionClock, EntityMapping, SyncRun
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.access import expiry
from quicksync.sync.drivers.turn import Turn
from quicksync.sync.monitor import findings, reconciling
from quicksync.sync.runs import starting
from quicksync.sync.worker import queue
from tests.sync.test_bundles import Wires, quiet_companies

CYCLES = tasks.cycles
COMMANDS = {
    "django-q2": "manage.py qcluster",
    "django.tasks": "manage.py db_worker",
    "quicksync_work": "manage.py quicksync_work",
}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def quiet(site, company):
    """A company that has been read once, whose next run is five minutes away, and nothing waits."""
    company.sync()
    site.work()
    ConnectionClock.objects.update(
        next_sync_at=timezone.now() + dt.timedelta(minutes=5), woken_at=None
    )
    return company


def there(company):
    return sorted(one["DisplayName"] for one in company.there("Customer"))


def test_companies_that_are_due_are_looked_at_together(site, monkeypatch):
    """Each once, and who has something to do goes on: in a task of its own, where tasks are."""
    wires, companies = Wires(), quiet_companies(7)
    monkeypatch.setattr(OnlineClient, "send", lambda *args: wires.send(*args))
    companies[3].categories.update(needs_scan=True)
    begun = []
    monkeypatch.setattr(tasks, "cycles", lambda *ids: begun.append(len(ids)) or CYCLES(*ids))
    ConnectionClock.objects.update(next_sync_at=timezone.now(), woken_at=None)
    site.pass_time(minutes=1)
    site.work()
    assert begun == [7]
    assert set(SyncRun.objects.values_list("state", flat=True)) == {"done"}
    assert [wires.asked[one.realm_id] for one in companies] == [1] * 7


class TestPromptly:
    """Without waiting for the clock."""

    def test_what_was_saved_goes_out(self, site, quiet):
        Client.objects.create(name="Ada")
        site.work()
        assert there(quiet) == ["Ada"]
        assert SyncRun.objects.latest("id").trigger == "live"

    def test_not_before_it_is_committed(self, site, quiet):
        with transaction.atomic():
            Client.objects.create(name="Ada")
            transaction.set_rollback(True)
        site.work()
        assert there(quiet) == []

    def test_many_saves_are_one_run(self, site, quiet):
        before = SyncRun.objects.count()
        for number in range(5):
            Client.objects.create(name=f"Client {number}")
        site.work()
        assert SyncRun.objects.count() == before + 1
        assert len(there(quiet)) == 5

    def test_a_run_that_a_person_asks_for(self, site, quiet):
        Client.objects.bulk_create([Client(name="Ada")])
        run = starting.start(quiet.connection, trigger="manual")
        site.work()
        run.refresh_from_db()
        assert run.state == "done"

    def test_runs_that_take_several_slices(self, site, quiet, monkeypatch):
        """Each slice makes room for others, here after one request, and the run goes on."""
        slices = []
        requests, begin = Turn.requests, Turn.begin
        monkeypatch.setattr(
            Turn, "begin", lambda turn, **more: slices.append(0) or begin(turn, **more)
        )
        monkeypatch.setattr(Turn, "over", property(lambda turn: slices[-1] > 0))

        def counted(turn, most):
            found = requests(turn, most)
            slices[-1] += len(found)
            return found

        monkeypatch.setattr(Turn, "requests", counted)
        Client.objects.create(name="Ada")
        site.work()
        assert there(quiet) == ["Ada"]
        assert len(slices) > 1

    def test_i12_a_comparison_that_a_person_asks_for(self, site, quiet, settings):
        """Slice by slice, here one for every piece."""
        settings.QUICKSYNC = {**settings.QUICKSYNC, "SLICE_SECONDS": 0}
        asked = reconciling.ask(quiet.connection)
        site.work()
        asked.refresh_from_db()
        assert asked.finished_at
        assert asked.verdict in ("agree", "explained")

    def test_the_mail_about_lost_access(self, site, quiet, monkeypatch):
        told = []
        monkeypatch.setattr(tasks.alerting, "check", lambda: told.append(1) or 1)
        site.pass_time(minutes=1)
        site.work()
        told.clear()
        expiry.expire(quiet.connection, "QuickBooks lets us in no more.")
        site.work()
        assert told == [1]


class TestLost:
    """A task is a hint: what it was for stands in the tables."""

    def test_a_lost_wake_is_found_by_the_dispatch(self, site, quiet):
        Client.objects.create(name="Ada")
        site.lose_tasks()
        for _ in range(7):
            site.pass_time(minutes=1)
            # Whoever enqueues something mends what was broken with the queue.
            queue.enqueue("cycle", 0)
            site.work()
        assert there(quiet) == ["Ada"]

    def test_a_lost_slice_is_found_by_the_dispatch(self, site, quiet):
        run = starting.start(quiet.connection, trigger="manual")
        site.lose_tasks()
        for _ in range(3):
            site.pass_time(minutes=1)
            queue.enqueue("cycle", 0)
            site.work()
        run.refresh_from_db()
        assert run.state == "done"

    def test_i12_a_lost_comparison_is_found_by_the_dispatch(self, site, quiet):
        asked = reconciling.ask(quiet.connection)
        site.lose_tasks()
        for _ in range(3):
            site.pass_time(minutes=1)
            queue.enqueue("cycle", 0)
            site.work()
        asked.refresh_from_db()
        assert asked.finished_at

    def test_who_stood_in_line_behind_a_worker_that_died(self, site, quiet):
        run = starting.start(quiet.connection, trigger="manual")
        waiting = starting.ask(quiet.connection, trigger="manual", preview=True)
        SyncRun.objects.filter(pk=run.pk).update(state="done", finished_at=timezone.now())
        site.lose_tasks()
        for _ in range(4):
            site.pass_time(minutes=1)
            queue.enqueue("cycle", 0)
            site.work()
        waiting.refresh_from_db()
        assert waiting.state == "done"


def begin_at_noon(site):
    """The schedules begin on a Wednesday at noon: no night and no Monday morning falls into the
    hour that a test looks at, whenever it runs.
    """
    now = timezone.localtime()
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    wednesday = noon + dt.timedelta(days=7 + (2 - noon.weekday()) % 7)
    site.pass_time(seconds=(wednesday - now).total_seconds())
    queue.runner().forget()
    site.lose_tasks()
    queue.runner().ensure()
    site.work()


class TestByTheClock:
    """What nobody asks for."""

    def test_b5_each_company_at_its_interval(self, site, quiet):
        quiet.sim.api("POST", "customer", {"DisplayName": "Grace"})
        site.pass_time(minutes=4)
        site.work()
        assert not Client.objects.exists()
        site.pass_time(minutes=2)
        site.work()
        assert Client.objects.get().name == "Grace"

    def test_minute_after_minute(self, site, quiet, monkeypatch):
        """Each minute anew, with nobody who saves anything."""
        looked = []
        monkeypatch.setattr(tasks.dispatching, "dispatch", lambda: looked.append(1) or 0)
        for _ in range(5):
            site.pass_time(minutes=1, seconds=1)
            site.work()
        assert len(looked) == 5

    def test_alerts_digest_and_nightly_once_each(self, site, quiet, monkeypatch):
        came = []
        for module, name in (
            (tasks.alerting, "check"),
            (tasks.weekly, "send"),
            (tasks.every_night, "sweep"),
        ):
            monkeypatch.setattr(module, name, lambda name=name: came.append(name) or 0)
        begin_at_noon(site)
        came.clear()
        site.pass_time(days=8)
        site.work()
        assert sorted(came) == ["check", "send", "sweep"]
        site.pass_time(minutes=2)
        site.work()
        assert len(came) == 3
        site.pass_time(minutes=60)
        site.work()
        assert sorted(came) == ["check", "check", "send", "sweep"]


class TestNoBroker:
    """A queue that is away costs a minute, not a sale."""

    def test_a_save_is_saved_and_found_later(self, site, quiet):
        away = site.lose_the_broker()
        with transaction.atomic():
            Client.objects.create(name="Ada")
        assert EntityMapping.objects.exclude(touched_at=None).count() == 1
        away.undo()
        queue.forget()
        site.pass_time(minutes=3)
        queue.enqueue("cycle", 0)
        site.work()
        site.work()
        assert there(quiet) == ["Ada"]

    def test_health_says_so(self, site, quiet):
        if site.name == "quicksync_work":
            assert queue.answers()
            return
        away = site.lose_the_broker()
        codes = {one.code: one.fix for one in findings.of_site()}
        away.undo()
        assert {"django-q2": "Q_CLUSTER", "django.tasks": "TASKS"}[site.name] in codes["queue-away"]
        assert "queue-away" not in {one.code for one in findings.of_site()}


class TestHealth:
    """I14: what is said of the worker is true of the one that should run."""

    def test_i14_a_worker_that_works(self, site, quiet):
        assert not {"no-worker", "schedule-missing"} & {one.code for one in findings.of_site()}

    def test_i14_no_worker(self, site, quiet):
        site.pass_time(minutes=15)
        found = {one.code: one.fix for one in findings.of_site()}
        assert COMMANDS[site.name] in found["no-worker"]
        site.work()
        assert "no-worker" not in {one.code for one in findings.of_site()}

    def test_i14_no_schedule(self, site, quiet):
        queue.runner().forget()
        assert "schedule-missing" in {one.code for one in findings.of_site()}
