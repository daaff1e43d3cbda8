"""What tests of the engine share."""

from __future__ import annotations

import pytest

from quicksync.sync.worker import queue
from tests.company import connected_to


@pytest.fixture
def queued(monkeypatch):
    """(task, ids) of what was enqueued."""
    found = []
    monkeypatch.setattr(queue, "enqueue", lambda task, *ids, **more: found.append((task, *ids)))
    return found


@pytest.fixture(params=[True, False], ids=["own numbers", "numbers of QuickBooks"])
def either(request):
    """A company with the kinds that the test's module names in KINDS. Who numbers documents must
    make no difference.
    """
    with connected_to(custom_numbers=request.param) as company:
        company.enable(*request.module.KINDS)
        yield company
