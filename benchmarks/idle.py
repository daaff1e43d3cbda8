"""Idle: what a cycle that finds nothing takes of the processor, beside what the same call and as
many plain statements take.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import requests
from django.db import connection as database

from benchmarks import world
from quicksync import tasks
from quicksync.conf import settings
from quicksync.models import Connection, ConnectionAccess, ConnectionClock

KINDS = ("customer", "item", "invoice")
CYCLES = 300
STATEMENTS = 9


def prepare(*, realm: str, **options: int) -> None:
    """A connected company that has been read once, a while ago."""
    world.without_limits()
    connection = world.joined(realm, *KINDS)
    world.synchronize(connection)
    world.simulator("POST", "clock", {"minutes": 10})
    world.synchronize(connection)
    Connection.objects.update(paused=False)


def run(*, realm: str, cycles: int = CYCLES, **options: int) -> world.Figures:
    """Milliseconds of our cycle and of its peer, in turns, so that a busy machine slows both."""
    world.without_limits()
    connection = Connection.objects.get()
    peer = _Peer(connection)
    for _ in range(10):
        _cycle(connection)
        peer.look()
    ours = theirs = 0.0
    figures: world.Figures = {"records": cycles}
    with world.metered(figures):
        for _ in range(cycles):
            _due(connection)
            ours += _took(lambda: tasks.cycle(connection.pk))
            theirs += _took(peer.look)
    return {
        "records": cycles,
        "seconds": figures["seconds"],
        "idle": 1000 * ours / cycles,
        "peer": 1000 * theirs / cycles,
    }


def _took(what: Callable[[], object]) -> float:
    before = time.process_time()
    what()
    return time.process_time() - before


def _due(connection: Connection) -> None:
    ConnectionClock.objects.filter(pk=connection.pk).update(next_sync_at=None)


def _cycle(connection: Connection) -> None:
    _due(connection)
    assert tasks.cycle(connection.pk)


class _Peer:
    """The same question asked with `requests`, its answer parsed, and plain statements."""

    def __init__(self, connection: Connection) -> None:
        access = ConnectionAccess.objects.get(pk=connection.pk)
        base = f"{settings.intuit_base}/v3/company/{connection.realm_id}"
        since = ConnectionClock.objects.values_list("cursor", flat=True).get(pk=connection.pk)
        self._request = {
            "url": f"{base}/cdc",
            "params": {"entities": "Customer,Item,Invoice", "changedSince": since},
            "headers": {
                "Authorization": f"Bearer {access.access_token}",
                "Accept": "application/json",
            },
        }
        self._session = requests.Session()

    def look(self) -> None:
        answer = self._session.get(**self._request, timeout=60)
        assert "CDCResponse" in json.loads(answer.content)
        with database.cursor() as cursor:
            for _ in range(STATEMENTS):
                cursor.execute("SELECT * FROM quicksync_connectionclock")
                cursor.fetchall()
