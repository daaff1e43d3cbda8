"""Invariant 7: who waited for a row finds what the other has made of it. Two real transactions, the
second known to wait for the first; what a move rests on is a condition that PostgreSQL looks at
again after that wait.
"""

from __future__ import annotations

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from quicksync.exceptions import NotAllowed
from quicksync.models import (
    Alert,
    Connection,
    ConnectionClock,
    EntityMapping,
    Operation,
    SyncRun,
    bulk,
)
from quicksync.quickbooks.port import Tokens
from quicksync.sync.access import expiry, tokens
from quicksync.sync.access.meter import Meter
from quicksync.sync.actions import answers, connect
from quicksync.sync.exchange import conversation, outbox
from quicksync.sync.monitor import alerts
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending, pausing, waitlist
from quicksync.sync.worker import lease, wakes
from tests.at_once import behind
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def company():
    return make.connection()


def pair(company, key, **fields):
    """A pair whose two sides are joined already."""
    values = {"remote_type": "Customer", "remote_id": key, "state": "in_sync"} | fields
    return make.half(company, key, **values)


class TestLease:
    """A14: a run is worked by one worker at a time."""

    @pytest.mark.parametrize("but", [(), ["desktop"]], ids=["any", "of-other-editions"])
    def test_of_two_who_take_a_run_one_has_it(self, company, but):
        run = make.run(company)
        first, second = behind(
            lambda: lease.take(run.pk, "first", but=but),
            lambda: lease.take(run.pk, "second", but=but),
        )
        assert (first.lease_holder, second) == ("first", None)
        assert SyncRun.objects.get().lease_holder == "first"

    def test_a_dead_workers_run_is_taken_over_once(self, company):
        ended = timezone.now() - dt.timedelta(seconds=1)
        run = make.run(company, lease_holder="dead", lease_until=ended)
        _, second = behind(
            lambda: lease.take(run.pk, "first", but=["desktop"]),
            lambda: lease.take(run.pk, "second", but=["desktop"]),
        )
        assert second is None

    def test_of_an_edition_that_another_driver_has_it_is_not_taken(self, company):
        run = make.run(company)
        assert lease.take(run.pk, "worker", but=["online"]) is None

    def test_who_shows_signs_of_life_too_late_has_lost_it(self, company):
        run = make.run(company)
        old = lease.take(run.pk, "old")
        SyncRun.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        _, late = behind(lambda: lease.take(run.pk, "new"), lambda: lease.keep(old, done=99))
        assert isinstance(late, lease.LeaseLost)
        assert SyncRun.objects.get().done == 0

    def test_a_run_that_is_cancelled_is_not_finished(self, company):
        run = make.run(company)
        held = lease.take(run.pk, "worker")
        _, late = behind(
            lambda: ending.cancel(run), lambda: ending.finish(held, SyncRun.State.DONE)
        )
        assert isinstance(late, lease.LeaseLost)
        assert SyncRun.objects.get().state == "cancelled"

    def test_a_run_that_is_finished_is_not_cancelled(self, company):
        held = lease.take(make.run(company).pk, "worker")
        _, late = behind(
            lambda: ending.finish(held, SyncRun.State.DONE), lambda: ending.cancel(held)
        )
        assert isinstance(late, NotAllowed)
        assert SyncRun.objects.get().state == "done"


