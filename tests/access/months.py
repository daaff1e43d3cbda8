"""Runs over months of QuickBooks' time, each with a token that ends at a random moment of it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from quicksync.models import Connection, Operation, SyncRun
from quicksync.quickbooks.online.transport.client import OnlineClient
from tests.company import Company

# A run of these tests takes two requests, a few of them three.
MOMENTS = 3
WAITS = 5


def live_through(company: Company, *, runs: int, seed: int) -> list[str]:
    """So many runs; returns what went wrong: a run that did not end well, a company that is not
    connected any more.
    """
    dice = random.Random(seed)
    troubles = []
    for number in range(runs):
        company.client(f"Client {number}")
        with _ends_at(company, dice.randrange(MOMENTS), hours=dice.choice((1, 2, 9, 25, 49))):
            run = _to_its_end(company, company.sync())
        connection = Connection.objects.get(pk=company.connection.pk)
        ended = (
            run.state == SyncRun.State.DONE
            and connection.is_live
            and connection.access.lease_until is None
        )
        if not ended:
            said = f"{run.state} {run.phase} {run.reason} {run.reason_values} {connection.status}"
            troubles.append(f"run {number}: {said} {connection.clock.last_error}")
    assert len(company.there("Customer")) == runs
    return troubles


def _to_its_end(company: Company, run: SyncRun) -> SyncRun:
    """A run may wait, as when a busy machine lets a request time out: then its time comes and it
    goes on.
    """
    for _ in range(WAITS):
        if not run.is_active:
            break
        Operation.objects.update(retry_at=None)
        run = company.work(run)
    return run


@contextmanager
def _ends_at(company: Company, moment: int, *, hours: int) -> Iterator[None]:
    """Time passes at Intuit before the request of that number leaves, if the run takes so many; 0
    is before all.
    """
    send, numbers = OnlineClient._transport, itertools.count()

    def transport(client: OnlineClient, *args: Any, **options: Any) -> Any:
        if next(numbers) == moment:
            company.sim.advance(hours=hours)
        return send(client, *args, **options)

    with mock.patch.object(OnlineClient, "_transport", transport):
        yield
