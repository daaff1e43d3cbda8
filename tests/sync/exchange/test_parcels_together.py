"""Parcels that are claimed and answered together are parcels all the same: each has its own request
id and its own outcome, and what is wrong with one holds no other up.
"""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import pytest
from django.db import OperationalError
from django.utils import timezone

from quicksync import signals
from quicksync.books.models import Client
from quicksync.models import Attempt, EntityMapping, Operation, SyncRun
from quicksync.quickbooks.messages import WireReply
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.actions import skipping
from quicksync.sync.drivers import direct
from quicksync.sync.exchange import conversation
from quicksync.sync.exchange.settle import Settlement
from quicksync.sync.runs import starting
from quicksync.sync.worker import deadlocks, lease
from tests.company import assert_adds_up
from tests.models import make

pytestmark = pytest.mark.django_db
# Three parcels of thirty and one of ten.
NUMBER = 100
REFUSED = b'{"Fault": {"Error": [{"Message": "Invalid", "code": "2010"}], "type": "Validation"}}'


@pytest.fixture
def clients(company, monkeypatch):
    """So many new clients; answers that are written down together wait for each other."""
    monkeypatch.setattr(direct, "TOGETHER", 600)
    made = [Client(name=f"Client {number:03d}") for number in range(NUMBER)]
    Client.objects.bulk_create(made)
    company.enable("customer")
    return list(Client.objects.order_by("pk"))


def meanwhile(monkeypatch, do):
    """Do something while all parcels are answered and none is written down. Returns their ids."""
    found, settle = [], conversation.settle_together

    def watched(run, company, replies):
        monkeypatch.setattr(conversation, "settle_together", settle)
        found.extend(replies)
        do(run, company, replies)
        return settle(run, company, replies)

    monkeypatch.setattr(conversation, "settle_together", watched)
    return found


def sent(company):
    """The request ids of what was written, in their order."""
    return [parse_qs(one["query"])["requestid"][0] for one in company.writes()]


def through(company):
    """A run to its end, with nothing that waits for a time."""
    run = company.sync()
    for _ in range(10):
        if not run.is_active:
            break
        Operation.objects.exclude(retry_at=None).update(retry_at=timezone.now())
        SyncRun.objects.update(resume_at=None)
        make.put(limiter="")
        run = company.work(run)
    return run


def assert_once(company, run):
    """Every client is in QuickBooks once, and both sides know it."""
    assert run.state == "done", run.reason
    assert_adds_up(run)
    there = company.there("Customer")
    assert sorted(one["DisplayName"] for one in there) == [
        f"Client {number:03d}" for number in range(NUMBER)
    ]
    pairs = EntityMapping.objects.filter(kind="customer")
    assert set(pairs.values_list("state", flat=True)) == {"in_sync"}
    assert sorted(pairs.values_list("remote_id", flat=True)) == sorted(one["Id"] for one in there)
    assert run.counts["customer"]["push"] == {"created": NUMBER}


def test_each_parcel_has_its_own_id_and_its_own_records(company, clients):
    assert_once(company, company.sync())
    ids = sent(company)
    assert len(set(ids)) == len(ids) == 4
    parcels = dict.fromkeys(ids, 0)
    operations = Operation.objects.filter(kind="customer")
    for parcel in operations.values_list("parcel", flat=True):
        parcels[parcel] += 1
    assert sorted(parcels.values()) == [10, 30, 30, 30]
    for operation in operations:
        assert [one.parcel for one in operation.attempts.all()] == [operation.parcel]


def test_of_a_parcel_that_is_refused_each_record_goes_alone(company, clients, monkeypatch):
    """The others beside it are done."""
    send, refused = OnlineClient.send, []

    def refusing(wire, request):
        if request.purpose == "write" and '"Client 042"' in request.body.decode() and not refused:
            refused.append(request.id)
            return WireReply(status=400, body=REFUSED)
        return send(wire, request)

    monkeypatch.setattr(OnlineClient, "send", refusing)
    assert_once(company, through(company))
    assert set(Attempt.objects.filter(outcome="refused").values_list("parcel", flat=True)) == {
        *refused
    }
    # Three parcels went as they were, and of the fourth each record by itself.
    assert len(sent(company)) == len(set(sent(company))) == 3 + 30


def test_one_record_that_is_refused_stops_nobody(company, clients):
    run = company.preview()
    company.sim.api("POST", "vendor", {"DisplayName": "Client 042"})
    run = company.approve(run)
    assert_adds_up(run)
    assert run.counts["customer"]["push"] == {"created": NUMBER - 1, "failed": 1}
    assert company.mapping(clients[42]).state == "failed"
    assert len(company.there("Customer")) == NUMBER - 1


