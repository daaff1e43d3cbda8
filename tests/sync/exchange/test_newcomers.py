"""Who enters by hand what a preview proposes to carry over has it once (C10, C11): also where that
side would allow it twice, however it lands, and however long the preview has waited.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync.books.models import Client, Product, Receipt, Vendor
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.actions import skipping
from quicksync.sync.exchange import landing_lane, newcomers
from quicksync.sync.pairs import sides
from quicksync.sync.plan import approve
from quicksync.sync.plan.gather import Gather
from tests.at_once import still_open
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2026, 3, 7)
LONG_AGO = dt.timedelta(minutes=5)


@pytest.fixture(params=[1, 10**9], ids=["lane", "ordinary road"])
def company(request, monkeypatch):
    monkeypatch.setattr(landing_lane, "LEAST", request.param)
    with connected_to(custom_numbers=True) as company:
        company.enable("account", "payment_method", "customer", "vendor", "item", "payment")
        company.ada = company.client("Ada")
        company.sync()
        yield company


def paid_there(company, *amounts):
    """Payments of Ada that the bookkeeper has entered in QuickBooks."""
    customer = {"value": company.partner(company.ada)["Id"]}
    for amount in amounts:
        body = {"CustomerRef": customer, "TotalAmt": amount, "TxnDate": DAY.isoformat()}
        company.sim.api("POST", "payment", body, realm=company.connection.realm_id)


def paid_here(company, amount):
    return Receipt.objects.create(client=company.ada, amount=Decimal(amount), received_on=DAY)


def done(company, run):
    return assert_adds_up(company.work(SyncRun.objects.get(pk=run.pk)))


def quiet(company):
    run = company.sync()
    assert_adds_up(run)
    assert not run.operations.exists()


@pytest.mark.parametrize("when", ["before the yes", "after it"])
def test_c11_a_payment_that_was_entered_here_meanwhile_is_not_fetched_again(company, when):
    paid_there(company, 50, 60)
    run = company.preview()
    assert run.operations.filter(action="create", kind="payment").count() == 2
    if when == "before the yes":
        mine = paid_here(company, 50)
    approve.approve(run, user=None)
    if when == "after it":
        mine = paid_here(company, 50)
    done(company, run)
    company.sync()
    assert sorted(Receipt.objects.values_list("amount", flat=True)) == [50, 60]
    assert company.mapping(mine).is_pair
    assert len(company.there("Payment")) == 2
    quiet(company)


def test_c11_another_payment_stops_nothing(company):
    paid_there(company, 50, 60)
    run = company.preview()
    mine = paid_here(company, 70)
    approve.approve(run, user=None)
    done(company, run)
    assert not run.operations.filter(state="stale").exists()
    company.sync()
    assert sorted(Receipt.objects.values_list("amount", flat=True)) == [50, 60, 70]
    assert company.mapping(mine).is_pair
    quiet(company)


def test_c11_one_that_somebody_left_out_is_nobody_to_be_met(company):
    paid_there(company, 50)
    run = company.preview()
    mine = paid_here(company, 50)
    EntityMapping.objects.filter(object_key=company.key_of(mine), kind="payment").update(
        state="excluded"
    )
    approve.approve(run, user=None)
    done(company, run)
    assert Receipt.objects.count() == 2


def test_c11_each_newcomer_is_read_once_however_often_is_asked(company):
    paid_there(company, 50, 60)
    run = company.preview()
    for amount in range(100, 110):
        paid_here(company, amount)
    run = SyncRun.objects.get(pk=run.pk)
    operation = run.operations.filter(kind="payment").first()
    proposed = {operation.pk: sides.readable(operation)}
    assert newcomers.met(run, proposed) == set()
    with CaptureQueriesContext(database) as caught:
        assert newcomers.met(run, proposed) == set()
    assert len(caught) == 1
    paid_here(company, operation.amount)
    assert newcomers.met(run, proposed) == {operation.pk}


def named_there(company, entity, name, **values):
    """A record that the bookkeeper has entered under this name."""
    name_of = "Name" if entity == "item" else "DisplayName"
    company.sim.api("POST", entity, {name_of: name, **values}, realm=company.connection.realm_id)


@pytest.mark.parametrize(
    "name", ["zoe  MILLER", "Zoe Millers", "Zo\u00e9 Miller", "Miller, Zoe", "Zoe Miller Ltd."]
)
def test_c10_a_client_who_was_spelt_in_another_way_waits_for_a_person(company, name):
    """As if both had been there when the plan was made."""
    named_there(company, "customer", "Zoe Miller")
    run = company.preview()
    mine = company.client(name)
    approve.approve(run, user=None)
    done(company, run)
    assert Client.objects.exclude(name="Ada").get() == mine
    assert len(company.there("Customer")) == 2
    assert company.mapping(mine).is_pair or company.mapping(mine).reason == "near-match"


def test_c10_so_does_a_vendor(company):
    named_there(company, "vendor", "Mason & Sons Inc.")
    run = company.preview()
    mine = company.vendor("Mason and Sons")
    approve.approve(run, user=None)
    done(company, run)
    assert Vendor.objects.get() == mine
    assert {one.reason for one in EntityMapping.objects.filter(kind="vendor")} == {"near-match"}


def test_c10_so_does_a_product(company):
    account = company.there("Account", "AccountType = 'Income'")[0]["Id"]
    values = {"Type": "Service", "IncomeAccountRef": {"value": account}}
    named_there(company, "item", "Garden chair", **values)
    run = company.preview()
    mine = company.product("garden chairs")
    approve.approve(run, user=None)
    done(company, run)
    assert list(Product.objects.filter(name__icontains="garden")) == [mine]


def test_c10_where_nobody_is_to_wait_for_likeness_both_are_there(company):
    company.enable("customer", hold_near_matches=False)
    named_there(company, "customer", "Zoe Miller")
    run = company.preview()
    company.client("Zoe Millers")
    approve.approve(run, user=None)
    done(company, run)
    company.sync()
    assert {"Zoe Miller", "Zoe Millers"} <= {one.name for one in Client.objects.all()}
    quiet(company)


def test_c11_a_client_who_was_entered_here_and_left_out_is_not_fetched(company):
    """Whoever leaves a record out since it is in QuickBooks already does not want it twice."""
    named_there(company, "customer", "Zoe Miller")
    run = company.preview()
    mine = company.client("Zoe Miller")
    half = EntityMapping.objects.filter(pk=company.mapping(mine).pk)
    skipping.exclude(half, user="Eve", why="is there")
    approve.approve(run, user=None)
    done(company, run)
    other = EntityMapping.objects.get(kind="customer", object_key=None)
    assert (other.state, other.reason) == ("held", "match-skipped")


def test_c11_a_clock_that_is_late_hides_nobody(company):
    """The stamp is the web server's, the plan's is the worker's."""
    paid_there(company, 50)
    run = company.preview()
    mine = paid_here(company, 50)
    half = EntityMapping.objects.filter(pk=company.mapping(mine).pk)
    half.update(touched_at=timezone.now() - LONG_AGO)
    approve.approve(run, user=None)
    done(company, run)
    assert Receipt.objects.get() == mine
    assert company.mapping(mine).is_pair


