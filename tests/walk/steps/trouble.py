"""Steps of misfortune: faults of QuickBooks, strange answers, lost access, webhooks that come
twice, late or never.
"""

from __future__ import annotations

import json
from typing import Any

from django.test import Client as Browser

from tests.walk.spoiling import BATCH, READS
from tests.walk.world import World

FAULTS: list[dict[str, Any]] = [
    {"path": "/batch$", "drop_after_commit": True},
    {"path": "/batch$", "drop_after_commit": True},
    {"path": "/batch$", "drop_before": True},
    {"path": "/batch$", "throttle": True},
    {"path": "/batch$", "status": 503},
    {"path": "/batch$", "html_error_page": True},
    {"path": "/cdc$|/query$", "drop_before": True},
    {"path": "/cdc$|/query$", "throttle": True},
    {"path": "/cdc$|/query$", "status": 500},
    {"path": "/cdc$|/query$", "html_error_page": True},
    {"maintenance": True},
    {"latency_ms": 20},
    {"path": "/tokens/bearer", "status": 503},
    {"path": "/tokens/bearer", "drop_after_commit": True},
]


def fault(world: World) -> str:
    """So many requests go wrong."""
    chosen = {**world.dice.choice(FAULTS), "times": world.dice.choice([1, 1, 2, 3, 8])}
    world.quickbooks.fault(**chosen)
    return str(chosen)


def spoil_writes(world: World) -> str:
    return _spoil(world, world.dice.choice(sorted(BATCH)), "/batch")


def spoil_reads(world: World) -> str:
    return _spoil(
        world, world.dice.choice(sorted(READS)), world.dice.choice(["/cdc", "/query", "/cdc"])
    )


def _spoil(world: World, how: str, path: str) -> str:
    times = world.dice.choice([1, 1, 1, 2, 3])
    world.quickbooks.spoil(how, path=path, times=times, seed=world.dice.randrange(10**6))
    return f"{how} at {path}, {times} times"


def all_well(world: World) -> str:
    world.quickbooks.end_trouble()
    return "QuickBooks answers well"


def lose_access(world: World) -> str:
    """The owner removes the app, or Intuit forgets the refresh token."""
    if world.dice.random() < 0.5:
        world.quickbooks.disconnect()
        return "disconnected in QuickBooks"
    world.quickbooks.fault(invalid_grant=True, times=world.dice.choice([1, 4]))
    return "invalid_grant"


def reconnect(world: World) -> str:
    if world.connection.is_live:
        return "still connected"
    return world.reconnect()


def webhooks(world: World) -> str:
    """What QuickBooks has told of since: delivered in order, reversed, twice, or lost."""
    world.mail += world.quickbooks.mail()
    how = world.dice.choice(["in order", "in order", "reversed", "twice", "lost", "late"])
    if how == "late":
        return f"{len(world.mail)} wait"
    mail, world.mail = world.mail, []
    if how == "lost":
        return f"{len(mail)} lost"
    if how == "reversed":
        mail.reverse()
    for one in mail * (2 if how == "twice" else 1):
        deliver(one)
    return f"{len(mail)} {how}"


def deliver(one: dict[str, str]) -> None:
    headers = {"intuit-signature": one["signature"]}
    browser = Browser(SERVER_NAME="localhost", headers=headers)
    answer = browser.post("/quicksync/webhook/", one["body"], content_type="application/json")
    assert answer.status_code == 200, (answer.status_code, json.dumps(one)[:200])


STEPS: dict[Any, float] = {
    fault: 5,
    spoil_writes: 2,
    spoil_reads: 2,
    all_well: 3,
    lose_access: 0.7,
    reconnect: 2,
    webhooks: 3,
}
