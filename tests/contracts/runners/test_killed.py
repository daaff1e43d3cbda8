"""Workers of each runner that are killed, or work beside each other: another goes on when the lease
is over, nothing exists twice (A14, J8, J10, X18; invariants 1, 3, 4 and 6).
"""

from __future__ import annotations

import pytest

from quicksync.sync.runs import starting
from tests import nursery
from tests.crash import processes
from tests.crash.points import POINTS
from tests.crash.test_kill import a_day_of_work, assert_once_each, number_of

WORKER = "tests.contracts.runners.worker"


@pytest.fixture
def start(site, company):
    """Start a worker process of this runner on a run."""
    started = []

    def start(run, kill=""):
        around = processes.environment(company.sim.base_url, kill)
        around |= {
            "DJANGO_SETTINGS_MODULE": "tests.contracts.runners.settings",
            "QUICKSYNC_RUNNER": site.name,
        }
        started.append(nursery.start(WORKER, str(run.pk), around=around))
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