# SQLite has one writer at a time: there, no transaction of the host can be open during a plan.
if database.vendor == "postgresql":

    @pytest.mark.postgres
    def test_c11_nor_does_a_transaction_that_lasts_longer_than_the_plan(company):
        paid_there(company, 50)
        with still_open(lambda: paid_here(company, 50)) as commit:
            run = company.preview()
            assert run.operations.filter(action="create", kind="payment").exists()
            commit()
        approve.approve(run, user=None)
        done(company, run)
        assert company.mapping(Receipt.objects.get()).is_pair
        assert len(company.there("Payment")) == 1


def test_c11_what_was_read_in_quickbooks_meanwhile_is_not_made_there_again(company):
    """An older preview proposes to send a payment that the bookkeeper has entered since."""
    mine, other = paid_here(company, 50), paid_here(company, 70)
    run = company.preview()
    paid_there(company, 50)
    company.preview()
    approve.approve(run, user=None)
    done(company, run)
    company.sync()
    assert len(company.there("Payment")) == Receipt.objects.count() == 2
    assert company.mapping(mine).is_pair
    assert company.mapping(other).is_pair
    quiet(company)


@pytest.fixture
def meanwhile(monkeypatch):
    """Done once a run has looked which records of a kind may be one, before it plans the first."""

    def does(kind, do):
        real, done = Gather.prepare_matching, []

        def prepare(self, of, alive):
            real(self, of, alive)
            if of == kind and not done:
                done.append(do())

        monkeypatch.setattr(Gather, "prepare_matching", prepare)

    return does


@pytest.mark.parametrize("others", [(), (500,)], ids=["nothing else", "another one"])
def test_c11_who_enters_it_while_a_run_plans_has_it_once(company, meanwhile, others):
    """Nobody is asked about so many new ones of a connection that is in use."""
    paid_there(company, *range(50, 75))
    for amount in others:
        paid_here(company, amount)
    meanwhile("payment", lambda: paid_here(company, 60))
    assert_adds_up(company.sync())
    company.sync()
    assert Receipt.objects.filter(amount=60).count() == 1
    assert len(company.there("Payment")) == 25 + len(others)
    quiet(company)


def test_c10_who_enters_nearly_the_same_meanwhile_decides(company, meanwhile):
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY":
        named_there(company, "vendor", f"{letter * 5} Works")
    meanwhile("vendor", lambda: company.vendor("CCCCC Works Ltd"))
    assert_adds_up(company.sync())
    assert Vendor.objects.filter(name__startswith="CCCCC").count() == 1
    assert Vendor.objects.count() == 25


def test_c11_they_are_read_chunk_by_chunk(company, monkeypatch):
    """However many have come: in a few statements for each chunk, never in one for each of them."""
    monkeypatch.setattr(newcomers, "CHUNK", 5)
    paid_there(company, 50)
    run = company.preview()
    operation = run.operations.get(kind="payment", action="create")
    proposed = {operation.pk: sides.readable(operation)}

    def statements():
        with CaptureQueriesContext(database) as caught:
            newcomers.met(SyncRun.objects.select_related("connection").get(pk=run.pk), proposed)
        return len(caught)

    numbers = []
    for _ in range(3):
        for amount in range(10):
            paid_here(company, 100 + amount)
        numbers.append(statements())
    first, second, third = numbers
    assert second - first == third - second <= 2 * 4
