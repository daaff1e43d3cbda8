"""Steps of the people who look after the synchronization: runs, plans, answers, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.sync.actions import answers, single_records, skipping
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending, pausing, starting
from tests.walk import shown
from tests.walk.shown import MODELS
from tests.walk.world import ALL, World

REFUSALS = (Busy, NotAllowed)


def _try(act: Any) -> Any:
    """What a page would do; a refusal is a sentence on the screen."""
    try:
        return act()
    except REFUSALS as refusal:
        return f"refused: {str(refusal)[:80]}"


def synchronize(world: World) -> str:
    return str(
        _try(
            lambda: starting.ask(world.connection, trigger=SyncRun.Trigger.MANUAL, user=world.user)
        )
    )


def preview(world: World) -> str:
    what = {"trigger": SyncRun.Trigger.PREVIEW, "preview": True, "user": world.user}
    return str(_try(lambda: starting.ask(world.connection, **what)))


def plans() -> list[SyncRun]:
    """The previews that wait, oldest first."""
    return list(SyncRun.objects.filter(state=SyncRun.State.DRAFT).order_by("id"))


def approve_plan(world: World) -> str:
    """Any of the plans that wait, however old; people say yes to unsafe ones."""
    waiting = plans()
    if not waiting:
        return "no plan"
    run = world.dice.choice(waiting)
    return f"{run.pk}: {_try(lambda: approve.approve(run, user=world.user, force=True))}"


def discard_plan(world: World) -> str:
    waiting = plans()
    if not waiting:
        return "no plan"
    run = world.dice.choice(waiting)
    return f"{run.pk}: {_try(lambda: approve.discard(run, user=world.user))}"


def cancel(world: World) -> str:
    """Somebody ends a run, one that has not begun perhaps."""
    run = SyncRun.objects.filter(state__in=(*SyncRun.ACTIVE, "queued")).order_by("?").first()
    return (
        "no run"
        if run is None
        else f"{run.pk}: {_try(lambda: ending.cancel(run, user=world.user))}"
    )


def skip(world: World) -> str:
    """Some of a plan's records, or one that is known already."""
    drafts = Operation.objects.filter(state=Operation.State.DRAFT, mapping__isnull=False).order_by(
        "id"
    )
    if drafts.exists():
        chosen = [one for one in drafts[:40] if world.dice.random() < 0.3]
        return f"{_try(lambda: skipping.skip(chosen, user=world.user, why='walk'))} skipped"
    mapping = _any_mapping(world)
    if mapping is None:
        return "none"
    rows = EntityMapping.objects.filter(pk=mapping.pk)
    return f"{mapping}: {_try(lambda: skipping.exclude(rows, user=world.user, why='walk'))}"


def add_back(world: World) -> str:
    rows = list(EntityMapping.objects.filter(state=EntityMapping.State.EXCLUDED).order_by("id"))
    return f"{_try(lambda: skipping.add_back(rows, user=world.user))} added back"


def retry(world: World) -> str:
    """Up to five records that are held, failed or of an unknown outcome are looked at again."""
    waits = (EntityMapping.State.HELD, EntityMapping.State.FAILED, EntityMapping.State.UNKNOWN)
    rows = list(EntityMapping.objects.filter(state__in=waits).order_by("id"))[:5]
    return f"{_try(lambda: skipping.retry(rows, user=world.user))}" if rows else "nothing held"


def answer(world: World) -> str:
    """Which side is right, of a record in conflict."""
    rows = EntityMapping.objects.filter(state__in=("conflict", "drifted", "held")).exclude(
        remote_id=None
    )
    mapping = rows.exclude(object_key=None).order_by("id").first()
    if mapping is None:
        return "no conflict"
    side = world.dice.choice(["here", "there"])
    run = _try(lambda: answers.answer(mapping, {"*": side}, user=world.user))
    # A refusal leaves everything as it was. An answer counts until it is done, in whichever run
    # that is.
    if not isinstance(run, str):
        _pardon(world, mapping, lambda: not _waits(mapping))
    return f"{mapping}: {side} is right ({run})"


def send_or_get(world: World) -> str:
    """One record expressly, past what the settings say."""
    found = world.pick("here", world.dice.choice(ALL))
    if found is None:
        return "none"
    direction, label = world.dice.choice(["push", "pull"]), MODELS[found.kind]._meta.label_lower
    again = world.dice.random() < 0.3
    runs = _try(
        lambda: single_records.send(
            label, [found.key], user=world.user, direction=direction, resend=again
        )
    )
    if isinstance(runs, str):
        return f"{found.tag} {direction}: {runs}"
    world.journal.pardon(found.tag, lambda: world.ended(runs[0]))
    return f"{found.tag} {direction} again={again}"


def _waits(mapping: EntityMapping) -> bool:
    """Whether an answer about the whole record still has to be done."""
    return EntityMapping.objects.filter(pk=mapping.pk, choice__has_key=answers.WHOLE).exists()


def _pardon(world: World, mapping: EntityMapping, ended: Callable[[], bool]) -> None:
    for side, key in (("here", mapping.object_key), ("there", mapping.remote_id)):
        for tag, found in world.journal.seen[side].items():
            if found[0].key == key and found[0].kind == mapping.kind:
                world.journal.pardon(tag, ended)


def _any_mapping(world: World) -> EntityMapping | None:
    found = world.pick("here", world.dice.choice(ALL))
    return None if found is None else world.mapping(found, "here")


def set_wins(world: World) -> str:
    """Who wins, for one kind; people are asked in half of the settings."""
    kind, wins = (
        world.dice.choice(ALL),
        world.dice.choice(["newest", "here", "quickbooks", "ask", "ask", "ask"]),
    )
    category = world.category(kind)
    category.options = category.options.replace(wins=wins)
    category.save()
    if wins == "ask":
        world.journal.asked_since.setdefault(kind, world.journal.number)
    else:
        world.journal.asked_since.pop(kind, None)
    return f"{kind}: {wins}"


def set_direction(world: World) -> str:
    kind, direction = (
        world.dice.choice(ALL),
        world.dice.choice(["both", "both", "both", "push", "pull"]),
    )
    category = world.category(kind)
    category.direction = direction
    category.save()
    return f"{kind}: {direction}"


def set_deletion(world: World) -> str:
    category = world.category(world.dice.choice(ALL))
    onward, back = (world.dice.choice(["void", "delete", "nothing"]) for _ in range(2))
    category.options = category.options.replace(on_delete_here=onward, on_delete_there=back)
    category.save()
    return f"{category.kind}: here→ {onward}, there→ {back}"


def pause_or_resume(world: World) -> str:
    connection = world.connection
    if connection.paused:
        pausing.resume(connection, user=world.user)
        return "resumed"
    if world.dice.random() < 0.5:
        pausing.pause(connection, user=world.user, why="walk")
        return "paused"
    return "not paused"


STEPS: dict[Any, float] = {
    synchronize: 4,
    preview: 2,
    approve_plan: 3,
    discard_plan: 1,
    cancel: 1,
    skip: 1,
    add_back: 1,
    retry: 1.5,
    answer: 2,
    send_or_get: 1.5,
    set_wins: 1,
    set_direction: 0.7,
    set_deletion: 0.7,
    pause_or_resume: 0.7,
}

__all__ = ["STEPS", "shown"]
