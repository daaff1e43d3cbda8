"""Older never replaces newer (V4), and a run that slept asks the change feed for no more than it
keeps (V9).
"""

from __future__ import annotations

import datetime as dt
import threading
from urllib.parse import unquote_plus

import pytest
from django.db import connections, transaction
from django.utils import timezone

from quicksync.models import Connection, RemoteRecord, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Remote
from quicksync.sync.drivers import direct
from quicksync.sync.read import remote_records
from quicksync.sync.runs import ending, starting
from quicksync.sync.worker import lease
from tests.company import assert_adds_up
from tests.models import make

EDITION = edition_for("online")


def told(token="3", second=10, *, deleted=False, **more):
    """What QuickBooks told of one customer."""
    time = f"2026-03-01T00:00:{second:02}-08:00" if second is not None else ""
    payload = f'{{"Id":"7","SyncToken":"{token}","DisplayName":"Ada {token} {second}"}}'
    facts = {
        "type": "Customer",
        "id": "7",
        "kind": "customer",
        "token": token,
        "payload": payload,
        "modified": time,
    }
    return Remote(**{**facts, "deleted": deleted, **more})


@pytest.fixture
def connection(db):
    return Connection.objects.create(name="Main", status="connected", realm_id="42")


def known(connection):
    row = RemoteRecord.objects.get(connection=connection, remote_id="7")
    return row.token, row.payload, row.deleted


NEWER = [
    (told("3"), told("2")),
    (told("10"), told("9")),
    (told("3", 20), told("3", 10)),
    (told("", 20), told("", 10)),
    (told("3", 20), told("", 10)),
    # The same moment in another offset, and one a second before it.
    (told("3", modified="2026-03-01T08:00:10+00:00"), told("3", 9)),
    (told("", 20, deleted=True, payload="{}"), told("3", 10)),
]


@pytest.mark.parametrize(("newer", "older"), NEWER)
@pytest.mark.parametrize("read", [True, False])
def test_nothing_older_is_stored_over_something_newer(connection, newer, older, read):
    remote_records.store(connection, [newer], read=True)
    before = known(connection)
    assert remote_records.store(connection, [older], read=read) == {("Customer", "7")}
    assert known(connection) == before


@pytest.mark.parametrize(("newer", "older"), NEWER)
def test_what_is_newer_is_stored(connection, newer, older):
    remote_records.store(connection, [older], read=True)
    assert remote_records.store(connection, [newer], read=True) == set()
    assert known(connection)[1:] == (newer.payload, newer.deleted)


@pytest.mark.parametrize(
    "same", [told(), told(payload='{"Balance":5}'), told("", None), told("3", None)]
)
def test_what_is_neither_is_what_quickbooks_told_last(connection, same):
    """A customer's balance changes without a new token."""
    remote_records.store(connection, [told()])
    assert remote_records.store(connection, [same], read=True) == set()
    assert known(connection)[:2] == ("3", same.payload)


def test_a_deletion_keeps_what_tells_how_old_it_is(connection):
    remote_records.store(connection, [told("5", 50)])
    remote_records.store(
        connection, [Remote(type="Customer", id="7", kind="customer", deleted=True)], read=True
    )
    assert known(connection) == ("5", "", True)
    # A repeated answer to a write from before it does not bring the record back; being read again
    # does.
    assert remote_records.store(connection, [told("5", 50)]) == {("Customer", "7")}
    assert remote_records.store(connection, [told("6", 55)]) == {("Customer", "7")}
    assert remote_records.store(connection, [told("4", 40)], read=True) == {("Customer", "7")}
    assert remote_records.store(connection, [told("5", 50)], read=True) == set()
    assert known(connection)[2] is False


def test_the_same_deletion_told_again_changes_nothing(connection):
    remote_records.absorb(connection, EDITION, [told()])
    gone = Remote(type="Customer", id="7", kind="customer", deleted=True)
    assert [remote_records.absorb(connection, EDITION, [gone]) for _ in range(2)] == [1, 0]


def test_one_page_may_hold_a_record_twice(connection):
    remote_records.absorb(connection, EDITION, [told("4"), told("3")])
    assert known(connection)[0] == "4"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("there", [True, False], ids=["known", "new"])
def test_two_workers_at_the_same_moment(there):
    """The one with the older answer waits for the other's transaction, and then stores nothing."""
    connection = Connection.objects.create(name="Main", status="connected", realm_id="42")
    if there:
        remote_records.store(connection, [told("1")])
    holds, go = threading.Event(), threading.Event()

    def newer():
        try:
            with transaction.atomic():
                remote_records.store(connection, [told("5")])
                holds.set()
                go.wait(60)
        finally:
            connections.close_all()

    def older():
        try:
            with transaction.atomic():
                remote_records.store(connection, [told("4")])
        finally:
            connections.close_all()

    first, second = threading.Thread(target=newer), threading.Thread(target=older)
    first.start()
    holds.wait(60)
    second.start()
    second.join(0.5)
    go.set()
    first.join(60)
    second.join(60)
    assert known(connection)[0] == "5"


