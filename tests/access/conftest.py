"""A simulator in a process of its own and a company in it, for workers that are processes too."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tests.access.crowd import Crowd
from tests.company import join, settings_for, unlimited
from tests.crash import processes


@pytest.fixture(scope="session")
def _simulator():
    with processes.simulator() as found:
        yield found


@pytest.fixture
def company(_simulator, transactional_db):
    """An empty company, connected, in a process of its own."""
    _simulator.clear_faults()
    _simulator.reset()
    with override_settings(QUICKSYNC=settings_for(_simulator)), unlimited():
        yield join(_simulator, kinds=("customer",))


@pytest.fixture
def crowd(company):
    """Worker processes of that company, gone after the test."""
    found = Crowd(company)
    yield found
    found.clear_away()
