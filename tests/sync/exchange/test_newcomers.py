"""Who enters here by hand what a preview proposes to fetch has it once (C11): also where the host's
tables would allow it twice, however it lands, and however long the preview has waited.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.books.models import Receipt
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.exchange import landing_lane, newcomers
from quicksync.sync.pairs import sides
from quicksync.sync.plan import approve
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2026, 3, 7)


@pytest.fixture(params=[1, 10**9], ids=["lane", "ordinary road"])
def company(request, monkeypatch):
    monkeypatch.setattr(landing_lane, "LEAST", request.param)
    with connected_to(custom_numbers=True) as company:
        company.enable("account", "payment_method", "customer", "payment")
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
