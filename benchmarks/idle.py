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
# What a company alone takes; in a bundle they share most of them.
STATEMENTS = 8


def prepare(*, realm: str, companies: int = 1, **options: int) -> None:
    """Connected companies that have been read once, a while ago."""
    world.without_limits()
    realms = [realm, *(_another() for _ in range(companies - 1))]
    connections = [world.joined(one, *KINDS) for one in realms]
    for connection in connections:
        world.synchronize(connection)
    world.simulator("POST", "clock", {"minutes": 10})
    for connection in connections:
        world.synchronize(connection)
    Connection.objects.update(paused=False)


def run(*, realm: str, companies: int = 1, cycles: int = CYCLES, **options: int) -> world.Figures:
    """Milliseconds of one company's cycle and of its peer, in turns, so that a busy machine slows
    both.
    """
    world.without_limits()
    ids = list(Connection.objects.order_by("pk").values_list("pk", flat=True))
    peer = _Peer(Connection.objects.get(pk=ids[0]))
    for _ in range(10):
        _cycle(ids)
        peer.look()
    ours = theirs = 0.0
    rounds = cycles // companies
    figures: world.Figures = {"records": rounds * companies}
    with world.metered(figures):
        for _ in range(rounds):
            _due()
            ours += _took(lambda: _work(ids))
            theirs += _took(peer.look)
    return {
        "records": figures["records"],
        "seconds": figures["seconds"],
        "idle": 1000 * ours / figures["records"],
        "peer": 1000 * theirs / rounds,
    }


def _another() -> str:
    made = world.simulator("POST", "companies", {"company": "empty", "country": "US"})
    return str(made["realm_id"])


def _took(what: Callable[[], object]) -> float:
    before = time.process_time()
    what()
    return time.process_time() - before


def _due() -> None:
    ConnectionClock.objects.update(next_sync_at=None)


def _work(ids: list[int]) -> int | None:
    """As a dispatch enqueues them: one company by itself, several as a bundle."""
    return tasks.cycles(*ids) if len(ids) > 1 else tasks.cycle(*ids)


def _cycle(ids: list[int]) -> None:
    _due()
    assert _work(ids)


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
