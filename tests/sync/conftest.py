"""What tests of the engine share."""

from __future__ import annotations

import pytest

from quicksync.sync.worker import queue


@pytest.fixture
def queued(monkeypatch):
    """(task, ids) of what was enqueued."""
    found = []
    monkeypatch.setattr(queue, "enqueue", lambda task, *ids, **more: found.append((task, *ids)))
    return found
