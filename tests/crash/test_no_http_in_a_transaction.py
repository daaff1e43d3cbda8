"""Invariant 3: nobody waits for the network while a transaction is open. Every way to wait is
watched.
"""

from __future__ import annotations

import time
from concurrent import futures

import pytest
import requests
from django.db import connection

from quicksync.sync.drivers import direct
from tests.company import assert_adds_up


@pytest.fixture
def waits(monkeypatch):
    """Names of the waits that happened, each of them outside a transaction of its thread."""
    seen = set()

    def watch(owner, name, called):
        real = getattr(owner, name)

        def watched(*args, **kwargs):
            assert not connection.in_atomic_block, f"{called} inside a transaction"
            seen.add(called)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, watched)

    watch(requests.adapters.HTTPAdapter, "send", "request")
    watch(direct, "wait", "answer")
    watch(futures.Future, "result", "result")
    watch(time, "sleep", "sleep")
    return seen


def test_a_whole_run(company, waits):
    """Point 6: first sync, renewed access token, lost and refused answers, both directions."""
    ada = company.client()
    company.receipt(ada, {company.invoice(ada): 10})
    company.sim.api("POST", "customer", {"DisplayName": "Grace Hopper"})
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=2, times=1)
    company.sim.advance(minutes=61)
    run = company.sync()
    while run.is_active:
        run.operations.exclude(retry_at=None).update(retry_at=None)
        run = company.work(run)
    assert run.state == "done", run.reason_values
    assert_adds_up(run)
    assert waits >= {"request", "answer", "result"}


def test_the_watch_sees_a_transaction(company, waits):
    """A watch that never barks proves nothing."""
    from django.db import transaction

    with transaction.atomic(), pytest.raises(AssertionError, match="inside a transaction"):
        company.sync()
