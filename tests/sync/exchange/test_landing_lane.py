"""The lane for what needs no decision ends as the ordinary road does: with the same rows."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quicksync import signals
from quicksync.books.models import Client, Vendor
from quicksync.books.quicksync_adapters import ClientAdapter
from quicksync.local.registry import registry
from quicksync.models import (
    Category,
    EntityMapping,
    Operation,
    RemoteRecord,
    SyncRun,
)
from quicksync.quickbooks import loading
from quicksync.quickbooks.online.entities import remote_of
from quicksync.sync.actions import skipping
from quicksync.sync.drivers import direct
from quicksync.sync.exchange import landing_lane
from quicksync.sync.read import remote_records
from quicksync.sync.runs import starting
from quicksync.sync.worker import lease
from tests.company import assert_adds_up, connected
from tests.sync import bookkeeper
from tests.sync.bookkeeper import customers, ids, new
from tests.sync.strange import Answers
from tests.sync.tables_after import tables

NEVER = 10**9


@pytest.fixture
def both(db, monkeypatch):
    """What a run leaves without the lane, and with it."""

    def pulled(which, **options):
        found = []
        for least in (NEVER, 1):
            monkeypatch.setattr(landing_lane, "LEAST", least)
            with transaction.atomic():
                run = which.sync(**options)
                assert_adds_up(run)
                found.append(tables(run))
                taken = took(run)
                transaction.set_rollback(least == NEVER)
        return (*found, taken)

    return pulled


def took(run):
    """Records that the lane has landed: nobody ever proposed them."""
    return run.operations.filter(state="done", claims="", action="create", direction="pull").count()


def test_a_whole_company_ends_the_same(both):
    with connected(company="sample") as company:
        kinds = [adapter.kind for adapter in registry.all()]
        company.enable(*kinds, direction="pull")
        without, with_it, taken = both(company)
        for name, before in without.items():
            assert with_it[name] == before, name
        assert taken > 50


@pytest.fixture
def books(company):
    return bookkeeper.a_day(company)


def test_what_wants_a_decision_takes_the_ordinary_road(books, both, monkeypatch):
    """Somebody here has the name, or nearly; a name is there twice, a parent above, a record that
    nobody can read, one that is not wanted any more: all of it ends as it would without the lane.
    """
    books.client("Bob")
    books.client("Miler and Sons")
    answers = Answers(monkeypatch)
    answers.change("Customer", ids(books)["Odd"], Active="perhaps", DisplayName=["Odd"])
    without, with_it, taken = both(books)
    for name, before in without.items():
        assert with_it[name] == before, name
    assert taken > 4
    assert EntityMapping.objects.filter(reason="duplicate-there", kind="invoice").count() == 2
    assert EntityMapping.objects.filter(kind="invoice", state="in_sync").count() > 2


@pytest.mark.parametrize(
    "chosen",
    [
        {"direction": "push"},
        {"start_date": "2999-01-01"},
        {"active_only": False},
        {"hold_near_matches": False},
        {"approved": False},
    ],
    ids=lambda one: next(iter(one)),
)
def test_settings_hold_in_the_lane(books, both, chosen):
    books.enable("customer", "invoice", **chosen)
    without, with_it, _ = both(books)
    for name, before in without.items():
        assert with_it[name] == before, name


def test_a_category_that_is_off_keeps_its_records(books, both):
    """What documents name travels along, whatever the categories say (C9, D5)."""
    Category.objects.filter(kind="customer").update(enabled=False)
    without, with_it, _ = both(books)
    for name, before in without.items():
        assert with_it[name] == before, name


def meanwhile(monkeypatch, change):
    """`change` happens once, after the lane has chosen its records and before it locks them."""
    real = landing_lane._Pass.land

    def land(self, keys):
        monkeypatch.setattr(landing_lane._Pass, "land", real)
        change()
        return real(self, keys)

    monkeypatch.setattr(landing_lane._Pass, "land", land)


@pytest.fixture
def lane(monkeypatch):
    monkeypatch.setattr(landing_lane, "LEAST", 1)


@pytest.mark.usefixtures("lane")
class TestInTheMoment:
    """Whatever happens while the lane is at work is neither lost nor done twice."""

    def test_an_edit_in_quickbooks(self, company, monkeypatch):
        customers(company, "Ada", "Bob")
        there = ids(company)["Ada"]

        def edit():
            company.sim.edit("update", "Customer", there, values={"DisplayName": "Ada Byron"})
            row = RemoteRecord.objects.get(type="Customer", remote_id=there)
            found = company.sim.api("GET", f"customer/{there}")["Customer"]
            told = remote_of("Customer", json.dumps(found).encode())
            remote_records.absorb(company.connection, loading.edition_for("online"), [told])
            assert row.token != told.token

        meanwhile(monkeypatch, edit)
        company.sync()
        company.sync()
        assert sorted(Client.objects.values_list("name", flat=True)) == ["Ada Byron", "Bob"]

    def test_a_person_skips_one(self, company, monkeypatch):
        customers(company, "Ada", "Bob")
        mine = EntityMapping.objects.filter(kind="customer", label="Ada")
        meanwhile(monkeypatch, lambda: skipping.exclude(mine, why="", user=None))
        run = company.sync()
        assert [one.name for one in Client.objects.all()] == ["Bob"]
        assert mine.get().state == "excluded"
        assert_adds_up(run)

    def test_another_worker_has_the_run(self, company, monkeypatch):
        customers(company, "Ada", "Bob")

        def lose():
            SyncRun.objects.filter(pk=run.pk).update(lease_holder="somebody else")

        meanwhile(monkeypatch, lose)
        run = starting.start(company.connection, trigger="manual")
        assert direct.work(run.pk, lease.new_holder()) is None
        assert not Client.objects.exists()
        assert not Operation.objects.exists()
        assert not run.counted.exists()

    def test_the_host_refuses_one(self, company, monkeypatch):
        """It is told why, on the ordinary road; the others have landed."""
        customers(company, "Ada", "Bob", "Cleo")
        refuse = ClientAdapter.prepare

        def prepare(self, obj, rows_, record):
            refuse(self, obj, rows_, record)
            if obj.name == "Bob":
                raise ValidationError("Not him.")

        monkeypatch.setattr(ClientAdapter, "prepare", prepare)
        run = company.sync()
        assert sorted(Client.objects.values_list("name", flat=True)) == ["Ada", "Cleo"]
        failed = run.operations.get(state="failed")
        assert (failed.label, failed.reason) == ("Bob", "host-refused")
        assert run.counts["customer"]["pull"] == {"created": 2, "failed": 1}

    def test_the_database_refuses_one(self, company, monkeypatch):
        """One of many that the host's tables do not take stops none of the others."""
        customers(company, "Ada", "Bob", "Cleo")
        keep = ClientAdapter.prepare

        def prepare(self, obj, rows_, record):
            keep(self, obj, rows_, record)
            if obj.name == "Bob":
                obj.created_at = None
                obj.pk = -(10**30)

        monkeypatch.setattr(ClientAdapter, "prepare", prepare)
        company.sync()
        assert sorted(Client.objects.values_list("name", flat=True)) == ["Ada", "Cleo"]


