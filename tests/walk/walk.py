"""One walk: a beginning, steps by dice, an end in which everything gets the time that it needs, and
the checks.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from quicksync.models import Connection, EntityMapping, Operation, SyncRun
from quicksync.sync.exchange import landing_lane
from quicksync.sync.plan import approve
from quicksync.sync.runs import pausing
from tests.walk import beginning, checks, database, roads
from tests.walk.clocks import shared
from tests.walk.quickbooks import QuickBooks
from tests.walk.steps import estimates, here, people, purchases, there, trouble, work
from tests.walk.workers import Hangs
from tests.walk.world import World, Wrong

log = logging.getLogger("quicksync.walk")
Step = Callable[[World], str]
# How often each sort of step comes up.
SORTS: tuple[tuple[dict[Step, float], float], ...] = (
    (here.STEPS, 26), (there.STEPS, 17), (purchases.HERE, 8), (purchases.THERE, 7),
    (estimates.HERE, 7), (estimates.THERE, 5),
    (people.STEPS, 14), (trouble.STEPS, 12), (work.STEPS, 34),
)  # fmt: skip
# Waits of the end, in minutes; by then whatever waits for a time has had its time.
NEVER = 10**9
WAITS = (1, 1, 2, 5, 15, 61, 61, 61, 180, 180, 360, 720, 1440, 1440)


class Plan(NamedTuple):
    """Which walk: the dice, how many steps, and whether of a few sorts `only`."""

    seed: int
    number: int
    only: frozenset[str] = frozenset()

    def choose(self, dice: random.Random) -> Step:
        """The next step; those of a few come up alike."""
        if self.only:
            return dice.choice(
                [step for table, _ in SORTS for step in table if step.__name__ in self.only]
            )
        table = dice.choices([table for table, _ in SORTS], [weight for _, weight in SORTS])[0]
        return dice.choices(list(table), list(table.values()))[0]


@dataclass
class Walked:
    """What became of a walk."""

    seed: int
    steps: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    worked: float = 0.0
    kept: str = ""
    log: str = ""
    tables: roads.Tables = field(default_factory=dict)


def walk(plan: Plan, quickbooks: QuickBooks, folder: Path, *, keep: bool = False) -> Walked:
    """Walk so many steps in a copy of the template's database."""
    seed = plan.seed
    walked, began, worked = Walked(seed), time.monotonic(), _processor_seconds()
    shared.reset()
    os.environ["QUICKSYNC_INTUIT_BASE"] = quickbooks.base_url
    log_file = folder / f"walk-{seed}.log"
    log_file.unlink(missing_ok=True)
    name = database.clone(f"walk_{seed}")
    world = World(seed, quickbooks, log_file)
    try:
        _walk(world, walked, plan)
    except Wrong as wrong:
        walked.troubles += wrong.troubles
    except Hangs as hangs:
        walked.troubles.append(f"hangs: {hangs}")
    except Exception as error:
        log.exception("the walk itself broke")
        walked.troubles.append(f"walk-error: {type(error).__name__}: {error}")
    finally:
        world.close()
        walked.figures = checks.figures(world)
        walked.tables, walked.figures["at once"] = roads.tables(), roads.landed_at_once()
        if keep or walked.troubles:
            walked.log = str(log_file)
        if keep:
            walked.kept = name
        else:
            database.drop(name)
    walked.seconds, walked.worked = time.monotonic() - began, _processor_seconds() - worked
    return walked


def both_roads(plan: Plan, quickbooks: QuickBooks, folder: Path) -> Walked:
    """Walk with the landing lane and without: what is different at the end is trouble."""
    plan = plan._replace(only=plan.only or roads.STEPS)
    found = []
    for least in (1, NEVER):
        landing_lane.LEAST = least
        found.append(walk(plan, quickbooks, folder))
    landing_lane.LEAST = 1
    first, second = found
    if not (first.troubles or second.troubles):
        first.troubles += [
            *roads.apart(first.tables, second.tables),
        ]
    first.troubles += second.troubles
    first.seconds, first.worked = first.seconds + second.seconds, first.worked + second.worked
    return first


def _processor_seconds() -> float:
    """Of this process and of those that have ended."""
    return sum(os.times()[:4])


def _walk(world: World, walked: Walked, plan: Plan) -> None:
    _step(world, walked, beginning.begin)
    for _ in range(plan.number):
        _step(world, walked, plan.choose(world.dice))
        world.pass_time(world.dice.uniform(1, 20))
    for step in (calm, finish):
        _step(world, walked, step)
    troubles = checks.check(world)
    if troubles:
        raise Wrong(troubles)


def _step(world: World, walked: Walked, step: Callable[[World], Any]) -> None:
    name = f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
    walked.steps.append(f"{len(walked.steps):3} {name}")
    said = step(world)
    walked.steps[-1] += f": {said}"
    world.look()


def calm(world: World) -> str:
    """Trouble is over: QuickBooks answers, everybody is awake, nothing is paused."""
    world.quickbooks.end_trouble()
    world.wake_all()
    world.look()
    if world.connection.paused:
        pausing.resume(world.connection, user=world.user)
    return "calm"


def finish(world: World) -> str:
    """Time passes until nothing is left to do; a person approves the plans that wait."""
    quiet = done = 0
    for place, minutes in enumerate(WAITS):
        world.pass_time(60 * minutes)
        world.work(nightly=place == len(WAITS) // 2)
        world.look()
        # That access is gone may be noticed only now.
        trouble.reconnect(world)
        for run in people.plans():
            people._try(lambda run=run: approve.approve(run, user=world.user, force=True))
        if place == len(WAITS) - 3:
            people.synchronize(world)
        # What was written last is read back, too.
        before, done = done, Operation.objects.filter(state=Operation.State.DONE).count()
        quiet = quiet + 1 if is_settled() and done == before and minutes > 60 else 0
        if quiet > 2:
            return f"settled after {place + 1} waits"
    return "all waits"


def is_settled() -> bool:
    """Nothing is at work, owed or to be looked at."""
    return not (
        SyncRun.objects.filter(state__in=(*SyncRun.ACTIVE, "queued", "draft")).exists()
        or Operation.objects.filter(state__in=Operation.OPEN).exists()
        or EntityMapping.objects.filter(touched_at__isnull=False).exists()
        or Connection.objects.filter(categories__needs_scan=True, categories__enabled=True).exists()
    )
