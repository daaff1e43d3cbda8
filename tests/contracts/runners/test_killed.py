"""Workers of each runner that are killed, or work beside each other: another goes on when the lease
is over, nothing exists twice (A14, J8, J10, X18; invariants 1, 3, 4 and 6).
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import ConnectionClock, EntityMapping, SyncRun
from quicksync.sync.runs import starting
from tests import nursery
from tests.company import assert_adds_up, join
from tests.crash import processes
from tests.crash.points import POINTS
from tests.crash.test_kill import a_day_of_work, assert_once_each, number_of

WORKER = "tests.contracts.runners.worker"


@pytest.fixture
def start(site, company):
    """Start a worker process of this runner on a run."""
    started = []

    def start(run=None, kill=""):
        around = processes.environment(company.sim.base_url, kill)
        around |= {
            "DJANGO_SETTINGS_MODULE": "tests.contracts.runners.settings",
            "QUICKSYNC_RUNNER": site.name,
        }
        started.append(nursery.start(WORKER, str(run.pk) if run else "all", around=around))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.communicate()


@pytest.mark.parametrize("point", POINTS)
def test_another_goes_on(company, start, point):
    a_day_of_work(company)
    run = starting.start(company.connection, trigger="manual")
    assert processes.ended(start(run, f"{point}:{number_of('invoice')}")) == -9
    run.refresh_from_db()
    assert run.is_active
    assert processes.ended(start(run)) == 0
    assert_once_each(company, run)


@pytest.mark.postgres
def test_several_side_by_side(company, start):
    a_day_of_work(company)
    run = starting.start(company.connection, trigger="manual")
    workers = [start(run) for _ in range(3)]
    assert [processes.ended(worker) for worker in workers] == [0, 0, 0]
    assert_once_each(company, run)


@pytest.mark.postgres
def test_several_side_by_side_and_one_is_killed(company, start):
    a_day_of_work(company)
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=3, times=1)
    run = starting.start(company.connection, trigger="manual")
    doomed, other = start(run, "answer:2"), start(run)
    assert processes.ended(other) == 0
    processes.ended(doomed)
    assert_once_each(company, run)


def five_that_are_due(first):
    """Companies that are read regularly; one customer of the second and of the fourth is new there,
    and the fifth takes its time to answer.
    """
    made = [first]
    for number in range(2, 6):
        realm = first.sim.add_company(name=f"Company {number}")["realm_id"]
        made.append(join(first.sim, realm=realm))
    # What they have been planted with is not news.
    for company in made:
        company.connection.categories.update(enabled=False)
        company.enable("customer", direction="pull")
        company.sync()
    first.sim.advance(minutes=10)
    for company in made:
        company.sync()
    for company in (made[1], made[3]):
        realm = company.connection.realm_id
        first.sim.api("POST", "customer", {"DisplayName": f"New in {realm}"}, realm=realm)
    realm = made[4].connection.realm_id
    first.sim.fault(path=f"{realm}/cdc$", latency_ms=60_000, times=1)
    ConnectionClock.objects.update(next_sync_at=timezone.now(), woken_at=None)
    return made


@pytest.mark.postgres
def test_in_the_middle_of_a_bundle(company, start):
    """Some are done, the answer of one is on its way: each is asked, each change comes once."""
    five = five_that_are_due(company)
    before = SyncRun.objects.latest("id").pk
    since = company.sim.requests()[-1]["n"]
    assert processes.ended(start(kill="end:1")) == -9
    begun = SyncRun.objects.filter(pk__gt=before)
    assert begun.filter(state="done").count() == 1
    assert begun.filter(state__in=SyncRun.ACTIVE).count() == 4
    assert processes.ended(start()) == 0
    assert Counter(begun.values_list("connection", "state")) == {
        (one.connection.pk, "done"): 1 for one in five
    }
    asked = [one["path"] for one in company.sim.requests(since)]
    for one in five:
        realm = one.connection.realm_id
        assert any(path.endswith(f"{realm}/cdc") for path in asked)
    for one in (five[1], five[3]):
        name = f"New in {one.connection.realm_id}"
        assert Client.objects.filter(name=name).count() == 1
        pair = EntityMapping.objects.get(connection=one.connection, label=name)
        assert (pair.state, pair.is_pair) == ("in_sync", True)
    assert Client.objects.count() == 2
    for run in begun:
        assert_adds_up(run)
