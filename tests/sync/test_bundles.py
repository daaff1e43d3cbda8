"""Ten thousand companies: most have nothing new, and one task looks at a bundle of them (A14, J8)
without one of them standing in the way of another.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync import tasks
from quicksync.exceptions import AccessLost, TryLater
from quicksync.models import Category, Connection, ConnectionAccess, ConnectionClock, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import WireReply
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.company.known import read_kinds
from quicksync.sync.drivers import bundle
from quicksync.sync.runs import dispatching, ending, phases, starting
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
QUIET = b'{"CDCResponse": [{"QueryResponse": [{}]}], "time": "2026-11-28T00:00:00.000-08:00"}'
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


class Wires:
    """Stand-ins for QuickBooks: what each company answers, by its realm, and how often it was
    asked.
    """

    def __init__(self):
        self.asked = Counter()
        self.says = {}

    def send(self, client, request):
        self.asked[client.company_id] += 1
        client.calls += 1
        client.reads += 1
        said = self.says.get(client.company_id, QUIET)
        if isinstance(said, Exception):
            raise said
        return WireReply(status=200, body=said() if callable(said) else said)


@pytest.fixture
def wire(monkeypatch):
    wires = Wires()
    monkeypatch.setattr(OnlineClient, "send", lambda *args: wires.send(*args))
    return wires


@pytest.fixture
def companies():
    return quiet_companies(5)


def quiet_companies(number):
    """Read a while ago, and claimed by a dispatch."""
    made = [make.connection(str(realm)) for realm in range(1, number + 1)]
    now = timezone.now()
    ConnectionClock.objects.update(
        read_at=now - dt.timedelta(minutes=5),
        lists_read_at=now,
        cursor="2026-11-27T00:00:00-08:00",
        read_kinds=list(read_kinds(edition_for("online"))),
        next_sync_at=now + dt.timedelta(minutes=5),
        woken_at=now,
    )
    for row in ConnectionAccess.objects.all():
        row.access_token = row.refresh_token = "token"
        row.access_expires_at = now + dt.timedelta(hours=1)
        row.save()
    Category.objects.update(needs_scan=False)
    return made


def keys(companies):
    return [one.pk for one in companies]


def states():
    return Counter(SyncRun.objects.values_list("state", flat=True))


def of_others(odd):
    return set(SyncRun.objects.exclude(connection=odd).values_list("state", flat=True))


class TestQuiet:
    """Companies that have nothing new."""

    def test_each_is_asked_once_and_done(self, companies, wire, queued):
        assert tasks.cycles(*keys(companies)) == 5
        assert states() == {"done": 5}
        assert set(wire.asked.values()) == {1}
        assert queued == []

    def test_what_each_was_asked_is_counted_with_it(self, companies, wire, queued):
        tasks.cycles(*keys(companies))
        assert set(ConnectionClock.objects.values_list("calls", "reads")) == {(1, 1)}
        assert set(SyncRun.objects.values_list("calls", "metered")) == {(1, 1)}

    def test_each_company_more_is_a_few_statements_more(self, wire, queued):
        """And the looks at what was answered together, which no machine promises the number of."""

        def statements(companies):
            with CaptureQueriesContext(database) as caught:
                tasks.cycles(*keys(companies))
            return sum(not row["sql"].startswith(CONTROL) for row in caught)

        few = statements(quiet_companies(2))
        Connection.objects.all().delete()
        many = statements(quiet_companies(8))
        assert states() == {"done": 8}
        assert many - few <= 6 * (3 + 2)

    def test_a_second_task_for_the_same_finds_nothing(self, companies, wire, queued):
        tasks.cycles(*keys(companies))
        assert tasks.cycles(*keys(companies)) is None
        assert set(wire.asked.values()) == {1}


class TestOneOfThem:
    """Whatever one company does, the others are done."""

    @pytest.fixture
    def odd(self, companies):
        return companies[2]

    def test_who_has_something_to_do_goes_on_alone(self, companies, odd, wire, queued):
        odd.categories.update(needs_scan=True)
        tasks.cycles(*keys(companies))
        run = odd.runs.get()
        assert (run.state, run.lease_until) == ("planning", None)
        assert queued == [("work", run.pk)]
        assert of_others(odd) == {"done"}
        tasks.work(run.pk)
        run.refresh_from_db()
        assert run.state == "done"
        # What it was told in the bundle it is not asked for again.
        assert wire.asked[odd.realm_id] == 1

    def test_who_was_never_read_is_not_asked_in_a_bundle(self, companies, odd, wire, queued):
        make.put(odd, read_at=None, cursor="")
        tasks.cycles(*keys(companies))
        assert wire.asked[odd.realm_id] == 0
        assert queued == [("work", odd.runs.get().pk)]
        assert of_others(odd) == {"done"}

    def test_a_long_answer_is_for_a_task_of_its_own(self, companies, odd, wire, queued):
        wire.says[odd.realm_id] = QUIET + b" " * bundle.LONG
        tasks.cycles(*keys(companies))
        run = odd.runs.get()
        assert queued == [("work", run.pk)]
        assert (run.reads, run.cursor, run.calls) == ([], "", 1)
        assert of_others(odd) == {"done"}

    def test_who_does_not_answer_waits(self, companies, odd, wire, queued):
        wire.says[odd.realm_id] = TryLater("QuickBooks did not answer in time.", sent=True)
        tasks.cycles(*keys(companies))
        run = odd.runs.get()
        assert (run.state, run.troubles, run.lease_until) == ("planning", 1, None)
        assert run.resume_at > timezone.now()
        assert of_others(odd) == {"done"}

    def test_a_dead_token(self, companies, odd, wire, queued):
        wire.says[odd.realm_id] = AccessLost("QuickBooks no longer lets us in.")
        tasks.cycles(*keys(companies))
        odd.refresh_from_db()
        assert odd.status == "expired"
        assert odd.runs.get().reason == "no-access"
        assert of_others(odd) == {"done"}
        assert Connection.objects.filter(status="connected").count() == 4

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"CDCResponse": 7}'])
    def test_a_strange_answer(self, companies, odd, wire, queued, body):
        wire.says[odd.realm_id] = body
        tasks.cycles(*keys(companies))
        assert odd.runs.get().state != "done"
        assert of_others(odd) == {"done"}

    def test_a_fault_of_our_own_is_told_at_its_run_and_by_the_task(
        self, companies, odd, wire, queued
    ):
        wire.says[odd.realm_id] = LookupError("a mistake of ours")
        with pytest.raises(LookupError):
            tasks.cycles(*keys(companies))
        run = odd.runs.get()
        assert (run.troubles, run.lease_until) == (1, None)
        assert ConnectionClock.objects.get(pk=odd.pk).calls == 1
        assert of_others(odd) == {"done"}

    def test_a_run_at_work_already_stays_alone(self, companies, odd, wire, queued):
        run = starting.start(odd, trigger="manual", holder="another")
        assert tasks.cycles(*keys(companies)) == 4
        assert odd.runs.get() == run
        assert wire.asked[odd.realm_id] == 0
        assert of_others(odd) == {"done"}

    def test_what_cannot_be_looked_at_together_is_looked_at_alone(
        self, companies, wire, queued, monkeypatch
    ):
        monkeypatch.setattr(dispatching, "_begin_all", only_one(dispatching._begin_all))
        assert tasks.cycles(*keys(companies)) == 5
        assert states() == {"done": 5}


def only_one(begin):
    """Breaks where there are several."""

    def one(connections):
        if len(connections) > 1:
            raise ValueError("a row that nobody can read")
        return begin(connections)

    return one


class TestStopped:
    """A bundle that ends in its middle: the rest is picked up again, nothing twice."""

    def test_killed_while_some_are_done(self, companies, wire, queued, monkeypatch):
        end, ended = ending.end, []

        def killed(run, *args, **more):
            if len(ended) == 2:
                raise SystemExit
            ended.append(run.pk)
            end(run, *args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(ending, "end", killed)
            with pytest.raises(SystemExit):
                tasks.cycles(*keys(companies))
        assert states() == {"done": 2, "planning": 3}
        over = timezone.now() - dt.timedelta(seconds=1)
        SyncRun.objects.filter(state="planning").update(lease_until=over)
        dispatching.dispatch()
        for _, pk in queued:
            tasks.work(pk)
        assert states() == {"done": 5}
        assert SyncRun.objects.count() == 5

    def test_killed_before_any_run_began(self, companies, wire, queued, monkeypatch):
        """Their wakes stand where they stood, and are found once they are old."""

        def killed(*args):
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(dispatching, "_pauses", killed)
            with pytest.raises(SystemExit):
                tasks.cycles(*keys(companies))
        assert not SyncRun.objects.exists()
        ConnectionClock.objects.update(woken_at=timezone.now() - 2 * dispatching.LOST)
        dispatching.dispatch()
        ((name, *ids),) = queued
        assert (name, sorted(ids)) == ("cycles", keys(companies))

    def test_whoever_lost_a_run_leaves_it_alone(self, companies, wire, queued, monkeypatch):
        odd = companies[0]
        finish = phases.remote_records.finish

        def robbed(run, edition):
            SyncRun.objects.filter(connection=odd).update(lease_holder="another")
            return finish(run, edition)

        monkeypatch.setattr(bundle.remote_records, "finish", robbed)
        tasks.cycles(*keys(companies))
        run = odd.runs.get()
        assert (run.state, run.lease_holder, run.cursor) == ("planning", "another", "")
        assert states() == {"done": 4, "planning": 1}

    def test_what_time_does_not_suffice_for_goes_to_tasks_of_their_own(
        self, companies, wire, queued, monkeypatch
    ):
        monkeypatch.setattr(phases, "slice_end", lambda: -1.0)
        tasks.cycles(*keys(companies))
        assert wire.asked == {}
        begun = SyncRun.objects.values_list("pk", flat=True)
        assert sorted(queued) == sorted(("work", pk) for pk in begun)
        assert set(SyncRun.objects.values_list("lease_until", flat=True)) == {None}


class TestDispatch:
    """Who is put together."""

    def test_as_many_as_a_bundle_holds(self, wire, queued, monkeypatch):
        monkeypatch.setattr(dispatching.wakes, "BUNDLE", 2)
        made = quiet_companies(5)
        ConnectionClock.objects.update(next_sync_at=timezone.now(), woken_at=None)
        dispatching.dispatch()
        assert sorted(len(ids) for _, *ids in queued) == [1, 2, 2]
        assert sorted(pk for _, *ids in queued for pk in ids) == keys(made)
