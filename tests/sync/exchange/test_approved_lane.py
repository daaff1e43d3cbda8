"""What a person has approved lands in the lane as it would on the ordinary road: with the same
rows.
"""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quicksync import signals
from quicksync.books.models import Client
from quicksync.books.quicksync_adapters import ClientAdapter
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.quickbooks import loading
from quicksync.quickbooks.online.entities import remote_of
from quicksync.sync.actions import skipping
from quicksync.sync.company.known import at_hand
from quicksync.sync.exchange import approved_lane, landing, landing_lane
from quicksync.sync.plan import approve
from quicksync.sync.read import remote_records
from quicksync.sync.worker import lease
from tests.at_once import behind
from tests.company import assert_adds_up, connected
from tests.sync import bookkeeper
from tests.sync.bookkeeper import customers, ids
from tests.sync.strange import Answers
from tests.sync.tables_after import tables

NEVER = 10**9


@pytest.fixture
def taken(monkeypatch):
    """How many records each chunk of the lane has landed."""
    real, found = approved_lane.land, []

    def land(run, company, chunk):
        left = real(run, company, chunk)
        found.append(len(chunk) - len(left))
        return left

    monkeypatch.setattr(approved_lane, "land", land)
    return found


@pytest.fixture
def lane(monkeypatch):
    monkeypatch.setattr(landing_lane, "LEAST", 1)


@pytest.fixture
def both(db, monkeypatch, taken):
    """What one preview leaves once it has been approved, without the lane and with it; `between`
    happens before that, and `after` between the approval and the landing.
    """

    def carried_out(which, *, between=lambda run: None, after=lambda run: None):
        run, found = which.preview(), []
        assert run.state == "draft"
        for least in (NEVER, 1):
            monkeypatch.setattr(landing_lane, "LEAST", least)
            with transaction.atomic():
                between(run)
                approve.approve(SyncRun.objects.get(pk=run.pk), user=None)
                after(run)
                taken.clear()
                done = which.work(SyncRun.objects.get(pk=run.pk))
                assert_adds_up(done)
                found.append(tables(done))
                transaction.set_rollback(least == NEVER)
        return (*found, sum(taken))

    return carried_out


def assert_same(without, with_it):
    for name, before in without.items():
        assert with_it[name] == before, name


def test_a_whole_company_ends_the_same(both):
    with connected(company="sample") as company:
        kinds = [adapter.kind for adapter in registry.all()]
        company.enable(*kinds, direction="pull", approved=False)
        without, with_it, taken = both(company)
        assert_same(without, with_it)
        assert taken > 50


@pytest.fixture
def books(company):
    return bookkeeper.a_day(company)


def test_what_is_not_as_proposed_takes_the_ordinary_road(books, both, monkeypatch):
    """Joins, holds, doubles, a parent above, a record that nobody can read."""
    books.client("Bob")
    books.client("Miler and Sons")
    Answers(monkeypatch).change(
        "Customer", ids(books)["Odd"], Active="perhaps", DisplayName=["Odd"]
    )
    without, with_it, taken = both(books)
    assert_same(without, with_it)
    assert taken > 4


def test_what_settings_leave_alone_does_not_land(books, both):
    """A proposal is what its category makes of the record, not all that QuickBooks shows."""
    phone = {"PrimaryPhone": {"FreeFormNumber": "555"}}
    books.sim.edit("update", "Customer", ids(books)["Cleo"], values=phone)
    category = books.connection.categories.get(kind="customer")
    category.field_rules.create(field="phone", rule="leave")
    without, with_it, taken = both(books)
    assert_same(without, with_it)
    assert taken > 4
    assert Client.objects.get(name="Cleo").phone == ""


def told_anew(company, type_name, remote_id):
    """QuickBooks' record as it is now is read by somebody."""
    found = company.sim.api("GET", f"{type_name.lower()}/{remote_id}")[type_name]
    told = remote_of(type_name, json.dumps(found, default=float).encode())
    remote_records.absorb(company.connection, loading.edition_for("online"), [told])


def skip_cleo(run):
    skipping.skip(run.operations.filter(label="Cleo"), user=None, why="Not her")


def test_what_was_skipped_in_the_preview_stays_skipped(books, both):
    without, with_it, taken = both(books, between=skip_cleo)
    assert_same(without, with_it)
    assert taken > 4
    assert not Client.objects.filter(name="Cleo").exists()
    assert EntityMapping.objects.get(label="Cleo").state == "excluded"


def test_what_a_person_skips_after_the_approval_stays_skipped(books, both):
    def skip(run):
        skipping.exclude(EntityMapping.objects.filter(label="Cleo"), why="", user=None)

    without, with_it, _ = both(books, after=skip)
    assert_same(without, with_it)
    assert not Client.objects.filter(name="Cleo").exists()


@pytest.mark.parametrize("when", ["between", "after"])
def test_an_edit_in_quickbooks_since(books, both, when):
    """What was shown is not what lands: it is compared again."""
    there = ids(books)["Cleo"]
    preview = books.preview

    def first():
        run = preview()
        books.sim.edit("update", "Customer", there, values={"DisplayName": "Cleo Byron"})
        return run

    books.preview = first
    edit = {when: lambda run: told_anew(books, "Customer", there)}
    without, with_it, taken = both(books, **edit)
    assert_same(without, with_it)
    assert taken > 4
    assert Client.objects.filter(name="Cleo Byron").exists()
    assert not Client.objects.filter(name="Cleo").exists()