class TestAnswersThatCross:
    """The whole way: reads, writes and questions whose answers come in another order than they were
    given.
    """

    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def ada(self, company):
        ada = company.client()
        company.sync()
        return ada

    def test_a_feed_answered_before_a_write_and_delivered_after_it(self, company, ada):
        """The host's edit is not taken back here until the next cycle."""
        old = RemoteRecord.objects.get(type="Customer", remote_id=company.mapping(ada).remote_id)
        late = Remote(
            type=old.type,
            id=old.remote_id,
            kind=old.kind,
            token=old.token,
            payload=old.payload,
            name=old.name,
            modified=old.modified,
        )
        ada.phone = "5"
        ada.save()
        company.sync()
        remote_records.absorb(company.connection, EDITION, [late])
        company.sync()
        ada.refresh_from_db()
        assert ada.phone == "5"
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "5"

    def test_a_replayed_first_answer_does_not_hide_the_bookkeepers_edit(self, company, ada):
        ada.phone = "5"
        ada.save()
        company.sim.fault(path="/batch$", drop_after_commit=True, times=1)
        run = company.sync()
        assert run.is_active
        company.sim.edit(
            "update", "Customer", company.mapping(ada).remote_id, values={"Notes": "from there"}
        )
        # The feed is read first, as a run does that began after the first one was cancelled.
        ending.cancel(SyncRun.objects.get(pk=run.pk))
        for _ in range(3):
            run = company.sync()
            run.operations.update(retry_at=None)
            SyncRun.objects.update(resume_at=None)
            run = company.work(run) if run.is_active else run
        assert_adds_up(run)
        ada.refresh_from_db()
        assert (ada.phone, ada.notes) == ("5", "from there")
        assert company.mapping(ada).state == "in_sync"


@pytest.mark.django_db(transaction=True)
class TestSleep:
    """V9: what the change feed keeps is judged when it is asked, not when the run began."""

    @pytest.fixture
    def invoices(self, company):
        client = company.client()
        invoices = [company.invoice(client) for _ in range(3)]
        company.sync()
        return invoices

    def sleeps(self, company, run, days=40):
        """The workers stop while this run is reading, and go on so many days later."""
        company.sim.advance(days=days)
        company.sim.refresh()
        make.put(read_at=timezone.now() - dt.timedelta(days=days))
        SyncRun.objects.update(resume_at=None, lease_until=None)
        company.connection.refresh_from_db()
        return SyncRun.objects.get(pk=run.pk)

    def change(self, company, invoices):
        """What the feed has forgotten when the workers are back: a change and a deletion."""
        mappings = [company.mapping(one) for one in invoices]
        company.sim.edit(
            "update",
            "Invoice",
            mappings[0].remote_id,
            values={"CustomerMemo": {"value": "from there"}},
        )
        company.sim.edit("delete", "Invoice", mappings[1].remote_id)

    def test_a_run_that_slept_before_its_answer_reads_everything(self, company, invoices):
        company.sim.fault(path="/cdc", drop_before=True, times=1)
        run = company.sync()
        assert run.is_active
        self.change(company, invoices)
        run = company.work(self.sleeps(company, run))
        self.check(company, invoices, run)

    def test_a_run_that_slept_after_its_answer_leaves_no_gap(self, company, invoices, monkeypatch):
        """The cursor is as old as the answer that gave it, however late the run ends."""
        run = starting.start(company.connection, trigger="manual")
        finish = remote_records.finish
        monkeypatch.setattr(
            remote_records,
            "finish",
            lambda *given: (_ for _ in ()).throw(lease.LeaseLost("asleep")),
        )
        assert direct.work(run.pk, lease.new_holder()) is None
        monkeypatch.setattr(remote_records, "finish", finish)
        self.change(company, invoices)
        woken = self.sleeps(company, run)
        told_at = timezone.now() - dt.timedelta(days=40)
        woken.progress.cursor_at = told_at
        SyncRun.objects.update(progress=woken.progress)
        company.work(woken)
        assert Connection.objects.get().clock.read_at == told_at
        self.check(company, invoices, company.sync())

    def check(self, company, invoices, run):
        assert_adds_up(run)
        invoices[0].refresh_from_db()
        assert invoices[0].memo == "from there"
        gone = company.mapping(invoices[1])
        assert RemoteRecord.objects.get(type="Invoice", remote_id=gone.remote_id).deleted
        asked = [
            unquote_plus(request["path"] + "?" + request["query"])
            for request in company.sim.requests()
        ]
        assert any("SELECT * FROM Invoice STARTPOSITION" in query for query in asked)
