"""The simulator process that the crash tests share, and a company in it that is new for each."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tests.company import join, settings_for, unlimited
from tests.crash import processes

# In the order in which they go.
KINDS = (
    *("customer", "vendor", "item_category", "item", "estimate", "invoice", "credit_note"),
    *("sales_receipt", "bill", "payment"),
)


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
        yield join(_simulator, kinds=KINDS)
    processes.clear_away()
    _simulator.clear_faults()