@pytest.mark.parametrize("when", ["between", "after"])
def test_a_name_that_was_taken_here_since(books, both, when):
    """Somebody has put the same one in by hand: they become a pair, and there is one of them."""
    without, with_it, taken = both(books, **{when: lambda run: books.client("Cleo")})
    assert_same(without, with_it)
    assert taken > 4
    assert Client.objects.filter(name="Cleo").count() == 1
    assert EntityMapping.objects.get(label="Cleo").is_pair


def test_the_host_refuses_one(books, both, monkeypatch):
    """It is told why, on the ordinary road; the others have landed."""
    keep = ClientAdapter.prepare

    def prepare(self, obj, rows, record):
        keep(self, obj, rows, record)
        if obj.name == "Cleo":
            raise ValidationError("Not her.")

    monkeypatch.setattr(ClientAdapter, "prepare", prepare)
    without, with_it, taken = both(books)
    assert_same(without, with_it)
    assert taken > 4
    failed = Operation.objects.get(state="failed", kind="customer")
    assert (failed.label, failed.reason) == ("Cleo", "host-refused")


def test_a_part_lands_after_what_it_is_a_part_of(books, both):
    """In one go, instead of waiting for it."""
    _, _, taken = both(books)
    parts = Operation.objects.filter(label__startswith="Part", action="create")
    assert {one.state for one in parts} == {"done"}
    assert not parts.filter(retry_at__isnull=False).exists()
    assert taken > 4


@pytest.mark.usefixtures("lane")
def test_another_worker_has_the_run(company, monkeypatch):
    customers(company, "Ada", "Bob")
    run = company.preview()
    approve.approve(run, user=None)
    mine, before = lease.take(run.pk, lease.new_holder()), run.counted.count()
    SyncRun.objects.filter(pk=run.pk).update(lease_holder="somebody else")
    with pytest.raises(lease.LeaseLost):
        approved_lane.land(mine, at_hand(mine.connection), landing.next_chunk(mine))
    assert not Client.objects.exists()
    assert run.counted.count() == before
    assert not run.operations.filter(state="done").exists()


@pytest.mark.usefixtures("lane")
def test_listeners_are_handed_rows(company, taken, django_capture_on_commit_callbacks):
    """J7: as on the ordinary road, after the commit."""
    customers(company, "Ada", "Bob")
    run, heard = company.preview(), []

    def listen(operation, **kwargs):
        heard.append((operation.pk, operation.state, operation.mapping.object_key))

    signals.record_pulled.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            company.approve(run)
    finally:
        signals.record_pulled.disconnect(listen)
    done = run.operations.filter(action="create").order_by("pk")
    assert heard == list(done.values_list("pk", "state", "mapping__object_key"))
    assert len(heard) == sum(taken) == 2


@pytest.mark.usefixtures("lane")
def test_its_statements_are_few(company):
    """At most one for twelve records, however many there are; their proposals included, one for
    six.
    """
    numbers = []
    for start, many in ((0, 250), (250, 750)):
        customers(company, *(f"Customer {number}" for number in range(start, start + many)))
        told = []
        with CaptureQueriesContext(connection) as caught:
            run = company.preview()
        told.append(caught)
        with CaptureQueriesContext(connection) as caught:
            run = company.approve(run)
        told.append(caught)
        assert run.operations.filter(state="done", action="create").count() >= many
        numbers.append([sum("SAVEPOINT" not in one["sql"] for one in some) for some in told])
    (_, few), (_, more) = numbers
    assert more - few <= 500 / 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lane")
class TestAtOnce:
    """Two who are at the same records at the same moment."""

    @pytest.fixture
    def approved(self, company):
        customers(company, *(f"Customer {number}" for number in range(5)))
        run = company.preview()
        approve.approve(run, user=None)
        SyncRun.objects.filter(pk=run.pk).update(state="running")
        return run

    def test_two_workers_with_one_ticket_land_each_record_once(self, approved):
        mine, other = lease.take(approved.pk, "ticket"), lease.take(approved.pk, "ticket")
        chunk, known = landing.next_chunk(mine), at_hand(mine.connection)
        behind(
            lambda: approved_lane.land(mine, known, chunk),
            lambda: approved_lane.land(other, known, chunk),
        )
        assert Client.objects.count() == 5
        assert Operation.objects.filter(run=approved, state="done").count() == 5
        assert SyncRun.objects.get(pk=approved.pk).counts["customer"]["pull"] == {"created": 5}

    def test_a_person_who_skips_one_comes_first(self, approved):
        mine = lease.take(approved.pk, "ticket")
        chunk, known = landing.next_chunk(mine), at_hand(mine.connection)
        one = EntityMapping.objects.filter(label="Customer 3")
        _, left = behind(
            lambda: skipping.exclude(one, why="", user=None),
            lambda: approved_lane.land(mine, known, chunk),
        )
        assert len(left) == 1
        assert Client.objects.count() == 4
        assert one.get().state == "excluded"

    def test_a_person_who_skips_one_comes_second(self, approved):
        mine = lease.take(approved.pk, "ticket")
        chunk, known = landing.next_chunk(mine), at_hand(mine.connection)
        one = EntityMapping.objects.filter(label="Customer 3")
        left, _ = behind(
            lambda: approved_lane.land(mine, known, chunk),
            lambda: skipping.exclude(one, why="", user=None),
        )
        assert left == []
        assert Client.objects.count() == 5
        assert one.get().object_key is not None
