"""A comparison in the background: asked once, done once, in slices, and found again (I12, X25)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from quicksync import tasks
from quicksync.exceptions import ConfigurationError
from quicksync.models import EntityMapping, Reconciliation, RemoteRecord
from quicksync.sync.monitor import reconcile, reconciling, sheet
from quicksync.sync.runs import jobs, nightly
from quicksync.sync.worker import clock, lease, queue
from tests.at_once import behind
from tests.company import connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NEW_YEAR = dt.date(2026, 1, 1)


@pytest.fixture
def company():
    """Differences of all sorts: what differs, what stands alone and what nobody has looked at."""
    with connected(kinds=("customer", "item", "invoice", "payment")) as company:
        client = company.client()
        for number in range(5):
            company.invoice(client, 100 + number, number=f"T-{number}", issued_on=NEW_YEAR)
        company.sync()
        company.receipt(client, {client.invoices.first(): 40}, received_on=NEW_YEAR)
        company.client("Grace Hopper")
        company.sim.api("POST", "customer", {"DisplayName": "Alan Turing"})
        row = RemoteRecord.objects.get(name="T-3")
        row.payload = row.payload.replace('"TotalAmt":103', '"TotalAmt":90')
        row.save()
        EntityMapping.objects.filter(label__contains="T-4").delete()
        yield company


@pytest.fixture
def told(monkeypatch):
    """What was enqueued."""
    found = []
    monkeypatch.setattr(queue, "_send", lambda task, ids: found.append((task, *ids)) or True)
    return found


@pytest.fixture
def pieces(monkeypatch):
    """Two records are a piece, and a piece is a slice."""
    monkeypatch.setattr(reconcile, "CHUNK", 2)

    def one_each(settings):
        settings.QUICKSYNC = {**settings.QUICKSYNC, "SLICE_SECONDS": 0}

    return one_each


def finished(one, slices=200):
    """Worked on to its end, by one worker after the other. Returns in how many slices."""
    for number in range(1, slices):
        tasks.reconcile(one.pk)
        one.refresh_from_db()
        if one.finished_at:
            return number
    raise AssertionError("no end")


def test_it_finds_what_the_comparison_in_one_go_finds(company):
    user = User.objects.create_user("office")
    one = reconciling.ask(company.connection, user=user)
    assert (one.begun_at, one.finished_at, one.user) == (None, None, user)
    assert tasks.reconcile(one.pk) == "differ"
    one.refresh_from_db()
    assert reconciling.lines_of(one) == reconcile.reconcile(company.connection)
    assert one.done == one.total == EntityMapping.objects.count()
    assert not one.failed


def test_piece_by_piece_it_finds_the_same(company, pieces, settings):
    """Each slice ends after two records, and another worker goes on with what was put away."""
    whole = reconcile.reconcile(company.connection)
    assert sum(len(line.differences) for line in whole) > 3
    pieces(settings)
    one = reconciling.ask(company.connection)
    assert finished(one) > 10
    assert reconciling.lines_of(one) == whole
    assert one.done == one.total
    assert one.sheet == ""


def test_each_slice_asks_for_the_next(company, pieces, settings, told):
    pieces(settings)
    one = reconciling.ask(company.connection)
    assert told == [("reconcile", one.pk)]
    tasks.reconcile(one.pk)
    assert told == [("reconcile", one.pk)] * 2


class TestOneAtATime:
    """Whoever asks, and however many workers look."""

    def test_who_asks_meanwhile_shares_it(self, company):
        one = reconciling.ask(company.connection)
        assert reconciling.ask(company.connection) == one
        assert Reconciliation.objects.count() == 1
        finished(one)
        assert reconciling.ask(company.connection) != one

    def test_two_who_ask_at_the_same_moment(self, company):
        first, second = behind(
            lambda: reconciling.ask(company.connection),
            lambda: reconciling.ask(company.connection),
        )
        assert first == second
        assert Reconciliation.objects.count() == 1

    def test_a_second_worker_finds_nothing_to_do(self, company):
        one = reconciling.ask(company.connection)
        assert reconciling._take(one.pk, "first")
        assert tasks.reconcile(one.pk) is None
        assert jobs._asked(10) == []

    def test_two_workers_at_the_same_moment(self, company):
        one = reconciling.ask(company.connection)
        first, second = behind(
            lambda: reconciling._take(one.pk, "first"), lambda: reconciling._take(one.pk, "second")
        )
        assert (first.pk, second) == (one.pk, None)

    def test_who_has_lost_it_writes_no_more(self, company, monkeypatch):
        one = reconciling.ask(company.connection)
        lines = sheet.Sheet.lines

        def taken_over(own):
            Reconciliation.objects.update(lease_holder="another")
            return lines(own)

        monkeypatch.setattr(sheet.Sheet, "lines", taken_over)
        assert tasks.reconcile(one.pk) is None
        one.refresh_from_db()
        assert (one.finished_at, one.result) == (None, [])


class TestTrouble:
    """A worker dies, a task is lost, the code breaks, the settings cannot be read."""

    @pytest.fixture
    def left(self, company, pieces, settings):
        """One of which a first slice is done and whose worker died in the second."""
        pieces(settings)
        one = reconciling.ask(company.connection)
        tasks.reconcile(one.pk)
        reconciling._take(one.pk, "dead")
        return one

    def later(self):
        Reconciliation.objects.update(
            lease_until=clock.now() - dt.timedelta(seconds=1),
            heartbeat_at=clock.now() - dt.timedelta(minutes=5),
        )

    def test_what_a_dead_worker_left_is_found_and_gone_on_with(self, company, left, told):
        whole = reconcile.reconcile(company.connection)
        assert reconciling.resume(clock.now()) == 0, "its lease is still good"
        self.later()
        told.clear()
        tasks.dispatch()
        assert ("reconcile", left.pk) in told
        assert [job.ids for job in jobs._asked(10)] == [(left.pk,)]
        finished(left)
        assert reconciling.lines_of(left) == whole

    def test_who_asks_again_has_it_taken_up_at_once(self, company, left, told):
        self.later()
        told.clear()
        assert reconciling.ask(company.connection) == left
        assert told == [("reconcile", left.pk)]

    def test_a_lost_task_is_found_by_the_dispatch(self, company, told):
        one = reconciling.ask(company.connection)
        told.clear()
        assert reconciling.resume(clock.now()) == 0, "its task may be on its way"
        Reconciliation.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=2))
        assert reconciling.resume(clock.now()) == 1
        assert told == [("reconcile", one.pk)]

    def test_workers_that_die_again_and_again(self, left):
        for _ in range(reconciling.BREAKS):
            self.later()
            reconciling._take(left.pk, "dead")
        self.later()
        tasks.reconcile(left.pk)
        left.refresh_from_db()
        assert left.failed
        assert "again and again" in left.sentence
        assert left.fix

    def test_what_breaks_is_tried_again_and_then_says_so(self, company, monkeypatch):
        one = reconciling.ask(company.connection)
        monkeypatch.setattr(reconcile.Comparison, "piece", lambda own: 1 / 0)
        for number in range(reconciling.BREAKS):
            assert not one.failed, number
            with pytest.raises(ZeroDivisionError):
                tasks.reconcile(one.pk)
            one.refresh_from_db()
        assert one.failed
        assert "ZeroDivisionError: division by zero" in one.sentence
        assert "Compare again" in one.fix

    def test_what_breaks_once_does_not_stop_it(self, company, monkeypatch):
        one = reconciling.ask(company.connection)
        with monkeypatch.context() as patch:
            patch.setattr(reconcile.Comparison, "piece", lambda own: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tasks.reconcile(one.pk)
        assert finished(one) == 1
        assert not one.failed

    def test_without_its_edition_nobody_can_ask(self, company):
        company.connection.edition = "gone"
        company.connection.save()
        with pytest.raises(ConfigurationError):
            reconciling.ask(company.connection)
        assert not Reconciliation.objects.exists()

    def test_an_edition_that_went_meanwhile_ends_it_with_the_reason(self, company):
        one = reconciling.ask(company.connection)
        company.connection.edition = "gone"
        company.connection.save()
        tasks.reconcile(one.pk)
        one.refresh_from_db()
        assert one.failed
        assert "gone" in one.sentence
        assert one.result == []

    def test_a_company_that_is_deleted_meanwhile(self, company):
        one = reconciling.ask(company.connection)
        company.connection.delete()
        assert tasks.reconcile(one.pk) is None


class TestSize:
    """What is stored does not grow with the differences."""

    def test_so_many_differences_are_listed_and_all_are_counted(self, company, monkeypatch):
        everything = reconcile.reconcile(company.connection)
        monkeypatch.setattr(sheet, "MOST_LISTED", 2)
        few = reconcile.reconcile(company.connection)
        for sort in (True, False):
            every, listed = (
                sum(one.explained is sort for line in lines for one in line.differences)
                for lines in (everything, few)
            )
            assert listed == min(every, 2)
        assert [len(line.differences) + line.unlisted for line in few] == [
            len(line.differences) + line.unlisted for line in everything
        ]
        assert [line.unexplained for line in few] == [line.unexplained for line in everything]

    def test_what_was_listed_counts_in_the_next_slice(self, company, pieces, settings, monkeypatch):
        monkeypatch.setattr(sheet, "MOST_LISTED", 2)
        whole = reconcile.reconcile(company.connection)
        pieces(settings)
        one = reconciling.ask(company.connection)
        finished(one)
        assert reconciling.lines_of(one) == whole

    def test_a_result_of_another_version_is_none(self):
        assert reconciling.lines_of(Reconciliation(result=[{"sort": "invoice"}])) is None


class TestRetention:
    """I12: the last few of each company, and none that is too old."""

    def ended(self, company, number, *, ago=0):
        when = timezone.now() - dt.timedelta(days=ago)
        return [
            Reconciliation.objects.create(
                connection=company.connection, finished_at=when, verdict="agree"
            ).pk
            for _ in range(number)
        ]

    def test_the_last_few_are_kept(self, company):
        keys = self.ended(company, reconciling.KEPT + 3)
        waits = reconciling.ask(company.connection)
        assert nightly.purge()["reconciliations"] == 3
        assert set(Reconciliation.objects.values_list("pk", flat=True)) == {*keys[3:], waits.pk}

    def test_what_is_older_than_runs_are_kept_goes(self, company, settings):
        self.ended(company, 2, ago=40)
        kept = self.ended(company, 1, ago=20)
        settings.QUICKSYNC = {**settings.QUICKSYNC, "KEEP_RUNS_DAYS": 30}
        assert nightly.purge()["reconciliations"] == 2
        assert [*Reconciliation.objects.values_list("pk", flat=True)] == kept


def test_a_lease_is_kept_while_it_compares(company, monkeypatch):
    """A long slice is nobody else's."""
    monkeypatch.setattr(reconciling, "ALIVE", 0)
    monkeypatch.setattr(reconcile, "CHUNK", 2)
    one = reconciling.ask(company.connection)
    signs = []
    born = lease.born
    monkeypatch.setattr(lease, "born", lambda holder: signs.append(holder) or born(holder))
    tasks.reconcile(one.pk)
    assert len(signs) > 5
    assert len(set(signs)) == 1