@pytest.mark.usefixtures("lane")
def test_listeners_are_handed_rows(company, django_capture_on_commit_callbacks):
    """J7: as on the ordinary road, after the commit."""
    customers(company, "Ada", "Bob")
    heard = []

    def listen(operation, **kwargs):
        heard.append((operation.pk, operation.label, operation.mapping.object_key))

    signals.record_pulled.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run = company.sync()
    finally:
        signals.record_pulled.disconnect(listen)
    rows_ = (
        run.operations.filter(state="done")
        .order_by("pk")
        .values_list("pk", "label", "mapping__object_key")
    )
    assert heard == list(rows_)


@pytest.mark.usefixtures("lane")
def test_a_plan_that_may_need_a_yes_waits_as_a_whole(company):
    """I2: nothing of it goes ahead, what needs no decision neither."""
    made = [company.client(f"Client {number}") for number in range(12)]
    company.sync()
    company.sync()
    Client.objects.filter(pk__in=[one.pk for one in made]).update(phone="5")
    for client in made:
        client.refresh_from_db()
        client.save()
    company.enable("vendor")
    new(company, "vendor", DisplayName="Mason")
    run = company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert (run.state, run.reason) == ("draft", "unsafe-plan")
    assert not Vendor.objects.filter(name="Mason").exists()
    assert run.operations.filter(label="Mason", state="draft").exists()


@pytest.mark.usefixtures("lane")
def test_its_statements_are_few(company):
    """At most one for twenty records, however many there are."""
    numbers = []
    for start, many in ((0, 250), (250, 750)):
        customers(company, *(f"Customer {number}" for number in range(start, start + many)))
        with CaptureQueriesContext(connection) as told:
            run = company.sync()
        assert took(run) >= many
        numbers.append(sum("SAVEPOINT" not in one["sql"] for one in told.captured_queries))
    assert numbers[1] - numbers[0] <= 500 / 20
