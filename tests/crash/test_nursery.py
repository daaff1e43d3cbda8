"""Workers out of the nursery are processes of their own, and their ends are told as they were."""

from __future__ import annotations

import os

import pytest
from django.db import connections

from tests import nursery
from tests.crash import processes


@pytest.fixture
def start(transactional_db):
    started = []

    def begin(*words, **more):
        around = processes.environment() | more
        started.append(nursery.start("tests.crash.worker", *words, around=around))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.communicate()


def test_a_worker_that_breaks_says_why(start):
    worker = start("no number")
    with pytest.raises(AssertionError, match="ValueError: invalid literal"):
        processes.ended(worker)
    assert worker.returncode == 1


def test_one_that_ends_by_itself_and_one_that_is_killed(start):
    assert processes.ended(start("4711")) == 0
    waits = start("poll")
    waits.kill()
    assert processes.ended(waits) == -9


def test_each_is_a_process_of_its_own(start):
    pids = {os.getpid(), *(start("poll").pid for _ in range(2))}
    assert len(pids) == 3


def test_another_environment_is_another_nursery(start):
    """A worker is on the database that its environment names, whoever was started before it."""
    assert processes.ended(start("4711")) == 0
    here = connections["default"].settings_dict["NAME"]
    other = start("4711", DATABASE_URL=f"sqlite:///{here}.other")
    with pytest.raises(AssertionError, match="no such table"):
        processes.ended(other)