class TestRuns:
    """A plan is approved, thrown away or taken from the line once."""

    @pytest.fixture
    def plan(self, company):
        run = make.run(company, state="draft", preview=True, planned_from=timezone.now())
        make.operation(run, make.half(company), state="draft")
        return run

    def test_an_approved_plan_is_not_thrown_away(self, plan):
        _, late = behind(
            lambda: approve.approve(plan, user=None), lambda: approve.discard(plan, user=None)
        )
        assert isinstance(late, NotAllowed)
        assert Operation.objects.get().state == "pending"

    def test_a_plan_thrown_away_is_not_approved(self, plan):
        _, late = behind(
            lambda: approve.discard(plan, user=None), lambda: approve.approve(plan, user=None)
        )
        assert isinstance(late, NotAllowed)
        assert Operation.objects.get().state == "cancelled"

    def test_the_first_in_line_begins_once(self, company):
        run = make.run(company, state="queued", trigger="manual")
        behind(lambda: waitlist.advance(company.pk), lambda: waitlist.advance(company.pk))
        assert SyncRun.objects.get(pk=run.pk).state == "planning"

    def test_who_left_the_line_does_not_begin(self, company):
        make.run(company, state="queued", trigger="manual")
        behind(lambda: waitlist.leave(company), lambda: waitlist.advance(company.pk))
        assert SyncRun.objects.get().state == "cancelled"

    def test_a_due_connection_is_dispatched_once(self, company):
        make.put(next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        assert behind(dispatching.dispatch, dispatching.dispatch) == (1, 0)

    @pytest.fixture
    def bundle(self, company):
        """Claimed by a dispatch, and in one task twice."""
        made = [company, make.connection("2"), make.connection("3")]
        now = timezone.now()
        ConnectionClock.objects.update(
            woken_at=now, next_sync_at=now + dt.timedelta(minutes=5), woken_by=""
        )
        return [one.pk for one in made]

    def test_of_two_tasks_for_a_bundle_one_begins_all(self, bundle):
        first, second = behind(
            lambda: dispatching.cycles_of(bundle, holder="first"),
            lambda: dispatching.cycles_of(bundle, holder="second"),
        )
        assert [run.connection_id for run in first] == bundle
        assert second == []
        assert set(SyncRun.objects.values_list("lease_holder", flat=True)) == {"first"}

    def test_a_bundle_leaves_alone_whom_another_task_has_begun(self, bundle):
        mine, rest = behind(
            lambda: dispatching.cycle_of(bundle[1], holder="first"),
            lambda: dispatching.cycles_of(bundle, holder="second"),
        )
        assert mine.connection_id == bundle[1]
        assert [run.connection_id for run in rest] == [bundle[0], bundle[2]]
        assert SyncRun.objects.count() == 3

    def test_a_bundle_holds_no_clock_while_its_runs_begin(self, bundle):
        """Who ends a run has it locked, and then wants the clock: the two would wait for each other
        (seen in a soak). SQLite locks no rows; there the clocks are written before the transaction
        of the runs begins.
        """
        locks_rows = connection.features.has_select_for_update_nowait
        taken, within = [], []

        def take():
            with transaction.atomic():
                clocks = ConnectionClock.objects.select_for_update(nowait=True)
                taken.append([clock.pk for clock in clocks.order_by("pk")])
            connection.close()

        def looked(execute, sql, params, many, context):
            if sql.startswith('INSERT INTO "quicksync_syncrun"'):
                within.append([one for one in connection.savepoint_ids if one])
                if locks_rows:
                    other = threading.Thread(target=take)
                    other.start()
                    other.join()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(looked):
            assert len(dispatching.cycles_of(bundle, holder="first")) == 3
        assert within == [[]], "a transaction of their own"
        assert taken == ([bundle] if locks_rows else [])

    def test_a_save_here_that_meets_a_dispatch_enqueues_nothing_more(self, company, monkeypatch):
        """Metered reads are paid for."""
        queued = []
        monkeypatch.setattr(wakes, "call", queued.extend)
        make.put(next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        behind(dispatching.dispatch, lambda: wakes.wake([company.pk]))
        assert queued == [company.pk]

    def test_who_pauses_while_it_is_dispatched_is_not_run_and_goes_on_at_once(self, company):
        """The two write different rows: the task finds the pause, and no lost turn is left."""
        make.put(next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        behind(lambda: pausing.pause(Connection.objects.get()), dispatching.dispatch)
        assert dispatching.cycle_of(company.pk) is None
        assert not SyncRun.objects.exists()
        pausing.resume(Connection.objects.get())
        assert dispatching.dispatch() == 1
        assert dispatching.cycle_of(company.pk) is not None

    def test_nobody_who_saves_a_connection_loses_its_turn(self, company):
        make.put(next_sync_at=timezone.now() - dt.timedelta(minutes=1))
        mine = Connection.objects.get()
        mine.name = "Renamed"
        assert behind(mine.save, dispatching.dispatch) == (None, 1)


class TestParcels:
    """An operation travels in one parcel, and its outcome is asked about by one worker."""

    @pytest.fixture
    def parcel(self, company):
        run = make.run(company, state="running", phase="send")
        make.operation(run, make.half(company), state="unknown", parcel="p1")
        return outbox.doubtful(company)

    def test_it_is_asked_about_once(self, parcel):
        _, late = behind(lambda: outbox.ask(parcel), lambda: outbox.ask(parcel))
        assert isinstance(late, NotAllowed)
        assert Operation.objects.get().recoveries == 1

    def test_what_was_answered_meanwhile_is_not_asked_about(self, parcel):
        answered = Operation.objects.filter(parcel="p1")
        _, late = behind(lambda: answered.update(state="done"), lambda: outbox.ask(parcel))
        assert isinstance(late, NotAllowed)
        assert Operation.objects.get().state == "done"

    def test_what_was_answered_meanwhile_is_not_sent_again(self, company, parcel):
        outbox.ask(parcel)
        answered = Operation.objects.filter(parcel="p1")
        behind(
            lambda: answered.update(state="done"), lambda: conversation._unsent(company, "p1", 0)
        )
        assert Operation.objects.get().state == "done"


class TestHalves:
    """A half that has found its partner meanwhile is a pair, and no pair is deleted as if it were a
    half.
    """

    def test_two_people_join_two_halves_once(self, company):
        here = make.half(company, "1")
        there = make.half(company, None, remote_type="Customer", remote_id="7")
        _, late = behind(
            lambda: answers.same(here, there, user=None),
            lambda: answers.same(EntityMapping(pk=here.pk, **_columns(here)), there, user=None),
        )
        assert isinstance(late, NotAllowed)
        assert EntityMapping.objects.get().is_pair

    def test_a_half_that_moved_while_it_was_to_be_joined(self, company):
        """A landing has made the half there a pair of its own in the same moment."""
        here = make.half(company, "1")
        there = make.half(company, None, remote_type="Customer", remote_id="7")
        mine = EntityMapping.objects.filter(pk=there.pk)
        _, late = behind(
            lambda: mine.update(model_label="books.client", object_key="9", version=1),
            lambda: answers.same(here, there, user=None),
        )
        assert isinstance(late, NotAllowed)
        assert EntityMapping.objects.get(remote_id="7").object_key == "9"

    def test_a_half_that_became_a_pair_is_not_removed(self, company):
        there = make.half(company, None, remote_type="Customer", remote_id="7")
        mine = EntityMapping.objects.filter(pk=there.pk)
        _, removed = behind(
            lambda: mine.update(model_label="books.client", object_key="9"),
            lambda: bulk.remove(EntityMapping.objects.filter(object_key=None, remote_id="7")),
        )
        assert removed == 0
        assert EntityMapping.objects.get().is_pair


class TestAccess:
    """A5, A8, A16: tokens and companies have one owner."""

    def test_one_worker_renews(self, company):
        keeper = tokens._Keeper(company.access, None)
        first, second = behind(keeper._take_lease, keeper._take_lease)
        assert (first is not None, second) == (True, None)

    def test_tokens_of_before_a_disconnect_are_not_kept(self, company):
        fresh, read = Tokens(access="a", refresh="r"), company.access
        _, kept = behind(
            lambda: connect._forget_access(Connection.objects.get(pk=company.pk), "", None),
            lambda: tokens.save(company.pk, fresh, since=read),
        )
        assert kept is False
        assert Connection.objects.get().access.refresh_token == ""

    def test_access_that_was_given_anew_meanwhile_is_not_lost(self, company):
        again, read = Tokens(access="a", refresh="r"), company.access
        behind(
            lambda: tokens.save(company.pk, again, since=read),
            lambda: expiry.expire(company, "Refused.", version=read.version),
        )
        assert Connection.objects.get().status == "connected"

    def test_who_connects_again_while_access_is_being_lost_is_connected(self, company):
        """A person comes back from Intuit with new tokens while a run gives up on the old ones."""
        read, again = company.access, Tokens(access="a", refresh="r")
        behind(
            lambda: expiry.expire(company, "Refused.", version=read.version),
            lambda: connect.connected(Connection.objects.get(), again, company.realm_id),
        )
        row = Connection.objects.get()
        assert (row.status, row.access.refresh_token) == ("connected", "r")

    def test_access_that_a_person_has_just_given_is_not_lost(self, company):
        read, again = company.access, Tokens(access="a", refresh="r")
        behind(
            lambda: connect.connected(Connection.objects.get(), again, company.realm_id),
            lambda: expiry.expire(company, "Refused.", version=read.version),
        )
        row = Connection.objects.get()
        assert (row.status, row.access.access_token) == ("connected", "a")

    def test_a_mail_goes_out_once(self, company, settings, mailoutbox):
        settings.QUICKSYNC = {**settings.QUICKSYNC, "ALERT_EMAILS": ["office@example.com"]}
        Alert.objects.create(
            connection=company, code="no-access", level="error", sentence="S", fix="F"
        )
        behind(alerts.tell, alerts.tell)
        assert len(mailoutbox) == 1

    def test_the_first_calls_of_a_month_are_all_counted(self, company):
        """Two workers find the counter of last month."""
        make.put(calls_month="2020-01", calls=50)
        wire = SimpleNamespace(calls=3, reads=0, window=lambda: "")
        behind(Meter(company.pk, wire).save, Meter(company.pk, wire).save)
        assert Connection.objects.get().clock.calls == 6


def _columns(mapping):
    return {
        field.attname: getattr(mapping, field.attname)
        for field in mapping._meta.concrete_fields[1:]
    }
