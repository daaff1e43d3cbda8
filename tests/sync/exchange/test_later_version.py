"""What a later version wrote down, on a site that went back to an earlier one, stops nobody and is
done only once.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.models import Operation
from quicksync.sync.exchange import open_operations
from quicksync.sync.runs import starting
from quicksync.sync.worker import clock
from tests.company import assert_adds_up
from tests.sync.exchange.test_given_up import hours_pass
from tests.sync.exchange.test_unknown_outcomes import through, time_passes

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(company):
    both = company.client("Ada"), company.client("Bob")
    company.sync()
    return both


def from_later(*operations):
    """These were written down by a version that is not installed any more."""
    for one in operations:
        one.record = {**one.record, "v": 99}
        one.save(update_fields=["record"])


def phones(company, clients):
    return [company.partner(one).get("PrimaryPhone", {}).get("FreeFormNumber") for one in clients]


def test_what_was_to_be_sent_is_planned_again_and_the_others_go(company, both):
    for client in both:
        client.phone = "5"
        client.save()
    run = company.preview()
    strange, _ = company.operations(run)
    from_later(strange)
    run = company.approve(run)
    assert_adds_up(run)
    assert phones(company, both) == ["5", "5"]
    strange.refresh_from_db()
    assert (strange.state, strange.reason) == ("stale", "unreadable-plan")


def test_what_was_to_land_is_planned_again_and_the_others_land(company, both):
    for client in both:
        company.sim.edit(
            "update", "Customer", company.mapping(client).remote_id, values={"CompanyName": "Ltd"}
        )
    company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
    run = company.preview()
    changed, _, made = company.operations(run)
    from_later(changed, made)
    run = company.approve(run)
    assert_adds_up(run)
    for client in both:
        client.refresh_from_db()
    assert [one.company for one in both] == ["Ltd", "Ltd"]
    assert type(both[0]).objects.filter(name="Cleo").count() == 1


@pytest.mark.parametrize(
    "fault", [{"drop_after_commit": True}, {"drop_before": True}], ids=["done", "not done"]
)
def test_what_was_sent_and_got_no_answer_is_asked_about(company, fault):
    ada = company.client("Ada")
    company.sim.fault(path="/batch$", entity="Customer", times=1, **fault)
    run = company.work(starting.start(company.connection, trigger="manual"))
    from_later(*Operation.objects.filter(state="unknown"))
    through(company, run)
    company.sync()
    assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada"]
    assert company.mapping(ada).state == "in_sync"
    assert type(ada).objects.count() == 1


def test_what_would_have_to_be_looked_for_is_left_open_and_never_sent_twice(company, settings):
    """Hours later QuickBooks may have forgotten the request; what to look for in its books, nobody
    can read.
    """
    settings.QUICKSYNC = {**settings.QUICKSYNC, "RECOVERIES": 2}
    ada = company.client("Ada")
    company.sim.fault(path="/batch$", entity="Customer", drop_after_commit=True, times=1)
    run = company.work(starting.start(company.connection, trigger="manual"))
    lost = Operation.objects.filter(state="unknown")
    from_later(*lost)
    lost.update(sent_at=timezone.now() - dt.timedelta(days=2), doubted_at=clock.now())
    sent = len(company.writes())
    run = through(company, run)
    assert run.state == "done"
    assert len(company.writes()) == sent
    assert company.mapping(ada).state == "unknown"
    company.client("Bob")
    hours_pass()
    time_passes(company)
    assert through(company).state == "done"
    assert sorted(one["DisplayName"] for one in company.there("Customer")) == ["Ada", "Bob"]
    assert Operation.objects.filter(open_operations.given_up()).count() == 1
    assert type(ada).objects.count() == 2