def test_a_lost_answer_is_asked_for_under_its_own_id(company, clients):
    """The others beside it are settled meanwhile."""
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=3, times=1)
    run = company.sync()
    doubted = Operation.objects.filter(state="unknown")
    assert doubted.values("parcel").distinct().count() == 1
    assert Operation.objects.filter(state="done").count() == NUMBER - doubted.count()
    [lost] = set(doubted.values_list("parcel", flat=True))
    Operation.objects.update(retry_at=None)
    SyncRun.objects.update(resume_at=None)
    run = company.work(run)
    assert_once(company, run)
    assert [one for one in sent(company) if sent(company).count(one) > 1] == [lost, lost]


def test_an_answer_that_says_nothing_leaves_one_parcel_in_doubt(company, clients):
    company.sim.fault(path="/batch$", spoil={"text": "{"}, nth=2, times=1)
    assert_once(company, through(company))
    assert len(set(sent(company))) == 4
    assert len(sent(company)) == 5


def test_what_was_answered_before_is_not_counted_twice(company, clients, monkeypatch):
    """Another worker has asked about one of them meanwhile, and has written it down."""
    settle = Settlement.settle

    def overtaken(settlement):
        if len(settlement.answers) > 1:
            monkeypatch.setattr(Settlement, "settle", settle)
            answer = settlement.answers[0]
            run = SyncRun.objects.get(pk=answer.parcel.operations[0].run_id)
            conversation.settle(run, settlement.company, answer.parcel.id, "write", answer.reply)
        return settle(settlement)

    monkeypatch.setattr(Settlement, "settle", overtaken)
    assert_once(company, company.sync())
    assert Attempt.objects.count() == NUMBER


def test_a_half_that_was_read_before_its_answer_is_the_same_record(company, clients, monkeypatch):
    def read(run, company_, replies):
        for one in company.there("Customer")[:3]:
            make.half(
                company.connection,
                None,
                remote_type="Customer",
                remote_id=one["Id"],
                model_label="",
                origin="here",
            )

    meanwhile(monkeypatch, read)
    run = company.sync()
    assert_once(company, run)


def test_a_deadlock_costs_nobody_an_answer(company, clients, monkeypatch):
    """PostgreSQL has ended it for the sake of the host's own transaction."""
    save = Settlement._save

    class Ended(Exception):
        sqlstate = "40P01"

    def ended(settlement, *args):
        if len(settlement.answers) > 1:
            raise OperationalError("deadlock detected") from Ended
        save(settlement, *args)

    monkeypatch.setattr(Settlement, "_save", ended)
    assert_once(company, company.sync())
    assert deadlocks.TRIES > 1


def test_other_trouble_of_the_database_is_trouble(company, clients, monkeypatch):
    """And what was on its way is asked about by the next worker."""
    save = Settlement._save

    def broken(settlement, *args):
        raise OperationalError("disk I/O error")

    run = starting.start(company.connection, trigger="manual")
    with monkeypatch.context() as patch:
        patch.setattr(Settlement, "_save", broken)
        with pytest.raises(OperationalError):
            company.work(run)
    assert Settlement._save is save
    owed = Operation.objects.filter(kind="customer")
    assert set(owed.values_list("state", flat=True)) == {"sending"}
    SyncRun.objects.update(lease_until=None)
    assert_once(company, company.work(run))
    assert len(set(sent(company))) == 4
    assert len(sent(company)) == 8


def test_a_worker_whose_lease_ran_out_meanwhile(company, clients, monkeypatch):
    """Another one has asked about all of them by the time that it wants to write them down."""

    def taken_over(run, *_):
        SyncRun.objects.update(lease_until=timezone.now() - lease.clock.WRONG * 2)
        direct.work(run.pk, lease.new_holder())

    first = meanwhile(monkeypatch, taken_over)
    run = company.sync()
    assert_once(company, run)
    assert Attempt.objects.filter(outcome="recovered").count() == NUMBER
    assert set(sent(company)) == {*first}


def test_what_is_skipped_while_it_is_on_the_wire_stays_out(company, clients, monkeypatch):
    def skip(*_):
        mine = EntityMapping.objects.filter(pk=company.mapping(clients[50]).pk)
        skipping.exclude(mine, user="Bob", why="A test")

    meanwhile(monkeypatch, skip)
    run = company.sync()
    assert_adds_up(run)
    states = EntityMapping.objects.filter(kind="customer").values_list("state", flat=True)
    assert sorted(states) == ["excluded"] + ["in_sync"] * (NUMBER - 1)
    assert len(company.there("Customer")) == NUMBER


@pytest.mark.django_db(transaction=True)
def test_a_slow_answer_keeps_the_others_for_a_moment_only(company, clients, monkeypatch):
    """What QuickBooks has answered is written down while one request is still on its way."""
    monkeypatch.setattr(direct, "TOGETHER", 0)
    told, send, slow = threading.Event(), OnlineClient.send, []

    def sending(wire, request):
        if request.purpose == "write" and not slow:
            slow.append(request.id)
            assert told.wait(60)
        return send(wire, request)

    def settled(sender, **_):
        told.set()

    monkeypatch.setattr(OnlineClient, "send", sending)
    signals.record_pushed.connect(settled)
    try:
        assert_once(company, company.sync())
    finally:
        signals.record_pushed.disconnect(settled)
    assert slow
