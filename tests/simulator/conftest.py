"""One simulator for the session; every test gets a company of its own."""

from __future__ import annotations

import pytest

from quicksync.simulator import running
from tests.simulator.wire import Api


@pytest.fixture(scope="session")
def shared():
    with running(company="sample") as sim:
        yield sim


@pytest.fixture
def company(shared):
    """Makes companies: `company(country="GB", multicurrency=True)`."""

    def make(**settings):
        entry = shared.add_company(**{"company": "empty", **settings})
        return Api(shared, entry["realm_id"])

    return make


@pytest.fixture
def books(company):
    return company()


@pytest.fixture
def sample(company):
    return company(company="sample")


@pytest.fixture
def sim():
    """A simulator of the test's own, for what touches all companies: faults, clock, reset."""
    with running(company="empty") as alone:
        yield alone
