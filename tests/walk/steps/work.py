"""Steps of the workers and of time: at work, killed, suspended and woken, two at once, months
later.
"""

from __future__ import annotations

import time
from typing import Any

from tests.walk import database
from tests.walk.shown import Shown
from tests.walk.steps import here, people, there
from tests.walk.workers import Halt
from tests.walk.world import World

DAY = 86400.0
# A suspended process holds its place; more than so many at once teach nothing.
ASLEEP = 2


def work(world: World) -> str:
    return world.work()


def minutes(world: World) -> str:
    """Time in which the schedule runs."""
    number = world.dice.randint(2, 6)
    for _ in range(number):
        world.pass_time(world.dice.choice([60, 60, 70, 300]))
        world.work()
    return f"{number} dispatches"


def stir(world: World) -> None:
    """A few edits on both sides, so that there is something to be in the middle of."""
    for _ in range(world.dice.randint(1, 4)):
        table = world.dice.choice([here.STEPS, here.STEPS, there.STEPS])
        world.dice.choices(list(table), list(table.values()))[0](world)
        world.pass_time(world.dice.uniform(1, 30))
    if world.dice.random() < 0.5:
        people.synchronize(world)
    else:
        world.pass_time(310)


def _halt(world: World, how: str) -> Halt:
    stir(world)
    at, most = world.dice.choice(
        [("sql", 40), ("sql", 150), ("request", 4), ("answer", 4), ("landing", 1)]
    )
    return Halt(at, world.dice.randint(1, most), how)


def killed(world: World) -> str:
    halt = _halt(world, "kill")
    return f"{halt}: {world.work(halt)}"


def killed_again_and_again(world: World) -> str:
    told = []
    for _ in range(world.dice.randint(2, 5)):
        halt = _halt(world, "kill")
        told.append(f"{halt}: {world.work(halt)}")
        world.pass_time(world.dice.choice([5, 200, 400]))
    return "; ".join(told)


def suspend(world: World) -> str:
    """A worker falls asleep in the middle; others go on when its lease is over."""
    if len(world.asleep) >= ASLEEP:
        return wake(world)
    halt = _halt(world, "stop")
    state = world.work(halt)
    if state == "suspended":
        world.pass_time(world.dice.choice([1, 200, 400, 4000]))
    return f"{halt}: {state}"


def wake(world: World) -> str:
    if not world.asleep:
        return "nobody sleeps"
    worker = world.asleep.pop(world.dice.randrange(len(world.asleep)))
    return f"{worker.halt}: {world.wake(worker)}"


def two_workers(world: World) -> str:
    """At the same queue at the same moment; one of them may be killed."""
    stir(world)
    halt = Halt("sql", world.dice.randint(5, 150), "kill") if world.dice.random() < 0.5 else None
    workers = [world.start(halt), world.start()]
    return ", ".join(world.finish(worker) for worker in workers)


def edit_in_the_middle(world: World) -> str:
    """A transaction of this side is open while a worker lands what it read, and commits then."""
    there.edit_customer(world)
    stir(world)
    worker = world.start(Halt("landing", 1, "stop"))
    if worker.wait() != "suspended":
        return f"nothing to land: {world.finish(worker)}"
    return _edit_beside(world, worker)


def edit_while_at_work(world: World) -> str:
    """The same at any moment of a worker's."""
    stir(world)
    worker = world.start(Halt("sql", world.dice.randint(5, 150), "stop"))
    if worker.wait() != "suspended":
        return world.finish(worker)
    return _edit_beside(world, worker)


def _edit_beside(world: World, worker: Any) -> str:
    from django.db import transaction

    from quicksync.books.models import Client

    found: Shown | None = world.pick("here", "customer")
    if found is None:
        return world.wake(worker)
    name, value = world.dice.choice(["notes", "phone"]), world.value()
    world.edits += 1
    with transaction.atomic():
        obj = Client.objects.select_for_update().get(pk=found.key)
        world.journal.typed(found.tag, name, "here", value, over=getattr(obj, name))
        setattr(obj, name, value)
        obj.save()
        worker.wake()
        _let_it_run(worker)
    world.finish(worker)
    return f"{found.tag}.{name} = {value}"


def _let_it_run(worker: Any, most: float = 0.4) -> None:
    """Until the worker waits for this transaction, or has ended; SQLite does not tell, so it gets a
    moment.
    """
    from django.db import connection

    give_up = time.monotonic() + (most if connection.vendor == "postgresql" else 0.05)
    while time.monotonic() < give_up and not database.waiting():
        time.sleep(0.005)


def night(world: World) -> str:
    world.pass_time(DAY * world.dice.uniform(0.3, 1))
    return world.work(nightly=True)


def hours(world: World) -> str:
    world.pass_time(3600 * world.dice.uniform(0.5, 5))
    return world.work()


def month(world: World) -> str:
    """Nobody is at work for so long; what was at work then goes on."""
    days = world.dice.choice([3, 20, 29, 31, 32, 40])
    world.pass_time(DAY * days)
    return f"{days} days: {world.work()}"


STEPS: dict[Any, float] = {
    work: 10, minutes: 5, killed: 6, killed_again_and_again: 2, suspend: 3, wake: 3, two_workers: 3,
    edit_in_the_middle: 3, edit_while_at_work: 2, night: 1, hours: 2, month: 0.8,
}  # fmt: skip
