"""Deliveries that come at the same moment to several workers: each stored once, each event once,
none lost.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from quicksync.models import Connection, WebhookDelivery, WebhookEvent
from quicksync.sync.read import inbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS = 6


def event(number):
    return {"id": f"e{number}", "type": "qbo.invoice.updated.v1", "intuitentityid": str(number),
            "intuitaccountid": str(number % 3)}  # fmt: skip


def at_once(bodies):
    """Each body is taken by a thread of its own, all at the same moment."""
    gate = threading.Barrier(len(bodies))

    def take(body):
        gate.wait()
        try:
            return inbox.take(body).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(take, bodies))


@pytest.fixture
def joined():
    """Three companies."""
    for realm in range(3):
        Connection.objects.create(name=f"Company {realm}", status="connected", realm_id=str(realm))


def test_the_same_delivery_many_times(joined):
    body = json.dumps([event(number) for number in range(5)]).encode()
    assert len(set(at_once([body] * WORKERS))) == 1
    assert (WebhookDelivery.objects.count(), WebhookEvent.objects.count()) == (1, 5)
    assert Connection.objects.exclude(clock__next_sync_at=None).count() == 3


def test_the_same_events_in_other_groups_and_orders(joined):
    groups = [
        [event((number * step) % 31) for number in range(1, 21)] for step in range(1, WORKERS + 1)
    ]
    expected = {one["id"] for group in groups for one in group}
    assert len(set(at_once([json.dumps(group).encode() for group in groups]))) == WORKERS
    assert WebhookEvent.objects.count() == len(expected)
    assert Connection.objects.exclude(clock__next_sync_at=None).count() == 3


def test_forged_ones_are_one_row(joined):
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(WORKERS):
            pool.submit(refuse)
    assert WebhookDelivery.objects.get().events == WORKERS


def refuse():
    try:
        inbox.refuse()
    finally:
        connections.close_all()
