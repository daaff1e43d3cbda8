"""A14: who comes second stands in line, and begins when the first has ended - whichever way it
ends.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_q.models import OrmQ

from quicksync.exceptions import NotAllowed
from quicksync.models import Connection, SyncRun
from quicksync.models.run_values import Scope
from quicksync.quickbooks.port import Tokens
from quicksync.sync.actions import connect
from quicksync.sync.pairs import watch
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending, starting, waitlist
from quicksync.sync.worker import lease
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob")


def states():
    return list(
        SyncRun.objects.exclude(trigger="setup").order_by("id").values_list("state", flat=True)
    )


def second(company, user=None, **what):
    """A run at work, and one asked for beside it."""
    first = starting.ask(company.connection, trigger="manual")
    return first, starting.ask(company.connection, trigger="manual", user=user, **what)


def test_alone_it_begins_at_once(company):
    assert starting.ask(company.connection, trigger="manual").state == "planning"


def test_the_second_begins_when_the_first_is_done(company, bob):
    ada = company.client()
    first, after = second(company, bob)
    assert after.state == "queued"
    assert_adds_up(company.work(first))
    after.refresh_from_db()
    assert (after.state, after.user) == ("planning", bob)
    assert after.started_at >= SyncRun.objects.get(pk=first.pk).finished_at
    assert_adds_up(company.work(after))
    assert company.partner(ada)["DisplayName"] == "Ada Lovelace"


def test_who_asks_for_the_same_shares_the_run(company, bob):
    _first, after = second(company, bob)
    assert starting.ask(company.connection, trigger="manual") == after
    assert starting.ask(company.connection, trigger="preview", preview=True) != after
    assert states() == ["planning", "queued", "queued"]


def test_in_the_order_of_asking(company):
    first, after = second(company)
    last = starting.ask(company.connection, trigger="preview", preview=True)
    company.work(first)
    company.work(SyncRun.objects.get(pk=after.pk))
    last.refresh_from_db()
    assert last.state == "planning"


def test_after_a_cancelled_one(company):
    first, after = second(company)
    ending.cancel(first)
    after.refresh_from_db()
    assert after.state == "planning"


def test_after_one_that_waits_for_approval(company):
    company.client()
    first = starting.ask(company.connection, trigger="preview", preview=True)
    after = starting.ask(company.connection, trigger="manual")
    company.work(first)
    after.refresh_from_db()
    assert states() == ["draft", "planning"]


def test_leaving_the_line(company):
    first, after = second(company)
    ending.cancel(after)
    assert states() == ["planning", "cancelled"]
    company.work(first)
    with pytest.raises(NotAllowed):
        ending.cancel(after)
    assert states() == ["done", "cancelled"]


def test_a_draft_beside_it_is_not_approved_meanwhile(company):
    """It would be a third at work; the line goes on afterwards."""
    company.client()
    draft = company.preview()
    first, after = second(company)
    with pytest.raises(Exception, match="running since"):
        approve.approve(draft, user=None)
    company.work(first)
    after.refresh_from_db()
    assert after.state == "planning"


def test_a_worker_that_died_before_it_told_the_next(company):
    first, after = second(company)
    SyncRun.objects.filter(pk=first.pk).update(state="done")
    OrmQ.objects.all().delete()
    dispatching.dispatch()
    after.refresh_from_db()
    assert after.state == "planning"


def cycles():
    return [
        task
        for task in (row.task for row in OrmQ.objects.all())
        if task["func"] == "quicksync.tasks.cycle"
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["done", "failed"])
def test_what_is_saved_while_a_run_is_at_work_follows_it_at_once(company, how):
    """B3: the wake finds the run at work; when that has ended - well or badly - nobody waits for
    the dispatch.
    """
    dispatching.cycle_of(company.connection.pk)
    run = SyncRun.objects.get(state="planning")
    watch.wake([company.connection.pk])
    assert dispatching.cycle_of(company.connection.pk) is None
    OrmQ.objects.all().delete()
    if how == "done":
        company.work(run)
    else:
        run = lease.take(run.pk, "worker")
        ending.finish(run, "failed", reason="internal-error")
    assert SyncRun.objects.get(pk=run.pk).state == how
    assert [task["args"] for task in cycles()] == [(company.connection.pk,)]


@pytest.mark.django_db(transaction=True)
def test_after_a_quiet_run_nothing_follows(company):
    """Nor after one that two tasks were enqueued for: reads are metered."""
    run = dispatching.cycle_of(company.connection.pk)
    assert dispatching.cycle_of(company.connection.pk) is None
    OrmQ.objects.all().delete()
    company.work(run)
    assert cycles() == []


def test_nobody_begins_without_access(company):
    first, after = second(company)
    SyncRun.objects.filter(pk=first.pk).update(state="failed")
    Connection.objects.update(status="expired")
    waitlist.advance_all()
    after.refresh_from_db()
    assert after.state == "queued"


def test_disconnecting_ends_the_line(company):
    second(company)
    connect.disconnect(company.connection)
    assert states() == ["cancelled", "cancelled"]


@pytest.mark.django_db(transaction=True)
class TestTakenUpAgain:
    """A5: what somebody had asked for when access ended goes on after reconnecting, on manual
    connections too.
    """

    @pytest.fixture
    def again(self, company):
        """Connect again with access that works."""

        def go():
            fresh = company.sim.site.tokens.issue(
                company.connection.realm_id, "com.intuit.quickbooks.accounting"
            )
            tokens = Tokens(access=fresh.access, refresh=fresh.refresh)
            company.work(connect.connected(company.connection, tokens, company.connection.realm_id))
            return list(SyncRun.objects.filter(state="planning"))

        Connection.objects.update(sync_type="manual")
        return go

    def lose(self, company, **what):
        company.sim.disconnect(company.connection.realm_id)
        run = company.sync(**what)
        assert (run.state, run.reason) == ("failed", "no-access")

    def test_a_run_by_hand(self, company, again, bob):
        ada = company.client()
        self.lose(company, user=bob)
        [run] = again()
        assert (run.trigger, run.user) == ("manual", bob)
        assert_adds_up(company.work(run))
        assert company.partner(ada)["DisplayName"] == "Ada Lovelace"

    def test_a_preview_is_shown_again(self, company, again):
        company.client()
        self.lose(company, trigger="preview", preview=True)
        [run] = again()
        assert company.work(run).state == "draft"
        assert not company.there("Customer")

    def test_single_records_with_what_was_asked_of_them(self, company, again):
        ada, bob = company.client(), company.client("Bob")
        company.enable("customer", direction="pull")
        mapping = company.mapping(ada)
        self.lose(company, trigger="object", scope=Scope(mappings=(mapping.pk,), forced="push"))
        [run] = again()
        assert_adds_up(company.work(run))
        assert [one["DisplayName"] for one in company.there("Customer")] == [ada.name]
        assert bob.name

    def test_a_run_by_the_clock_is_left_to_the_clock(self, company, again):
        self.lose(company, trigger="automatic")
        assert again() == []

    def test_only_what_was_the_last(self, company, again):
        self.lose(company)
        SyncRun.objects.create(
            connection=company.connection, state="done", finished_at=timezone.now()
        )
        assert again() == []

    def test_not_for_other_failures(self, company, again):
        at = timezone.now() - dt.timedelta(minutes=1)
        SyncRun.objects.create(
            connection=company.connection, trigger="manual", state="failed", finished_at=at
        )
        assert again() == []
